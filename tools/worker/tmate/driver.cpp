#include "tools/worker/tmate/driver.hpp"

#include "messages/failure.hpp"
#include "tools/worker/child.hpp"
#include "tools/worker/descendants.hpp"
#include "tools/worker/lines.hpp"
#include "tools/worker/pane.hpp"
#include "tools/worker/share_files.hpp"
#include "tools/worker/tmate/command.hpp"
#include "tools/worker/tmate/door.hpp"
#include "tools/worker/tmate/output.hpp"
#include "tools/worker/tmate/relay_guests.hpp"
#include "tools/worker/work_dir.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <unistd.h>
#include <utility>

namespace termlease::worker::tmate {

namespace {

using messages::worker_lines::problem;

constexpr std::chrono::milliseconds attempt_time{3000};
constexpr std::chrono::milliseconds between_looks{1000};
/// The reason of the end is on its way to the guests, and what tmate has not sent ends with it.
constexpr std::chrono::milliseconds last_words_time{20};

class driver final : public backend {
public:
  explicit driver(backend_setup setup);
  ~driver() override;

  void start() override;

  pid_t pid() const override { return running() ? child_->pid() : 0; }

  std::string objection_to(pid_t program) const override;

  void list_connections(connections_callback) override {}

  bool has_left(const connection&) const override { return true; }

  bool may_come_back(const connection&) const override { return false; }

  bool program_is_guest() const override { return false; }

  void program_came() override;
  void program_left() override;

  void set_door(bool open, std::function<void()> told) override {
    door_.set(open, std::move(told));
  }

  void put_out_but(std::size_t stay, bool all_have_come) override {
    guests_.put_out_but(door_of(read_write_link_), stay, all_have_come);
  }

  void stop(std::function<void()> stopped) override;
  void kill() override;

  bool running() const override { return child_ && child_->running(); }

private:
  void glance();
  void launch();
  void try_again();
  void read();
  void seen(extent pane);
  void close_output();
  void make_session();
  void close_session_pipe();
  void heard(std::string_view line);
  void linked();
  void check_ready();
  void relay_lost();
  void look();
  void exited(int status);
  void fail(problem why);
  void cancel_timers();

