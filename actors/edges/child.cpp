#include "actors/edges/child.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace termlease::actors {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t read_chunk = 16 * 1024;

/// A grandchild may hold the pipes open; what was said by the child itself is in them by then.
constexpr std::chrono::milliseconds patience_with_grandchildren{200};

int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

child::child(asio::io_context& io, launched made, child_events events)
    : pid_(made.pid), input_(io, made.input), output_(io, made.output), errors_(io, made.errors),
      pidfd_(io, made.pidfd), patience_(io), events_(std::move(events)) {}

void child::start() {
  read(output_, output_chunk_, false);
  read(errors_, errors_chunk_, true);
  wait_for_end();
}

void child::read(descriptor& from, std::string& into, bool is_error) {
  into.resize(read_chunk);
  from.async_read_some(asio::buffer(into), [self = shared_from_this(), &from, &into, is_error](
                                               const error_code& problem, std::size_t count) {
    if (problem) {
      if (--self->open_streams_ == 0 && self->exited_) self->finish();
      return;
    }
    if (self->events_.exited) self->events_.said(into.substr(0, count), is_error);
    self->read(from, into, is_error);
  });
}

bool child::write(std::string_view bytes, std::size_t limit) {
  if (unwritten_.size() + bytes.size() > limit) return false;
  unwritten_ += bytes;
  if (being_written_.empty()) write_more();
  return true;
}

void child::write_more() {
  error_code ignored;
  if (unwritten_.empty()) {
    if (close_input_) input_.close(ignored);
    return;
  }
  being_written_ = std::exchange(unwritten_, {});
  asio::async_write(input_, asio::buffer(being_written_),
                    [self = shared_from_this()](const error_code& problem, std::size_t) {
                      self->being_written_.clear();
                      if (!problem) self->write_more();
                    });
}

void child::close_input_when_written() {
  close_input_ = true;
  if (being_written_.empty()) write_more();
}

void child::signal(int number) {
  if (!exited_) ::syscall(SYS_pidfd_send_signal, pidfd_.native_handle(), number, nullptr, 0);
}

void child::wait_for_end() {
  pidfd_.async_wait(descriptor::wait_read, [self = shared_from_this()](const error_code& problem) {
    if (problem) return;
    ::waitpid(self->pid_, &self->status_, 0);
    self->exited_ = true;
    if (self->open_streams_ == 0) return self->finish();
    self->patience_.expires_after(patience_with_grandchildren);
    self->patience_.async_wait([self](const error_code& cancelled) {
      if (!cancelled) self->finish();
    });
  });
}

void child::finish() {
  if (!events_.exited) return;
  error_code ignored;
  patience_.cancel();
  for (auto* each : {&input_, &output_, &errors_, &pidfd_}) each->close(ignored);
  std::exchange(events_.exited, nullptr)(exit_status(status_));
}

} // namespace termlease::actors
