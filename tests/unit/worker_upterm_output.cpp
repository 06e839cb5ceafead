#include "tests/support/catch.hpp"
#include "tools/worker/upterm/output.hpp"

#include <csignal>
#include <string>

using namespace termlease::worker::upterm;

namespace {

constexpr int exited(int code) {
  return code << 8;
}

last_words words(std::string errors, int status = exited(1)) {
  return {{}, std::move(errors), status, false, {}};
}

} // namespace

TEST_CASE("the guest's command is found in upterm's greeting") {
  CHECK(link_in("    ssh kC9Ux:MTI3LjAuMC4xOjQwMQ==@127.0.0.1 -p 2222") ==
        "ssh kC9Ux:MTI3LjAuMC4xOjQwMQ==@127.0.0.1 -p 2222");
  CHECK(link_in("SSH Session:            ssh token@uptermd.example.org\r") ==
        "ssh token@uptermd.example.org");
  CHECK(link_in("    ssh u@[::1] -p 22\n") == "ssh u@[::1] -p 22");
}

TEST_CASE("nothing but a plain ssh command is taken for a link") {
  for (const auto* line : {"", "ssh", "\xe2\x9e\xa4 SSH:", "Host:    ssh://127.0.0.1:2222",
                           "ssh user", "ssh @host", "ssh u@host -p 22; rm -rf /", "ssh u@host -p",
                           "ssh u@host -p 123456", "ssh u@$(id)", "ssh -oProxyCommand=id@host",
                           "ssh u@host -o X=Y", "ssh a b@host", "sssh u@host", "ssh `id`@host"})
    CHECK_FALSE(link_in(line));
}

TEST_CASE("an unreachable relay is told from a backend that fails") {
  const auto refused =
      explain(words("Error: ssh dial error: dial tcp 127.0.0.1:1: connect: connection refused\n"
                    "Usage:\n  upterm host [flags]\n"));
  CHECK(refused.why.code == "relay_unreachable");
  CHECK(refused.relay_lost);
  CHECK(refused.why.message == "upterm can't reach its relay: ssh dial error: dial tcp "
                               "127.0.0.1:1: connect: connection refused");
  const auto other = explain(words("Error: something else\n"));
  CHECK(other.why.code == "backend_exited");
  CHECK_FALSE(other.relay_lost);
}

TEST_CASE("a relay with another host key is named as such") {
  CHECK(explain(words("Error: ssh dial error: ssh: handshake failed: \n@@@\n@ WARNING: REMOTE HOST "
                      "IDENTIFICATION HAS CHANGED! @"))
            .why.code == "relay_key_mismatch");
  last_words unknown = words("Error: ssh dial error: ssh: handshake failed: EOF");
  unknown.output = "The authenticity of host '[127.0.0.1]:2222' can't be established.\n";
  CHECK(explain(unknown).why.code == "relay_key_mismatch");
}

TEST_CASE("a program that can't be run, is too old or was killed is named as such") {
  CHECK(explain(words("Exec format error", exited(126))).why.code == "backend_not_runnable");
  CHECK(explain(words("Error: unknown flag: --no-sftp\n")).why.code == "backend_too_old");
  CHECK(explain(words("", SIGKILL)).why.code == "backend_killed");
  CHECK_FALSE(explain(words("", SIGKILL)).relay_lost);
}

TEST_CASE(
    "an upterm that ends by itself after its link has lost its relay, and its link stays secret") {
  auto late = words("Error: session kC9Ux:MTI3@127.0.0.1: EOF\nUsage:\n");
  late.was_ready = true;
  late.secret = "kC9Ux:MTI3";
  const auto problem = explain(late);
  CHECK(problem.why.code == "relay_lost");
  CHECK(problem.relay_lost);
  CHECK(problem.why.message == "upterm lost its relay: session (link)@127.0.0.1: EOF");
}

TEST_CASE("a backend's last words are bounded and printable") {
  const auto problem = explain(words("Error: " + std::string(5000, 'x') + "\x1b[2J\n"));
  CHECK(problem.why.message.size() < 400);
  CHECK(problem.why.message.find('\x1b') == std::string::npos);
}
