#include "tools/worker/upterm/driver.hpp"

#include "messages/failure.hpp"
#include "tools/worker/child.hpp"
#include "tools/worker/descendants.hpp"
#include "tools/worker/lines.hpp"
#include "tools/worker/share_files.hpp"
#include "tools/worker/tcp_peers.hpp"
#include "tools/worker/upterm/admin.hpp"
#include "tools/worker/upterm/command.hpp"
#include "tools/worker/upterm/host_key.hpp"
#include "tools/worker/upterm/output.hpp"
#include "tools/worker/upterm/run_folder.hpp"
#include "tools/worker/work_dir.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>
#include <unistd.h>

namespace termlease::worker::upterm {

namespace {

constexpr std::string_view loopback = "127.0.0.1";
constexpr std::size_t most_output = 16 * 1024; ///< kept of what upterm says

class driver final : public backend {
public:
  explicit driver(backend_setup setup);
  ~driver() override;

  void start() override;

  pid_t pid() const override { return running() ? child_->pid() : 0; }

  std::string objection_to(pid_t program) const override;
  void list_connections(connections_callback answer) override;
  bool has_left(const connection& who) const override;
  bool may_come_back(const connection& who) const override;
  void stop(std::function<void()> stopped) override;

  void kill() override { child_->signal(SIGKILL); }

  bool running() const override { return child_ && child_->running(); }

private:
  struct stream {
    int fd = -1;
    line_splitter lines;
    std::string kept;
  };

  void open(stream& from, int fd);
  void read(stream& from);
  void close(stream& from);
  void check_ready();
  void exited(int status);
  void fail(messages::worker_lines::problem why);

  loop& loop_;
  messages::worker_lines::start share_;
  std::string guest_socket_;
  backend_events events_;
  files files_;
  std::optional<run_folder> folder_;
  std::optional<child> child_;
  std::optional<admin_query> query_;
  stream output_;
  stream errors_;
  loop::timer_id deadline_ = 0;
  std::string link_;
  bool ready_ = false;
  bool stopping_ = false;
  bool failed_ = false;
  std::function<void()> stopped_;
};

driver::driver(backend_setup setup)
    : loop_(setup.events), share_(setup.share), guest_socket_(std::move(setup.guest_socket)),
      events_(std::move(setup.callbacks)), files_(setup.folder) {
  check(share_, files_, guest_socket_);
  check_program(share_, "`termlease doctor` says how to get one");
}

driver::~driver() {
  loop_.cancel(deadline_);
  child_.reset();
  close(output_);
  close(errors_);
}

void driver::start() {
  make_private_dir(files_.run);
  write_private_file(files_.private_key, private_key_pem(random_seed()));
  write_private_file(files_.authorized_keys, authorized_keys_text(share_));
  folder_.emplace(loop_, files_.run,
                  run_folder_events{[this] { check_ready(); },
                                    [this] {
                                      if (events_.connections_changed)
                                        events_.connections_changed();
                                    }});
  const auto out = make_pipe();
  open(output_, out.read);
  const auto err = make_pipe();
  open(errors_, err.read);
  auto command = host_command(share_, files_, guest_socket_);
  command.output = out.write;
  command.errors = err.write;
  child_.emplace(loop_, command, [this](int status) { exited(status); });
  ::close(out.write);
  ::close(err.write);
  deadline_ = loop_.after(share_.start_deadline.chrono(), [this] {
    fail({{"backend_no_answer", "upterm gave no link in time",
           "check that the relay answers; `termlease doctor` tries it"},
          true,
          false});
  });
}

void driver::open(stream& from, int fd) {
  from.fd = fd;
  loop_.watch(fd, EPOLLIN, [this, &from](std::uint32_t) { read(from); });
}

void driver::close(stream& from) {
  if (from.fd < 0) return;
  loop_.forget(from.fd);
  ::close(from.fd);
  from.fd = -1;
}

void driver::read(stream& from) {
  std::array<char, 4096> part; // NOLINT: filled by read
  const auto count = ::read(from.fd, part.data(), part.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return close(from);
  const std::string_view bytes(part.data(), static_cast<std::size_t>(count));
  // Errors keep their end, output its beginning: that is where each says what matters.
  from.kept += bytes;
  if (from.kept.size() > most_output && &from == &errors_)
    from.kept.erase(0, from.kept.size() - most_output);
  if (from.kept.size() > most_output) from.kept.resize(most_output);
  if (&from != &output_ || !link_.empty()) return;
  from.lines.feed(bytes, [this](std::string_view line) {
    if (link_.empty()) link_ = link_in(line).value_or(std::string{});
  });
  check_ready();
}

void driver::check_ready() {
  if (ready_ || failed_ || link_.empty() || folder_->socket().empty()) return;
  ready_ = true;
  loop_.cancel(deadline_);
  output_.kept.clear();
  events_.ready({link_, {}});
}

void driver::exited(int status) {
  loop_.cancel(deadline_);
  while (output_.fd >= 0 || errors_.fd >= 0) { // what it said last may still be in the pipes
    const auto before = output_.kept.size() + errors_.kept.size();
    if (output_.fd >= 0) read(output_);
    if (errors_.fd >= 0) read(errors_);
    if (output_.kept.size() + errors_.kept.size() == before) break;
  }
  if (stopping_ || failed_) {
    if (const auto stopped = std::move(stopped_)) stopped();
    return;
  }
  last_words words{output_.kept, errors_.kept, status, ready_, {}};
  const auto user_end = link_.find('@');
  if (user_end != std::string::npos) words.secret = link_.substr(4, user_end - 4);
  fail(explain(words));
}

void driver::fail(messages::worker_lines::problem why) {
  if (failed_ || stopping_) return;
  failed_ = true;
  events_.failed(std::move(why));
}

std::string driver::objection_to(pid_t program) const {
  if (!is_descendant(program, pid())) return "This program was not started by the share: refused.";
  // `ssh -T` and `ssh HOST COMMAND`: upterm tells that guest to go, and yet starts the program.
  if (environment_of(program, "TERM").empty()) return "A guest needs a terminal: refused.";
  return {};
}

void driver::list_connections(connections_callback answer) {
  query_.reset();
  const auto socket = folder_ ? folder_->socket() : std::string{};
  query_.emplace(loop_, socket, [this, answer = std::move(answer)](std::vector<connection> listed) {
    const auto& log = folder_->guests();
    std::stable_sort(listed.begin(), listed.end(), [&](const auto& left, const auto& right) {
      return log.place(left.address) < log.place(right.address);
    });
    answer(std::move(listed));
  });
}

bool driver::has_left(const connection& who) const {
  return !running() || folder_->guests().has_left(who.address);
}

// Of a relay on another machine nothing is known.
bool driver::may_come_back(const connection& who) const {
  return share_.relay_host != loopback || is_tcp_peer(who.address);
}

void driver::stop(std::function<void()> stopped) {
  stopping_ = true;
  loop_.cancel(deadline_);
  stopped_ = std::move(stopped);
  if (child_) child_->signal(SIGTERM);
}

} // namespace

std::unique_ptr<backend> make_driver(backend_setup setup) {
  return std::make_unique<driver>(std::move(setup));
}

} // namespace termlease::worker::upterm
