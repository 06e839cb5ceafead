#include "tools/termlease/output/views.hpp"

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace termlease::cli {

using messages::approval_state;
using messages::share_state;

namespace {

constexpr std::size_t short_id_length = 8;

/// Prints the table, or what to do about there being nothing to print.
void print_or_say(const console& to, const table& rows, const char* nothing) {
  if (rows.empty())
    to.note(nothing);
  else
    rows.print(to.out(), to.out_style());
}

std::string left_of(const messages::share_view& share, messages::instant at) {
  if (messages::is_final(share.state) || !share.expires_at) return {};
  return share.expires_at > at ? time_left(share.expires_at, at) : "over";
}

/// "2", or "2 + 1 knocks".
std::string guests_text(const std::vector<messages::guest_view>& guests) {
  const auto knocking =
      std::ranges::count(guests, messages::guest_state::knocking, &messages::guest_view::state);
  const auto in = std::to_string(static_cast<std::ptrdiff_t>(guests.size()) - knocking);
  return knocking == 0 ? in : in + " + " + std::to_string(knocking) + " knocking";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& each : words) text += (text.empty() ? "" : ", ") + each;
  return text;
}

tone tone_of(approval_state state) {
  switch (state) {
  case approval_state::pending:
    return tone::warning;
  case approval_state::approved:
    return tone::good;
  case approval_state::denied:
    return tone::bad;
  case approval_state::expired:
  case approval_state::withdrawn:
    return tone::dim;
  }
  return tone::plain;
}

/// "1 of 2 from operator, human:ann".
std::string who_is_asked(const messages::approval_view& approval) {
  if (approval.stage >= approval.stages.size()) return {};
  const auto& stage = approval.stages[approval.stage];
  const auto votes = std::ranges::count_if(approval.votes, [&](const auto& vote) {
    return vote.stage == approval.stage && vote.verdict == messages::verdict::approve;
  });
  const auto from = joined(stage.approvers);
  if (stage.quorum <= 1) return from;
  return std::to_string(votes) + " of " + std::to_string(stage.quorum) + " from " + from;
}

/// "share.mode of g2".
std::string wanted_text(const messages::approval_view& approval) {
  return approval.action + (approval.guest_id.empty() ? "" : " of " + approval.guest_id);
}

/// "0190163d-8694-739b-aea5-966c26f8ad91".
bool is_id(std::string_view text) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::ranges::equal(text, form, [](char each, char wanted) {
    const bool is_digit = (each >= '0' && each <= '9') || (each >= 'a' && each <= 'f');
    return wanted == 'x' ? is_digit : each == wanted;
  });
}

} // namespace

std::string short_id(const std::string& id) {
  return id.size() <= short_id_length ? id : id.substr(id.size() - short_id_length);
}

std::string short_path(std::string_view path) {
  std::string all;
  for (;;) {
    const auto end = path.find('/');
    const auto part = path.substr(0, end);
    all += is_id(part) ? short_id(std::string(part)) : safe(part);
    if (end == std::string_view::npos) return all;
    all += '/';
    path.remove_prefix(end + 1);
  }
}

std::string mode_words(messages::share_mode mode) {
  return mode == messages::share_mode::ro ? "read-only" : "read-write";
}

cell state_cell(const messages::share_view& share) {
  const std::string name(messages::name_of(share.state));
  switch (share.state) {
  case share_state::active:
    return cell(name, tone::good);
  case share_state::expiring:
    return cell(name, tone::warning);
  case share_state::awaiting_approval:
    return cell("waiting for approval", tone::warning);
  case share_state::denied:
    return cell(name, tone::bad);
  case share_state::ended:
    return cell(name + ": " + std::string(messages::name_of(share.end_reason)), tone::dim);
  case share_state::requested:
  case share_state::starting:
    return cell(name, tone::accent);
  }
  return cell(name);
}

void print_shares(const console& to, const std::vector<messages::share_view>& shares) {
  table rows({"SHARE", "TERMINAL", "STATE", "MODE", "VIA", "GUESTS", "LEFT", "BY", "LINK"});
  const auto at = now();
  for (const auto& each : shares) {
    const bool open = !messages::is_final(each.state);
    rows.add({cell(short_id(each.share_id), tone::bold), each.terminal_name, state_cell(each),
              cell(messages::name_of(each.mode)), each.backend,
              open ? guests_text(each.guests) : std::string("-"), left_of(each, at),
              each.requested_by, cell(each.link.text, tone::accent)});
  }
  print_or_say(to, rows, "nothing is shared; share a terminal with: termlease share TERMINAL");
}

