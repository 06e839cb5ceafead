#include "tools/worker/mirror/zellij/contract.hpp"

#include <algorithm>

namespace termlease::worker {

namespace {

constexpr std::size_t length_bytes = 4;

// Numbers of fields.
constexpr unsigned client_action = 9;
constexpr unsigned action_of_message = 1;
constexpr unsigned message_is_from_cli = 4;
constexpr unsigned action_write_to_pane = 100;
constexpr unsigned pane_of_write = 1;
constexpr unsigned bytes_of_write = 2;
constexpr unsigned pane_is_terminal = 1;
constexpr unsigned server_unblock = 2;
constexpr unsigned server_exit = 3;
constexpr unsigned server_error = 6;

constexpr unsigned varint = 0;
constexpr unsigned delimited = 2;

std::string number(std::uint64_t value) {
  std::string text;
  for (; value > 127; value >>= 7U) text += static_cast<char>((value & 127U) | 128U);
  return text += static_cast<char>(value);
}

std::string field(unsigned id, std::uint64_t value) {
  return number(id << 3U | varint) + number(value);
}

std::string field(unsigned id, const std::string& message) {
  return number(id << 3U | delimited) + number(message.size()) + message;
}

server_word kind_of(unsigned char first) {
  const unsigned id = first >> 3U;
  if (id == server_unblock) return server_word::taken;
  return id == server_exit || id == server_error ? server_word::over : server_word::other;
}

} // namespace

std::string contract_socket(const std::string& sockets, const std::string& session) {
  return sockets + "/contract_version_1/" + session;
}

std::string write_frame(std::uint32_t pane, std::string_view bytes) {
  std::string packed;
  for (const auto each : bytes) packed += number(static_cast<unsigned char>(each));
  const auto write =
      field(pane_of_write, field(pane_is_terminal, pane)) + field(bytes_of_write, packed);
  const auto message =
      field(client_action, field(action_of_message, field(action_write_to_pane, write)) +
                               field(message_is_from_cli, 1));
  std::string frame;
  for (unsigned byte = 0; byte < length_bytes; ++byte)
    frame += static_cast<char>(message.size() >> (8 * byte) & 0xffU);
  return frame + message;
}

void server_words::feed(std::string_view bytes, const std::function<void(server_word)>& tell) {
  while (!bytes.empty()) {
    if (skipping_ > 0) {
      const auto count = std::min<std::uint64_t>(skipping_, bytes.size());
      skipping_ -= count;
      bytes.remove_prefix(count);
      continue;
    }
    header_ += bytes.front();
    bytes.remove_prefix(1);
    if (header_.size() < length_bytes) continue;
    std::uint32_t length = 0;
    for (unsigned byte = 0; byte < length_bytes; ++byte)
      length |= std::uint32_t{static_cast<unsigned char>(header_[byte])} << (8 * byte);
    if (length > 0 && header_.size() == length_bytes) continue;
    const auto kind = length == 0 ? server_word::other
                                  : kind_of(static_cast<unsigned char>(header_[length_bytes]));
    header_.clear();
    skipping_ = length == 0 ? 0 : length - 1;
    tell(kind);
  }
}

} // namespace termlease::worker
