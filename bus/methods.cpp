#include "bus/methods.hpp"

#include "messages/approvals.hpp"
#include "messages/envelope.hpp"
#include "messages/runtime.hpp"
#include "messages/shares.hpp"
#include "messages/supervision.hpp"
#include "messages/switching.hpp"
#include "messages/terminals.hpp"
#include "messages/tokens.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace termlease::bus {

namespace {

using namespace messages;

template <class Command> caf::message decode_command(const caller& who, json payload) {
  return caf::make_message(who, decoded<Command>(payload));
}

/// Each field with its default; null where there is none, or where it may be absent.
template <class Message> json fields_of() {
  Message value;
  auto fields = encode(value);
  for_each_field(value, [&](std::string_view name, const auto&) {
    if (!fields.contains(name)) fields[std::string(name)] = nullptr;
  });
  return fields;
}

template <class Command> constexpr method entry(branch target, audience who = audience::everyone) {
  return {Command::describe().name, Command::describe().doc, target,          who,
          &decode_command<Command>, &fields_of<Command>,     &typeid(Command)};
}

/// `share.upterm.start` and the like: the backend is in the name.
template <int which> caf::message decode_start_by(const caller& who, json payload) {
  if (payload.is_object()) payload["backend"] = which == 0 ? "upterm" : "tmate";
  return decode_command<start_share>(who, std::move(payload));
}

std::vector<method> make_methods() {
  constexpr auto only = audience::operator_only;
  std::vector<method> all{
      entry<subscribe>(branch::bus),
      entry<unsubscribe>(branch::bus),
      entry<introspect>(branch::bus),
      entry<authenticate>(branch::bus),
      entry<spawn_terminal>(branch::terminals, only),
      entry<adopt_terminal>(branch::terminals, only),
      entry<list_terminals>(branch::terminals),
      entry<close_terminal>(branch::terminals, only),
      entry<start_share>(branch::shares),
      entry<extend_share>(branch::shares),
      entry<switch_share>(branch::shares),
      entry<revoke_share>(branch::shares),
      entry<stop_share>(branch::shares),
      entry<list_shares>(branch::shares),
      entry<show_share>(branch::shares),
      entry<list_guests>(branch::shares),
      entry<kick_guest>(branch::shares),
      entry<set_guest_mode>(branch::shares),
      entry<admit_guest>(branch::shares),
      entry<deny_guest>(branch::shares),
      entry<list_approvals>(branch::approvals),
      entry<resolve_approval>(branch::approvals),
      entry<create_token>(branch::tokens, only),
      entry<list_tokens>(branch::tokens, only),
      entry<revoke_token>(branch::tokens, only),
      entry<query_audit>(branch::journal, only),
      entry<verify_audit>(branch::journal, only),
      entry<explain_policy>(branch::policy),
      entry<get_status>(branch::runtime),
      entry<stop_runtime>(branch::runtime, only),
      entry<get_tree>(branch::runtime, only),
      entry<crash_actor>(branch::runtime, only),
      {"share.upterm.start", "asks for a share through upterm", branch::shares, audience::everyone,
       &decode_start_by<0>, &fields_of<start_share>},
      {"share.upterm.stop", "ends a share through upterm", branch::shares, audience::everyone,
       &decode_command<stop_share>, &fields_of<stop_share>},
      {"share.tmate.start", "asks for a share through tmate", branch::shares, audience::everyone,
       &decode_start_by<1>, &fields_of<start_share>},
      {"share.tmate.stop", "ends a share through tmate", branch::shares, audience::everyone,
       &decode_command<stop_share>, &fields_of<stop_share>},
  };
  std::sort(all.begin(), all.end(),
            [](const method& a, const method& b) { return a.name < b.name; });
  return all;
}

template <class Event> void add_topic(json& topics) {
  constexpr auto about = Event::describe();
  topics.push_back({{"topic", about.name}, {"doc", about.doc}, {"payload", fields_of<Event>()}});
}

template <class... Events> json topics_of() {
  json topics = json::array();
  (add_topic<Events>(topics), ...);
  return topics;
}

} // namespace

const std::vector<method>& methods() {
  static const std::vector<method> all = make_methods();
  return all;
}

const method* find_method(std::string_view name) {
  const auto& all = methods();
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const method& each, std::string_view key) { return each.name < key; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

json introspection() {
  json asked = json::array();
  for (const auto& each : methods())
    asked.push_back({{"method", each.name},
                     {"doc", each.doc},
                     {"operator_only", each.who == audience::operator_only},
                     {"payload", each.fields()}});
  return {
      {"methods", std::move(asked)},
      {"topics",
       topics_of<terminal_spawned, terminal_adopted, terminal_closed, share_requested,
                 share_allowed, share_denied, share_started, share_relay_lost, share_link_changed,
                 share_warned, share_extended, share_extension_denied, share_switch_allowed,
                 share_switch_denied, share_switch_failed, share_switched, share_revoked,
                 share_stopped, share_guest_joined, share_guest_left, share_guest_knocked,
                 share_guest_admitted, share_guest_denied, share_guest_kicked, share_guest_recorded,
                 share_mode_changed, share_mode_denied, approval_requested, approval_voted,
                 approval_resolved, token_created, token_revoked, policy_loaded, policy_rejected,
                 relay_started, relay_stopped, actor_restarted, actor_crashed, runtime_started,
                 runtime_stopped, journal_recovered, record, gap, terminal_list, share_list,
                 approval_list>()}};
}

} // namespace termlease::bus
