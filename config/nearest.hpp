#pragma once

// Why: most unknown keys are misspelt ones. A complaint that names the word that was meant saves a
// look into the manual.

#include <span>
#include <string>
#include <string_view>

namespace termlease::config {

/// The candidate that `word` was most likely meant to be; empty when none is close.
/// One slip (a letter missing, extra, wrong, or two swapped) is allowed for every three letters.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "did you mean 'X'?", or "known here: A, B, C" when nothing is close.
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

/// "A, B, C".
std::string listed(std::span<const std::string_view> words);

} // namespace termlease::config
