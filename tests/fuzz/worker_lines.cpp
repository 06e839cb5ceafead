// What worker and runtime tell each other, and what a zellij server tells a worker.
#include "messages/worker_lines.hpp"
#include "tools/worker/lines.hpp"
#include "tools/worker/mirror/zellij/contract.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace termlease;
namespace lines = messages::worker_lines;

namespace {

template <class... Lines> void decode_as(const std::string& type, const messages::json& fields) {
  (void)((type == Lines::describe().name && (messages::decoded<Lines>(fields), true)) || ...);
}

void read_line(std::string_view line) {
  try {
    const auto [type, fields] = messages::decode_line(line);
    decode_as<lines::start, lines::status, lines::admit, lines::put_out, lines::door,
              lines::set_mode, lines::end, lines::ready, lines::link_changed, lines::problem,
              lines::guest_joined, lines::guest_left, lines::guest_knocks, lines::traffic,
              lines::ended>(type, fields);
  } catch (const messages::failed&) {
    // Refused, with a reason.
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  worker::line_splitter splitter;
  // In two parts, as a pipe may have it.
  if (splitter.feed(text.substr(0, size / 2), read_line))
    splitter.feed(text.substr(size / 2), read_line);
  worker::server_words words;
  words.feed(text, [](worker::server_word) {});
  return 0;
}
