#include "actors/runtime/runtime.hpp"

#include "actors/edges/alarms.hpp"
#include "actors/edges/cgroups.hpp"
#include "actors/edges/files.hpp"
#include "actors/edges/flight.hpp"
#include "actors/edges/orphans.hpp"
#include "actors/edges/processes.hpp"
#include "actors/runtime/instance_lock.hpp"
#include "actors/runtime/ledger.hpp"
#include "actors/runtime/root.hpp"
#include "actors/runtime/tree.hpp"
#include "actors/terminals/host.hpp"
#include "bus/gateway/gateway.hpp"
#include "bus/identity/uuid.hpp"
#include "bus/journal/replay.hpp"
#include "bus/journal/storage.hpp"
#include "bus/journal/store.hpp"
#include "config/policy/source.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <future>
#include <mutex>
#include <random>
#include <thread>
#include <unistd.h>
#include <vector>

namespace termlease::actors {

using namespace messages;

namespace {

/// EX_SOFTWARE of sysexits(3): systemd starts the runtime again.
constexpr int root_lost_status = 70;

instant wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

/// Sharing instead of stealing: its threads sleep when there is nothing to do.
trace::system_config& configured(trace::system_config& config,
                                 std::shared_ptr<trace::recorder> recorder) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{2});
  config.recorder = std::move(recorder);
  return config;
}

/// Ids and jitter from one seed, for any thread.
struct seeded_source {
  explicit seeded_source(std::uint64_t seed) : ids(seed), random(seed) {}

  std::string next_id() {
    const std::lock_guard guard(mutex);
    return ids.next(wall_clock());
  }

  double jitter() {
    const std::lock_guard guard(mutex);
    return std::uniform_real_distribution<double>(0.0, 1.0)(random);
  }

  std::mutex mutex;
  bus::id_source ids;
  std::mt19937_64 random;
};

} // namespace

struct runtime::parts {
  explicit parts(runtime_options given);
  ~parts();

  void boot();
  void open_journal();
  std::shared_ptr<trace::recorder> make_recorder() const;
  void clear_shares() const;
  void sweep_soon();
  void make_environment();
  void listen();
  ground under_the_tree();

  runtime_options options;
  std::unique_ptr<instance_lock> lock;
  std::shared_ptr<bus::journal_store> store; ///< null when the journal must not be continued
  found_journal journal;
  ledger known;
  seeded_source source;

  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{io.get_executor()};
  boost::asio::signal_set signals{io, SIGTERM, SIGINT, SIGHUP};
  boost::asio::steady_timer sweep{io};
  std::thread edge_thread;

  trace::system_config system_config;
  std::unique_ptr<caf::actor_system> system;
  std::vector<caf::actor> edges; ///< they end when everything else has
  std::shared_ptr<environment> env = std::make_shared<environment>();
  std::unique_ptr<actors::tree> tree;
  std::unique_ptr<bus::gateway> gateway;
  std::promise<int> finished;
};

runtime::parts::parts(runtime_options given) : options(std::move(given)), source(options.seed) {}

void runtime::parts::boot() {
  config::prepare(options.paths);
  lock = std::make_unique<instance_lock>(options.paths.runtime / "runtime.lock");
  open_journal();
  clear_shares();
  system = std::make_unique<caf::actor_system>(configured(system_config, make_recorder()));
  edge_thread = std::thread([this] { io.run(); });
  make_environment();
  tree = std::make_unique<actors::tree>(*system, under_the_tree());
  listen();
  tree->plant(gateway->clients());
  sweep_soon();
  signals.async_wait([this](const boost::system::error_code& problem, int) {
    if (!problem) caf::anon_send(tree->root(), stop_now::value);
  });
}

/// What a killed runtime left goes by itself; who doesn't within the time of an end is ended.
void runtime::parts::sweep_soon() {
  sweep.expires_after(options.settings.shares.end_deadline.chrono() + std::chrono::seconds(1));
  sweep.async_wait([this](const boost::system::error_code& problem) {
    if (problem) return;
    try {
      for (const auto& each : find_orphans()) {
        options.log("ending " + std::to_string(each.pid) + ", which the runtime " + each.runtime +
                    " left behind: " + each.program);
        reap({each}, {});
      }
      if (const auto count = sweep_cgroups(delegated_cgroup()); count > 0)
        options.log("ended " + std::to_string(count) + " cgroups that a runtime left behind");
    } catch (const std::exception& why) {
      options.log(why.what());
    }
  });
}

/// The tree has ended by now: the sockets, the edges, and then the thread under them.
runtime::parts::~parts() {
  gateway.reset();
  boost::asio::post(io, [this] { io.stop(); });
  if (edge_thread.joinable()) edge_thread.join();
  if (!system) return;
  tree.reset();
  for (const auto& each : edges) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
}

/// A journal that isn't what was written to it is evidence: it is read as far as it can be trusted,
/// nothing is added, and so nothing happens.
void runtime::parts::open_journal() {
  const auto file = options.paths.journal();
  const auto attempt = [this](const auto& work) {
    try {
      work();
    } catch (const failed& why) {
      if (!journal.problem && why.why().code != "journal_corrupt") throw;
      if (!journal.problem) journal.problem = why.why();
    }
  };
  attempt([&] {
    store = std::make_shared<bus::journal_store>(file);
    journal.cut_bytes = store->cut_bytes();
  });
  attempt([&] { bus::replay(file, [this](const record& each) { known.apply(each); }); });
  if (!journal.problem) return;
  store.reset();
  options.log(journal.problem.message + "; nothing is granted until it is replaced");
}

