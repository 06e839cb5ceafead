#include "actors/terminals/tmux/host.hpp"

#include "actors/terminals/tmux/commands.hpp"
#include "messages/failure.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

class tmux_host final : public terminal_host {
public:
  tmux_host(shared_environment env, host_edges edges)
      : env_(std::move(env)), edges_(std::move(edges)) {}

  void open(const terminal_view& view, const spawn_terminal& wanted,
            located answer) const override {
    auto where = view;
    where.tmux_socket = env_->paths.tmux_socket();
    edges_.run(tmux::new_session(server(where), wanted),
               [=](const program_result& got) { locate(where, got, answer); });
  }

  void adopt(const terminal_view& view, const adopt_terminal& wanted,
             located answer) const override {
    auto where = view;
    where.tmux_socket = wanted.tmux_socket;
    edges_.run(
        tmux::find_pane(server(where), wanted.pane.empty() ? wanted.tmux_session : wanted.pane),
        [=](const program_result& got) { locate(where, got, answer); });
  }

  void look(const terminal_view& view, std::function<void(presence)> answer) const override {
    edges_.run(tmux::find_pane(server(view), view.pane), [=](const program_result& got) {
      if (got.problem) return answer(presence::unknown);
      try {
        answer(tmux::read_pane(got).pane_pid == view.pane_pid ? presence::there : presence::gone);
      } catch (const failed& why) {
        // A tmux that was killed while it looked has said nothing of the terminal.
        answer(why.why().code == "no_such_session" ? presence::gone : presence::unknown);
      }
    });
  }

  void end(const terminal_view& view, std::function<void(const failure&)> answer) const override {
    edges_.run(tmux::kill_session(server(view), view.tmux_session),
               [=](const program_result& got) { answer(tmux::kill_problem(got)); });
  }

private:
  tmux::server server(const terminal_view& where) const {
    return {env_->find_host("tmux"), where.tmux_socket, env_->settings.terminals.tmux_config};
  }

  static void locate(terminal_view where, const program_result& got, const located& answer) {
    failure problem;
    try {
      const auto facts = tmux::read_pane(got);
      where.tmux_session = facts.session_id;
      where.pane = facts.pane;
      where.pane_pid = facts.pane_pid;
    } catch (const failed& why) {
      problem = why.why();
    }
    answer(where, problem);
  }

  shared_environment env_;
  host_edges edges_;
};

} // namespace

std::unique_ptr<terminal_host> make_tmux_host(shared_environment env, host_edges edges) {
  return std::make_unique<tmux_host>(std::move(env), std::move(edges));
}

} // namespace termlease::actors
