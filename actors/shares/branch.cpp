#include "actors/core/answering.hpp"
#include "actors/core/recording.hpp"
#include "actors/core/supervision.hpp"
#include "actors/shares/open_questions.hpp"
#include "actors/shares/reaping.hpp"
#include "actors/shares/request_checks.hpp"
#include "actors/shares/session.hpp"
#include "actors/shares/share_table.hpp"
#include "actors/shares/shares.hpp"
#include "messages/connections.hpp"
#include "messages/edges.hpp"
#include "messages/leases.hpp"
#include "messages/switching.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

using answer_promise = caf::typed_response_promise<answer>;

/// The branch's state and turns; lives inside the actor.
class share_branch {
public:
  share_branch(caf::event_based_actor* self, shared_environment env)
      : self_(self), env_(std::move(env)), children_(self, env_, "shares"), questions_(self) {}

  /// After a restart: what waited for an approval still waits, and is looked for before anybody is
  /// answered; what was open is not any more. True when all is known at once; else `ready` is
  /// called later.
  bool restore(const share_ledger& known, bool runtime_is_new, const std::function<void()>& ready) {
    for (const auto& each : known.over()) remember(each);
    for (const auto& [id, each] : known.open())
      each.share.state == share_state::awaiting_approval ? wait_again(each, ready)
                                                         : lose_open(each.share, runtime_is_new);
    return restoring_ == 0;
  }