/// Null where the settings want none.
std::shared_ptr<trace::recorder> runtime::parts::make_recorder() const {
  const auto& wanted = options.settings.trace;
  if (wanted.ring == 0) { // what the runtime before did isn't what this one does
    std::error_code ignored;
    std::filesystem::rename(options.paths.trace_ring(),
                            trace::previous_of(options.paths.trace_ring()), ignored);
    return nullptr;
  }
  trace::recorder_options places;
  places.file = options.paths.trace_ring();
  places.steps = std::uint64_t{wanted.ring} * (1U << 20U) / sizeof(trace::step_place);
  places.instance = options.seed;
  places.wall_ms = wall_clock().ms;
  places.clock_ns = std::chrono::steady_clock::now().time_since_epoch().count();
  places.process_id = ::getpid();
  places.sample = wanted.sample;
  places.is_real_time = true;
  auto made = std::make_shared<trace::recorder>(places);
  if (const auto& why = made->why_not_kept(); !why.empty())
    options.log("what the actors do is kept in memory only, and lost with the runtime: " + why);
  return made;
}

/// No share outlives its runtime. What a killed one left in their folders is secret.
void runtime::parts::clear_shares() const {
  for (const auto& each : std::filesystem::directory_iterator(options.paths.shares())) {
    std::error_code problem;
    std::filesystem::remove_all(each.path(), problem);
    if (problem) options.log(each.path().string() + " can't be removed: " + problem.message());
  }
}

void runtime::parts::make_environment() {
  env->version = options.version;
  env->process_id = ::getpid();
  env->settings = options.settings;
  env->paths = options.paths;
  env->worker_program = options.worker_program;
  env->guest_program = options.guest_program;
  env->now = wall_clock;
  env->next_id = [this] { return source.next_id(); };
  env->jitter = [this] { return source.jitter(); };
  env->log = options.log;
  env->hosts = known_hosts;
  env->find_host = [this](std::string_view host) {
    return config::find_host(host, options.settings, options.paths);
  };
  env->find_upterm = [this] { return config::find_upterm(options.settings, options.paths); };
  env->find_tmate = [this] { return config::find_tmate(options.settings, options.paths); };
}

/// Its edges, the system's own, and what is known from the journal.
ground runtime::parts::under_the_tree() {
  constexpr auto own_thread = caf::detached;
  const auto edge = [this](const char* name, const auto& spawn) {
    return edges.emplace_back(named(std::string("edges/") + name, spawn));
  };
  auto& in = *system;
  process_limits limits;
  limits.grace.ms = env->settings.shares.end_deadline.ms * 4 / 3; // as a worker's own actor waits
  env->processes =
      edge("processes", [&] { return spawn_traceable(in, process_edge, &io, limits); });
  env->alarms = edge("alarms", [&] { return spawn_traceable(in, alarm_edge, &io); });
  env->files = edge("files", [&] { return spawn_traceable<own_thread>(in, file_edge); });
  const auto& kept = options.settings.trace;
  if (system_config.recorder && kept.crash_files > 0)
    env->flight = edge("flight", [&] {
      return spawn_traceable<own_thread>(
          in, flight_edge,
          flight_options{system_config.recorder, kept.crash_turns, kept.crash_files, options.log});
    });
  ground under;
  under.env = env;
  under.known = &known;
  under.journal = journal;
  under.storage = edge("storage", [&] {
    return store ? spawn_traceable<own_thread>(in, bus::storage_edge, store)
                 : spawn_traceable(in, bus::closed_storage_edge, journal.problem);
  });
  under.archive = edge("archive", [&] {
    return spawn_traceable<own_thread>(in, bus::archive_edge, options.paths.journal());
  });
  under.rules = [file = options.paths.policy_file()] {
    return std::make_shared<config::file_policy_source>(file);
  };
  under.clients = [this] { return static_cast<std::uint32_t>(gateway->client_count()); };
  under.done = [this](int status) { finished.set_value(status); };
  // Without it nothing would be supervised, nor stopped in order. A process that is gone at once
  // takes workers and guests with it, as after kill -9, and no terminal.
  under.root_lost = [this](const std::string& why) {
    options.log("the root of the tree crashed (" + why + "); the runtime ends at once");
    ::_exit(root_lost_status);
  };
  return under;
}

void runtime::parts::listen() {
  const auto& limits = options.settings.bus;
  gateway = std::make_unique<bus::gateway>(
      io, tree->router(),
      bus::gateway_options{options.paths.bus_socket(), limits.max_clients, limits.max_line,
                           limits.subscriber_queue, bus::gateway_options{}.response_queue,
                           options.operator_name});
}

runtime::runtime(runtime_options options) : parts_(std::make_unique<parts>(std::move(options))) {
  parts_->boot();
}

runtime::~runtime() = default;

int runtime::run() {
  return parts_->finished.get_future().get();
}

} // namespace termlease::actors
