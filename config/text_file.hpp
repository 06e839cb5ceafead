#pragma once

// Why: settings name programs that we run and a policy decides who gets a shell, so a file that
// somebody else can write is as good as an open door. Files are read once, whole, with a limit, and
// only when they are the user's own.

#include "messages/mistake.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace termlease::config {

inline constexpr std::size_t largest_file = std::size_t{1} << 20;

/// Tells one content of a file from another without reading it.
struct file_stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const file_stamp&) const = default;
};

/// A whole file. `text` counts only while `mistakes` is empty and it isn't `missing`.
struct text_file {
  std::string text;
  file_stamp stamp;
  bool missing = false;
  std::vector<messages::file_mistake> mistakes;
};

/// Reads a regular file of at most `largest_file` bytes that belongs to the user or to root and
/// that nobody else can write. Symbolic links are followed: many keep their settings elsewhere.
/// Whatever is in the way is a mistake; never throws for the file's sake.
text_file read_text_file(const std::filesystem::path& path);

/// The stamp that the file has now; all zeros when there is none.
file_stamp stamp_of(const std::filesystem::path& path);

} // namespace termlease::config
