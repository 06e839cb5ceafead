#include "bus/router/router.hpp"

#include "bus/router/subscription.hpp"
#include "bus/trace/system.hpp"
#include "bus/trace/traceparent.hpp"
#include "messages/approvals.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "messages/tokens.hpp"

#include <optional>

namespace termlease::bus {

using namespace messages;

namespace {

/// One client as the router knows it.
struct connection_state {
  identity who;
  std::optional<subscription> heard;
};

shared_bytes line_of(const envelope& what) {
  return std::make_shared<const std::string>(
      encode(what).dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

void leave_out_others(terminal_list& list, const subscription& heard) {
  std::erase_if(list.terminals,
                [&](const auto& each) { return !heard.concerns({}, each.terminal_id); });
}

void leave_out_others(share_list& list, const subscription& heard) {
  std::erase_if(list.shares,
                [&](const auto& each) { return !heard.concerns(each.share_id, each.terminal_id); });
}

void leave_out_others(approval_list& list, const subscription& heard) {
  std::erase_if(list.approvals,
                [&](const auto& each) { return !heard.concerns(each.share_id, each.terminal_id); });
}

failure to_failure(const caf::error& why) {
  return {"internal", "the part of the runtime that answers this failed: " + caf::to_string(why),
          "try again; it was restarted", true};
}

/// The router's state and turns; lives inside the actor.
class switchboard {
public:
  switchboard(caf::event_based_actor* self, router_options options)
      : self_(self), options_(std::move(options)) {}

  void connected(const client_connected& news) { connections_[news.connection] = {news.who, {}}; }

  void gone(const client_gone& news) {
    connections_.erase(news.connection);
    self_->send(options_.branches.at(branch::shares), news);
  }

  void command(client_command& asked) {
    auto& correlation = asked.command.correlation_id;
    if (correlation.empty()) correlation = trace::correlation_in(asked.command.traceparent);
    if (correlation.empty()) correlation = options_.next_id();
    const auto found = connections_.find(asked.connection);
    if (found == connections_.end()) return options_.clients->close(asked.connection);
    try {
      check_ids(asked.command);
      dispatch(asked, found->second);
    } catch (const failed& why) {
      respond(asked, answer_with(why.why()));
    }
  }

  void published(const publish& news) {
    for (const auto& each : news.records) {
      const auto behind = fan_out(each);
      options_.last_sequence = each.sequence;
      for (const auto connection : behind) replay(connection);
      if (each.event_type == token_revoked::describe().name) expel(each);
    }
  }

  void drained(const client_drained& news) {
    const auto found = connections_.find(news.connection);
    if (found != connections_.end() && found->second.heard && found->second.heard->replaying)
      replay(news.connection);
  }

private:
  /// What a client calls itself and its work ends up in every record about it.
  static void check_ids(const envelope& command) {
    for (const auto* each : {&command.id, &command.correlation_id, &command.workspace_id,
                             &command.lane_id, &command.session_id})
      if (each->size() > longest_id)
        throw failed("bad_envelope", "an id has at most " + std::to_string(longest_id) + " bytes",
                     "use UUIDs, or names of that length");
  }

  caller caller_of(const client_command& asked, const connection_state& from) const {
    const auto& command = asked.command;
    return {from.who,
            asked.connection,
            command.id.empty() ? options_.next_id() : command.id,
            command.correlation_id,
            command.workspace_id,
            command.lane_id,
            command.session_id};
  }

  void dispatch(const client_command& asked, connection_state& from) {
    const auto* entry = find_method(asked.command.method);
    if (entry == nullptr)
      throw failed("unknown_method", "there is no method '" + asked.command.method + "'",
                   "`termlease methods` lists them");
    if (entry->who == audience::operator_only && from.who.kind != identity_kind::operator_)
      throw failed("operator_only", "only the operator may ask for " + std::string(entry->name),
                   "ask without a token, as the runtime's owner");
    auto payload = encode(asked.command.payload);
    if (entry->target == branch::bus) return own_command(asked, from, std::move(payload));
    auto message = entry->decode(caller_of(asked, from), std::move(payload));
    self_->request(options_.branches.at(entry->target), caf::infinite, std::move(message))
        .then(
            [this, asked](answer& got) { respond(asked, std::move(got)); },
            [this, asked](const caf::error& why) { respond(asked, answer_with(to_failure(why))); });
  }

  void own_command(const client_command& asked, connection_state& from, json payload) {
    const auto& method = asked.command.method;
    if (method == subscribe::describe().name) {
      start_hearing(asked, from, decoded<subscribe>(payload));
    } else if (method == unsubscribe::describe().name) {
      from.heard.reset();
      respond(asked, {});
    } else if (method == introspect::describe().name) {
      respond(asked, {{introspection().dump()}, {}});
    } else {
      check_identity(asked, decoded<authenticate>(payload));
    }
  }

  void check_identity(const client_command& asked, authenticate proof) {
    self_
        ->request(options_.branches.at(branch::tokens), caf::infinite,
                  check_token{std::move(proof.token)})
        .then(
            [this, asked](const token_checked& result) {
              const auto found = connections_.find(asked.connection);
              if (found == connections_.end()) return;
              if (result.problem) {
                respond(asked, answer_with(result.problem));
                return options_.clients->close(asked.connection);
              }
              found->second.who = result.who;
              respond(asked, answer_with(result.who));
            },
            [this, asked](const caf::error& why) {
              respond(asked, answer_with(to_failure(why)));
              options_.clients->close(asked.connection);
            });
  }

  /// Whoever uses a token that was revoked is disconnected; what it has sent already is refused.
  void expel(const record& revocation) {
    const auto token = decoded<token_revoked>(json::parse(revocation.metadata.text)).token;
    std::erase_if(connections_, [&](const auto& each) {
      const auto& [connection, state] = each;
      const bool meant = state.who.kind == token.kind && state.who.name == token.name;
      if (meant) options_.clients->close(connection);
      return meant;
    });
  }

  void start_hearing(const client_command& asked, connection_state& from, const subscribe& wanted) {
    if (wanted.from != 0 && from.who.kind != identity_kind::operator_)
      throw failed("operator_only", "only the operator may read the journal back",
                   "subscribe without `from`");
    subscription heard(wanted);
    heard.replaying = true;
    heard.next = wanted.from != 0 ? wanted.from : options_.last_sequence + 1;
    from.heard = std::move(heard);
    respond(asked, {});
    if (wanted.from != 0 || !wanted.state) return replay(asked.connection);
    send_state<terminal_list>(asked, branch::terminals, list_terminals{}, [this, asked] {
      send_state<share_list>(asked, branch::shares, list_shares{}, [this, asked] {
        send_state<approval_list>(asked, branch::approvals, list_approvals{},
                                  [this, asked] { replay(asked.connection); });
      });
    });
  }

  /// Asks a branch for its list and hands over what is wanted of it as one event, then goes on.
  template <class List, class Query>
  void send_state(const client_command& asked, branch from, Query query,
                  std::function<void()> then) {
    const auto state = connections_.find(asked.connection);
    if (state == connections_.end()) return;
    constexpr auto topic = List::describe().name;
    if (const auto& heard = state->second.heard; !heard || !heard->wants(topic)) return then();
    self_
        ->request(options_.branches.at(from), caf::infinite, caller_of(asked, state->second), query)
        .then(
            [this, asked, then](answer& got) {
              hand_over_state<List>(asked, std::move(got.result));
              then();
            },
            [then](const caf::error&) { then(); });
  }

  template <class List> void hand_over_state(const client_command& asked, raw_json state) {
    const auto found = connections_.find(asked.connection);
    if (found == connections_.end() || !found->second.heard) return;
    if (found->second.heard->is_narrowed()) {
      auto list = decoded<List>(encode(state));
      leave_out_others(list, *found->second.heard);
      state = {encode(list).dump()};
    }
    envelope event;
    event.type = envelope_type::event;
    event.topic = List::describe().name;
    event.payload = std::move(state);
    event.correlation_id = asked.command.correlation_id;
    stamp(event);
    options_.clients->notify(asked.connection, line_of(event), 0);
  }

  /// Reads on for a subscriber that is behind; it is live once it has caught up.
  void replay(std::uint64_t connection) {
    const auto found = connections_.find(connection);
    if (found == connections_.end() || !found->second.heard) return;
    auto& heard = *found->second.heard;
    if (heard.next > options_.last_sequence) {
      heard.replaying = false;
      return;
    }
    self_
        ->request(options_.branches.at(branch::journal), caf::infinite,
                  read_records{heard.next, options_.replay_chunk, {}, {}})
        .then([this, connection](const journal_part& part) { replayed(connection, part); },
              [this, connection](const caf::error&) { options_.clients->close(connection); });
  }

  void replayed(std::uint64_t connection, const journal_part& part) {
    const auto found = connections_.find(connection);
    if (found == connections_.end() || !found->second.heard) return;
    if (part.problem || part.records.empty()) return options_.clients->close(connection);
    // Read for a subscription that another one has replaced meanwhile.
    if (part.records.front().sequence != found->second.heard->next) return;
    for (const auto& each : part.records) hand_over(connection, *found->second.heard, each);
    options_.clients->tell_when_drained(connection);
  }

  /// Returns those who have missed records before this one, and have to catch up: a journal that
  /// crashed published nothing of its last commit.
  std::vector<std::uint64_t> fan_out(const record& news) {
    shared_bytes event;
    shared_bytes audit;
    std::vector<std::uint64_t> behind;
    for (auto& [connection, state] : connections_) {
      if (!state.heard || state.heard->replaying || news.sequence < state.heard->next) continue;
      if (news.sequence == state.heard->next) {
        hand_over(connection, *state.heard, news, event, audit);
      } else {
        state.heard->replaying = true;
        behind.push_back(connection);
      }
    }
    return behind;
  }

  void hand_over(std::uint64_t connection, subscription& to, const record& news) {
    shared_bytes event;
    shared_bytes audit;
    hand_over(connection, to, news, event, audit);
  }

  /// A record is heard twice: as what happened, and as `audit.recorded`. The bytes are made when
  /// the first subscriber wants them.
  void hand_over(std::uint64_t connection, subscription& to, const record& news,
                 shared_bytes& event, shared_bytes& audit) {
    to.next = news.sequence + 1;
    constexpr auto audit_topic = record::describe().name;
    if (to.wants(news.event_type, news)) {
      if (!event) event = line_of(event_of(news, news.event_type, news.metadata, to.replaying));
      options_.clients->notify(connection, event, news.sequence);
    }
    if (to.wants(audit_topic, news)) {
      if (!audit)
        audit =
            line_of(event_of(news, std::string(audit_topic), {encode(news).dump()}, to.replaying));
      options_.clients->notify(connection, audit, news.sequence);
    }
  }

  /// What is read back was caused by no turn of now.
  envelope event_of(const record& news, std::string topic, raw_json payload, bool replayed) const {
    envelope event;
    event.id = news.id;
    event.type = envelope_type::event;
    event.ts = news.timestamp;
    event.workspace_id = news.workspace_id;
    event.lane_id = news.lane_id;
    event.session_id = news.session_id;
    event.terminal_id = news.terminal_id;
    event.share_id = news.share_id;
    event.actor = news.actor;
    event.topic = std::move(topic);
    event.payload = std::move(payload);
    event.correlation_id = news.correlation_id;
    event.causation_id = news.causation_id;
    event.sequence = news.sequence;
    if (!replayed) event.traceparent = trace::here_as_parent(*self_, news.correlation_id);
    return event;
  }

  void stamp(envelope& what) const {
    what.id = options_.next_id();
    what.ts = options_.now();
    what.actor = {identity_kind::runtime, "runtime"};
  }

  void respond(const client_command& asked, answer got) {
    envelope response;
    response.type = envelope_type::response;
    response.method = asked.command.method;
    response.status = got.error ? "error" : "ok";
    response.result = std::move(got.result);
    response.error = std::move(got.error);
    response.correlation_id = asked.command.correlation_id;
    response.causation_id = asked.command.id;
    // Made for whoever can use it: the correlation is in the answer anyway.
    if (!asked.command.traceparent.empty())
      response.traceparent = trace::here_as_parent(*self_, asked.command.correlation_id);
    stamp(response);
    options_.clients->respond(asked.connection, line_of(response));
  }

  caf::event_based_actor* self_;
  router_options options_;
  std::map<std::uint64_t, connection_state> connections_;
};

} // namespace

caf::behavior router(caf::event_based_actor* self, router_options options) {
  auto state = std::make_shared<switchboard>(self, std::move(options));
  return {
      [state](const client_connected& news) { state->connected(news); },
      [state](client_command& asked) { state->command(asked); },
      [state](const client_drained& news) { state->drained(news); },
      [state](const client_gone& news) { state->gone(news); },
      [state](const publish& news) { state->published(news); },
  };
}

} // namespace termlease::bus
