#include "actors/core/answering.hpp"
#include "actors/core/recording.hpp"
#include "actors/core/supervision.hpp"
#include "actors/terminals/host.hpp"
#include "actors/terminals/terminal.hpp"
#include "actors/terminals/terminals.hpp"

#include "bus/trace/carried.hpp"
#include "messages/answer.hpp"
#include "messages/edges.hpp"
#include "messages/leases.hpp"

#include <algorithm>
#include <memory>
#include <set>

namespace termlease::actors {

using namespace messages;

namespace {

using waited_atom = caf::atom_constant<caf::atom("waited")>;
using answer_promise = caf::typed_response_promise<answer>;

/// A terminal as its branch knows it.
struct known_terminal {
  terminal_view view;
  caf::actor facade;
};

/// What a terminal that is being opened or adopted still needs.
struct arrival {
  terminal_view view;
  action_context context;
  answer_promise promise;
};

/// The branch's state and turns; lives inside the actor.
class terminal_branch {
public:
  terminal_branch(caf::event_based_actor* self, shared_environment env,
                  const closed_terminals& closed)
      : self_(self), env_(std::move(env)), children_(self, env_, "terminals"), closed_(closed) {}

  /// After a restart: a terminal is still there when its pane has the same first process. Calls
  /// `ready` once that is known of all.
  void restore(const terminal_ledger& known, const std::function<void()>& ready) {
    restoring_ = known.open().size();
    for (const auto& [id, view] : known.open()) {
      const auto seen = [=, this, view = view](presence now) {
        // Where its host can't be asked, the terminal's own process tells.
        if (now == presence::gone)
          record_end(view, "it ended while the runtime was away");
        else
          watch(view);
        if (--restoring_ == 0) ready();
      };
      try {
        host(view.host).look(view, seen);
      } catch (const failed&) {
        seen(presence::unknown);
      }
    }
  }

  caf::result<answer> spawn(const caller& from, spawn_terminal wanted) {
    refuse_bad_name(wanted.name);
    complete(wanted);
    auto view = view_of(wanted.name, wanted.lane, from);
    view.host = wanted.host;
    return arrive<terminal_spawned>(
        view, context_of(from, "terminal.spawn"),
        [&](const terminal_host& at, auto located) { at.open(view, wanted, located); });
  }

  caf::result<answer> adopt(const caller& from, const adopt_terminal& wanted) {
    refuse_bad_name(wanted.name);
    auto view = view_of(wanted.name, wanted.lane, from);
    view.host = wanted.host.empty() ? "tmux" : wanted.host;
    view.adopted = true;
    return arrive<terminal_adopted>(
        view, context_of(from, "terminal.adopt"),
        [&](const terminal_host& at, auto located) { at.adopt(view, wanted, located); });
  }

  answer list(const list_terminals& wanted) const {
    terminal_list all;
    for (const auto& [id, each] : open_) all.terminals.push_back(each.view);
    if (wanted.all) all.terminals.insert(all.terminals.end(), closed_.begin(), closed_.end());
    return answer_with(all);
  }

  caf::result<answer> close(const caller& from, const close_terminal& wanted) {
    const auto* found = find(wanted.terminal);
    if (found == nullptr) throw failed(no_such(wanted.terminal));
    const auto view = found->view;
    if (closing_.contains(view.terminal_id))
      throw failed("terminal_closing", "this terminal is just being closed", "wait for its end");
    if (!view.adopted)
      host(view.host).end(view, [=, this](const failure& problem) { killed(view, problem); });
    auto promise = self_->make_response_promise<answer>();
    closing_[view.terminal_id] = {promise, context_of(from, "terminal.close")};
    if (view.adopted) gone(view, "it was given back");
    return promise;
  }

  caf::result<terminal_found, caf::actor> found(const find_terminal& wanted) const {
    const auto* known = find(wanted.terminal);
    if (known == nullptr) return {terminal_found{{}, no_such(wanted.terminal)}, caf::actor{}};
    return {terminal_found{known->view, {}}, known->facade};
  }

  /// The terminal's own last words, or the branch's decision to forget it.
  void gone(terminal_view view, const std::string& reason) {
    const auto known = open_.find(view.terminal_id);
    if (known == open_.end()) return;
    children_.stop(view.terminal_id);
    // Whoever monitors the terminal's address learns of the end by this. A normal exit is one that
    // an actor ignores, and any other would reach this branch by the link.
    self_->unlink_from(known->second.facade);
    self_->send_exit(known->second.facade, caf::exit_reason::user_shutdown);
    open_.erase(known);
    view.state = terminal_state::closed;
    record_end(view, reason);
  }

