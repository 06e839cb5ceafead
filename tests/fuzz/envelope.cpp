// What a client of the bus sends: the envelope, and the payload of whichever method it names.
#include "bus/gateway/read_command.hpp"
#include "bus/methods.hpp"
#include "messages/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

using namespace termlease;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto command = bus::read_command(std::string(reinterpret_cast<const char*>(data), size));
    if (const auto* method = bus::find_method(command.method))
      method->decode({}, messages::encode(command.payload));
  } catch (const messages::failed&) {
    // Refused, with a reason.
  }
  return 0;
}
