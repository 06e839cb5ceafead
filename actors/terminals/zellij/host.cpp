#include "actors/terminals/zellij/host.hpp"

#include "actors/terminals/zellij/commands.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

/// A session's first pane comes a moment after the session; each look is a process of 10 ms.
constexpr span between_looks{40};
constexpr int most_looks = 100;
constexpr int most_looks_at_theirs = 10; ///< its panes are there, or they aren't

class zellij_host final : public terminal_host {
public:
  zellij_host(shared_environment env, host_edges edges)
      : env_(std::move(env)), edges_(std::move(edges)) {}

  void open(const terminal_view& view, const spawn_terminal& wanted,
            located answer) const override {
    auto where = view;
    where.socket_dir = env_->paths.zellij_sockets();
    where.session = view.name;
    const auto at = place(where);
    when_recent(at, where, answer, [=, edges = edges_, env = env_] {
      edges.run(zellij::list_sessions(at), [=](const program_result& got) {
        if (got.problem) return answer(where, got.problem);
        if (zellij::has_session(got, where.session))
          return answer(where, {"zellij_failed",
                                "there is a zellij session '" + where.session + "' already",
                                "adopt it with --zellij-sockets " + where.socket_dir, false});
        start(edges, *env, at, where, wanted, answer);
      });
    });
  }

  void adopt(const terminal_view& view, const adopt_terminal& wanted,
             located answer) const override {
    if (!zellij::is_session_name(wanted.session))
      throw failed("bad_payload", "'" + wanted.session + "' is no name of a zellij session",
                   "`zellij list-sessions` lists them");
    if (!wanted.socket_dir.starts_with('/'))
      throw failed("bad_folder", "'" + wanted.socket_dir + "' is not an absolute path",
                   "name the folder of zellij's sockets, from /");
    if (!wanted.pane.empty() && !zellij::is_pane(wanted.pane))
      throw failed("bad_payload", "'" + wanted.pane + "' is no pane of a zellij session",
                   "a pane is named like terminal_0");
    auto where = view;
    where.session = wanted.session;
    where.socket_dir = wanted.socket_dir;
    const auto at = place(where);
    when_recent(at, where, answer, [=, edges = edges_] {
      look_for_pane(edges, at, where, wanted.pane, most_looks_at_theirs, answer);
    });
  }

  /// The kernel knows without zellij, so a zellij that was removed meanwhile closes nothing.
  void look(const terminal_view& view, std::function<void(presence)> answer) const override {
    edges_.find(zellij::pane_process(view.socket_dir, view.session, view.pane),
                [=](const process_found& got) {
                  if (got.problem) return answer(presence::unknown);
                  answer(got.pid == view.pane_pid ? presence::there : presence::gone);
                });
  }

  void end(const terminal_view& view, std::function<void(const failure&)> answer) const override {
    edges_.run(zellij::kill_session(place(view), view.session),
               [=](const program_result& got) { answer(zellij::kill_problem(got)); });
  }

private:
  zellij::place place(const terminal_view& where) const {
    return {env_->find_host("zellij"), where.socket_dir};
  }

  void when_recent(const zellij::place& at, const terminal_view& where, const located& answer,
                   const std::function<void()>& go_on) const {
    edges_.run(zellij::version(at), [=](const program_result& got) {
      const auto problem = zellij::version_problem(got, at.program);
      problem ? answer(where, problem) : go_on();
    });
  }

  static void start(const host_edges& edges, const environment& env, const zellij::place& at,
                    const terminal_view& where, const spawn_terminal& wanted, const located& then) {
    // What can't be used is not left behind.
    const located answer = [=](const terminal_view& made, const failure& problem) {
      if (problem) edges.run(zellij::kill_session(at, where.session), [](const auto&) {});
      then(made, problem);
    };
    const auto open = [=](const std::string& config) {
      edges.run(zellij::new_session(at, config, wanted), [=](const program_result& got) {
        if (got.problem || got.status != 0) return answer(where, zellij::zellij_failed(got));
        look_for_pane(edges, at, where, {}, most_looks, answer);
      });
    };
    if (!env.settings.terminals.zellij_config.empty())
      return open(env.settings.terminals.zellij_config);
    const auto config = env.paths.zellij_config().string();
    edges.make({at.sockets}, [=](const file_done& made) {
      if (made.problem) return answer(where, made.problem);
      edges.write({config, zellij::standard_config()}, [=](const file_done& done) {
        done.problem ? answer(where, done.problem) : open(config);
      });
    });
  }

  static void look_for_pane(const host_edges& edges, const zellij::place& at, terminal_view where,
                            const std::string& wanted, int looks, const located& answer) {
    edges.run(zellij::list_panes(at, where.session), [=](const program_result& got) mutable {
      try {
        where.pane = zellij::read_pane(got, wanted);
      } catch (const failed& why) {
        // Now and then zellij says of a session that is there that there is no such one.
        if (why.why().code != "no_such_session" || looks <= 1) return answer(where, why.why());
        where.pane.clear();
      }
      if (where.pane.empty()) return again(edges, at, where, wanted, looks, answer);
      edges.find(zellij::pane_process(at.sockets, where.session, where.pane),
                 [=](const process_found& found) mutable {
                   if (found.problem) return answer(where, found.problem);
                   if (found.pid == 0) return again(edges, at, where, wanted, looks, answer);
                   where.pane_pid = found.pid;
                   answer(where, {});
                 });
    });
  }

  static void again(const host_edges& edges, const zellij::place& at, const terminal_view& where,
                    const std::string& wanted, int looks, const located& answer) {
    if (looks <= 1)
      return answer(where, {"no_such_session", "no program runs in a pane of this zellij session",
                            "look into it: zellij attach " + where.session, false});
    edges.later(between_looks, [=] { look_for_pane(edges, at, where, wanted, looks - 1, answer); });
  }

  shared_environment env_;
  host_edges edges_;
};

} // namespace

std::unique_ptr<terminal_host> make_zellij_host(shared_environment env, host_edges edges) {
  return std::make_unique<zellij_host>(std::move(env), std::move(edges));
}

} // namespace termlease::actors