namespace {

/// "1.4 kB"; bytes as they are.
std::string amount(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> units{"B", "kB", "MB", "GB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text.data();
}

/// In whole seconds; its worker may not have said.
std::string idle_text(messages::span idle) {
  return idle.ms < 0 ? std::string("-") : to_text(messages::span{idle.ms / 1000 * 1000});
}

cell guest_cell(const messages::guest_view& guest) {
  if (guest.state == messages::guest_state::knocking) return cell("knocks", tone::warning);
  return cell(messages::name_of(guest.mode));
}

} // namespace

void print_guests(const console& to, const std::vector<messages::guest_report>& guests) {
  table rows({"SHARE", "TERMINAL", "GUEST", "MODE", "SINCE", "IDLE", "IN", "OUT", "FROM", "KEY"});
  const auto at = now();
  for (const auto& each : guests) {
    const auto& guest = each.guest;
    const bool in = guest.state == messages::guest_state::in;
    rows.add({cell(short_id(each.share_id)), each.terminal_name, cell(guest.guest_id, tone::bold),
              guest_cell(guest), local_time(guest.joined_at, at),
              in ? idle_text(each.idle) : std::string("-"),
              in ? amount(each.bytes_in) : std::string("-"),
              in ? amount(each.bytes_out) : std::string("-"), guest.address,
              guest.key_fingerprint + (guest.key_comment.empty() ? "" : " " + guest.key_comment)});
  }
  print_or_say(to, rows, "nobody is in");
}

void print_share(const console& to, const messages::share_view& share) {
  const auto at = now();
  const auto when = [&](messages::instant time) {
    return time ? local_time(time, at) + " (" + relative(time, at) + ")" : std::string{};
  };
  print_fields(to.out(), to.out_style(),
               {{"share", cell(share.share_id, tone::bold)},
                {"terminal", share.terminal_name},
                {"state", state_cell(share)},
                {"detail", share.detail},
                {"mode", mode_words(share.mode)},
                {"via", share.backend},
                {"asked for by", share.requested_by},
                {"reason", share.reason},
                {"rules", joined(share.rules)},
                {"approval", short_id(share.approval_id)},
                {"created", when(share.created_at)},
                {"warns", when(share.warns_at)},
                {"ends", when(share.expires_at)},
                {"correlation", share.correlation_id},
                {"link", cell(share.link.text, tone::accent)}});
  if (share.guests.empty()) return;
  to.out() << '\n';
  table guests({"GUEST", "KEY", "ADDRESS", "JOINED"});
  for (const auto& each : share.guests)
    guests.add({each.guest_id, each.key_fingerprint, each.address, relative(each.joined_at, at)});
  guests.print(to.out(), to.out_style());
}

void print_terminals(const console& to, const std::vector<messages::terminal_view>& terminals) {
  table rows({"NAME", "STATE", "LANE", "KIND", "HOST", "SESSION", "PANE", "OPENED", "ID"});
  const auto at = now();
  for (const auto& each : terminals) {
    const bool open = each.state == messages::terminal_state::open;
    rows.add({cell(each.name, tone::bold),
              cell(messages::name_of(each.state), open ? tone::good : tone::dim), each.lane,
              each.adopted ? "adopted" : "ours", each.host, messages::session_of(each), each.pane,
              relative(each.created_at, at), short_id(each.terminal_id)});
  }
  print_or_say(to, rows, "no terminals; open one with: termlease terminal new NAME");
}

void print_approvals(const console& to, const std::vector<messages::approval_view>& approvals) {
  table rows(
      {"APPROVAL", "STATE", "WANTS", "TERMINAL", "MODE", "FOR", "BY", "REASON", "ASKED", "UNTIL"});
  const auto at = now();
  for (const auto& each : approvals) {
    const bool pending = each.state == approval_state::pending;
    rows.add({cell(short_id(each.approval_id), tone::bold),
              cell(messages::name_of(each.state), tone_of(each.state)), wanted_text(each),
              each.terminal_name, cell(messages::name_of(each.mode)), short_span(each.ttl),
              each.requested_by, each.reason, pending ? who_is_asked(each) : each.detail,
              pending ? relative(each.deadline, at) : std::string{}});
  }
  print_or_say(to, rows, "nothing waits for an approval");
}

void print_tokens(const console& to, const std::vector<messages::token_view>& tokens) {
  table rows({"NAME", "KIND", "STATE", "CREATED"});
  const auto at = now();
  for (const auto& each : tokens)
    rows.add({cell(each.name, tone::bold), cell(messages::name_of(each.kind)),
              each.revoked_at ? cell("revoked", tone::dim) : cell("good", tone::good),
              relative(each.created_at, at)});
  print_or_say(to, rows,
               "no tokens; make one with: termlease token create NAME --kind human|agent");
}

} // namespace termlease::cli
