// A trace's file may come from anybody, and be cut or spoiled anywhere.
#include "bus/trace/recording.hpp"
#include "messages/failure.hpp"
#include "tools/trace/causal_tree.hpp"
#include "tools/trace/export/formats.hpp"
#include "tools/trace/selection.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <vector>

using namespace termlease;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // As a mapped file is: at an address that fits every field.
  std::vector<std::uint64_t> aligned(size / 8 + 1);
  std::memcpy(aligned.data(), data, size);
  try {
    const auto read = trace::read_trace({reinterpret_cast<const std::byte*>(aligned.data()), size});
    trace::wish wish;
    wish.share = "s";
    const auto part = trace::only(read, trace::select(read, wish));
    trace::tell_trees(read, true, {}, [](const trace::branch_line&) {});
    for (const auto& each : trace::formats()) {
      std::ostringstream to;
      each.write(read, to);
    }
    trace::recording_of(part);
  } catch (const messages::failed&) {
    // Refused, with a reason.
  }
  return 0;
}
