#pragma once

// Why: what the kernel tells of other processes is a few files each, which may be gone in the next
// moment and whose owner chose part of the text. They are read with limits, and never trusted to be
// there.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace termlease::actors {

/// A process's number may be given away again; together with its start it is nobody else's.
struct process_facts {
  std::int32_t pid = 0;
  std::int32_t parent = 0;
  std::uint64_t started = 0; ///< ticks since the boot
};

// Each throws std::system_error when the files can't be read for want of descriptors or memory.

/// Nothing for one that isn't there, or has ended and waits for its parent.
std::optional<process_facts> facts_of(std::int32_t pid);

/// "NAME=value" each, as it was started with; empty where that may not be read.
std::vector<std::string> variables_of(std::int32_t pid);
std::vector<std::string> arguments_of(std::int32_t pid);

/// Calls `visit` for each process of this user. Returns why they can't be looked through.
std::error_code for_each_process(const std::function<void(const process_facts&)>& visit);

} // namespace termlease::actors