  loop& loop_;
  messages::worker_lines::start share_;
  std::string guest_socket_;
  backend_events events_;
  files files_;
  door door_;
  relay_guests guests_{getppid()}; ///< the relay, where it is ours, is below the runtime
  std::unique_ptr<mirror> glance_; ///< how large the pane is
  std::optional<extent> window_;
  std::optional<child> child_;
  int session_pipe_ = -1; ///< its stdin, until it is told how large its session is
  int output_ = -1;       ///< what it says, on either stream
  std::optional<line_splitter> lines_;
  std::string last_said_; ///< no link
  std::string read_only_link_;
  std::string read_write_link_;
  loop::timer_id deadline_ = 0; ///< of the start, or of the relay's return
  loop::timer_id attempt_ = 0;
  loop::timer_id look_ = 0;
  loop::timer_id farewell_ = 0;
  bool program_here_ = false;
  bool ready_ = false;
  bool relay_lost_ = false;
  bool again_ = false; ///< it was killed to be started again
  bool stopping_ = false;
  bool failed_ = false;
  std::function<void()> stopped_;
};

driver::driver(backend_setup setup)
    : loop_(setup.events), share_(setup.share), guest_socket_(std::move(setup.guest_socket)),
      events_(std::move(setup.callbacks)), files_(setup.folder),
      door_(loop_, share_, files_.socket, setup.folder, [this] {
        fail({{"door_stuck", "tmate didn't change who may come in", "share again", true},
              false,
              false});
      }) {
  check(share_, files_, guest_socket_);
  check_program(share_, "install it: apt-get install tmate");
}

driver::~driver() {
  cancel_timers();
  glance_.reset();
  child_.reset();
  close_session_pipe();
  close_output();
}

void driver::cancel_timers() {
  for (auto* timer : {&deadline_, &attempt_, &look_, &farewell_})
    loop_.cancel(std::exchange(*timer, 0));
}

void driver::start() {
  write_private_file(files_.authorized_keys, authorized_keys_text(share_));
  write_private_file(files_.configuration, configuration_text(share_, files_));
  deadline_ = loop_.after(share_.start_deadline.chrono(), [this] {
    fail({{"backend_no_answer", "tmate gave no link in time",
           "check that the relay answers; `termlease doctor` tells more"},
          true,
          false});
  });
  if (share_.mode == messages::share_mode::rw) window_ = window_size(share_.mode, {});
  launch();
  if (!window_) glance();
  door_.prepare(); // meanwhile
}

void driver::glance() {
  glance_ = make_mirror(known_mirrors(), loop_, pane_of(share_),
                        {[this](std::size_t) {
                           if (glance_->ready()) seen(glance_->picture().size());
                         },
                         [this](messages::failure why) {
                           fail({std::move(why), false, true});
                         }});
  glance_->start();
}

/// The mirror goes in a turn of its own: it is in the midst of telling.
void driver::seen(extent pane) {
  if (look_ != 0) return;
  window_ = window_size(share_.mode, pane);
  look_ = loop_.after({}, [this] {
    look_ = 0;
    glance_.reset();
    if (!failed_ && !stopping_) make_session();
  });
}

void driver::launch() {
  again_ = program_here_ = false;
  read_only_link_.clear();
  read_write_link_.clear();
  lines_.emplace();
  unlink(files_.socket.c_str());
  const auto out = make_pipe();
  output_ = out.read;
  loop_.watch(output_, EPOLLIN, [this](std::uint32_t) { read(); });
  const auto in = make_pipe();
  session_pipe_ = in.write;
  auto command = host_command(share_, files_);
  command.input = in.read;
  command.output = command.errors = out.write;
  child_.emplace(loop_, command, [this](int status) { exited(status); });
  ::close(in.read);
  ::close(out.write);
  if (window_) make_session();
}

/// It is on its way to the relay meanwhile.
void driver::make_session() {
  const auto text = session_text(share_, files_, guest_socket_, *window_);
  // An empty pipe takes it whole; and where nobody reads it tmate has ended, which is told.
  [[maybe_unused]] const auto count = ::write(session_pipe_, text.data(), text.size());
  close_session_pipe();
  attempt_ = loop_.after(attempt_time, [this] { try_again(); });
}

void driver::close_session_pipe() {
  if (session_pipe_ >= 0) ::close(std::exchange(session_pipe_, -1));
}

/// Some starts hang, and the next one doesn't.
void driver::try_again() {
  attempt_ = 0;
  again_ = true;
  child_->signal(SIGKILL);
}

void driver::close_output() {
  if (output_ < 0) return;
  loop_.forget(output_);
  ::close(output_);
  output_ = -1;
}

void driver::read() {
  std::array<char, 4096> part; // NOLINT: filled by read
  const auto count = ::read(output_, part.data(), part.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const bool fine = count > 0 && lines_->feed({part.data(), static_cast<std::size_t>(count)},
                                              [this](std::string_view line) { heard(line); });
  if (!fine) close_output();
}

void driver::heard(std::string_view line) {
  auto said = read_line(line);
  switch (said.kind) {
  case saying::read_only_link:
    read_only_link_ = std::move(said.text);
    return linked();
  case saying::read_write_link:
    read_write_link_ = std::move(said.text);
    return linked();
  case saying::reconnecting:
    return relay_lost();
  case saying::trouble:
    last_said_ = std::move(said.text);
    // Once it was there, it may come back.
    if (!ready_) fail(explain(last_said_));
    return;
  case saying::other:
    if (!said.text.empty()) last_said_ = std::move(said.text);
  }
}

void driver::linked() {
  if (read_only_link_.empty() || read_write_link_.empty()) return;
  if (!ready_) return check_ready();
  if (!std::exchange(relay_lost_, false)) return;
  loop_.cancel(std::exchange(deadline_, 0));
  const bool read_only = share_.mode == messages::share_mode::ro;
  events_.link_changed({read_only ? read_only_link_ : read_write_link_, door_of(read_write_link_)});
}

void driver::check_ready() {
  if (ready_ || failed_ || stopping_ || !program_here_) return;
  if (read_only_link_.empty() || read_write_link_.empty()) return;
  ready_ = true;
  loop_.cancel(std::exchange(deadline_, 0));
  loop_.cancel(std::exchange(attempt_, 0));
  look();
  // The read-write link of a read-only share never leaves this process.
  const bool read_only = share_.mode == messages::share_mode::ro;
  events_.ready({read_only ? read_only_link_ : read_write_link_, door_of(read_write_link_)});
}

void driver::relay_lost() {
  if (!ready_ || std::exchange(relay_lost_, true)) return;
  read_only_link_.clear();
  read_write_link_.clear();
  const auto lost = [this](const char* what) {
    fail({{"relay_lost", what, "check the relay, then share again", true}, true, false});
  };
  if (!share_.relay_may_change) return lost("tmate lost its relay");
  events_.relay_away();
  // Until then its old link would still be shown to whoever asks.
  deadline_ = loop_.after(share_.start_deadline.chrono(),
                          [lost] { lost("tmate lost its relay, and didn't find it again"); });
}

/// Guests are never told of a tmate that was stopped, and may still come in.
void driver::look() {
  look_ = loop_.after(between_looks, [this] { look(); });
  if (!is_stopped(pid())) return;
  child_->signal(SIGCONT); // or it couldn't say so either
  fail({{"backend_stopped", "tmate was stopped by a signal", "share again", true}, false, false});
}

void driver::program_came() {
  program_here_ = true;
  check_ready();
}

void driver::program_left() {
  if (again_ || !program_here_) return;
  program_here_ = false;
  fail({{"backend_exited", "the program that tmate shows to its guests is gone",
         "share again; the log may tell more", true},
        false,
        false});
}

std::string driver::objection_to(pid_t program) const {
  if (!is_descendant(program, pid())) return "This program was not started by the share: refused.";
  return {};
}

void driver::exited(int status) {
  while (output_ >= 0) { // what it said last may still be in the pipe
    const auto before = last_said_;
    read();
    if (last_said_ == before) break;
  }
  close_output();
  close_session_pipe();
  if (again_ && !stopping_ && !failed_) return launch();
  if (!stopping_ && !failed_) return fail(explain_end(status, last_said_));
  if (const auto stopped = std::move(stopped_)) stopped();
}

void driver::fail(problem why) {
  if (failed_ || stopping_) return;
  failed_ = true;
  cancel_timers();
  events_.failed(std::move(why));
}

void driver::stop(std::function<void()> stopped) {
  stopping_ = true;
  cancel_timers();
  stopped_ = std::move(stopped);
  close_session_pipe(); // while it waits there it hears no signal
  if (!running()) return;
  if (!ready_) return child_->signal(SIGTERM);
  farewell_ = loop_.after(last_words_time, [this] {
    farewell_ = 0;
    child_->signal(SIGTERM);
  });
}

void driver::kill() {
  if (child_) child_->signal(SIGKILL);
}

} // namespace

std::unique_ptr<backend> make_driver(backend_setup setup) {
  return std::make_unique<driver>(std::move(setup));
}

} // namespace termlease::worker::tmate
