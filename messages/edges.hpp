#pragma once

// Why: the operating system is behind an edge, and an edge is spoken to with messages. Whatever
// answers them, the kernel or a simulation, the actors are the same.

#include "messages/json.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace termlease::messages {

/// Names a child process at the process edge; 0 is none.
using child_id = std::uint64_t;

/// Starts a program that dies with the runtime. Its owner, the sender, gets `child_started`, then
/// `child_line` for each line and, once and last, `child_exited`.
struct spawn_child {
  std::vector<std::string> argv; ///< argv[0] is an absolute path
  std::string working_directory; ///< empty: "/"
  std::string label{};           ///< what it works for, for `await_children`

  static constexpr auto describe() {
    return described("spawn_child", "starts a program", field("argv", &spawn_child::argv),
                     field("working_directory", &spawn_child::working_directory),
                     field("label", &spawn_child::label));
  }
};

/// Answered with `children_gone` once no program runs whose label begins so: for whoever has to
/// know it when the program's owner is no more.
struct await_children {
  std::string label;

  static constexpr auto describe() {
    return described("await_children", "waits for the end of all programs of a label",
                     field("label", &await_children::label));
  }
};

struct children_gone {
  std::string label;

  static constexpr auto describe() {
    return described("children_gone", "no program of that label runs",
                     field("label", &children_gone::label));
  }
};

struct child_started {
  child_id child = 0; ///< 0: it could not be started, and `problem` says why
  std::int32_t pid = 0;
  failure problem; ///< program_missing, bad_folder, spawn_failed

  static constexpr auto describe() {
    return described("child_started", "a program runs", field("child", &child_started::child),
                     field("pid", &child_started::pid), field("problem", &child_started::problem));
  }
};

/// A whole line without its newline.
struct child_line {
  child_id child = 0;
  secret text;           ///< may hold a link
  bool is_error = false; ///< from stderr

  static constexpr auto describe() {
    return described("child_line", "a line that a program wrote",
                     field("child", &child_line::child), field("text", &child_line::text),
                     field("is_error", &child_line::is_error));
  }
};

struct child_exited {
  child_id child = 0;
  std::int32_t status = 0; ///< exit code, or 128 + signal

  static constexpr auto describe() {
    return described("child_exited", "a program ended", field("child", &child_exited::child),
                     field("status", &child_exited::status));
  }
};

struct write_child {
  child_id child = 0;
  std::string bytes;

  static constexpr auto describe() {
    return described("write_child", "writes to a program's stdin",
                     field("child", &write_child::child), field("bytes", &write_child::bytes));
  }
};

struct close_child_input {
  child_id child = 0;

  static constexpr auto describe() {
    return described("close_child_input", "closes a program's stdin",
                     field("child", &close_child_input::child));
  }
};

struct signal_child {
  child_id child = 0;
  std::int32_t signal = 0;

  static constexpr auto describe() {
    return described("signal_child", "sends a signal to a program",
                     field("child", &signal_child::child), field("signal", &signal_child::signal));
  }
};

/// Runs a short program to its end. Answered with `program_result`, or `failed`
/// (program_missing, bad_folder, spawn_failed, program_hung).
struct run_program {
  std::vector<std::string> argv;
  std::string working_directory{};
  span deadline = seconds(5);
  std::vector<std::string> variables{}; ///< "NAME=value", beside the runtime's own

  static constexpr auto describe() {
    return described(
        "run_program", "runs a short program to its end", field("argv", &run_program::argv),
        field("working_directory", &run_program::working_directory),
        field("deadline", &run_program::deadline), field("variables", &run_program::variables));
  }
};

struct program_result {
  std::int32_t status = 0;
  std::string output;
  std::string errors;
  failure problem; ///< set when it could not be run at all

  static constexpr auto describe() {
    return described(
        "program_result", "how a short program ended", field("status", &program_result::status),
        field("output", &program_result::output), field("errors", &program_result::errors),
        field("problem", &program_result::problem));
  }
};

