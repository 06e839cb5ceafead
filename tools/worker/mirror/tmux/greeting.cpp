#include "tools/worker/mirror/tmux/greeting.hpp"

#include "tools/worker/unix_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace termlease::worker {

namespace {

enum class message : std::uint32_t {
  identify_term = 101,
  identify_ttyname = 102,
  identify_stdin = 104,
  identify_done = 106,
  identify_clientpid = 107,
  identify_cwd = 108,
  identify_features = 109,
  identify_stdout = 110,
  identify_longflags = 111,
  command = 200,
  ready = 207,
  flags = 218,
};

constexpr std::uint32_t protocol_version = 8;
constexpr std::uint32_t length_bits = 0xffff;
constexpr std::uint64_t no_start_server = 0x1000;
constexpr std::uint64_t control_mode = 0x2000;
constexpr std::uint64_t utf8 = 0x10000;

struct header {
  std::uint32_t type;
  std::uint32_t length; ///< with the header; beside it the descriptor's mark
  std::uint32_t version;
  std::uint32_t pid; ///< the sender may leave it out
};

template <class Number> std::string bytes_of(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::string framed(message type, std::string_view data, std::uint32_t mark = 0) {
  const auto length = static_cast<std::uint32_t>(sizeof(header) + data.size());
  return bytes_of(header{static_cast<std::uint32_t>(type), length | mark, protocol_version, 0})
      .append(data);
}

std::string text(message type, std::string_view word) {
  return framed(type, std::string(word) + '\0');
}

std::string command_message(const std::vector<std::string>& words) {
  auto data = bytes_of(static_cast<int>(words.size()));
  for (const auto& word : words) data += word + '\0';
  return framed(message::command, data);
}

/// With a descriptor, unless it is -1.
bool send_piece(int connection, const std::string& piece, int descriptor) {
  iovec part{const_cast<char*>(piece.data()), piece.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  msghdr what{};
  what.msg_iov = &part;
  what.msg_iovlen = 1;
  if (descriptor >= 0) {
    what.msg_control = room.data();
    what.msg_controllen = room.size();
    auto* carried = CMSG_FIRSTHDR(&what);
    carried->cmsg_level = SOL_SOCKET;
    carried->cmsg_type = SCM_RIGHTS;
    carried->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(carried), &descriptor, sizeof descriptor);
  }
  while (true) {
    const auto sent = sendmsg(connection, &what, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    return sent == static_cast<ssize_t>(piece.size());
  }
}

} // namespace

int greet(const std::string& server_socket, const std::vector<std::string>& command, int control,
          descriptor_mark mark) {
  const int connection = connect_to(server_socket);
  if (connection < 0) return -1;
  const auto marked = static_cast<std::uint32_t>(mark);
  // No terminal, nothing of the environment, and no folder that could be held.
  const auto who = text(message::identify_term, "dumb") +
                   framed(message::identify_features, bytes_of(int{0})) +
                   text(message::identify_ttyname, "") + text(message::identify_cwd, "/") +
                   framed(message::identify_clientpid, bytes_of(getpid()));
  const auto flags = no_start_server | control_mode | utf8;
  if (send_piece(connection, who + framed(message::identify_stdin, {}, marked), control) &&
      send_piece(connection, framed(message::identify_stdout, {}, marked), control) &&
      send_piece(connection,
                 framed(message::identify_longflags, bytes_of(flags)) +
                     framed(message::identify_done, {}) + command_message(command),
                 -1))
    return connection;
  const int why = errno;
  close(connection);
  errno = why;
  return -1;
}

bool is_sent_away(std::string_view messages) {
  while (messages.size() >= sizeof(header)) {
    header head{};
    std::memcpy(&head, messages.data(), sizeof head);
    const auto type = static_cast<message>(head.type);
    const auto length = head.length & length_bits;
    // What a client of control mode is told beside these is how it should end.
    if ((type != message::ready && type != message::flags) || length < sizeof head) return true;
    messages.remove_prefix(std::min<std::size_t>(length, messages.size()));
  }
  return false;
}

} // namespace termlease::worker
