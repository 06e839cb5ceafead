#include "actors/shares/lease_holder.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

/// From now until the new end.
span lease_holder::left_after(span by) const {
  return order_.view.expires_at + by - env_->now();
}

/// Whoever has more time has it in the mode that it was given.
share_mode lease_holder::widest_mode() const {
  const auto& guests = order_.view.guests;
  const bool types = std::any_of(guests.begin(), guests.end(), [](const guest_view& each) {
    return each.mode == share_mode::rw;
  });
  return types ? share_mode::rw : order_.view.mode;
}

void lease_holder::check_extension(span by) const {
  check_open();
  const auto& view = order_.view;
  if (by.ms <= 0)
    throw failed("bad_ttl", "an extension must be longer than nothing", "write it as 15m or 1h30m");
  const auto most = env_->settings.shares.max_ttl;
  if (by > most || view.expires_at + by - view.created_at > most)
    throw failed("bad_ttl", "a share may last at most " + to_text(most) + ", extensions included",
                 "extend by less, or share again later");
}

caf::result<answer> lease_holder::extend(const caller& from, const extend_share& wanted) {
  const auto by = wanted.by;
  check_extension(by);
  pending_change change;
  change.about = "more time for this share";
  change.from = from;
  change.allowed = [=, this](const std::string& id, const std::vector<std::string>& rules) {
    apply_extension({id, by, rules});
  };
  change.refused = [=, this](const std::string& why) {
    return draft(*env_, context_of_caller(from, "share.extend"),
                 share_extension_denied{order_.view, by, why}, "denied");
  };
  return decide(request_for("share.extend", from, widest_mode(), left_after(by)), wanted.wait,
                std::move(change));
}

/// An end that came while it was being recorded wins: what has expired stays expired. One after the
/// other, each counts from the end that the one before has made.
void lease_holder::apply_extension(const allowed_extension& extension) {
  if (recording_extension_) return allowed_extensions_.push_back(extension);
  const auto& id = extension.id;
  try {
    check_extension(extension.by);
  } catch (const failed& why) {
    answer_change(id, answer_with(why.why()));
    return next_extension();
  }
  recording_extension_ = true;
  auto extended = order_.view;
  extended.state = share_state::active;
  extended.expires_at = extended.expires_at + extension.by;
  extended.warns_at = extended.expires_at - order_.warn;
  extended.rules = extension.rules;
  record_then({draft(*env_, context_of_caller(changes_.at(id).from, "share.extend"),
                     share_extended{extended, extension.by})},
              [=, this, id = extension.id](const failure& problem) {
                recording_extension_ = false;
                if (over()) return; // answered with the end
                problem ? answer_change(id, answer_with(problem)) : extend_to(id, extended);
                next_extension();
              });
}

void lease_holder::next_extension() {
  if (allowed_extensions_.empty()) return;
  const auto next = std::move(allowed_extensions_.front());
  allowed_extensions_.pop_front();
  apply_extension(next);
}

void lease_holder::extend_to(const std::string& id, const share_view& extended) {
  order_.view.expires_at = extended.expires_at;
  order_.view.warns_at = extended.warns_at;
  self_->send(clock_, lease_times{extended.warns_at, extended.expires_at});
  move_to(share_state::active);
  show_status(false);
  answer_change(id, answer_with(order_.view));
}

void lease_holder::warn(const lease_warns& clock) {
  if (over() || order_.view.state != share_state::active || clock.at != order_.view.warns_at)
    return;
  move_to(share_state::expiring);
  show_status(true);
  record_fact(draft(*env_, own_context("share.warn"), share_warned{order_.view, order_.warn}));
}

} // namespace termlease::actors
