#pragma once

// Why: a process can leave its parent, its session and its environment, but not its cgroup. Where
// systemd lets the runtime divide its own one (Delegate=yes in its unit), each worker and each
// relay gets a part, and whatever is still in it when that program has ended is killed. Elsewhere
// this layer is missing, and the others do. What is delegated carries the attribute user.delegate
// (systemd 251 and later, https://github.com/systemd/systemd/pull/22768); one that merely could be
// written, as root's, is somebody else's.

#include <cstdint>
#include <filesystem>
#include <string>

namespace termlease::actors {

/// The cgroup of this process when it may be divided; otherwise empty.
std::filesystem::path delegated_cgroup();

/// A new part of it, named after the runtime of that mark; empty when none can be made.
std::filesystem::path make_cgroup(const std::filesystem::path& delegated, const std::string& mark,
                                  std::uint64_t number);

/// Kills whatever is in that part, and removes it. False while something in it still ends.
bool end_cgroup(const std::filesystem::path& part);

/// Ends the parts whose runtime is no more. Returns how many were not empty.
std::size_t sweep_cgroups(const std::filesystem::path& delegated);

} // namespace termlease::actors
