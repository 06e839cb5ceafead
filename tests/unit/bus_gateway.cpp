#include "bus/client/client.hpp"
#include "bus/gateway/gateway.hpp"
#include "messages/answer.hpp"
#include "messages/connections.hpp"
#include "messages/runtime.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_system.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/post.hpp>

#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace termlease;
using namespace termlease::messages;

namespace {

using namespace std::chrono_literals;

std::string code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const failed& why) {
    return why.why().code;
  }
  return "none";
}

/// A gateway whose router is the test itself.
struct bench {
  explicit bench(bus::gateway_options with = {}) : options(std::move(with)) {
    options.socket_path = folder / "bus.sock";
    options.operator_name = "root";
    gate.emplace(real.io, caf::actor(real.self), options);
  }

  bus::client connect() {
    bus::client made(options.socket_path);
    number = real.next<client_connected>().connection;
    return made;
  }

  void event(std::uint64_t sequence, std::size_t size = 10) {
    envelope news;
    news.type = envelope_type::event;
    news.topic = "share.warned";
    news.sequence = sequence;
    news.id = std::string(size, 'x');
    gate->clients()->notify(number, std::make_shared<const std::string>(encode(news).dump() + "\n"),
                            sequence);
  }

  /// Everything that was handed to the Asio thread before has been done.
  void catch_up() {
    std::promise<void> done;
    boost::asio::post(real.io, [&] { done.set_value(); });
    done.get_future().wait();
  }

  tests::temporary_folder folder;
  tests::real_system real;
  bus::gateway_options options;
  std::optional<bus::gateway> gate;
  std::uint64_t number = 0;
};

