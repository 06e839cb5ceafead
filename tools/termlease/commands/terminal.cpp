#include "messages/terminals.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/attach.hpp"
#include "tools/termlease/local/host_build.hpp"
#include "tools/termlease/local/tmux_here.hpp"
#include "tools/termlease/local/zellij_here.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/views.hpp"

#include <filesystem>

namespace termlease::cli {

using messages::terminal_view;

namespace {

void tell(const invocation& run, const terminal_view& terminal, const std::string& what) {
  if (run.screen.json()) return run.screen.print(messages::encode(terminal));
  run.screen.done("terminal " + safe(terminal.name) + " " + what);
}

/// The runtime is in another folder than the caller, so it needs the whole path.
std::string whole_path(const std::string& folder) {
  std::error_code problem;
  const auto whole = std::filesystem::canonical(folder.empty() ? "." : folder, problem);
  if (problem)
    throw messages::failed("bad_folder",
                           "can't start in " + (folder.empty() ? "this folder" : folder) + ": " +
                               problem.message(),
                           "name a folder that is there with --cd");
  return whole.string();
}

/// Asks, and again where the host's program was missing and has just been built.
template <class Wish>
terminal_view ask_for(const invocation& run, const Wish& asked, const std::string& host) {
  try {
    return run.connect().ask<terminal_view>(asked);
  } catch (const messages::failed& problem) {
    if (!build_missing(problem.why(), host, run.screen)) throw;
  }
  return run.connect().ask<terminal_view>(asked);
}

void add_new(CLI::App& parent, invocation& run) {
  auto* command =
      add_command(parent, "Commands",
                  {"new", "open a terminal in a tmux server or zellij session of the runtime's own",
                   "termlease terminal new demo                    # your shell, in this folder\n"
                   "termlease terminal new build --lane ci -- make -j4\n"
                   "termlease terminal new board --host zellij"});
  const auto asked = std::make_shared<messages::spawn_terminal>();
  add_text(command, "NAME", asked->name, "NAME", "what to call it")->required();
  add_text(command, "--lane", asked->lane, "LANE", "the group of terminals that it belongs to");
  add_text(command, "--host", asked->host, "HOST",
           "what it lives in: tmux or zellij (default: the setting)");
  add_text(command, "--cd", asked->working_directory, "FOLDER",
           "where it starts (default: this folder)");
  command->add_option("CMD", asked->command, "what to run, behind --, instead of your shell");
  on_run(command, run, [asked, &run] {
    asked->command.insert(asked->command.end(), run.rest.begin(), run.rest.end());
    asked->working_directory = whole_path(asked->working_directory);
    const auto terminal = ask_for(run, *asked, asked->host);
    tell(run, terminal, "is open");
    if (!run.screen.json())
      run.screen.note("see it:   termlease terminal attach " + safe(terminal.name) +
                      "\nlend it:  termlease share " + safe(terminal.name));
    return exit_code::done;
  });
}

/// Says the whole of where the session is.
void complete(messages::adopt_terminal& asked) {
  if (!asked.session.empty() && !asked.tmux_session.empty())
    throw usage_error("usage", "a terminal is one session, of tmux or of zellij",
                      "give --tmux-session or --zellij-session");
  if (asked.session.empty() && asked.tmux_session.empty() && !adopt_this_pane(asked))
    throw usage_error("usage", "which session? This is not inside of tmux or zellij",
                      "give it: termlease terminal adopt " + asked.name +
                          " --tmux-session S, or --zellij-session S");
  if (!asked.session.empty()) {
    asked.host = "zellij";
    if (asked.socket_dir.empty()) asked.socket_dir = zellij_sockets();
    asked.socket_dir = std::filesystem::absolute(asked.socket_dir).string();
    return;
  }
  if (asked.tmux_socket.empty()) asked.tmux_socket = default_tmux_socket();
  asked.tmux_socket = std::filesystem::absolute(asked.tmux_socket).string();
}

void add_adopt(CLI::App& parent, invocation& run) {
  auto* command = add_command(
      parent, "Commands",
      {"adopt", "take a session of tmux or zellij that is there already as a terminal",
       "termlease terminal adopt work --tmux-session main\n"
       "termlease terminal adopt work --tmux-session main --tmux-socket /tmp/tmux-1000/default\n"
       "termlease terminal adopt board --zellij-session main\n"
       "termlease terminal adopt here            # inside tmux or zellij: this very pane"});
  const auto asked = std::make_shared<messages::adopt_terminal>();
  add_text(command, "NAME", asked->name, "NAME", "what to call it")->required();
  add_text(command, "--tmux-session", asked->tmux_session, "S",
           "the session (default inside tmux or zellij: this pane's)");
  add_text(command, "--tmux-socket", asked->tmux_socket, "P",
           "its server's socket (default: your tmux server)");
  add_text(command, "--zellij-session", asked->session, "S", "a session of zellij instead");
  add_text(command, "--zellij-sockets", asked->socket_dir, "FOLDER",
           "where its socket is (default: where zellij has them)");
  add_text(command, "--pane", asked->pane, "PANE",
           "%N of tmux, terminal_N of zellij (default: the session's active one)");
  add_text(command, "--lane", asked->lane, "LANE", "the group of terminals that it belongs to");
  on_run(command, run, [asked, &run] {
    complete(*asked);
    tell(run, ask_for(run, *asked, asked->host), "is adopted");
    return exit_code::done;
  });
}

void add_attach(CLI::App& parent, invocation& run) {
  auto* command = add_command(
      parent, "Commands",
      {"attach", "show a terminal here, and type into it",
       "termlease terminal attach demo     # leave it again with C-b d (zellij: C-o d)"});
  const auto name = std::make_shared<std::string>();
  add_text(command, "NAME", *name, "NAME", "the terminal")->required();
  on_run(command, run,
         [name, &run]() -> exit_code { attach(open_terminal(run, *name), run.screen); });
}

void add_close(CLI::App& parent, invocation& run) {
  auto* command = add_command(
      parent, "Commands",
      {"close", "end a terminal of ours, or forget an adopted one; its shares end first",
       "termlease terminal close demo"});
  const auto asked = std::make_shared<messages::close_terminal>();
  add_text(command, "NAME", asked->terminal, "NAME", "the terminal")->required();
  on_run(command, run, [asked, &run] {
    const auto terminal = run.connect().ask<terminal_view>(*asked);
    tell(run, terminal, terminal.adopted ? "is forgotten; its session goes on" : "is closed");
    return exit_code::done;
  });
}

} // namespace

void add_terminal_commands(CLI::App& program, invocation& run) {
  auto* terminal = add_command(program, heading::terminals,
                               {"terminal", "open, adopt, attach to or close a terminal",
                                "termlease terminal new demo\ntermlease terminal attach demo"});
  terminal->require_subcommand(1);
  add_new(*terminal, run);
  add_adopt(*terminal, run);
  add_attach(*terminal, run);
  add_close(*terminal, run);

  auto* list = add_command(
      program, heading::terminals,
      {"terminals", "list the terminals", "termlease terminals\ntermlease terminals --all --json"});
  const auto asked = std::make_shared<messages::list_terminals>();
  list->add_flag("--all", asked->all, "closed ones too");
  on_run(list, run, [asked, &run] {
    const auto found = run.connect().ask<messages::terminal_list>(*asked).terminals;
    if (run.screen.json())
      run.screen.print(messages::encode(found));
    else
      print_terminals(run.screen, found);
    return exit_code::done;
  });
}

} // namespace termlease::cli