/// Tells the sender once when process `pid`, whoever's child it is, is gone (also if it already
/// is).
struct watch_process {
  std::int32_t pid = 0;

  static constexpr auto describe() {
    return described("watch_process", "waits for the end of any process",
                     field("pid", &watch_process::pid));
  }
};

struct process_gone {
  std::int32_t pid = 0;

  static constexpr auto describe() {
    return described("process_gone", "a watched process is gone", field("pid", &process_gone::pid));
  }
};

/// Looks for a process of this user by what it was started with. Answered with `process_found`.
struct find_process {
  std::vector<std::string> variables; ///< "NAME=value", all of which it was given
  std::string parent_begins;          ///< some argument of its parent begins and ends so
  std::string parent_ends;

  static constexpr auto describe() {
    return described("find_process", "looks for a process by what it was started with",
                     field("variables", &find_process::variables),
                     field("parent_begins", &find_process::parent_begins),
                     field("parent_ends", &find_process::parent_ends));
  }
};

struct process_found {
  std::int32_t pid = 0; ///< 0: there is none
  failure problem;      ///< find_failed: it couldn't be looked for

  static constexpr auto describe() {
    return described("process_found", "a process that was looked for",
                     field("pid", &process_found::pid), field("problem", &process_found::problem));
  }
};

/// Makes a folder (0700) and all above it. Answered with `file_done`.
struct make_folder {
  std::string path;

  static constexpr auto describe() {
    return described("make_folder", "makes a folder", field("path", &make_folder::path));
  }
};

/// Writes a file (0600) as a whole, or not at all. Answered with `file_done`.
struct write_file {
  std::string path;
  std::string text;

  static constexpr auto describe() {
    return described("write_file", "writes a file", field("path", &write_file::path),
                     field("text", &write_file::text));
  }
};

/// Reads a small file; answered with `file_done`, whose text is empty when there is none.
struct read_file {
  std::string path;

  static constexpr auto describe() {
    return described("read_file", "reads a small file", field("path", &read_file::path));
  }
};

/// The SHA-256 of a file's bytes, in hex. Answered with `file_done`.
struct digest_file {
  std::string path;

  static constexpr auto describe() {
    return described("digest_file", "the digest of a file", field("path", &digest_file::path));
  }
};

/// Removes a file, or a folder with all that is in it. Answered with `file_done`, whether or not it
/// was there.
struct remove_path {
  std::string path;

  static constexpr auto describe() {
    return described("remove_path", "removes a file or a folder",
                     field("path", &remove_path::path));
  }
};

/// How the file of what led to a crash begins; a UUIDv7 follows.
inline constexpr auto crash_trace_begins = "crash-";

/// Writes the last turns of the actors to a file. Not answered.
struct keep_trace {
  std::string path;

  static constexpr auto describe() {
    return described("keep_trace", "keeps the last turns of the actors",
                     field("path", &keep_trace::path));
  }
};

struct file_done {
  std::string text;
  failure problem; ///< file_failed

  static constexpr auto describe() {
    return described("file_done", "how it went with a file", field("text", &file_done::text),
                     field("problem", &file_done::problem));
  }
};

/// Rings the sender at a wall-clock time, or when as much time has passed as there was left,
/// whichever is first: neither a sleeping machine nor a clock set back makes a lease longer.
/// Setting an alarm of the same name again replaces it.
struct set_alarm {
  std::string name; ///< unique per sender
  instant at;

  static constexpr auto describe() {
    return described("set_alarm", "rings at a wall-clock time", field("name", &set_alarm::name),
                     field("at", &set_alarm::at));
  }
};

struct cancel_alarm {
  std::string name;

  static constexpr auto describe() {
    return described("cancel_alarm", "takes an alarm back", field("name", &cancel_alarm::name));
  }
};

struct alarm_rang {
  std::string name;
  instant at; ///< as it was set: a late ring of a replaced alarm is told apart by it

  static constexpr auto describe() {
    return described("alarm_rang", "an alarm rings", field("name", &alarm_rang::name),
                     field("at", &alarm_rang::at));
  }
};

} // namespace termlease::messages