/// A client without manners: raw bytes on the socket.
struct raw_client {
  explicit raw_client(const std::string& path) : socket(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  ~raw_client() { ::close(socket); }

  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// One line, or what came before the other side closed.
  std::string line() const {
    std::string text;
    pollfd ready{socket, POLLIN, 0};
    for (char each = 0; ::poll(&ready, 1, 30'000) > 0 && ::recv(socket, &each, 1, 0) == 1;) {
      if (each == '\n') break;
      text += each;
    }
    return text;
  }

  std::string code() const {
    const auto text = line();
    return text.empty() ? "closed" : json::parse(text)["error"]["code"].get<std::string>();
  }

  int socket;
  bool connected;
};

std::string command(const std::string& id) {
  return R"({"id":")" + id + R"(","type":"command","method":"runtime.status"})" + "\n";
}

} // namespace

TEST_CASE("a client's command reaches the router with the number of its connection") {
  bench b;
  const raw_client client(b.options.socket_path);
  const auto hello = b.real.next<client_connected>();
  CHECK(hello.who == identity{identity_kind::operator_, "root"});
  client.send(command("one") + "\n\n" + command("two"));
  const auto first = b.real.next<client_command>();
  CHECK(first.connection == hello.connection);
  CHECK(first.command.id == "one");
  CHECK(first.command.method == "runtime.status");
  CHECK(b.real.next<client_command>().command.id == "two");
}

TEST_CASE("the socket is for its owner alone, and gone with the gateway") {
  bench b;

  struct stat facts {};

  REQUIRE(::stat(b.options.socket_path.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  b.gate.reset();
  b.catch_up();
  CHECK_FALSE(std::filesystem::exists(b.options.socket_path));
}

TEST_CASE("a line that is no command is refused by name, and the next one counts") {
  bench b;
  const raw_client client(b.options.socket_path);
  const std::vector<std::string> garbage{"garbage",
                                         "[]",
                                         "5",
                                         "\xff\xfe\x01",
                                         R"({"type":"event","topic":"share.denied"})",
                                         R"({"type":"command"})",
                                         R"({"type":"command","method":"x","surprise":1})",
                                         R"({"type":"command","method":"x","payload":[]})",
                                         std::string(10'000, '[')};
  for (const auto& each : garbage) {
    client.send(each + "\n");
    CHECK(client.code() == "bad_envelope");
  }
  client.send(R"({"id":"mine","type":"command","method":5})"
              "\n");
  CHECK(json::parse(client.line())["causation_id"] == "mine");
  client.send(command("good"));
  CHECK(b.real.next<client_command>().command.id == "good");
}

TEST_CASE("half a line waits for its other half, and dies with its client") {
  bench b;
  {
    const raw_client client(b.options.socket_path);
    b.real.next<client_connected>();
    const auto whole = command("slow");
    client.send(whole.substr(0, 10));
    b.catch_up();
    client.send(whole.substr(10) + "{\"id\":\"never fini");
    CHECK(b.real.next<client_command>().command.id == "slow");
  }
  b.real.next<client_gone>();
  CHECK_FALSE(b.real.self->has_next_message());
}

TEST_CASE("a line over the limit is refused, and its client disconnected") {
  bus::gateway_options options;
  options.max_line = 5000;
  bench b(options);
  const raw_client fits(b.options.socket_path);
  auto longest = command("x");
  longest.insert(longest.size() - 2, std::string(5000 - longest.size() + 1, ' '));
  fits.send(longest);
  CHECK(b.real.next<client_command>().command.id == "x");
  const raw_client client(b.options.socket_path);
  client.send(std::string(100'000, 'x'));
  CHECK(client.code() == "too_large");
  CHECK(client.line().empty());
  b.real.next<client_gone>();
}

TEST_CASE("so many clients and no more") {
  bus::gateway_options options;
  options.max_clients = 2;
  bench b(options);
  const raw_client first(b.options.socket_path);
  {
    const raw_client second(b.options.socket_path);
    b.real.next<client_connected>();
    b.real.next<client_connected>();
    CHECK(b.gate->client_count() == 2);
    const raw_client third(b.options.socket_path);
    CHECK(third.code() == "too_many_clients");
    CHECK(third.line().empty());
  }
  b.real.next<client_gone>();
  b.real.next<client_gone>();
  const raw_client fourth(b.options.socket_path);
  b.real.next<client_connected>();
}

TEST_CASE("another user is refused, even where the socket would let it in") {
  if (::getuid() != 0) return; // only root can be somebody else
  bench b;
  std::filesystem::permissions(b.folder.path(), std::filesystem::perms::all);
  std::filesystem::permissions(b.options.socket_path, std::filesystem::perms::all);
  const pid_t other = ::fork();
  if (other == 0) {
    if (::setuid(65534) != 0) ::_exit(2);
    const raw_client client(b.options.socket_path);
    client.send(command("let me"));
    ::_exit(client.line().find("not_yours") != std::string::npos ? 0 : 1);
  }
  int status = -1;
  ::waitpid(other, &status, 0);
  CHECK(status == 0);
  b.real.next<client_gone>();
  CHECK_FALSE(b.real.self->has_next_message());
}

TEST_CASE("a client that never reads loses events, costs little, and is told what it lost") {
  bus::gateway_options options;
  options.subscriber_queue = 50;
  bench b(options);
  auto client = b.connect();
  constexpr std::uint64_t many = 5000;
  for (std::uint64_t n = 1; n <= many; ++n) b.event(n, 2000);
  b.catch_up();
  std::uint64_t heard = 0;
  std::uint64_t told = 0; // up to here it knows what it has and what it lost
  while (told < many) {
    const auto news = client.next_event(30s);
    REQUIRE(news);
    const bool is_gap = news->topic == "bus.gap";
    const auto part = is_gap ? decoded<gap>(json::parse(news->payload.text))
                             : gap{news->sequence, news->sequence};
    REQUIRE(part.from == told + 1);
    told = part.to;
    if (!is_gap) ++heard;
  }
  CHECK(told == many);
  // The socket's own buffer, what is being written, and the queue. There may be more than one gap:
  // while the buffer has room the queue gets shorter without the client.
  CHECK(heard < 500);
  b.event(many + 1);
  CHECK(client.next_event(30s)->sequence == many + 1);
}

TEST_CASE("a client that lets its answers pile up is disconnected") {
  bus::gateway_options options;
  options.response_queue = 10;
  bench b(options);
  const raw_client client(b.options.socket_path);
  const auto number = b.real.next<client_connected>().connection;
  const auto line = std::make_shared<const std::string>(std::string(100'000, 'x') + "\n");
  for (int i = 0; i < 200; ++i) b.gate->clients()->respond(number, line);
  CHECK(b.real.next<client_gone>().connection == number);
}

TEST_CASE("a client that sends garbage and reads nothing harms nobody else") {
  bus::gateway_options options;
  options.response_queue = 10;
  bench b(options);
  auto good = b.connect();
  const raw_client bad(b.options.socket_path);
  std::string flood;
  for (int i = 0; i < 20'000; ++i) flood += "garbage\n";
  bad.send(flood);
  b.event(1);
  CHECK(good.next_event(30s)->sequence == 1);
}

TEST_CASE("the router learns when all is written") {
  bench b;
  auto client = b.connect();
  b.event(1);
  b.gate->clients()->tell_when_drained(b.number);
  CHECK(b.real.next<client_drained>().connection == b.number);
  b.gate->clients()->tell_when_drained(b.number); // nothing waits
  CHECK(b.real.next<client_drained>().connection == b.number);
}

TEST_CASE("a client that is closed still gets what was queued for it") {
  bench b;
  auto client = b.connect();
  b.event(1);
  b.gate->clients()->close(b.number);
  CHECK(client.next_event(30s)->sequence == 1);
  CHECK(code_of([&] { client.next_event(30s); }) == "connection_lost");
  CHECK(b.real.next<client_gone>().connection == b.number);
  b.event(2); // swallowed
}

TEST_CASE("a stale socket is replaced, one in use is not, and a file is nobody's to remove") {
  const tests::temporary_folder folder;
  const auto path = (folder / "bus.sock").string();
  tests::real_system real;
  bus::gateway_options options;
  options.socket_path = path;
  const auto open = [&] { bus::gateway made(real.io, caf::actor(real.self), options); };
  SECTION("stale") {
    const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(left);
    CHECK(code_of(open) == "none");
  }
  SECTION("in use") {
    const bus::gateway first(real.io, caf::actor(real.self), options);
    CHECK(code_of(open) == "socket_in_use");
    const raw_client client(path);
    CHECK(client.connected);
  }
  SECTION("a file") {
    folder.write("bus.sock", "precious");
    CHECK(code_of(open) == "socket_unavailable");
    CHECK(std::filesystem::file_size(path) == 8);
  }
  SECTION("no folder") {
    options.socket_path = folder / "none/bus.sock";
    CHECK(code_of(open) == "socket_unavailable");
  }
}

TEST_CASE("the client library asks, keeps events apart, and knows its deadline") {
  bench b;
  auto client = b.connect();
  std::thread router([&] {
    const auto asked = b.real.next<client_command>();
    b.event(1);
    envelope response;
    response.type = envelope_type::response;
    response.causation_id = "of somebody else";
    const auto say = [&] {
      b.gate->clients()->respond(
          b.number, std::make_shared<const std::string>(encode(response).dump() + "\n"));
    };
    say();
    response.causation_id = asked.command.id;
    response.result.text = R"({"version":"7"})";
    say();
    response.causation_id = b.real.next<client_command>().command.id;
    response.error = {"denied", "no", "ask", false};
    say();
  });
  client.correlate("all of it");
  CHECK(client.ask<runtime_status>(get_status{}).version == "7");
  CHECK(code_of([&] { client.ask<runtime_status>(get_status{}); }) == "denied");
  router.join();
  CHECK(client.next_event(30s)->sequence == 1);
  CHECK_FALSE(client.next_event(10ms));
  CHECK(code_of([&] { client.ask<runtime_status>(get_status{}, 50ms); }) == "no_answer");
  CHECK(b.real.next<client_command>().command.correlation_id == "all of it");
  auto moved = std::move(client);
  b.event(2);
  CHECK(moved.next_event(30s)->sequence == 2);
}

TEST_CASE("a client says whether nobody is there, or the path can't be") {
  const tests::temporary_folder folder;
  CHECK(code_of([&] { bus::client made(folder / "none.sock"); }) == "no_runtime");
  CHECK(code_of([&] { bus::client made(std::string(200, 'x')); }) == "bad_path");
}
