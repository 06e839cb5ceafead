#include "tools/worker/tcp_peers.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace termlease::worker {

namespace {

constexpr unsigned established = 1; // TCP_ESTABLISHED, as proc(5) has it

/// An address as /proc/net/tcp and tcp6 write it: words of 32 bits as the machine stores them.
std::string in_proc(const std::string& host, std::uint16_t port) {
  std::array<std::uint32_t, 4> words{};
  std::size_t count = 0;
  if (inet_pton(AF_INET, host.c_str(), words.data()) == 1) count = 1;
  if (count == 0 && inet_pton(AF_INET6, host.c_str(), words.data()) == 1) count = 4;
  std::string text;
  std::array<char, 16> part{};
  for (std::size_t i = 0; i < count; ++i) {
    std::snprintf(part.data(), part.size(), "%08X", words.at(i));
    text += part.data();
  }
  std::snprintf(part.data(), part.size(), ":%04X", port);
  return text.empty() ? text : text + part.data();
}

/// Whether a line of the file has this remote address in an established connection.
bool found_in(const char* file, const std::string& remote) {
  const std::unique_ptr<FILE, int (*)(FILE*)> table(std::fopen(file, "re"), std::fclose);
  if (!table) return true;
  std::array<char, 512> line{};
  while (std::fgets(line.data(), line.size(), table.get()) != nullptr) {
    std::array<char, 64> local{};
    std::array<char, 64> other{};
    unsigned state = 0;
    if (std::sscanf(line.data(), " %*[^ ] %63s %63s %X", local.data(), other.data(), &state) == 3 &&
        state == established && remote == other.data())
      return true;
  }
  return false;
}

} // namespace

bool is_tcp_peer(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return true;
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto port =
      static_cast<std::uint16_t>(std::strtoul(address.c_str() + colon + 1, nullptr, 10));
  const auto plain = in_proc(host, port);
  if (plain.empty()) return true;
  if (host.find(':') != std::string::npos) return found_in("/proc/net/tcp6", plain);
  return found_in("/proc/net/tcp", plain) ||
         found_in("/proc/net/tcp6", in_proc("::ffff:" + host, port));
}

} // namespace termlease::worker
