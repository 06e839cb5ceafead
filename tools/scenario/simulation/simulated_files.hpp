#pragma once

// Why: the twin of the file edge (actors/edges/files.hpp): folders and files in memory, on a disk
// that can fail.

#include "messages/edges.hpp"

#include <caf/all.hpp>

#include <map>
#include <set>
#include <string>

namespace termlease::scenario {

class simulated_files {
public:
  caf::actor spawn_in(caf::actor_system& system);

  std::map<std::string, std::string> files;
  std::set<std::string> folders;
  messages::failure problem; ///< while set, nothing can be made or written
};

} // namespace termlease::scenario
