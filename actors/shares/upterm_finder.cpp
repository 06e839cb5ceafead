#include "actors/shares/upterm_finder.hpp"

#include "config/version.hpp"
#include "messages/edges.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

bool is_recent(const program_result& said) {
  return !said.problem && config::is_recent_enough(config::version_in(said.output + said.errors),
                                                   config::oldest_upterm);
}

} // namespace

void upterm_finder::find(const taker& take, const std::function<void(const failure&)>& refuse) {
  config::upterm_choice choice;
  try {
    choice = env_->find_upterm();
  } catch (const failed& why) {
    return refuse(why.why());
  }
  if (!choice.where_too_old) return take(choice.first);
  when_known(choice.first.upterm, [=, this](bool upterm_is_recent) {
    if (!upterm_is_recent || choice.first.uptermd.empty())
      return take(upterm_is_recent ? choice.first : *choice.where_too_old);
    when_known(choice.first.uptermd,
               [=](bool recent) { take(recent ? choice.first : *choice.where_too_old); });
  });
}

void upterm_finder::when_known(const std::filesystem::path& program,
                               std::function<void(bool)> then) {
  std::error_code none;
  const auto made = std::filesystem::last_write_time(program, none);
  if (const auto found = known_.find(program); found != known_.end() && found->second.made == made)
    return then(found->second.recent);
  self_->request(env_->processes, caf::infinite, run_program{{program.string(), "version"}, {}})
      .then(
          [=, this](const program_result& said) {
            if (said.problem) return then(false); // that is no property of the program
            known_[program] = {made, is_recent(said)};
            then(known_[program].recent);
          },
          [then](const caf::error&) { then(false); });
}

} // namespace termlease::actors
