#include "tools/scenario/play/guardian.hpp"

#include "bus/journal/journal.hpp"

namespace termlease::scenario {

using namespace messages;

namespace {

bool is_over(const std::string& state) {
  return state == name_of(share_state::ended) || state == name_of(share_state::denied);
}

} // namespace

std::optional<breach> guardian::look() {
  const auto& records = machine_.disk.records;
  for (; seen_ < records.size(); ++seen_)
    if (auto wrong = read(records[seen_])) return wrong;
  if (auto wrong = look_at_terminals()) return wrong;
  if (auto wrong = look_at_workers()) return wrong;
  return look_at_limits();
}

std::optional<breach> guardian::read(const record& each) {
  follow(each, json::parse(each.metadata.text));
  if (!ids_.insert(each.id).second)
    return breach{"the record " + std::to_string(each.sequence) + " (" + each.event_type +
                  ") is there twice"};
  if (ended_.contains(each.share_id) && !each.event_type.starts_with("approval."))
    return breach{"the share " + each.share_id +
                  " goes on after its end was announced: " + each.event_type};
  if (each.event_type == share_stopped::describe().name) ended_.insert(each.share_id);
  if (each.share_id.empty() || !each.correlation_id.empty()) return std::nullopt;
  return breach{"the record " + std::to_string(each.sequence) + " (" + each.event_type +
                ") of a share says not what it belongs to: it has no correlation id"};
}

void guardian::follow(const record& each, const json& payload) {
  const auto note = [&](const std::string& kind, const std::string& from, const std::string& to) {
    if (from != to)
      transitions_.insert(kind + ": " + (from.empty() ? "(new)" : from) + " -> " + to);
  };
  if (payload.contains("terminal")) {
    const auto view = decoded<terminal_view>(payload["terminal"]);
    limits_[view.terminal_id] = config::share_limit(machine_.settings.shares, view.name, view.lane);
    if (view.state == terminal_state::open)
      terminals_[view.terminal_id] = session_of(view);
    else if (terminals_.erase(view.terminal_id) > 0 && !view.adopted)
      closed_.insert(session_of(view));
  }
  if (payload.contains("approval")) {
    const auto& view = payload["approval"];
    auto& state = approvals_[view.value("approval_id", "")];
    note("approval", state, view.value("state", ""));
    state = view.value("state", "");
  }
  if (!payload.contains("share")) return;
  const auto view = decoded<share_view>(payload["share"]);
  auto& known = shares_[view.share_id];
  // Records are made before the change that they tell of.
  const bool starts = each.event_type == share_allowed::describe().name;
  const std::string state(name_of(starts ? share_state::starting : view.state));
  if (each.event_type == share_requested::describe().name) {
    note("share", {}, "requested");
    known.state = "requested";
  }
  note("share", known.state, state);
  known = {view.terminal_id, state, view.expires_at};
  if (starts) allowed_.insert(view.share_id);
}

std::optional<breach> guardian::look_at_terminals() {
  // A closing that can't be recorded yet is recorded later, when the journal tries again.
  const auto now = machine_.clock->boot_ms;
  if (machine_.disk.problem || machine_.disk.waiting() > 0) disk_well_since_ = now;
  if (now - disk_well_since_ <= bus::journal_options{}.retry.ms) return std::nullopt;
  for (const auto& pane : machine_.processes.panes)
    if (closed_.contains(pane.session_id))
      return breach{"a record says that the terminal " + pane.session + " is closed, and it lives"};
  for (const auto& [id, session] : terminals_) {
    const auto gone = machine_.processes.killed_sessions.find(session);
    if (gone == machine_.processes.killed_sessions.end()) continue;
    return breach{"the terminal " + id + " was ended, and no record says that it was closed"};
  }
  return std::nullopt;
}

const std::string& guardian::share_of(const simulated_child& worker) {
  auto& id = share_of_worker_[&worker];
  if (id.empty()) id = worker.share_id();
  return id;
}

std::optional<breach> guardian::look_at_workers() {
  for (const auto& worker : machine_.processes.children) {
    if (!worker.running || worker.program() != "termlease-worker") continue;
    const auto& id = share_of(worker);
    if (id.empty()) continue;
    if (!allowed_.contains(id))
      return breach{"a worker runs for the share " + id + ", and no durable record allows it"};
    const auto& share = shares_.at(id);
    if (is_over(share.state))
      return breach{"the end of the share " + id + " was announced, and its worker still runs"};
    if (is_overdue(id, share.expires_at))
      return breach{"the share " + id + " lives beyond its time: it ended at " +
                    to_text(share.expires_at)};
  }
  return std::nullopt;
}

/// Its time was over, and it has had the time that an end takes; somebody may have set the clock.
bool guardian::is_overdue(const std::string& share, instant expires_at) {
  const auto now = machine_.clock->boot_ms;
  if (!expires_at || machine_.clock->wall <= expires_at) {
    overdue_since_.erase(share);
    return false;
  }
  const auto since = overdue_since_.try_emplace(share, now).first->second;
  return now - since > machine_.settings.shares.end_deadline.ms * 2;
}

std::optional<breach> guardian::look_at_limits() const {
  std::map<std::string, std::uint32_t> of_terminal;
  std::uint32_t all = 0;
  for (const auto& [id, share] : shares_) {
    if (is_over(share.state)) continue;
    if (++of_terminal[share.terminal_id] > limits_.at(share.terminal_id))
      return breach{"the terminal " + share.terminal_id + " has more shares than its limit of " +
                    std::to_string(limits_.at(share.terminal_id))};
    if (++all > machine_.settings.shares.total_limit)
      return breach{"there are more shares than the limit of " +
                    std::to_string(machine_.settings.shares.total_limit)};
  }
  return std::nullopt;
}

} // namespace termlease::scenario
