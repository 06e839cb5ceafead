#pragma once

// Why: tmux and zellij are each one program that terminals live in, and the branch must not care
// which. A host opens, finds and ends terminals; it keeps nothing, since the journal has all of it.
// What is said to its program and how the answer is read are plain functions in the host's own
// folder, so that they can be tested without it. A new host is such a folder and a line in
// hosts.cpp.

#include "actors/core/environment.hpp"
#include "messages/edges.hpp"
#include "messages/terminals.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace termlease::actors {

/// How a host gets at the operating system. Each calls `then` once, later.
struct host_edges {
  template <class Answer> using then = std::function<void(const Answer&)>;

  std::function<void(messages::run_program, then<messages::program_result>)> run;
  std::function<void(messages::find_process, then<messages::process_found>)> find;
  std::function<void(messages::make_folder, then<messages::file_done>)> make;
  std::function<void(messages::write_file, then<messages::file_done>)> write;
  std::function<void(messages::span, std::function<void()>)> later;
};

/// Whether a terminal is still there; unknown where its host can't be asked.
enum class presence { there, gone, unknown };

/// Each of these may throw `failed` before it asks anything, and answers later otherwise.
class terminal_host {
public:
  /// Where the terminal is: the view that was given, with what belongs to the host filled in.
  using located = std::function<void(const messages::terminal_view&, const messages::failure&)>;

  virtual ~terminal_host() = default;

  virtual void open(const messages::terminal_view& view, const messages::spawn_terminal& wanted,
                    located answer) const = 0;
  virtual void adopt(const messages::terminal_view& view, const messages::adopt_terminal& wanted,
                     located answer) const = 0;
  virtual void look(const messages::terminal_view& view,
                    std::function<void(presence)> answer) const = 0;
  /// Ends the terminal's session; answered with why it may still be there.
  virtual void end(const messages::terminal_view& view,
                   std::function<void(const messages::failure&)> answer) const = 0;
};

struct host_entry {
  std::string_view name;
  std::unique_ptr<terminal_host> (*make)(shared_environment, host_edges);
};

/// All that this runtime has.
std::span<const host_entry> known_hosts();

/// Throws `failed` (`unknown_host`).
std::unique_ptr<terminal_host> make_host(std::span<const host_entry> among, std::string_view name,
                                         shared_environment env, host_edges edges);

/// True for names that every host and people can use: letters, digits, `_` and `-`, 1 to 64.
bool is_terminal_name(std::string_view name);

} // namespace termlease::actors
