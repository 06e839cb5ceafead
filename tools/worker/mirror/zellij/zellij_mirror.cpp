#include "tools/worker/mirror/zellij/zellij_mirror.hpp"

#include <algorithm>
#include <utility>

namespace termlease::worker {

zellij_mirror::zellij_mirror(loop& events, mirror_options options, mirror_events callbacks)
    : loop_(events), options_(std::move(options)),
      events_(std::move(callbacks)), session_{options_.program, options_.socket, options_.session} {
  if (!is_zellij_pane(options_.pane) || options_.session.empty() || options_.session[0] == '-')
    throw messages::failed("bad_pane",
                           "'" + options_.pane + "' of '" + options_.session +
                               "' is no terminal's pane of zellij",
                           "a pane is named like terminal_3");
}

zellij_mirror::~zellij_mirror() {
  stop();
  loop_.cancel(retire_timer_);
}

void zellij_mirror::start() {
  if (running_) return;
  running_ = true;
  restarts_.clear();
  happened_ = answered_ = clock::now();
  subscribe();
  look();
}

void zellij_mirror::stop() {
  running_ = ready_ = is_hidden_ = look_again_ = false;
  loop_.cancel(std::exchange(look_timer_, 0));
  rows_.reset();
  facts_.reset();
  keys_.clear();
  number_ = fresh_number_ = 0;
  for (auto* each : {&subscription_, &fresh_})
    if (*each) old_subscriptions_.push_back(std::move(*each));
  if (look_) old_calls_.push_back(std::move(look_));
  writer_.reset(); // it calls nothing from which this is reached
  retire();
}

void zellij_mirror::retire() {
  if (retire_timer_ != 0 || (old_subscriptions_.empty() && old_calls_.empty())) return;
  retire_timer_ = loop_.after(milliseconds(0), [this] {
    retire_timer_ = 0;
    old_subscriptions_.clear();
    old_calls_.clear();
  });
}

zellij_mirror::rhythm zellij_mirror::now_due() const {
  if (clock::now() - happened_ > busy_time) return calm;
  return is_hidden_ ? hidden : busy;
}

std::unique_ptr<zellij_subscription> zellij_mirror::subscription(std::uint64_t number) {
  return std::make_unique<zellij_subscription>(
      loop_, session_, options_.pane,
      [this, number](std::string_view line) {
        if (number == fresh_number_)
          heard_anew(line);
        else if (number == number_)
          heard(line);
      },
      [this, number] {
        // Whether the pane is gone is what the list of panes tells.
        if (number == fresh_number_) drop_fresh();
        if (number == number_) ended();
      });
}

void zellij_mirror::subscribe() {
  subscribed_ = clock::now();
  number_ = ++last_number_;
  subscription_ = subscription(number_);
}

void zellij_mirror::subscribe_anew() {
  if (fresh_) return;
  fresh_number_ = ++last_number_;
  fresh_ = subscription(fresh_number_);
}

void zellij_mirror::drop_fresh() {
  fresh_number_ = 0;
  old_subscriptions_.push_back(std::move(fresh_));
  retire();
}

void zellij_mirror::heard(std::string_view line) {
  if (!running_) return;
  auto update = read_update(line, options_.pane);
  if (!update) return;
  if (update->closed) return close(gone());
  subscribed_ = clock::now();
  if (!update->initial) is_hidden_ = false;
  take(std::move(update->rows));
}

/// The first picture of a new subscription: it is the one that counts from now on.
void zellij_mirror::heard_anew(std::string_view line) {
  if (!running_) return;
  auto update = read_update(line, options_.pane);
  if (!update) return;
  if (update->closed) return close(gone());
  // What is just printed may reach the new one first, which makes no pane a hidden one.
  const bool unheard = clock::now() - subscribed_ > busy.fresh_subscriptions;
  if (rows_ && *rows_ != update->rows) is_hidden_ = unheard || is_hidden_;
  if (subscription_) old_subscriptions_.push_back(std::move(subscription_));
  subscription_ = std::move(fresh_);
  number_ = std::exchange(fresh_number_, 0);
  retire();
  subscribed_ = clock::now();
  take(std::move(update->rows));
}

/// Whether it is begun again is decided when it is known that the pane is still there.
void zellij_mirror::ended() {
  if (!running_) return;
  number_ = 0;
  if (subscription_) old_subscriptions_.push_back(std::move(subscription_));
  retire();
  look();
}

void zellij_mirror::begin_again() {
  const auto now = clock::now();
  while (!restarts_.empty() && now - restarts_.front() > restart_window) restarts_.pop_front();
  if (restarts_.size() >= restart_budget)
    return close({"mirror_failed", "zellij ended the subscription again and again",
                  "look at the log of zellij", true});
  restarts_.push_back(now);
  subscribe();
}

void zellij_mirror::take(std::vector<std::string> rows) {
  const bool same = rows_ == rows;
  std::size_t bytes = 0;
  for (const auto& each : rows) bytes += each.size();
  rows_ = std::move(rows);
  if (!same) {
    happened_ = clock::now();
    show(bytes);
  }
  // The cursor has moved with it.
  look();
}

void zellij_mirror::look() {
  if (!running_) return;
  if (look_) {
    look_again_ = true;
    return;
  }
  loop_.cancel(std::exchange(look_timer_, 0));
  look_ = std::make_unique<zellij_call>(
      loop_, session_, std::vector<std::string>{"action", "list-panes", "--all", "--json"},
      [this](std::optional<std::string> answer) { looked(std::move(answer)); });
}

void zellij_mirror::look_soon() {
  if (look_timer_ != 0) return;
  look_timer_ = loop_.after(now_due().looks, [this] {
    look_timer_ = 0;
    if (!running_) return;
    if (clock::now() - subscribed_ >= now_due().fresh_subscriptions) subscribe_anew();
    look();
  });
}

void zellij_mirror::looked(std::optional<std::string> answer) {
  old_calls_.push_back(std::move(look_));
  retire();
  if (!running_) return;
  auto facts = facts_.value_or(pane_facts{});
  const auto fate = answer ? read_pane_list(*answer, options_.pane, facts) : pane_fate::unreadable;
  if (fate == pane_fate::gone) return close(gone());
  if (fate == pane_fate::there) answered_ = clock::now();
  // Now and then zellij says nothing, or that there is no such session, of one that is there. One
  // that is gone never answers again, nor does one that hangs: neither can be shown.
  const auto patience = subscription_ ? answer_time : answer_time_alone;
  if (clock::now() - answered_ > patience) return close(gone());
  if (fate == pane_fate::there && facts_ != facts) {
    if (std::uint64_t{facts.size.rows} * facts.size.columns > max_screen_cells)
      return close(
          {"terminal_too_large",
           "the shared terminal has more than " + std::to_string(max_screen_cells) + " cells",
           "make its window smaller"});
    // Some changes of size are told as no picture.
    if (facts_ && facts_->size != facts.size) subscribe_anew();
    facts_ = facts;
    happened_ = clock::now();
    show(0);
  }
  if (fate == pane_fate::there && !subscription_) begin_again();
  if (!running_) return;
  if (std::exchange(look_again_, false)) return look();
  look_soon();
}

void zellij_mirror::show(std::size_t bytes) {
  if (!rows_ || !facts_) return;
  screen_.replace_by(painted(*rows_, *facts_, screen_));
  ready_ = true;
  events_.changed(bytes);
}

messages::failure zellij_mirror::gone() {
  return {"terminal_gone", "the shared terminal was closed", "share another terminal"};
}

void zellij_mirror::close(messages::failure why) {
  stop();
  events_.closed(std::move(why));
}

void zellij_mirror::input(std::string_view bytes) {
  if (options_.read_only || !ready()) return;
  keys_.type(bytes);
  write_next();
}

void zellij_mirror::paste(std::string_view body) {
  if (options_.read_only || !ready()) return;
  keys_.paste(body);
  write_next();
}

/// What is on its way already is let go on.
void zellij_mirror::set_read_only(bool read_only) {
  options_.read_only = read_only;
  if (read_only) keys_.clear();
}

bool zellij_mirror::congested() const {
  return running_ && keys_.waiting() > congestion;
}

void zellij_mirror::write_next() {
  if (keys_.empty() || !running_) return;
  if (!writer_)
    writer_ =
        std::make_unique<pane_writer>(loop_, contract_socket(session_.sockets, session_.name),
                                      number_of_pane(options_.pane), [this] { write_next(); });
  if (writer_->busy()) return;
  happened_ = clock::now();
  writer_->write(keys_.take());
}

} // namespace termlease::worker
