// A share whose relay was lost: where the settings let it, it goes on with a new link, by a worker
// that takes over as in a change of the backend. Nobody can be in meanwhile.
#include "actors/shares/lease_holder.hpp"

#include "bus/trace/carried.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

constexpr std::chrono::milliseconds between_tries{500};

} // namespace

/// That of the next worker is its holder's business, that of the one before nobody's any more.
void lease_holder::relay_is_gone(const relay_gone& news) {
  if (!news.backend.empty() && news.backend != order_.view.backend) return;
  const auto why = "the relay is gone: " + news.why;
  if (!come_back(why)) end(end_reason::relay_lost, why);
}

/// Its worker looks for it.
void lease_holder::relay_is_away() {
  if (!over() && !switch_ && !link_.text.empty()) lose_link("its worker looks for it again");
}

/// False when the share has to end.
bool lease_holder::come_back(const std::string& why) {
  if (is_returning()) return true; // it is at it
  const bool wanted = config::waits_for_relay(env_->settings, order_.view.backend);
  if (!wanted || !is_open() || switch_ || keys_left().empty()) return false;
  if (!link_.text.empty()) lose_link(why);
  if (worker_running_)
    self_->send(worker_, worker_lines::end{farewell(end_reason::relay_lost, why)});
  switch_.emplace();
  switch_->backend = order_.view.backend;
  switch_->return_until = self_->clock().now() + env_->settings.shares.start_deadline.chrono();
  start_successor();
  return true;
}

/// At once, so that nobody is given a link that leads nowhere.
void lease_holder::lose_link(const std::string& why) {
  link_ = {};
  door_.clear();
  door_shut_ = false;
  everybody_left();
  record_fact(draft(*env_, own_context("share.relay"), share_relay_lost{order_.view, why}));
  changed();
}

void lease_holder::try_to_return_again(const failure& why) {
  switch_->worker = nullptr;
  if (self_->clock().now() < switch_->return_until)
    return trace::later(self_, between_tries, relay_missed::value);
  switch_.reset();
  problem_ = why;
  end(end_reason::relay_lost, "the relay is gone, and none was found again: " + why.message);
}

void lease_holder::look_for_relay() {
  if (!over() && is_returning() && !successor_) start_successor();
}

} // namespace termlease::actors