  void restart(const std::string& id) { children_.restart(id); }

  void waited(std::uint64_t number) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return;
    const auto then = std::move(found->second);
    waiting_.erase(found);
    then();
  }

private:
  struct closing {
    answer_promise promise;
    action_context context;
  };

  /// Asks one of the edges; where it fails, `then` gets `otherwise`.
  template <class Answer, class Question>
  void ask(const caf::actor& edge, Question what, const host_edges::then<Answer>& then,
           Answer otherwise) {
    self_->request(edge, caf::infinite, std::move(what))
        .then([then](const Answer& got) { then(got); },
              [then, otherwise](const caf::error&) { then(otherwise); });
  }

  host_edges edges() {
    const auto lost = [](const char* code) {
      return failure{code, "an edge of the runtime failed", {"try again"}, true};
    };
    host_edges all;
    all.run = [=, this](run_program what, const host_edges::then<program_result>& then) {
      ask(env_->processes, std::move(what), then, {127, {}, {}, lost("spawn_failed")});
    };
    all.find = [=, this](find_process what, const host_edges::then<process_found>& then) {
      ask(env_->processes, std::move(what), then, {0, lost("find_failed")});
    };
    all.make = [=, this](make_folder what, const host_edges::then<file_done>& then) {
      ask(env_->files, std::move(what), then, {{}, lost("file_failed")});
    };
    all.write = [=, this](write_file what, const host_edges::then<file_done>& then) {
      ask(env_->files, std::move(what), then, {{}, lost("file_failed")});
    };
    all.later = [this](span wait, std::function<void()> then) {
      const auto number = ++waits_;
      waiting_.emplace(number, std::move(then));
      trace::later(self_, wait.chrono(), waited_atom::value, number);
    };
    return all;
  }

  /// Throws `failed` (`unknown_host`).
  const terminal_host& host(const std::string& name) {
    auto& found = hosts_[name];
    if (!found) found = make_host(env_->hosts(), name, env_, edges());
    return *found;
  }

  template <class Event, class Ask>
  caf::result<answer> arrive(const terminal_view& view, action_context context, Ask ask_host) {
    const auto& at = host(view.host);
    auto promise = self_->make_response_promise<answer>();
    auto coming = std::make_shared<arrival>(arrival{view, std::move(context), promise});
    names_coming_.insert(view.name);
    try {
      ask_host(at, [=, this](const terminal_view& where, const failure& problem) {
        coming->view = where;
        arrived<Event>(*coming, problem);
      });
    } catch (const failed& why) {
      arrived<Event>(*coming, why.why());
    }
    return promise;
  }

  /// The session is gone, even where its program ignores that; or its host says why it isn't.
  void killed(const terminal_view& view, const failure& problem) {
    if (!problem) return gone(view, "it was closed");
    const auto asked = closing_.find(view.terminal_id);
    if (asked == closing_.end()) return;
    asked->second.promise.deliver(answer_with(problem));
    closing_.erase(asked);
  }

  void complete(spawn_terminal& wanted) const {
    const auto& defaults = env_->settings.terminals;
    if (wanted.columns == 0) wanted.columns = static_cast<std::uint16_t>(defaults.default_columns);
    if (wanted.rows == 0) wanted.rows = static_cast<std::uint16_t>(defaults.default_rows);
    if (wanted.host.empty()) wanted.host = defaults.default_host;
    if (wanted.working_directory.empty()) wanted.working_directory = env_->paths.home;
    // Ours is not the caller's: a relative one would mean another folder than they think of.
    if (!wanted.working_directory.starts_with('/'))
      throw failed("bad_folder", "'" + wanted.working_directory + "' is not an absolute path",
                   "begin the working directory with /");
  }

  terminal_view view_of(const std::string& name, const std::string& lane,
                        const caller& from) const {
    terminal_view view;
    view.terminal_id = env_->next_id();
    view.name = name;
    view.lane = lane.empty() ? "default" : lane;
    view.created_at = env_->now();
    view.correlation_id = from.correlation_id;
    return view;
  }

  void refuse_bad_name(const std::string& name) const {
    if (!is_terminal_name(name))
      throw failed("bad_name", "a terminal can't be called '" + name + "'",
                   "use letters, digits, - and _, at most 64");
    if (find(name) != nullptr || names_coming_.contains(name))
      throw failed("name_taken", "there is a terminal '" + name + "' already",
                   "choose another name; `termlease terminals` lists them");
    if (open_.size() + names_coming_.size() >= env_->settings.terminals.limit)
      throw failed("limit_reached",
                   "there are " + std::to_string(open_.size()) + " terminals, which is the limit",
                   "close one, or raise terminals.limit");
  }

