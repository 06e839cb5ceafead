#pragma once

// Why: a scenario reads like the requirement that it shows. It is a setting, then steps in the
// order in which they happen, then properties that hold over all of it. What may stand in it is the
// vocabulary's business (vocabulary.hpp); here is what a file that was understood amounts to.

#include "messages/mistake.hpp"
#include "tools/scenario/script/source.hpp"

#include <optional>
#include <string>
#include <vector>

namespace termlease::scenario {

/// One step: when, what, and its words.
struct step {
  std::uint32_t line = 0;
  std::optional<messages::span> at;    ///< since the beginning
  std::optional<messages::span> after; ///< since the step before
  std::string what;                    ///< "do", "expect", …; empty: time passes, nothing else
  messages::json words;                ///< all of the step's object
};

/// Something that has to hold over the whole of a run.
struct property {
  std::uint32_t line = 0;
  std::string what; ///< "always", "never", "eventually", "sometimes"
  messages::json words;
};

struct script {
  std::string file;
  std::string name;
  std::vector<std::string> shows; ///< numbers of requirements
  std::uint64_t seed = 0;
  std::string strategy = "fifo";  ///< of the schedule
  std::vector<std::string> order; ///< of turns, for the strategy "recorded"
  messages::json setting;         ///< an object, perhaps empty
  std::vector<step> steps;
  std::vector<property> properties;
};

struct loaded_script {
  script read;
  std::vector<messages::file_mistake> mistakes; ///< in the file's order; empty when all is well
};

/// Reads one scenario. Throws `failed` (`bad_scenario`) for what is no JSON at all.
loaded_script parse_script(std::string_view text, const std::string& file);

/// Reads a file; throws `failed` (`no_scenario`) when it can't be read.
loaded_script load_script(const std::string& file);

/// As a file's text, so that what a machine found can be kept and read.
std::string to_text(const script& which);

} // namespace termlease::scenario
