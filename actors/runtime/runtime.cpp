#include "actors/runtime/runtime.hpp"

#include "actors/edges/alarms.hpp"
#include "actors/edges/files.hpp"
#include "actors/edges/processes.hpp"
#include "actors/policy/gate.hpp"
#include "actors/runtime/instance_lock.hpp"
#include "actors/runtime/ledger.hpp"
#include "actors/runtime/root.hpp"
#include "actors/shares/relay.hpp"
#include "bus/gateway/gateway.hpp"
#include "bus/identity/uuid.hpp"
#include "bus/journal/journal.hpp"
#include "bus/journal/reader.hpp"
#include "bus/journal/storage.hpp"
#include "bus/journal/store.hpp"
#include "bus/router/router.hpp"
#include "config/policy/source.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <future>
#include <mutex>
#include <random>
#include <thread>

namespace termlease::actors {

using namespace messages;

namespace {

instant wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

/// Sharing instead of stealing: its threads sleep when there is nothing to do.
caf::actor_system_config& configured(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{2});
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
  void read_journal();
  void clear_shares() const;
  void make_environment();
  void listen();
  void plant();
  std::vector<child_spec> tree();
  bus::router_options router_options() const;
  caf::actor new_facade();

  runtime_options options;
  std::unique_ptr<instance_lock> lock;
  std::shared_ptr<bus::journal_store> store;
  ledger known;
  seeded_source source;

  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{io.get_executor()};
  boost::asio::signal_set signals{io, SIGTERM, SIGINT, SIGHUP};
  std::thread edge_thread;

