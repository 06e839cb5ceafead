#pragma once

// Why: a file that decides who gets in appears whole or not at all, readable by its owner alone,
// and never takes the place of one that somebody wrote by hand unless told to.

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string_view>

namespace termlease::cli {

enum class replacing { forbidden, allowed };

/// Writes a file with mode 0600; what was there stays whole until the new one is.
/// Throws `failed`: `file_exists`, `write_failed`.
void write_own_file(const std::filesystem::path& file, std::string_view text, replacing how);
/// The same of what `write` gives, bit by bit: it needn't fit in memory.
void write_own_file(const std::filesystem::path& file,
                    const std::function<void(std::ostream&)>& write, replacing how);

} // namespace termlease::cli
