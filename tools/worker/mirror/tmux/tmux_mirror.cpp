#include "tools/worker/mirror/tmux/tmux_mirror.hpp"

#include "tools/worker/mirror/tmux/pane_commands.hpp"

#include <unistd.h>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::size_t most_unsent = 262144; ///< typed bytes that wait for tmux, as commands
constexpr std::string_view whereabouts = "#{pane_id} #{session_id} #{pane_dead}";

} // namespace

tmux_mirror::tmux_mirror(loop& events, mirror_options options, mirror_events callbacks)
    : loop_(events), options_(std::move(options)), events_(std::move(callbacks)) {
  if (!is_pane_id(options_.pane))
    throw messages::failed("bad_pane", "'" + options_.pane + "' is no pane of tmux",
                           "a pane is named like %3");
}

tmux_mirror::~tmux_mirror() {
  stop();
  loop_.cancel(retire_timer_);
}

void tmux_mirror::start() {
  if (running_) return;
  running_ = true;
  restarts_.clear();
  locate();
}

void tmux_mirror::stop() {
  running_ = ready_ = false;
  loop_.cancel(std::exchange(restart_timer_, 0));
  drop_client();
}

/// Nothing that was asked of it, or was to be, is left.
void tmux_mirror::drop_client() {
  for (auto* timer : {&doubt_timer_, &probe_timer_, &flood_timer_})
    loop_.cancel(std::exchange(*timer, 0));
  paused_ = false;
  if (client_) client_->stop();
  if (client_) old_clients_.push_back(std::move(client_));
  retire();
}

void tmux_mirror::retire() {
  if (question_) old_questions_.push_back(std::move(question_));
  if (retire_timer_ != 0) return;
  retire_timer_ = loop_.after(std::chrono::milliseconds(0), [this] {
    retire_timer_ = 0;
    old_questions_.clear();
    old_clients_.clear();
  });
}

// tmux attaches to sessions, and a session is found by its id: naming the pane would select it.
void tmux_mirror::locate() {
  question_ = std::make_unique<tmux_question>(loop_, options_.socket, options_.pane,
                                              std::string(whereabouts),
                                              [this](std::string answer) { located(answer); });
}

void tmux_mirror::located(const std::string& answer) {
  retire();
  const auto wanted = options_.pane + " $";
  if (!running_) return;
  if (!answer.starts_with(wanted) || !answer.ends_with(" 0")) return close(pane_gone());
  const auto end = answer.find(' ', wanted.size());
  attach(answer.substr(wanted.size() - 1, end - wanted.size() + 1));
}

void tmux_mirror::attach(const std::string& session) {
  session_ = session;
  stage_ = stage::none;
  asked_ = ask_again_ = client_unfit_ = paused_ = false;
  lost_output_ = true;
  ending_ = {};
  silenced_.clear();
  std::string flags = "ignore-size,pause-after=1";
  if (options_.read_only) flags += ",read-only";
  client_ = std::make_unique<tmux_client>(
      loop_, options_.socket,
      std::vector<std::string>{"attach-session", "-E", "-t", session, "-f", flags}, *this,
      [this] { after_reading(); }, [this] { restart(); });
  ask_for_snapshot();
  loop_.cancel(probe_timer_);
  probe();
}

// The operator may detach every client or move the pane; whoever is still there is followed.
void tmux_mirror::restart() {
  drop_client();
  const auto now = loop::clock::now();
  while (!restarts_.empty() && now - restarts_.front() > restart_window) restarts_.pop_front();
  if (restarts_.size() >= restart_budget)
    return close({"mirror_failed",
                  "tmux hung up " + std::to_string(restart_budget) + " times within " +
                      std::to_string(restart_window.count()) + " seconds",
                  "look at the log of the tmux server", true});
  const std::chrono::milliseconds delay(restarts_.empty() ? 0 : 100);
  restarts_.push_back(now);
  restart_timer_ = loop_.after(delay, [this] { locate(); });
}

/// A client of tmux is read-only or not for as long as it lives.
void tmux_mirror::set_read_only(bool read_only) {
  if (std::exchange(options_.read_only, read_only) == read_only || !client_) return;
  drop_client();
  locate();
}

messages::failure tmux_mirror::pane_gone() {
  return {"terminal_gone", "the shared terminal was closed", "share another terminal"};
}

void tmux_mirror::close(messages::failure why) {
  stop();
  events_.closed(std::move(why));
}

bool tmux_mirror::congested() const {
  if (!running_) return false;
  return !client_ || client_->unsent() > most_unsent;
}

void tmux_mirror::input(std::string_view bytes) {
  if (options_.read_only || !ready() || !client_) return;
  client_->send(typing_commands(options_.pane, bytes));
}

void tmux_mirror::paste(std::string_view body) {
  if (options_.read_only || !ready() || !client_) return;
  const auto name = "termlease-" + std::to_string(getpid()) + "-" + std::to_string(++pastes_);
  client_->send(pasting_commands(options_.pane, name, body));
}

} // namespace termlease::worker
