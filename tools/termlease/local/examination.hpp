#pragma once

// Why: "it doesn't work" has a dozen possible causes on a new machine. Doctor looks at each of them
// itself and says for each what is missing and how to get it, also where no runtime can run.

#include "config/paths.hpp"
#include "config/settings.hpp"
#include "messages/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::cli {

enum class finding_state { good, remark, missing };

constexpr auto names_of(finding_state) {
  using enum finding_state;
  return std::array<messages::name_entry<finding_state>, 3>{
      {{good, "ok"}, {remark, "remark"}, {missing, "missing"}}};
}

/// What was found about one thing.
struct finding {
  std::string name;
  finding_state state = finding_state::good;
  std::string found; ///< version and place, or what is wrong
  std::string hint;  ///< how to get it; empty when it is there

  static constexpr auto describe() {
    return messages::described(
        "finding", "what was found about one thing", messages::field("name", &finding::name),
        messages::field("state", &finding::state), messages::field("found", &finding::found),
        messages::field("hint", &finding::hint));
  }
};

/// Programs: tmux, ssh, ssh-keygen, upterm and tmate with their relays.
std::vector<finding> examine_programs(const config::settings& chosen, const config::paths& where);

/// Files and folders: settings, policy, the four folders.
std::vector<finding> examine_files(const config::paths& where);

} // namespace termlease::cli
