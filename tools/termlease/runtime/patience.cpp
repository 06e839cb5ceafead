#include "tools/termlease/runtime/patience.hpp"

#include "bus/identity/uuid.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"

#include <array>
#include <cerrno>
#include <future>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace termlease::cli {

using messages::approval_view;
using messages::failed;
using messages::json;
using std::chrono::milliseconds;

namespace {

/// Within this time most requests are answered, and nobody has to be told about waiting.
constexpr milliseconds grace{200};

/// A call in a thread of its own.
class background_call {
public:
  background_call(bus::client& over, const patient_question& question)
      : over_(over), done_(::eventfd(0, EFD_CLOEXEC)) {
    const milliseconds deadline = question.wait.chrono() + answer_margin.chrono();
    result_ = std::async(std::launch::async, [this, &question, deadline] {
      const signal_done when_leaving{done_.get()};
      return over_.call(question.method, question.payload, deadline);
    });
  }

  ~background_call() {
    // Reading ends too, so that the thread does, whether or not the runtime answers.
    if (result_.valid()) ::shutdown(over_.descriptor(), SHUT_RDWR);
  }

  background_call(const background_call&) = delete;
  background_call& operator=(const background_call&) = delete;

  int readable() const { return done_.get(); }

  json result() { return result_.get(); }

private:
  struct signal_done {
    int to;

    ~signal_done() { ::eventfd_write(to, 1); }
  };

  bus::client& over_;
  descriptor done_;
  std::future<json> result_; // last: its destructor waits for the thread
};

/// Follows the approvals of one request.
class approval_listener {
public:
  approval_listener(const invocation& run, const patient_question& question)
      : question_(question), connection_(run.connect_only()) {
    const messages::subscribe wish{{"approval.requested", "approval.voted"}, 0, {}, {}, false};
    connection_.call(messages::subscribe::describe().name, messages::encode(wish), answer_within);
    const auto pending =
        connection_.ask<messages::approval_list>(messages::list_approvals{}, answer_within);
    for (const auto& each : pending.approvals) tell(each);
  }

  int readable() const { return connection_.descriptor(); }

  void read() {
    while (const auto event = connection_.next_event(milliseconds{0}))
      if (event->correlation_id == question_.correlation_id &&
          event->topic.starts_with("approval."))
        tell(messages::decoded<messages::approval_requested>(messages::encode(event->payload))
                 .approval);
  }

private:
  static constexpr milliseconds answer_within = std::chrono::seconds(5);

  void tell(const approval_view& approval) {
    if (approval.correlation_id != question_.correlation_id ||
        approval.state != messages::approval_state::pending)
      return;
    const auto step = std::pair{approval.stage, approval.votes.size()};
    if (told_ && *told_ >= step) return;
    told_ = step;
    question_.waiting(approval);
  }

  const patient_question& question_;
  bus::client connection_;
  std::optional<std::pair<std::uint32_t, std::size_t>> told_;
};

/// The listener is a courtesy: without it the answer still comes.
void listen(std::optional<approval_listener>& listener, bool& deaf, const invocation& run,
            const patient_question& question) {
  try {
    if (listener)
      listener->read();
    else
      listener.emplace(run, question);
  } catch (const failed&) {
    listener.reset();
    deaf = true;
  }
}

} // namespace

std::string new_correlation_id() {
  return bus::id_source(bus::system_seed()).next(now());
}

std::optional<json> ask_patiently(const invocation& run, bus::client& over,
                                  const patient_question& question, const signal_watch& signals) {
  over.correlate(question.correlation_id);
  background_call call(over, question);
  std::optional<approval_listener> listener;
  bool deaf = false;
  for (;;) {
    std::array<pollfd, 3> ready{{{signals.readable(), POLLIN, 0},
                                 {call.readable(), POLLIN, 0},
                                 {listener ? listener->readable() : -1, POLLIN, 0}}};
    const bool forever = listener || deaf;
    const int count =
        ::poll(ready.data(), ready.size(), forever ? -1 : static_cast<int>(grace.count()));
    if (count < 0 && errno == EINTR) continue;
    if (ready[0].revents != 0 && signals.take()) return std::nullopt;
    if (ready[1].revents != 0) return call.result();
    listen(listener, deaf, run, question);
  }
}

std::optional<json> ask_for_change(const invocation& run, std::string_view method, json payload,
                                   messages::span wait, std::string_view interrupted) {
  leave_when_interrupted(interrupted);
  auto runtime = run.connect();
  const signal_watch signals;
  const patient_question question{
      method, std::move(payload), wait, new_correlation_id(),
      [&](const auto& approval) { run.screen.note(waiting_line(approval)); }};
  auto answer = ask_patiently(run, runtime, question, signals);
  if (answer) return answer;
  signals.release();
  run.screen.err() << interrupted;
  return std::nullopt;
}

std::string waiting_line(const approval_view& approval) {
  std::string approvers;
  std::uint32_t quorum = 1;
  if (approval.stage < approval.stages.size()) {
    const auto& stage = approval.stages[approval.stage];
    quorum = stage.quorum;
    for (const auto& each : stage.approvers) approvers += (approvers.empty() ? "" : ", ") + each;
  }
  const auto id = short_id(approval.approval_id);
  return "waiting for approval " + id + " by " + safe(approvers) +
         (quorum > 1 ? " (" + std::to_string(quorum) + " have to agree)" : "") + ", until " +
         local_time(approval.deadline, now()) + ": termlease approve " + id;
}

} // namespace termlease::cli
