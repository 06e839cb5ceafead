#pragma once

// Why: what a client sends is the first hostile thing that the runtime reads, so the reading stands
// alone, where a fuzzer can get at it.

#include "messages/envelope.hpp"

#include <string>

namespace termlease::bus {

/// Reads a line as a command. Throws `failed` (`bad_envelope`, `bad_json`, `bad_payload`).
messages::envelope read_command(const std::string& line);

} // namespace termlease::bus
