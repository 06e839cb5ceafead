#include "messages/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/cli_fake_runtime.hpp"
#include "tools/termlease/local/program.hpp"
#include "tools/termlease/local/public_key.hpp"

#include <fstream>
#include <sstream>

using namespace termlease::cli;
using termlease::messages::failed;

namespace {

constexpr const char* good_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHKjmqx+9OmgFM0Wo4VQ+9ycU2GjIRgsYqj8U0Til+lP";
constexpr const char* good_fingerprint = "SHA256:EGbCX5O2DtjJKSs7FYDb83r+6WnwecLY7qMpjODdmWE";

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

std::string code_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const failed& problem) {
    CHECK_FALSE(problem.why().details.hint.empty());
    return problem.why().code;
  }
  return "none";
}

std::string code_of_line(const std::string& line) {
  return code_of([&] { parse_public_key(line, "test"); });
}

} // namespace

TEST_CASE("a public key is read with its type, comment and the fingerprint that ssh-keygen shows") {
  const auto key = parse_public_key(std::string("  ") + good_key + "   ann at home\r", "test");
  CHECK(key.type == "ssh-ed25519");
  CHECK(key.comment == "ann at home");
  CHECK(key.fingerprint == good_fingerprint);
  CHECK(key.line == std::string(good_key) + " ann at home");
}

TEST_CASE("what is no public key is refused with the reason") {
  CHECK(code_of_line("hello world") == "bad_key");
  CHECK(code_of_line("ssh-ed25519") == "bad_key");
  CHECK(code_of_line("ssh-ed25519 !!!!") == "bad_key");
  CHECK(code_of_line("ssh-ed25519 AAAA") == "bad_key");
  CHECK(code_of_line(std::string("command=\"sh\" ") + good_key) == "bad_key");
  CHECK(code_of_line("-----BEGIN OPENSSH PRIVATE KEY-----") == "bad_key");
  // A type that isn't the one inside, and a key that is cut off.
  CHECK(code_of_line(
            "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHKjmqx+9OmgFM0Wo4VQ+9ycU2GjIRgsYqj8U0Til+lP") ==
        "bad_key");
  CHECK(code_of_line("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHKjmqx+9OmgFM0Wo4VQ+9ycU2Gj") ==
        "bad_key");
}

TEST_CASE("key files hold several keys, each counts once, and stdin is a file too") {
  const cli_test::private_home home;
  const auto file = home.folder() / "keys";
  const auto other = make_key_pair("other").open;
  write(file,
        std::string("# mine\n\n") + good_key + "\n" + other.line + "\n" + good_key + " again\n");
  std::istringstream input(std::string(good_key) + "\n");
  const auto keys = read_public_keys({file.string(), "-"}, input);
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].fingerprint == good_fingerprint);
  CHECK(keys[1].fingerprint == other.fingerprint);
}

TEST_CASE("a key file that is missing, empty, a folder or too large is a clear error") {
  const cli_test::private_home home;
  std::istringstream none;
  const auto read = [&](const std::string& file) {
    return code_of([&] { read_public_keys({file}, none); });
  };
  CHECK(read((home.folder() / "nothing.pub").string()) == "no_key_file");
  CHECK(read(home.folder().string()) == "bad_key");
  CHECK(read("-") == "no_keys");
  write(home.folder() / "empty", "\n# nothing\n");
  CHECK(read((home.folder() / "empty").string()) == "no_keys");
  write(home.folder() / "large", std::string(largest_key_file + 1, 'x'));
  CHECK(read((home.folder() / "large").string()) == "bad_key");
}

TEST_CASE("for a private key its public half beside it is read, and never the private one") {
  const cli_test::private_home home;
  const auto pair = make_key_pair("mine");
  const auto file = home.folder() / "id";
  std::istringstream none;
  write(file, pair.private_text);
  CHECK(code_of([&] { read_public_keys({file.string()}, none); }) == "bad_key");
  write(file.string() + ".pub", pair.open.line + "\n");
  const auto keys = read_public_keys({file.string()}, none);
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].line == pair.open.line);
}

TEST_CASE("a key that is made here is one that OpenSSH reads, and each is new") {
  const auto pair = make_key_pair("termlease-guest");
  CHECK(pair.open.line != make_key_pair("termlease-guest").open.line);
  if (ask_program({"ssh-keygen", "-?"}).status == 127) {
    WARN("ssh-keygen is not installed: the form was not compared with it");
    return;
  }
  const cli_test::private_home home;
  const auto file = home.folder() / "id";
  write(file, pair.private_text);
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  const auto public_half = ask_program({"ssh-keygen", "-y", "-f", file.string()});
  CHECK(without_line_end(public_half.output) == pair.open.line);
  const auto shown = ask_program({"ssh-keygen", "-l", "-f", file.string()});
  CHECK_THAT(shown.output, ContainsSubstring(pair.open.fingerprint));
}