  caf::result<answer> start(const caller& from, start_share wanted) {
    check_request(wanted, env_->settings);
    auto promise = self_->make_response_promise<answer>();
    self_->request(env_->terminals, caf::infinite, find_terminal{wanted.terminal})
        .then(
            [=, this](const terminal_found& found, const caf::actor& address) mutable {
              try {
                if (found.problem) throw failed(found.problem);
                shares_.check_limits(found.terminal, env_->settings.shares);
                const auto id =
                    open_session(order_of(*env_, from, wanted, found.terminal, address));
                ask_session(id, promise, &share_branch::no_share, answer_when_open::value);
              } catch (const failed& why) {
                promise.deliver(answer_with(why.why()));
              }
            },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
    return promise;
  }

  caf::result<answer> extend(const caller& from, const extend_share& wanted) {
    return ask_open(from, wanted, "extended");
  }

  /// Whoever gets the new link has to be one who may.
  caf::result<answer> switch_to(const caller& from, const switch_share& wanted) {
    check_may_end(from, shares_.find(wanted.share).view);
    return ask_open(from, wanted, "changed");
  }

  /// What a guest may, or not any more.
  caf::result<answer> set_mode(const caller& from, const set_guest_mode& wanted) {
    if (wanted.mode == share_mode::ro) check_may_end(from, shares_.find(wanted.share).view);
    return ask_open(from, wanted, "changed");
  }

  caf::result<answer> kick(const caller& from, const kick_guest& wanted) {
    check_reason(wanted.reason);
    check_may_end(from, shares_.find(wanted.share).view);
    return ask_open(from, wanted, "changed");
  }

  /// Who lets somebody in answers for it: a person.
  template <class Command>
  caf::result<answer> answer_knock(const caller& from, const Command& wanted) {
    const auto& view = shares_.find(wanted.share).view;
    check_may_end(from, view);
    if (from.who.kind == identity_kind::agent)
      throw failed("denied", "an agent can't answer who knocks", "ask the operator");
    return ask_open(from, wanted, "joined");
  }

  caf::result<answer> guests(const caller& from, const list_guests& wanted) {
    if (!wanted.share.empty() && is_final(shares_.find(wanted.share).view.state))
      return answer_with(guest_list{});
    auto promise = self_->make_response_promise<answer>();
    auto all = std::make_shared<guest_list>();
    auto left = std::make_shared<std::size_t>(1);
    const auto one_less = [promise, all, left] {
      if (--*left == 0) answer_promise(promise).deliver(answer_with(*all));
    };
    const auto* only = wanted.share.empty() ? nullptr : &shares_.find(wanted.share);
    for (const auto& [id, each] : shares_.all()) {
      if (!each.session || (only != nullptr && only != &each)) continue;
      ++*left;
      questions_.ask(
          id, each.session,
          [one_less, all](const answer& got) {
            if (!got.error)
              for (auto& guest : decoded<guest_list>(json::parse(got.result.text)).guests)
                all->guests.push_back(std::move(guest));
            one_less();
          },
          [] { return answer_with(guest_list{}); }, from, wanted);
    }
    one_less();
    return promise;
  }

  /// Revoke or stop. Both may be asked of a share that is over: then it says so.
  template <class Command> caf::result<answer> close(const caller& from, const Command& wanted) {
    const auto& share = shares_.find(wanted.share);
    check_may_end(from, share.view);
    if (is_final(share.view.state))
      throw failed("share_ended", "this share is over already: " + share.view.detail,
                   "`termlease shares --all` shows it");
    const auto promise = self_->make_response_promise<answer>();
    ask_session(share.view.share_id, promise, &share_branch::as_it_ended, from, wanted);
    return promise;
  }

  answer list(const caller& from, const list_shares& wanted) const {
    share_list all;
    for (const auto& [id, each] : shares_.all())
      if (wanted.all || !is_final(each.view.state))
        all.shares.push_back(shown(from, each.view, wanted.links));
    return answer_with(all);
  }

  answer show(const caller& from, const show_share& wanted) const {
    return answer_with(shown(from, shares_.find(wanted.share).view, wanted.links));
  }

  void changed(const share_changed& news) {
    auto* found = shares_.known(news.share.share_id);
    if (found == nullptr) return;
    found->view = news.share;
    if (is_final(news.share.state)) shares_.over(*found);
  }

  /// From approvals that were restarted and don't know any more who asked.
  void resolved(const approval_outcome& news) {
    const auto* found = shares_.known(news.approval.share_id);
    if (found != nullptr && found->session) self_->send(found->session, news);
  }

  void requester_left(const client_gone& news) {
    for (const auto& [id, each] : shares_.all())
      if (each.connection == news.connection && each.session)
        self_->send(each.session, requester_gone::value);
  }

  /// Ends every share, and answers once the last one has.
  caf::result<answer> close_all() {
    auto promise = self_->make_response_promise<answer>();
    auto left = std::make_shared<std::size_t>(1);
    const auto one_less = [promise, left] {
      if (--*left == 0) answer_promise(promise).deliver(answer{});
    };
    for (const auto& [id, each] : shares_.all()) {
      if (!each.session) continue;
      ++*left;
      questions_.ask(
          id, each.session, [one_less](const answer&) { one_less(); }, [] { return answer{}; },
          close_down::value);
    }
    one_less();
    return promise;
  }

  void restart(const std::string& id) { children_.restart(id); }

private:
  /// One that was over already.
  void remember(const share_view& known) {
    auto& share = shares_[known.share_id];
    share.view = known;
    shares_.over(share);
  }

  /// Where only this part crashed, workers are still ending.
  void lose_open(const share_view& known, bool runtime_is_new) {
    shares_[known.share_id].view = known;
    if (runtime_is_new) return lose(known);
    bury_when_reaped(known, end_reason::runtime_restarted, restarted);
  }

  void wait_again(const share_requested& known, const std::function<void()>& ready) {
    ++restoring_;
    const auto found_out = [=, this] {
      if (--restoring_ == 0) ready();
    };
    self_->request(env_->terminals, caf::infinite, find_terminal{known.share.terminal_id})
        .then(
            [=, this](const terminal_found& found, const caf::actor& address) {
              if (found.problem)
                lose(known.share);
              else
                open_session(resumed_order(known, found.terminal, address));
              found_out();
            },
            [=, this](const caf::error&) {
              lose(known.share);
              found_out();
            });
  }

  static constexpr auto restarted = "the runtime was restarted";

  static void check_may_end(const caller& from, const share_view& share) {
    if (from.who.kind != identity_kind::operator_ && share.requested_by != to_text(from.who))
      throw failed("denied", "only the operator and its requester may do that to this share",
                   "ask the operator");
  }

  /// Asks the session of a share that isn't over.
  template <class Command>
  caf::result<answer> ask_open(const caller& from, const Command& wanted, const char* done) {
    const auto& share = shares_.find(wanted.share);
    if (is_final(share.view.state))
      throw failed("share_ended",
                   "this share is over: " + std::string(name_of(share.view.end_reason)) +
                       ", and can't be " + done,
                   "share the terminal again");
    const auto promise = self_->make_response_promise<answer>();
    ask_session(share.view.share_id, promise, &share_branch::no_share, from, wanted);
    return promise;
  }

  template <class... Words>
  void ask_session(const std::string& id, answer_promise promise,
                   answer (*without_answer)(const share_view&), const Words&... words) {
    questions_.ask(
        id, shares_.at(id).session,
        [promise](answer got) mutable { promise.deliver(std::move(got)); },
        [=, this] { return without_answer(shares_.at(id).view); }, words...);
  }

  /// The answer to whoever wanted something of a share that ended meanwhile.
  static answer no_share(const share_view& view) {
    return answer_with(failure{"share_ended",
                               "the share ended meanwhile: " + view.detail,
                               {"share the terminal again"},
                               true});
  }

  /// The answer to whoever wanted its end.
  static answer as_it_ended(const share_view& view) { return answer_with(without_link(view)); }

  std::string open_session(share_order order) {
    auto id = order.view.share_id;
    auto& share = shares_[id];
    share.view = order.view;
    share.connection = order.from.connection;
    child_spec spec;
    spec.id = id;
    spec.rule = restart_rule::temporary;
    spec.start = [this, id, order = std::move(order)] {
      auto session =
          spawn_traceable(*self_, share_session, env_, caf::actor_cast<caf::actor>(self_), order);
      shares_[id].session = session;
      return session;
    };
    spec.gone = [this](const std::string& which, const caf::error& why) {
      if (!why) return shares_.forget_if_open(which);
      shares_.at(which).session = nullptr;
      bury_when_reaped(shares_.at(which).view, end_reason::worker_failed, "its session failed");
    };
    children_.start(std::move(spec));
    return id;
  }

  /// One that a restart has ended, and that has no worker.
  void lose(const share_view& view) { bury(view, end_reason::runtime_restarted, restarted); }

  /// Its end is said once its worker is gone, if it has one, and nothing of it is left.
  void bury_when_reaped(const share_view& view, end_reason reason, const std::string& detail) {
    when_reaped(self_, env_, view.share_id, [=, this, id = view.share_id] {
      for (const auto& each : folders_of(*env_, id)) caf::anon_send(env_->files, remove_path{each});
      bury(shares_.at(id).view, reason, detail);
      questions_.lost(id);
    });
  }

  /// A share whose session is no more, and could not say so itself.
  void bury(share_view view, end_reason reason, const std::string& detail) {
    view = without_link(std::move(view));
    view.state = share_state::ended;
    view.end_reason = reason;
    view.detail = detail;
    view.guests.clear();
    action_context about;
    about.action = "share.stop";
    about.target = about.share_id = view.share_id;
    about.terminal_id = view.terminal_id;
    about.correlation_id = view.correlation_id;
    self_->send(env_->journal, keep{{draft(*env_, about, share_stopped{view})}});
    self_->send(env_->relays, release_relay{view.share_id});
    self_->send(env_->approvals, withdraw_approvals{view.share_id, detail});
    auto& share = shares_[view.share_id];
    share.view = std::move(view);
    shares_.over(share);
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  supervision children_;
  share_table shares_;
  open_questions questions_;
  std::size_t restoring_ = 0; ///< shares that are still looked for
};

caf::behavior at_work(const std::shared_ptr<share_branch>& state) {
  return {
      [state](const caller& from, const start_share& wanted) {
        return answered([&] { return state->start(from, wanted); });
      },
      [state](const caller& from, const extend_share& wanted) {
        return answered([&] { return state->extend(from, wanted); });
      },
      [state](const caller& from, const switch_share& wanted) {
        return answered([&] { return state->switch_to(from, wanted); });
      },
      [state](const caller& from, const list_guests& wanted) {
        return answered([&] { return state->guests(from, wanted); });
      },
      [state](const caller& from, const kick_guest& wanted) {
        return answered([&] { return state->kick(from, wanted); });
      },
      [state](const caller& from, const set_guest_mode& wanted) {
        return answered([&] { return state->set_mode(from, wanted); });
      },
      [state](const caller& from, const admit_guest& wanted) {
        return answered([&] { return state->answer_knock(from, wanted); });
      },
      [state](const caller& from, const deny_guest& wanted) {
        return answered([&] {
          check_reason(wanted.reason);
          return state->answer_knock(from, wanted);
        });
      },
      [state](const caller& from, const revoke_share& wanted) {
        return answered([&] {
          check_reason(wanted.reason);
          return state->close(from, wanted);
        });
      },
      [state](const caller& from, const stop_share& wanted) {
        return answered([&] { return state->close(from, wanted); });
      },
      [state](const caller& from, const list_shares& wanted) { return state->list(from, wanted); },
      [state](const caller& from, const show_share& wanted) {
        return answered([&]() -> caf::result<answer> { return state->show(from, wanted); });
      },
      [state](const share_changed& news) { state->changed(news); },
      [state](const client_gone& news) { state->requester_left(news); },
      [state](const approval_outcome& news) { state->resolved(news); },
      [state](close_down) { return state->close_all(); },
      [state](const restart_child& again) { state->restart(again.id); },
  };
}

} // namespace

caf::behavior shares(caf::event_based_actor* self, shared_environment env, share_ledger known,
                     bool runtime_is_new) {
  auto state = std::make_shared<share_branch>(self, std::move(env));
  const auto begin = [self, state] {
    self->set_default_handler(caf::print_and_drop);
    self->become(at_work(state));
  };
  if (state->restore(known, runtime_is_new, begin)) return at_work(state);
  // Until it is known which shares still wait, whoever asks waits.
  self->set_default_handler(caf::skip);
  return {[state](const restart_child& again) { state->restart(again.id); }};
}

} // namespace termlease::actors
