#pragma once

// Why: the worker looks at other processes in /proc, and each look begins with a short file or a
// folder of numbers. What is gone meanwhile reads as nothing.

#include <charconv>
#include <dirent.h>
#include <string>
#include <string_view>

namespace termlease::worker {

/// All of it; empty when it can't be read.
std::string read_small_file(const std::string& path);

/// Where a symbolic link leads to; empty when it can't be read.
std::string read_link(const std::string& path);

/// Numbers that are the names of entries, as in /proc and in /proc/PID/fd.
template <class Visit> void for_each_number(const std::string& folder, Visit visit) {
  DIR* open = opendir(folder.c_str());
  if (!open) return;
  while (const auto* entry = readdir(open)) {
    const std::string_view name(entry->d_name);
    int number = 0;
    const auto [rest, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (problem == std::errc() && rest == name.data() + name.size()) visit(number);
  }
  closedir(open);
}

} // namespace termlease::worker
