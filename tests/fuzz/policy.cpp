// A policy file: whatever it holds, it is rules or mistakes, and never both.
#include "config/policy/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace termlease;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read =
      config::parse_policy({reinterpret_cast<const char*>(data), size}, "policy.toml");
  if (!read.mistakes.empty() && !read.set.rules.empty()) std::abort();
  return 0;
}
