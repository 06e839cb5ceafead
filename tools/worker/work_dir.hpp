#pragma once

// Why: everything a share writes is in one folder of its own, private from the first byte, so that
// ending a share leaves nothing of it on the disk.

#include <string>
#include <string_view>

namespace termlease::worker {

/// Longest path of a Unix socket that Linux takes.
constexpr std::size_t socket_path_limit = 107;

/// Makes the worker's own folder inside the share's, mode 0700, and returns its path; what a worker
/// that was killed left there is removed first. Throws `failed` (`bad_work_dir`, `work_dir_failed`)
/// unless `work_dir` is a folder of ours that nobody else can enter.
std::string make_own_dir(const std::string& work_dir);

/// Makes one folder, mode 0700. Throws `failed` (`work_dir_failed`).
void make_private_dir(const std::string& path);

/// Writes a new file, mode 0600; throws `failed` (`work_dir_failed`), also when it exists.
void write_private_file(const std::string& path, std::string_view text);

/// Removes a folder with everything in it. Never follows a link.
void remove_dir(const std::string& path);

} // namespace termlease::worker
