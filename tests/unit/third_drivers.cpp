// A backend and a host that nobody knows work as ours do, by a class and an entry of a table each.
#include "tests/support/catch.hpp"
#include "tests/support/fake_guest.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/third_backend.hpp"
#include "tests/support/third_host.hpp"
#include "tests/support/worker_start.hpp"
#include "tools/scenario/simulation/world.hpp"
#include "tools/worker/child.hpp"
#include "tools/worker/worker.hpp"

#include <array>
#include <filesystem>
#include <optional>

using namespace termlease;
using namespace termlease::messages;

namespace {

constexpr std::array backends{worker::backend_entry{
    "third", [](worker::backend_setup setup) -> std::unique_ptr<worker::backend> {
      return std::make_unique<tests::third_backend>(std::move(setup));
    }}};

constexpr std::array mirrors{
    worker::mirror_entry{"third",
                         [](worker::loop& events, worker::mirror_options&& options,
                            worker::mirror_events&& callbacks) -> std::unique_ptr<worker::mirror> {
                           return std::make_unique<tests::third_mirror>(events, std::move(options),
                                                                        std::move(callbacks));
                         }}};

constexpr std::array hosts{
    actors::host_entry{"third",
                       [](actors::shared_environment,
                          actors::host_edges edges) -> std::unique_ptr<actors::terminal_host> {
                         return std::make_unique<tests::third_host>(std::move(edges));
                       }}};

/// A worker in this process, and both ends of its lines.
class lent {
public:
  lent() {
    worker_.emplace(loop_, orders_.read, answers_.write, worker::drivers{backends, mirrors});
  }

  ~lent() {
    for (const int fd : {orders_.read, orders_.write, answers_.read, answers_.write}) close(fd);
  }

  template <class Line> void say(const Line& line) {
    const auto text = encode_line(line);
    REQUIRE(write(orders_.write, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  /// Runs the loop until it is so; false at a generous limit.
  bool until(const std::function<bool()>& happened) {
    const auto limit = worker::loop::clock::now() + std::chrono::seconds(10);
    while (!happened()) {
      if (worker::loop::clock::now() > limit) return false;
      loop_.after(std::chrono::milliseconds(1), [this] { loop_.stop(); });
      loop_.run();
    }
    return true;
  }

  bool heard(std::string_view what) {
    std::array<char, 4096> part{};
    for (ssize_t count = 0; (count = read(answers_.read, part.data(), part.size())) > 0;)
      heard_.append(part.data(), static_cast<std::size_t>(count));
    return heard_.find(what) != std::string::npos;
  }

private:
  worker::loop loop_;
  worker::pipe_ends orders_ = worker::make_pipe();
  worker::pipe_ends answers_ = worker::make_pipe();
  std::optional<worker::worker> worker_;
  std::string heard_;
};

} // namespace

TEST_CASE("a worker lends a third host through a third backend") {
  tests::temporary_folder folder;
  auto share = tests::share_start();
  share.share_id = "s";
  share.backend = share.host = "third";
  share.pane = "a third thing";
  share.mode = share_mode::rw;
  share.work_dir = (folder.path() / "w").string();
  std::filesystem::create_directory(share.work_dir);
  std::filesystem::permissions(share.work_dir, std::filesystem::perms::owner_all);

  lent w;
  w.say(share);
  REQUIRE(w.until([&] { return w.heard("\"ready\""); }));
  const auto socket = share.work_dir + "/w/guests";
  CHECK(w.heard("walk to " + socket));
  tests::fake_guest guest(socket);
  guest.hello();
  REQUIRE(w.until([&] { return w.heard("SHA256:walker"); }));
  const auto sees = [&](std::string_view what) {
    return w.until([&] {
      guest.keep_up();
      return guest.received().find(what) != std::string::npos;
    });
  };
  REQUIRE(sees("a third thing"));
  guest.send(guest_wire::frame::input, "typed by the guest");
  REQUIRE(sees("typed"));
  w.say(worker_lines::end{"enough"});
  REQUIRE(sees("enough"));
  REQUIRE(w.until([&] { return w.heard("\"ended\""); }));
}

TEST_CASE("a runtime opens, lends and closes a terminal of a third host") {
  const auto machine = std::make_shared<scenario::machine>();
  machine->hosts = hosts;
  machine->installed.insert("third");
  std::vector<std::string> ended;
  const auto others = machine->processes.others;
  machine->processes.others = [&](const run_program& wanted) -> program_result {
    if (wanted.argv.front() != "sheet") return others(wanted);
    if (wanted.argv[1] == "new")
      return {0, std::to_string(machine->processes.add_pane(wanted.argv[2]).pid), {}, {}};
    ended.push_back(wanted.argv[2]);
    return {};
  };
  scenario::world w(machine);
  spawn_terminal wanted;
  wanted.name = "demo";
  wanted.host = "third";
  const auto opened = w.ask(scenario::the_operator, wanted).as<terminal_view>();
  CHECK(opened.host == "third");
  const auto share = w.open_share();
  const auto order = w.worker().heard<worker_lines::start>().at(0);
  CHECK(order.host == "third");
  CHECK(order.pane == "sheet of demo");
  w.ask(scenario::the_operator, close_terminal{opened.terminal_id});
  CHECK(w.share(share.share_id).end_reason == end_reason::terminal_closed);
  CHECK(ended == std::vector<std::string>{"demo"});
}
