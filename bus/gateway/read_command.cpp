#include "bus/gateway/read_command.hpp"

namespace termlease::bus {

using namespace messages;

envelope read_command(const std::string& line) {
  const auto parsed = parse_json(line);
  if (!parsed.is_object())
    throw failed("bad_envelope", "a line is not a JSON object",
                 "send one envelope per line; docs/protocol.md shows them");
  auto command = decoded<envelope>(parsed);
  if (command.type != envelope_type::command || command.method.empty())
    throw failed("bad_envelope", "a client sends commands, and a command has a method",
                 "set type to \"command\" and method to one of `termlease methods`");
  return command;
}

} // namespace termlease::bus
