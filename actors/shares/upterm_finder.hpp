#pragma once

// Why: which upterm is used depends on how old the one of PATH is, and asking it takes a process
// and some time. It is asked only where there is another choice, and once as long as it stays the
// same file.

#include "actors/core/environment.hpp"
#include "config/programs.hpp"
#include "messages/failure.hpp"

#include <caf/all.hpp>

#include <filesystem>
#include <functional>
#include <map>

namespace termlease::actors {

/// Lives inside the actor that starts upterm's programs.
class upterm_finder {
public:
  using taker = std::function<void(const config::upterm_programs&)>;

  upterm_finder(caf::event_based_actor* self, shared_environment env)
      : self_(self), env_(std::move(env)) {}

  /// Calls `take`, now or later, with what to start; or `refuse`, now, with why there is nothing.
  void find(const taker& take, const std::function<void(const messages::failure&)>& refuse);

private:
  /// What a program said of its age, and when the program was made.
  struct known_program {
    std::filesystem::file_time_type made;
    bool recent = false;
  };

  void when_known(const std::filesystem::path& program, std::function<void(bool recent)> then);

  caf::event_based_actor* self_;
  shared_environment env_;
  std::map<std::filesystem::path, known_program> known_;
};

} // namespace termlease::actors
