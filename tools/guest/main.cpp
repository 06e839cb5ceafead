// termlease-guest [--stay] SOCKET: shows a share to one guest, on the terminal that it was started
// on; with --stay to all guests of a terminal that is carried elsewhere.

#include "tools/guest/guest_terminal.hpp"
#include "tools/guest/relay.hpp"

#include <csignal>
#include <cstring>
#include <string_view>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using namespace termlease::guest;

constexpr int exit_usage = 2;

void say(std::string_view sentence) {
  [[maybe_unused]] const auto ignored = write(STDOUT_FILENO, sentence.data(), sentence.size());
}

int connect_to(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof address.sun_path) return -1;
  std::strcpy(address.sun_path, path);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

sigset_t signals_of_an_end() {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int each : {SIGHUP, SIGTERM, SIGINT, SIGQUIT}) sigaddset(&ends, each);
  return ends;
}

int catch_signals() {
  auto caught = signals_of_an_end();
  sigaddset(&caught, SIGWINCH);
  sigprocmask(SIG_BLOCK, &caught, nullptr);
  return signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// tmate ends with its program, and what it has not carried to the guests by then is lost; so it is
/// left to whoever runs tmate to end it.
[[noreturn]] void stay_until_ended(int worker, int status) {
  constexpr timespec patience{3, 0};
  close(worker); // by which the worker knows that the last words are written
  const auto hang_up = signals_of_an_end();
  sigtimedwait(&hang_up, nullptr, &patience);
  _exit(status);
}

/// upterm drops what a program wrote last when the program is gone too soon. It ends the program by
/// itself once it has read everything and found the terminal closed; a limit for when it doesn't.
[[noreturn]] void let_upterm_end_us(int status) {
  constexpr timespec patience{1, 0};
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(each);
  const auto hang_up = signals_of_an_end();
  sigtimedwait(&hang_up, nullptr, &patience);
  _exit(status);
}

} // namespace

int main(int count, char** words) {
  const bool stays = count == 3 && std::strcmp(words[1], "--stay") == 0;
  if (count != 2 && !stays) {
    say("usage: termlease-guest [--stay] SOCKET\n");
    return exit_usage;
  }
  const int worker = connect_to(words[count - 1]);
  if (worker < 0) {
    say("This share can't be reached: it has ended, or its worker is gone.\r\n");
    return 1;
  }
  const int signals = catch_signals();
  if (signals < 0) return 1;
  guest_terminal terminal;
  relay carrying(worker, signals, terminal);
  switch (carrying.run()) {
  case outcome::told:
    terminal.leave(carrying.last_words());
    if (stays) stay_until_ended(worker, 0);
    let_upterm_end_us(0);
  case outcome::worker_gone:
    terminal.leave("This share has ended: worker_failed (its worker is gone).");
    if (stays) stay_until_ended(worker, 1);
    let_upterm_end_us(1);
  case outcome::guest_gone:
    break;
  }
  terminal.leave("");
  return 0;
}
