// tmate-ssh-server: its port has to be chosen for it, since it doesn't tell the kernel's choice; a
// share pins its host keys by their fingerprints; and it, and nobody else, says who is in.
#include "actors/shares/relay_kind.hpp"
#include "actors/shares/tmate_log.hpp"
#include "bus/identity/public_key.hpp"

#include <csignal>

namespace termlease::actors {

using namespace messages;

namespace {

/// Below the ports that the kernel gives to whoever asks for any.
constexpr int first_port = 20000;
constexpr int ports = 12000;

class tmate_server final : public relay_kind {
public:
  tmate_server(caf::event_based_actor* self, shared_environment env)
      : relay_kind(self, std::move(env)), keys_(env_->paths.state / "relay" / "tmate") {}

  const char* backend() const override { return "tmate"; }

  const char* program() const override { return "tmate-ssh-server"; }

  span linger() const override { return env_->settings.tmate.relay_linger; }

  /// What starts it keeps it in a namespace of processes and takes no other signal.
  int end_signal() const override { return SIGKILL; }

  /// Somebody else may have the port.
  int tries() const override { return 5; }

  void find(const std::function<void(const relay_programs&)>& take,
            const refusing& refuse) override {
    config::tmate_programs found;
    try {
      found = env_->find_tmate();
    } catch (const failed& why) {
      return refuse(why.why());
    }
    take({found.tmate, found.relay});
  }

  std::optional<relay_address> own() const override {
    const auto& set = env_->settings.tmate;
    if (set.relay_host.empty()) return {};
    return relay_address{set.relay_host,
                         set.relay_port,
                         {},
                         set.relay_rsa_fingerprint,
                         set.relay_ed25519_fingerprint,
                         {},
                         {}};
  }

  void prepare(std::function<void()> then, refusing refuse) override {
    const auto second = [=, this] {
      fingerprint_of("ssh_host_rsa_key", {"-t", "rsa", "-b", "3072"}, rsa_, then, refuse);
    };
    folder(
        keys_,
        [=, this] {
          fingerprint_of("ssh_host_ed25519_key", {"-t", "ed25519"}, ed25519_, second, refuse);
        },
        refuse);
  }

  std::vector<std::string> command(const std::string& server) override {
    const auto port = first_port + static_cast<int>(env_->jitter() * ports);
    return {server, std::to_string(port), keys_};
  }

  std::uint16_t port_in(const std::string& line) const override { return tmate_log::port_in(line); }

  bool may_be_told(const std::string& line) const override { return !tmate_log::names_door(line); }

  void locate(std::uint16_t port, std::function<void(const relay_address&)> then,
              refusing) override {
    log_ = {};
    then({loopback, port, {}, rsa_, ed25519_, {}, {}});
  }

  std::optional<relay_guest> guest_in(const std::string& line) override { return log_.read(line); }

private:
  void fingerprint_of(const std::string& name, const std::vector<std::string>& kind,
                      std::string& into, std::function<void()> then, refusing refuse) {
    host_key(
        keys_ / name, kind,
        [=, &into](const std::string& open) {
          try {
            into = bus::parse_public_key(open, "the relay's host key").fingerprint;
          } catch (const failed& why) {
            return refuse(why.why());
          }
          then();
        },
        refuse);
  }

  std::filesystem::path keys_;
  std::string rsa_;
  std::string ed25519_;
  tmate_log log_;
};

} // namespace

std::unique_ptr<relay_kind> tmate_relay(caf::event_based_actor* self, shared_environment env) {
  return std::make_unique<tmate_server>(self, std::move(env));
}

} // namespace termlease::actors
