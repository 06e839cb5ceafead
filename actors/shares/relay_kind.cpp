#include "actors/shares/relay_kind.hpp"

#include "config/programs.hpp"

namespace termlease::actors {

using namespace messages;

void relay_kind::folder(const std::string& path, std::function<void()> then, refusing refuse) {
  ask(
      env_->files, make_folder{path},
      [=](const file_done& made) { made.problem ? refuse(made.problem) : then(); }, refuse);
}

void relay_kind::host_key(const std::string& file, const std::vector<std::string>& kind,
                          std::function<void(const std::string& open)> then, refusing refuse) {
  const auto read = [=, this](const std::function<void(const std::string&)>& take) {
    ask(
        env_->files, read_file{file + ".pub"}, [=](const file_done& key) { take(key.text); },
        refuse);
  };
  read([=, this](const std::string& open) {
    if (!open.empty()) return then(open);
    run_program keygen{{config::on_path("ssh-keygen"), "-q", "-N", "", "-C", "termlease relay"},
                       {}};
    keygen.argv.insert(keygen.argv.end(), kind.begin(), kind.end());
    keygen.argv.insert(keygen.argv.end(), {"-f", file});
    const auto made = [=](const program_result& key) {
      if (key.status == 0) return read(then);
      const auto& why = key.problem ? key.problem.message : key.errors;
      refuse({"relay_failed", "no host key can be made: " + why,
              "`termlease doctor` checks ssh-keygen", true});
    };
    // The public half is written last. Without it ssh-keygen was ended while it made the pair, and
    // would ask now whether the other half may be overwritten.
    ask(
        env_->files, remove_path{file},
        [=, this](const file_done&) { ask(env_->processes, keygen, made, refuse); }, refuse);
  });
}

std::unique_ptr<relay_kind> make_relay_kind(caf::event_based_actor* self, shared_environment env,
                                            const std::string& backend) {
  return backend == "tmate" ? tmate_relay(self, std::move(env))
                            : upterm_relay(self, std::move(env));
}

} // namespace termlease::actors
