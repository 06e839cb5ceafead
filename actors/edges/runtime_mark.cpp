#include "actors/edges/runtime_mark.hpp"

#include <charconv>
#include <unistd.h>

namespace termlease::actors {

std::string mark_of_this_runtime() {
  const auto self = facts_of(::getpid()).value_or(process_facts{::getpid()});
  return std::to_string(self.pid) + "." + std::to_string(self.started);
}

std::optional<process_facts> runtime_in(std::string_view mark) {
  process_facts runtime;
  const auto* end = mark.data() + mark.size();
  const auto [dot, wrong] = std::from_chars(mark.data(), end, runtime.pid);
  if (wrong != std::errc{} || dot == end || *dot != '.') return {};
  const auto started = std::from_chars(dot + 1, end, runtime.started);
  if (started.ec != std::errc{} || started.ptr != end) return {};
  return runtime;
}

bool lives(const process_facts& process) {
  const auto now = facts_of(process.pid);
  return now && now->started == process.started;
}

} // namespace termlease::actors
