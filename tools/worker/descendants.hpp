#pragma once

// Why: a process number proves nothing by itself: numbers are reused, and a guest program is
// somebody else's child. Before the worker trusts or kills one, it follows the parents upwards. As
// a child subreaper it inherits every orphan below it, so "no child left" means "no descendant
// left".

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace termlease::worker {

/// The parent in the text of /proc/PID/stat; 0 when the text is not understood.
pid_t parent_in_stat(std::string_view stat);

/// True when `ancestor` is found above `pid` within a sane number of steps.
bool is_descendant(pid_t pid, pid_t ancestor);

/// When it was started, in ticks since the boot; 0 when it is gone.
std::uint64_t start_of(pid_t pid);

/// Whether a signal has stopped it.
bool is_stopped(pid_t pid);

/// A variable in the environment that the process was started with; empty when it can't be read.
std::string environment_of(pid_t pid, std::string_view name);

/// The direct children of this (single-threaded) process, zombies included.
std::vector<pid_t> own_children();

/// Sends a signal to every child. Their own children become ours when they die.
void signal_own_children(int number);

/// Reaps every child that has exited. Returns false once there is no child at all.
bool reap_own_children();

} // namespace termlease::worker
