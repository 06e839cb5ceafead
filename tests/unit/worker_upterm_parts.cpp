#include "messages/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/worker_start.hpp"
#include "tools/worker/upterm/admin_protocol.hpp"
#include "tools/worker/upterm/command.hpp"
#include "tools/worker/upterm/host_key.hpp"
#include "tools/worker/upterm/run_folder.hpp"

#include <algorithm>
#include <limits>

using namespace termlease;
using namespace termlease::worker;
using namespace termlease::worker::upterm;

namespace {

std::string text_field(int number, const std::string& value) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(value.size())} + value;
}

std::string client(const std::string& id, const std::string& address, const std::string& key) {
  return text_field(6, text_field(1, id) + text_field(2, "SSH-2.0-x") + text_field(3, address) +
                           text_field(4, key));
}

std::string frame(char type, char flags, char stream, const std::string& payload) {
  return std::string{'\0',
                     static_cast<char>(payload.size() >> 8),
                     static_cast<char>(payload.size()),
                     type,
                     flags,
                     '\0',
                     '\0',
                     '\0',
                     stream} +
         payload;
}

std::string grpc(const std::string& message) {
  return std::string{'\0', '\0', '\0', static_cast<char>(message.size() >> 8),
                     static_cast<char>(message.size())} +
         message;
}

messages::worker_lines::start sample() {
  auto share = tests::share_start();
  share.known_hosts = "/run/known hosts";
  share.program = "/usr/bin/upterm";
  return share;
}

const files where("/run/share/w");
const std::string guest_socket = "/run/share/w/guests";

bool refused(const messages::worker_lines::start& share) {
  return tests::refused_as_bad_start([&] { check(share, where, guest_socket); });
}

} // namespace

TEST_CASE("upterm's answer is read however its frames arrive") {
  const auto message = text_field(1, "session") + client("a", "127.0.0.1:5", "SHA256:x") +
                       client("b", "[::1]:6", "SHA256:y");
  const auto body = grpc(message);
  const auto answer = frame(4, 0, 0, "") + frame(1, 4, 1, "\x88") +
                      frame(0, 0, 1, body.substr(0, 7)) + frame(0, 0, 1, body.substr(7));
  session_answer reader;
  auto state = session_answer::progress::incomplete;
  for (const char each : answer) state = reader.feed({&each, 1});
  REQUIRE(state == session_answer::progress::complete);
  const auto listed = reader.connections();
  REQUIRE(listed);
  REQUIRE(listed->size() == 2);
  CHECK(listed->front().id == "a");
  CHECK(listed->back().address == "[::1]:6");
  CHECK(listed->back().fingerprint == "SHA256:y");
}

TEST_CASE("an answer that is broken, refused or endless is no answer") {
  using progress = session_answer::progress;
  CHECK(session_answer().feed(frame(7, 0, 0, "bye")) == progress::broken);
  CHECK(session_answer().feed(frame(3, 0, 1, "\0\0\0\1")) == progress::broken);
  CHECK(session_answer().feed(frame(1, 5, 1, "\x88")) == progress::broken);
  CHECK(session_answer().feed(std::string("\xff\xff\xff\0\0\0\0\0\1", 9)) == progress::broken);
  CHECK_FALSE(connections_in("\x32\x7f"
                             "short"));
  CHECK_FALSE(connections_in(text_field(6, text_field(1, "no key"))));
  CHECK(connections_in("")->empty());
}

TEST_CASE("the request opens an HTTP/2 connection and asks one thing") {
  const auto request = session_request();
  CHECK(request.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  CHECK(request.find("/api.AdminService/GetSession") != std::string::npos);
  CHECK(request.size() < 256);
}

TEST_CASE("a share's host key is a PKCS#8 Ed25519 key") {
  key_seed seed{};
  CHECK(private_key_pem(seed) ==
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        "-----END PRIVATE KEY-----\n");
  CHECK(random_seed() != random_seed());
}

TEST_CASE("upterm's log tells who joined in which order and who left") {
  guest_log log;
  CHECK_FALSE(log.take(R"({"msg":"Established reverse tunnel","session":"x"})"));
  CHECK(log.take(R"({"msg":"Client joined","client":"127.0.0.1:1"})"));
  CHECK(log.take(R"({"msg":"Client joined","client":"127.0.0.1:2"})"));
  CHECK_FALSE(log.take(R"({"msg":"Client joined","client":)"));
  CHECK(log.place("127.0.0.1:1") < log.place("127.0.0.1:2"));
  CHECK(log.place("127.0.0.1:3") == std::numeric_limits<std::size_t>::max());
  CHECK_FALSE(log.has_left("127.0.0.1:1"));
  CHECK(log.take(R"({"msg":"Client left","client":"127.0.0.1:1"})"));
  CHECK(log.has_left("127.0.0.1:1"));
  CHECK_FALSE(log.has_left("127.0.0.1:2"));
}

TEST_CASE("upterm is called with every other way in closed, and no secret in sight") {
  const auto command = host_command(sample(), where, guest_socket);
  const auto given = [&](const std::string& word) {
    return std::find(command.argv.begin(), command.argv.end(), word) != command.argv.end();
  };
  CHECK(given("--no-sftp"));
  CHECK(given("--accept"));
  CHECK(given("--authorized-keys=/run/share/w/authorized_keys"));
  CHECK(given("--force-command='/opt/term lease/guest' '/run/share/w/guests'"));
  CHECK_FALSE(given("--skip-host-key-check"));
  CHECK_FALSE(given("--allow-local-tcp-forwarding"));
  for (const auto& word : command.argv) CHECK(word.find("AAAA") == std::string::npos);
  for (const auto& entry : command.env) {
    CHECK_FALSE(entry.starts_with("TERMLEASE_"));
    CHECK_FALSE(entry.starts_with("TMUX"));
    CHECK_FALSE(entry.starts_with("SSH_"));
  }
}

TEST_CASE("a share with no key, or with something else for a key, never starts") {
  CHECK_FALSE(refused(sample()));
  for (const auto* key :
       {"", "# comment", "ssh-ed25519", "ssh-ed25519 BBBB", "ssh-rsa AAAA\nssh-rsa AAAA",
        "command=\"id\" ssh-ed25519 AAAA", "@cert-authority ssh-rsa AAAA"}) {
    auto share = sample();
    share.authorized_keys = {key};
    CHECK(refused(share));
  }
  auto share = sample();
  share.authorized_keys.clear();
  CHECK(refused(share));
}

TEST_CASE("paths and addresses that could mean something else to upterm are refused") {
  auto share = sample();
  share.guest_program = "/opt/it's/guest";
  CHECK(refused(share));
  share = sample();
  share.guest_program = "guest";
  CHECK(refused(share));
  share = sample();
  share.relay_host = "user@host";
  CHECK(refused(share));
  share = sample();
  share.relay_port = 0;
  CHECK(refused(share));
}