  const known_terminal* find(const std::string& wanted) const {
    for (const auto& [id, each] : open_)
      if (id == wanted || each.view.name == wanted) return &each;
    return nullptr;
  }

  static failure no_such(const std::string& wanted) {
    return {"no_such_terminal", "there is no open terminal '" + wanted + "'",
            "`termlease terminals` lists them", false};
  }

  /// Its host has answered: record where the terminal is, and only then believe it.
  template <class Event> void arrived(arrival& coming, const failure& problem) {
    if (problem) {
      names_coming_.erase(coming.view.name);
      coming.promise.deliver(answer_with(problem));
      return;
    }
    auto context = coming.context;
    context.terminal_id = context.target = coming.view.terminal_id;
    context.lane_id = coming.view.lane;
    self_
        ->request(env_->journal, record_patience,
                  append{{draft(*env_, context, Event{coming.view})}})
        .then([=, this](const recorded& done) { settled(coming, done.problem); },
              [=, this](const caf::error&) {
                settled(coming, {"journal_unavailable", "the journal failed", "try again", true});
              });
  }

  void settled(arrival coming, const failure& problem) {
    names_coming_.erase(coming.view.name);
    if (!problem) {
      watch(coming.view);
      coming.promise.deliver(answer_with(coming.view));
      return;
    }
    if (!coming.view.adopted) host(coming.view.host).end(coming.view, [](const failure&) {});
    coming.promise.deliver(answer_with(problem));
  }

  void watch(const terminal_view& view) {
    known_terminal known{view, spawn_facade(*self_)};
    child_spec spec;
    spec.id = view.terminal_id;
    spec.facade = known.facade;
    spec.rule = restart_rule::transient;
    spec.start = [this, view] {
      return spawn_traceable(*self_, terminal, env_, caf::actor_cast<caf::actor>(self_), view);
    };
    spec.gone = [this, view](const std::string&, const caf::error& why) {
      if (why) gone(view, "its actor failed too often; the terminal itself is untouched");
    };
    open_[view.terminal_id] = known;
    children_.start(std::move(spec));
  }

  void record_end(terminal_view view, const std::string& reason) {
    view.state = terminal_state::closed;
    closed_.add(view);
    action_context context;
    context.action = "terminal.close";
    if (const auto asked = closing_.find(view.terminal_id); asked != closing_.end()) {
      context = asked->second.context;
      asked->second.promise.deliver(answer_with(view));
      closing_.erase(asked);
    }
    if (context.correlation_id.empty()) context.correlation_id = view.correlation_id;
    context.terminal_id = context.target = view.terminal_id;
    context.lane_id = view.lane;
    self_->send(env_->journal, keep{{draft(*env_, context, terminal_closed{view, reason})}});
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  supervision children_;
  std::map<std::string, known_terminal> open_;
  closed_terminals closed_;
  std::map<std::string, closing> closing_;
  std::set<std::string> names_coming_;
  std::size_t restoring_ = 0;
  std::map<std::string, std::unique_ptr<terminal_host>> hosts_;
  std::map<std::uint64_t, std::function<void()>> waiting_;
  std::uint64_t waits_ = 0;
};

caf::behavior at_work(std::shared_ptr<terminal_branch> state) {
  return {
      [state](const caller& from, const spawn_terminal& wanted) {
        return answered([&] { return state->spawn(from, wanted); });
      },
      [state](const caller& from, const adopt_terminal& wanted) {
        return answered([&] { return state->adopt(from, wanted); });
      },
      [state](const caller&, const list_terminals& wanted) { return state->list(wanted); },
      [state](const caller& from, const close_terminal& wanted) {
        return answered([&] { return state->close(from, wanted); });
      },
      [state](const find_terminal& wanted) { return state->found(wanted); },
      [state](const terminal_ended& news) { state->gone(news.terminal, news.reason); },
      [state](const restart_child& again) { state->restart(again.id); },
      [state](waited_atom, std::uint64_t number) { state->waited(number); },
  };
}

} // namespace

caf::behavior terminals(caf::event_based_actor* self, shared_environment env,
                        terminal_ledger known) {
  auto state = std::make_shared<terminal_branch>(self, std::move(env), known.closed());
  if (known.open().empty()) return at_work(state);
  // Until it is known which terminals are left, whoever asks waits.
  self->set_default_handler(caf::skip);
  state->restore(known, [self, state] {
    self->set_default_handler(caf::print_and_drop);
    self->become(at_work(state));
  });
  return {[state](const restart_child& again) { state->restart(again.id); }};
}

} // namespace termlease::actors
