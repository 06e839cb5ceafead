#pragma once

// Why: completion that is written by hand forgets the newest option. So it is made from the very
// description that the parser uses; only what the runtime alone knows is asked at the key press.

#include "messages/names.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <string>

namespace termlease::cli {

enum class shell { bash, zsh, fish };

constexpr auto names_of(shell) {
  return std::array<messages::name_entry<shell>, 3>{
      {{shell::bash, "bash"}, {shell::zsh, "zsh"}, {shell::fish, "fish"}}};
}

/// The script that makes a shell complete the program.
std::string completion_script(const CLI::App& program, shell for_shell);

} // namespace termlease::cli
