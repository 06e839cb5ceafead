#include "tests/support/world.hpp"

#include "actors/policy/gate.hpp"
#include "actors/runtime/root.hpp"
#include "actors/shares/relay.hpp"
#include "bus/journal/journal.hpp"

#include <algorithm>
#include <stdexcept>

namespace termlease::tests {

using namespace messages;

const char* const all_is_allowed = R"(
version = 1
[[rule]]
name = "all"
effect = "allow"
requesters = ["operator", "human:*", "agent:*"]
actions = ["share.start", "share.extend"]
)";

namespace {

constexpr auto guest_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f guest";

void make_program(const temporary_folder& home, const char* name) {
  using std::filesystem::perms;
  std::filesystem::permissions(home.write(name, ""), perms::owner_all);
}

} // namespace

machine::machine()
    : policy(std::make_shared<config::text_policy_source>(config::starter_policy())) {
  for (const auto* each : {"tmux", "upterm", "uptermd"}) make_program(home, each);
  settings.terminals.tmux = home / "tmux";
  settings.upterm.program = home / "upterm";
  settings.upterm.uptermd_program = home / "uptermd";
  processes.others = [this](const run_program& wanted) -> program_result {
    files.files[wanted.argv.back() + ".pub"] = "ssh-ed25519 AAAArelay relay\n"; // ssh-keygen
    return {};
  };
}

start_share share_request(const std::string& terminal) {
  start_share wanted;
  wanted.terminal = terminal;
  wanted.keys = {guest_key};
  return wanted;
}

const envelope& asked::response() const {
  const auto* found = desk_->response_to(id_);
  if (found == nullptr) throw std::runtime_error("there is no response yet");
  return *found;
}

const std::string& asked::result_text() const {
  const auto& got = response();
  if (got.error) throw std::runtime_error(got.error.code + ": " + got.error.message);
  return got.result.text;
}

world::world(std::shared_ptr<machine> on)
    : machine_(std::move(on)), time_(machine_->clock), alarms_(time_) {
  for (const auto& each : machine_->disk.records) known_.apply(each);
  furnish();
  plant();
  settle();
}

world::~world() {
  machine_->disk.hold();
  machine_->processes.worker.obeys_end = machine_->processes.worker.dies_at_kill = true;
  stop();
  for (const auto& each : edges_) caf::anon_send_exit(each, caf::exit_reason::kill);
  for (auto& each : machine_->processes.children) each.owner = nullptr;
  machine_->files.owner = nullptr;
  settle();
  machine_->disk.forget();
}

caf::actor world::new_facade() {
  return edges_.emplace_back(time_.system().spawn(actors::facade));
}

void world::furnish() {
  env_->version = "test";
  env_->settings = machine_->settings;
  const auto home = machine_->home.path();
  env_->paths = {home, home / "config", home / "state", home / "run", home / "cache"};
  env_->worker_program = home / "termlease-worker";
  env_->guest_program = home / "termlease-guest";
  env_->now = [this] { return time_.now(); };
  env_->next_id = [this] { return ids_.next(time_.now()); };
  env_->jitter = [] { return 0.0; };
  env_->log = [this](const std::string& line) { log.push_back(line); };
  auto& in = time_.system();
  env_->alarms = edges_.emplace_back(alarms_.address());
  env_->processes = edges_.emplace_back(machine_->processes.spawn_in(in));
  env_->files = edges_.emplace_back(machine_->files.spawn_in(in));
  disk_address_ = edges_.emplace_back(machine_->disk.spawn_in(in));
  for (auto* branch : {&env_->journal, &env_->policy, &env_->approvals, &env_->tokens,
                       &env_->terminals, &env_->relays, &env_->shares, &router_, &root_})
    *branch = new_facade();
}

