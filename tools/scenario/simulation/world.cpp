#include "tools/scenario/simulation/world.hpp"

#include "actors/runtime/root.hpp"
#include "messages/connections.hpp"

#include <algorithm>
#include <stdexcept>

namespace termlease::scenario {

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

} // namespace

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

world::world(std::shared_ptr<machine> on, const world_options& options)
    : machine_(std::move(on)), time_(machine_->clock, options.recorder), alarms_(time_),
      ids_(options.seed), random_(options.seed),
      command_prefix_("command-" + std::to_string(options.seed) + "-") {
  time_.schedule(options.schedule);
  for (const auto& each : machine_->disk.records) known_.apply(each);
  furnish();
  env_->jitter = [this, wanted = options.jitter] {
    return wanted ? static_cast<double>(random_() >> 11U) * 0x1p-53 : 0.0;
  };
  machine_->processes.random = env_->jitter;
  tree_.emplace(time_.system(), under_the_tree());
  tree_->plant(desk);
  settle();
}

world::~world() {
  machine_->processes.runtime_gone();
  machine_->disk.hold();
  for (const auto& each : edges_) caf::anon_send_exit(each, caf::exit_reason::kill);
  // What is left of the runtime is only brought to an end, in a time that is nobody's.
  time_.leave_machine();
  try {
    stop();
    tree_.reset();
    settle();
  } catch (const std::runtime_error&) {
    // They never come to rest; whoever plays has been told.
  }
  machine_->disk.forget();
}

void world::furnish() {
  env_->version = "test";
  env_->process_id = 4000;
  env_->settings = machine_->settings;
  const std::filesystem::path home = "/home/operator";
  env_->paths = {home, home / "config", home / "state", home / "run", home / "cache"};
  env_->worker_program = home / "termlease-worker";
  env_->guest_program = home / "termlease-guest";
  env_->now = [this] { return time_.now(); };
  env_->next_id = [this] { return ids_.next(time_.now()); };
  env_->log = [this](const std::string& line) { log.push_back(line); };
  env_->started = [this](const std::string& path, const caf::actor& address) {
    running_[path] = address;
  };
  env_->hosts = [this] { return machine_->hosts; };
  env_->find_host = [this](std::string_view host) { return machine_->find_host(host); };
  env_->find_upterm = [this] { return machine_->find_upterm(); };
  env_->find_tmate = [this] { return machine_->find_tmate(); };
}

actors::ground world::under_the_tree() {
  auto& in = time_.system();
  env_->alarms = edges_.emplace_back(alarms_.address());
  env_->processes = edges_.emplace_back(machine_->processes.spawn_in(in));
  env_->files = edges_.emplace_back(machine_->files.spawn_in(in));
  actors::ground under;
  under.env = env_;
  under.known = &known_;
  under.storage = under.archive = edges_.emplace_back(machine_->disk.spawn_in(in));
  under.rules = [this] { return machine_->policy; };
  under.clients = [] { return 1U; };
  under.done = [this](int status) {
    done_ = true;
    status_ = status;
  };
  return under;
}

bool world::stop() {
  if (done_) return true;
  caf::anon_send(tree_->root(), actors::stop_now::value);
  settle();
  for (auto left = seconds(60); !done_ && left > span{};)
    left.ms -= std::max<std::int64_t>(1, time_.advance_to_next(left).ms);
  return done_;
}

simulated_child& world::worker_of(const std::string& share) {
  auto& all = processes().children;
  const auto found = std::find_if(all.rbegin(), all.rend(), [&](const simulated_child& each) {
    if (!each.running || each.program() != "termlease-worker") return false;
    return share.empty() || each.share_id() == share;
  });
  if (found == all.rend()) throw std::runtime_error("no worker runs for " + share);
  return *found;
}

std::uint64_t world::connection_of(const identity& who) {
  auto& number = connections_[who];
  if (number == 0) {
    number = next_connection_++;
    caf::anon_send(tree_->router(), client_connected{number, who});
  }
  return number;
}

void world::disconnect(const identity& who) {
  caf::anon_send(tree_->router(), client_gone{connection_of(who)});
  connections_.erase(who);
  settle();
}

asked world::send(const identity& who, const std::string& method, json payload) {
  auto sent = post(who, method, std::move(payload));
  settle();
  // As a client, who comes back on another connection.
  if (desk->clients[connection_of(who)].closed) connections_.erase(who);
  return sent;
}

asked world::post(const identity& who, const std::string& method, json payload) {
  envelope command;
  command.id = command_prefix_ + std::to_string(next_command_++);
  command.method = method;
  command.payload.text = payload.dump();
  command.correlation_id = "correlation-of-" + command.id;
  caf::anon_send(tree_->router(), client_command{connection_of(who), command});
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

const caf::actor& world::part(const std::string& path) const {
  const auto found = running_.find(path);
  if (found == running_.end()) throw std::runtime_error("no actor was ever started as " + path);
  return found->second;
}

bool world::lives(const std::string& path) const {
  return !caf::actor_cast<caf::abstract_actor*>(part(path))
              ->getf(caf::abstract_actor::is_terminated_flag);
}

std::string world::youngest_of(const std::string& branch) const {
  std::string youngest; // ids grow with time
  for (const auto& [path, address] : running_)
    if (path.starts_with(branch + "/")) youngest = path.substr(branch.size() + 1);
  return youngest.substr(0, youngest.find('/'));
}

void world::crash(const std::string& path) {
  caf::anon_send_exit(part(path), caf::exit_reason::kill);
  settle();
}

} // namespace termlease::scenario
