#pragma once

// Why: Debian 12 ships Catch2 2.13, newer releases ship Catch2 3, and the two differ in their
// headers and in a few names. Tests include this file alone and are written with the names of
// Catch2 3; here is the only place that knows of the older ones.
//
// `Approx`, `ContainsSubstring` and everything in `Catch::Matchers` that both versions have
// (`StartsWith`, `EndsWith`, `Equals`, `Matches`, `WithinAbs`) can be used. A CHECK is a macro:
// never put an `#if` inside one.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#elif __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>

#include <string>

namespace Catch {

using Detail::Approx;

namespace Matchers {

inline auto ContainsSubstring(const std::string& text,
                              CaseSensitive::Choice sensitivity = CaseSensitive::Yes) {
  return Contains(text, sensitivity);
}

} // namespace Matchers
} // namespace Catch
#else
#error "Catch2 is missing: install the package catch2"
#endif

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
