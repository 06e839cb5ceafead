#include "tests/support/catch.hpp"
#include "tools/worker/tcp_peers.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

using termlease::worker::is_tcp_peer;

namespace {

std::string own_address(int socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

} // namespace

TEST_CASE("whether a connection is still open is known by its other end's address") {
  const int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(door, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(door, 1) == 0);
  socklen_t length = sizeof address;
  getsockname(door, reinterpret_cast<sockaddr*>(&address), &length);
  const int guest = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(connect(guest, reinterpret_cast<sockaddr*>(&address), length) == 0);
  const auto its_address = own_address(guest);
  CHECK(is_tcp_peer(its_address));
  close(guest);
  CHECK_FALSE(is_tcp_peer(its_address));
  close(door);
}

TEST_CASE("of an address that can't be read nobody is taken for gone") {
  CHECK(is_tcp_peer("nonsense"));
  CHECK(is_tcp_peer("host.example:22"));
  CHECK_FALSE(is_tcp_peer("[::1]:1"));
}
