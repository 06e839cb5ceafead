#include "tests/support/catch.hpp"
#include "tools/worker/mirror/tmux/tmux_client.hpp"
#include "tools/worker/unix_socket.hpp"
#include "tools/worker/work_dir.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace termlease::worker;

namespace {

struct heard {
  std::vector<std::uint32_t> types;
  bool descriptor = false;
};

bool names_control_mode(const heard& piece) {
  return std::ranges::count(piece.types, 111U) > 0;
}

/// Listens in place of a tmux server, and takes what comes as one does: a piece ends with its
/// descriptor.
class listener {
public:
  explicit listener(descriptor_mark understood) : understood_(understood) {
    REQUIRE(mkdtemp(folder_.data()) != nullptr);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path().data(), path().size());
    fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    REQUIRE(listen(fd_, 4) == 0);
  }

  ~listener() {
    close(fd_);
    remove_dir(folder_);
  }

  std::string path() const { return folder_ + "/tmux"; }

  int fd() const { return fd_; }

  int accepted() const { return accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC); }

  /// No message where one is too long, as it is by another mark.
  heard piece(int connection, int& descriptor) const {
    std::array<char, 65535> data{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    iovec part{data.data(), data.size()};
    msghdr what{};
    what.msg_iov = &part;
    what.msg_iovlen = 1;
    what.msg_control = room.data();
    what.msg_controllen = room.size();
    const auto count = recvmsg(connection, &what, MSG_CMSG_CLOEXEC);
    heard all;
    if (const auto* carried = CMSG_FIRSTHDR(&what)) {
      all.descriptor = true;
      std::memcpy(&descriptor, CMSG_DATA(carried), sizeof descriptor);
    }
    for (std::ptrdiff_t at = 0; at < count;) {
      std::array<std::uint32_t, 4> head{};
      std::memcpy(head.data(), data.data() + at, sizeof head);
      const auto length = head[1] & ~static_cast<std::uint32_t>(understood_);
      if (length > 16384 || head[2] != 8) return {};
      all.types.push_back(head[0]);
      at += length;
    }
    return all;
  }

private:
  descriptor_mark understood_;
  std::string folder_ = "/tmp/tl-greeting-XXXXXX";
  int fd_ = -1;
};

std::string message(std::uint32_t type) {
  const std::array<std::uint32_t, 4> head{type, 16, 8, 0};
  return {reinterpret_cast<const char*>(head.data()), sizeof head};
}

struct replies final : control_handler {
  void on_output(std::string_view, std::string_view) override {}

  void on_reply(control_reply&) override { ++count; }

  void on_notice(std::string_view, std::string_view) override {}

  int count = 0;
};

} // namespace

TEST_CASE("a client of tmux names its mode in the piece that ends its greeting", "[NFR-026-004]") {
  const auto mark = GENERATE(descriptor_mark::before_3_6, descriptor_mark::since_3_6);
  const listener server(mark);
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  const int client = greet(server.path(), {"attach-session", "-t", "$1"}, ends[1], mark);
  REQUIRE(client >= 0);
  const int connection = server.accepted();
  std::array<int, 2> carried{-1, -1};
  for (auto& descriptor : carried) {
    const auto piece = server.piece(connection, descriptor);
    CHECK(piece.descriptor);
    CHECK_FALSE(piece.types.empty());
    CHECK_FALSE(names_control_mode(piece));
  }
  int none = -1;
  CHECK(server.piece(connection, none).types == std::vector<std::uint32_t>{111, 106, 200});
  CHECK(none == -1);
  for (const auto each : carried) {
    REQUIRE(write(each, "x", 1) == 1);
    char said = 0;
    CHECK(read(ends[0], &said, 1) == 1); // both are the end that was given
    close(each);
  }
  for (const auto each : {client, connection, ends[0], ends[1]}) close(each);
}

TEST_CASE("nobody is greeted where nobody listens") {
  CHECK(greet("/tmp/no-such-folder/tmux", {"attach-session"}, 0, descriptor_mark::before_3_6) ==
        -1);
}

TEST_CASE("a client of tmux goes when it is told to in any way, and stays for what it is told") {
  CHECK_FALSE(is_sent_away(""));
  CHECK_FALSE(is_sent_away(message(207) + message(218)));
  for (const std::uint32_t type : {12U, 201U, 202U, 203U, 209U, 210U})
    CHECK(is_sent_away(message(218) + message(type)));
  CHECK(is_sent_away(std::string(16, '\0')));
}

TEST_CASE("a client that comes while too many do is neither lost nor takes its terminal for gone") {
  const listener server(descriptor_mark::before_3_6);
  std::vector<int> crowd;
  for (int one = connect_to(server.path()); one >= 0; one = connect_to(server.path()))
    crowd.push_back(one);
  REQUIRE(errno == EAGAIN);
  loop events;
  std::string answer = "none";
  tmux_question question(events, server.path(), "%1", "#{pane_id}", [&](std::string text) {
    answer = std::move(text);
    events.stop();
  });
  const auto serve = [&](std::uint32_t) {
    events.forget(server.fd());
    const int connection = server.accepted();
    int descriptor = -1;
    CHECK_FALSE(server.piece(connection, descriptor).types.empty());
    REQUIRE(write(descriptor, "%begin 1 1 0\n%1\n%end 1 1 0\n", 27) == 27);
    close(descriptor);
    close(connection);
  };
  events.after({}, [&] {
    for (const int one : crowd) {
      close(server.accepted());
      close(one);
    }
    events.watch(server.fd(), EPOLLIN, serve);
  });
  events.run();
  CHECK(answer == "%1");
}

TEST_CASE("a server that hangs up at the earlier mark is greeted by the later one") {
  const listener server(descriptor_mark::since_3_6);
  loop events;
  replies told;
  int ended = 0;
  tmux_client client(
      events, server.path(), {"attach-session"}, told,
      [&] {
        if (told.count > 0) events.stop();
      },
      [&] {
        ++ended;
        events.stop();
      });
  client.send("list-panes\n");
  int descriptor = -1;
  const int first = server.accepted();
  CHECK(server.piece(first, descriptor).types.empty());
  close(std::exchange(descriptor, -1));
  close(first);
  int second = -1;
  events.after({}, [&] {
    second = server.accepted();
    CHECK_FALSE(server.piece(second, descriptor).types.empty());
    REQUIRE(write(descriptor, "%begin 1 1 0\n%end 1 1 0\n", 24) == 24);
  });
  events.run();
  CHECK(told.count == 1);
  std::array<char, 32> said{};
  CHECK(read(descriptor, said.data(), said.size()) == 11); // what it was told to say before
  SECTION("its connection is the client") {
    close(std::exchange(second, -1));
  }
  SECTION("it may be sent away") {
    REQUIRE(write(second, message(203).data(), 16) == 16);
  }
  SECTION("it hears the end") {
    close(std::exchange(descriptor, -1));
    shutdown(second, SHUT_RDWR);
  }
  while (ended == 0) events.run();
  CHECK(ended == 1);
  if (second >= 0) close(second);
  if (descriptor >= 0) close(descriptor);
}