  caf::actor_system_config system_config;
  std::unique_ptr<caf::actor_system> system;
  std::vector<caf::actor> for_ever; ///< edges and facades: they end when everything else has
  caf::actor storage;
  caf::actor archive;
  caf::actor router_address;
  caf::actor root_address;
  std::shared_ptr<environment> env = std::make_shared<environment>();
  std::unique_ptr<bus::gateway> gateway;
  std::promise<int> finished;
};

runtime::parts::parts(runtime_options given) : options(std::move(given)), source(options.seed) {}

void runtime::parts::boot() {
  config::prepare(options.paths);
  lock = std::make_unique<instance_lock>(options.paths.runtime / "runtime.lock");
  store = std::make_shared<bus::journal_store>(options.paths.journal());
  read_journal();
  clear_shares();
  system = std::make_unique<caf::actor_system>(configured(system_config));
  edge_thread = std::thread([this] { io.run(); });
  make_environment();
  listen();
  plant();
}

/// The tree has ended by now: the sockets, the edges, and then the thread under them.
runtime::parts::~parts() {
  gateway.reset();
  boost::asio::post(io, [this] { io.stop(); });
  if (edge_thread.joinable()) edge_thread.join();
  if (!system) return;
  const caf::scoped_actor end(*system);
  for (const auto& each : for_ever) end->send_exit(each, caf::exit_reason::user_shutdown);
}

void runtime::parts::read_journal() {
  bus::journal_reader reader(options.paths.journal());
  reader.read({}, [this](const bus::journal_entry& each) { known.apply(each.record()); });
}

/// No share outlives its runtime. What a killed one left in their folders is secret.
void runtime::parts::clear_shares() const {
  for (const auto& each : std::filesystem::directory_iterator(options.paths.shares())) {
    std::error_code problem;
    std::filesystem::remove_all(each.path(), problem);
    if (problem) options.log(each.path().string() + " can't be removed: " + problem.message());
  }
}

caf::actor runtime::parts::new_facade() {
  return for_ever.emplace_back(system->spawn(facade));
}

void runtime::parts::make_environment() {
  env->version = options.version;
  env->settings = options.settings;
  env->paths = options.paths;
  env->worker_program = options.worker_program;
  env->guest_program = options.guest_program;
  env->now = wall_clock;
  env->next_id = [this] { return source.next_id(); };
  env->jitter = [this] { return source.jitter(); };
  env->log = options.log;
  const auto edge = [this](caf::actor made) { return for_ever.emplace_back(std::move(made)); };
  env->processes = edge(system->spawn(process_edge, &io, process_limits{}));
  env->alarms = edge(system->spawn(alarm_edge, &io));
  env->files = edge(system->spawn<caf::detached>(file_edge));
  storage = edge(system->spawn<caf::detached>(bus::storage_edge, store));
  archive = edge(system->spawn<caf::detached>(bus::archive_edge, options.paths.journal()));
  for (auto* branch : {&env->journal, &env->policy, &env->approvals, &env->tokens, &env->terminals,
                       &env->relays, &env->shares, &router_address, &root_address})
    *branch = new_facade();
}

void runtime::parts::listen() {
  const auto& limits = options.settings.bus;
  gateway = std::make_unique<bus::gateway>(
      io, router_address,
      bus::gateway_options{options.paths.bus_socket(), limits.max_clients, limits.max_line,
                           limits.subscriber_queue, bus::gateway_options{}.response_queue,
                           options.operator_name});
}

bus::router_options runtime::parts::router_options() const {
  using bus::branch;
  bus::router_options wiring;
  wiring.branches = {{branch::terminals, env->terminals}, {branch::shares, env->shares},
                     {branch::approvals, env->approvals}, {branch::policy, env->policy},
                     {branch::tokens, env->tokens},       {branch::journal, env->journal},
                     {branch::runtime, root_address}};
  wiring.clients = gateway->clients();
  wiring.next_id = env->next_id;
  wiring.now = env->now;
  wiring.last_sequence = known.last_sequence();
  return wiring;
}

/// The tree, in the order in which it is planted; see docs/architecture.md.
std::vector<child_spec> runtime::parts::tree() {
  auto& in = *system;
  const shared_environment all = env;
  bus::journal_options keeping;
  keeping.batch_limit = options.settings.journal.batch_limit;
  keeping.durable = [this](const record& each) { known.apply(each); };
  keeping.log = options.log;
  const auto policy = options.paths.policy_file();
  const auto spec = [](std::string id, const caf::actor& address,
                       std::function<caf::actor()> start) {
    return child_spec{std::move(id), std::move(start), restart_rule::permanent, address, {}};
  };
  return {
      spec("journal", env->journal,
           [=, this, &in] {
             return spawn_traceable(in, bus::journal, storage, archive, router_address, keeping);
           }),
      spec("router", router_address,
           [this, &in] { return spawn_traceable(in, bus::router, router_options()); }),
      spec("policy gate", env->policy,
           [=, &in] {
             std::shared_ptr<config::policy_source> rules =
                 std::make_shared<config::file_policy_source>(policy);
             return spawn_traceable(in, policy_gate, all, rules);
           }),
      spec("approvals", env->approvals,
           [=, this, &in] { return spawn_traceable(in, approvals, all, known.approvals()); }),
      spec("tokens", env->tokens,
           [=, this, &in] { return spawn_traceable(in, tokens, all, known.tokens()); }),
      spec("terminals", env->terminals,
           [=, this, &in] { return spawn_traceable(in, terminals, all, known.terminals()); }),
      spec("relays", env->relays, [=, &in] { return spawn_traceable(in, upterm_relay, all); }),
      spec("shares", env->shares,
           [=, this, &in] { return spawn_traceable(in, shares, all, known.shares()); }),
  };
}

void runtime::parts::plant() {
  root_options planting;
  planting.children = tree();
  planting.clients = [this] { return static_cast<std::uint32_t>(gateway->client_count()); };
  planting.last_sequence = [this] { return known.last_sequence(); };
  planting.started_at = wall_clock();
  planting.done = [this](int status) { finished.set_value(status); };
  const auto planted = spawn_traceable(*system, root, shared_environment(env), std::move(planting));
  caf::anon_send(root_address, stand_for{planted});
  signals.async_wait([this](const boost::system::error_code& problem, int) {
    if (!problem) caf::anon_send(root_address, stop_now::value);
  });
}

runtime::runtime(runtime_options options) : parts_(std::make_unique<parts>(std::move(options))) {
  parts_->boot();
}

runtime::~runtime() = default;

int runtime::run() {
  return parts_->finished.get_future().get();
}

} // namespace termlease::actors
