#pragma once

// Why: tmate tells the one who shares nothing about who is in. Its relay does, in a log for people:
//
//   Accepting connections on 127.0.0.1:24101
//   [ro-q...] Spawning pty client ip=127.0.0.1
//   [MjCN...] Client joined (cid=2)
//   [MjCN...] Client left (cid=2)
//
// What is in brackets is the beginning of a token: of the read-write one where somebody is in, of
// the one that was used where somebody knocks. It is read here, and goes no further than to the
// share whose it is.

#include "messages/leases.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace termlease::actors {

class tmate_log {
public:
  /// Who came or left, where the line says so. Addresses stand in the lines before it.
  std::optional<messages::relay_guest> read(std::string_view line);

  /// The port in the line that says that it listens; 0 in every other line.
  static std::uint16_t port_in(std::string_view line);

  /// Whether the line begins with a token's beginning.
  static bool names_door(std::string_view line) { return line.starts_with('['); }

private:
  std::string address_; ///< of the last one that it started something for
};

} // namespace termlease::actors