std::vector<actors::child_spec> world::tree() {
  using namespace actors;
  auto& in = time_.system();
  const shared_environment all = env_;
  bus::journal_options keeping;
  keeping.batch_limit = env_->settings.journal.batch_limit;
  keeping.durable = [this](const record& each) { known_.apply(each); };
  const auto router_options = [this] {
    using bus::branch;
    return bus::router_options{{{branch::terminals, env_->terminals},
                                {branch::shares, env_->shares},
                                {branch::approvals, env_->approvals},
                                {branch::policy, env_->policy},
                                {branch::tokens, env_->tokens},
                                {branch::journal, env_->journal},
                                {branch::runtime, root_}},
                               desk,
                               env_->next_id,
                               env_->now,
                               known_.last_sequence()};
  };
  const auto spec = [this](std::string id, const caf::actor& address, auto start) {
    return child_spec{
        id, [=, this] { return running_[id] = start(); }, restart_rule::permanent, address, {}};
  };
  std::shared_ptr<config::policy_source> rules = machine_->policy;
  return {
      spec("journal", env_->journal,
           [=, this, &in] {
             return spawn_traceable(in, bus::journal, disk_address_, disk_address_, router_,
                                    keeping);
           }),
      spec("router", router_,
           [=, &in] { return spawn_traceable(in, bus::router, router_options()); }),
      spec("policy gate", env_->policy,
           [=, &in] { return spawn_traceable(in, policy_gate, all, rules); }),
      spec("approvals", env_->approvals,
           [=, this, &in] {
             return spawn_traceable(in, actors::approvals, all, known_.approvals());
           }),
      spec("tokens", env_->tokens,
           [=, this, &in] { return spawn_traceable(in, tokens, all, known_.tokens()); }),
      spec("terminals", env_->terminals,
           [=, this, &in] { return spawn_traceable(in, terminals, all, known_.terminals()); }),
      spec("relays", env_->relays, [=, &in] { return spawn_traceable(in, upterm_relay, all); }),
      spec("shares", env_->shares,
           [=, this, &in] { return spawn_traceable(in, shares, all, known_.shares()); }),
  };
}

void world::plant() {
  actors::root_options planting;
  planting.children = tree();
  planting.clients = [] { return 1U; };
  planting.last_sequence = [this] { return known_.last_sequence(); };
  planting.started_at = now();
  planting.done = [this](int status) {
    done_ = true;
    status_ = status;
  };
  const auto planted = actors::spawn_traceable(
      time_.system(), actors::root, actors::shared_environment(env_), std::move(planting));
  caf::anon_send(root_, actors::stand_for{planted});
}

bool world::stop() {
  if (done_) return true;
  caf::anon_send(root_, actors::stop_now::value);
  advance(seconds(60));
  return done_;
}

std::uint64_t world::connection_of(const identity& who) {
  auto& number = connections_[who];
  if (number == 0) {
    number = next_connection_++;
    caf::anon_send(router_, client_connected{number, who});
  }
  return number;
}

void world::disconnect(const identity& who) {
  caf::anon_send(router_, client_gone{connection_of(who)});
  connections_.erase(who);
  settle();
}

asked world::send(const identity& who, const std::string& method, json payload) {
  envelope command;
  command.id = "command-" + std::to_string(next_command_++);
  command.method = method;
  command.payload.text = payload.dump();
  command.correlation_id = "correlation-of-" + command.id;
  caf::anon_send(router_, client_command{connection_of(who), command});
  settle();
  return {desk, command.id};
}

terminal_view world::open_terminal(const std::string& name) {
  spawn_terminal wanted;
  wanted.name = name;
  return ask(the_operator, wanted).as<terminal_view>();
}

asked world::ask_for_share(const identity& who, start_share wanted) {
  // What was not given is left out, as clients do: on the wire no length of time is negative.
  auto payload = encode(wanted);
  if (wanted.ttl == not_given) payload.erase("ttl");
  if (wanted.warn == not_given) payload.erase("warn");
  return send(who, std::string(start_share::describe().name), std::move(payload));
}

share_view world::open_share(start_share wanted) {
  return ask_for_share(the_operator, std::move(wanted)).share();
}

share_view world::share(const std::string& id) {
  return ask(the_operator, show_share{id, false}).share();
}

std::vector<record> world::records_of(std::string_view topic) const {
  std::vector<record> found;
  for (const auto& each : records())
    if (each.event_type == topic) found.push_back(each);
  return found;
}

const record& world::last_of(std::string_view topic) const {
  const auto found = std::find_if(records().rbegin(), records().rend(),
                                  [&](const record& each) { return each.event_type == topic; });
  if (found == records().rend()) throw std::runtime_error("no record of " + std::string(topic));
  return *found;
}

std::vector<std::string> world::topics() const {
  std::vector<std::string> all;
  for (const auto& each : records()) all.push_back(each.event_type);
  return all;
}

void world::crash(const std::string& part) {
  crash(running_.at(part));
}

void world::crash(const caf::actor& who) {
  caf::anon_send_exit(who, caf::exit_reason::kill);
  settle();
}

} // namespace termlease::tests
