#pragma once

// Why: the production tree of actors, unchanged, over simulated edges and in virtual time. A test
// speaks to it as clients do, through the router, and looks at what would be on the disk, on the
// sockets and in the processes. Two worlds on one machine are a restart of the runtime.

#include "actors/runtime/tree.hpp"
#include "bus/identity/uuid.hpp"
#include "messages/answer.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "tools/scenario/simulation/machine.hpp"
#include "tools/scenario/simulation/recording_outbox.hpp"
#include "tools/scenario/simulation/simulated_alarms.hpp"

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace termlease::scenario {

/// A policy that lets the operator do everything at once.
extern const char* const all_is_allowed;

const messages::identity the_operator{messages::identity_kind::operator_, "root"};

/// Everything left to the settings, with one good key.
messages::start_share share_request(const std::string& terminal = "demo");

/// One command, and its response once there is one.
class asked {
public:
  asked(std::shared_ptr<recording_outbox> desk, std::string id)
      : desk_(std::move(desk)), id_(std::move(id)) {}

  const std::string& id() const { return id_; }

  bool answered() const { return desk_->response_to(id_) != nullptr; }

  const messages::envelope& response() const;

  /// The error's code; empty when all is well; "unanswered" while there is no response.
  std::string code() const { return answered() ? response().error.code : "unanswered"; }

  template <class Result> Result as() const {
    return messages::decoded<Result>(messages::json::parse(result_text()));
  }

  messages::share_view share() const { return as<messages::share_view>(); }

private:
  /// Throws when there is none.
  const std::string& result_text() const;

  std::shared_ptr<recording_outbox> desk_;
  std::string id_;
};

struct world_options {
  std::uint64_t seed = 7;                      ///< of ids and jitter
  std::shared_ptr<scheduling> schedule;        ///< null: in the order of arrival
  bool jitter = false;                         ///< whether waits before restarts differ
  std::shared_ptr<trace::recorder> recorder{}; ///< of what the actors do; may be null
};

class world {
public:
  explicit world(std::shared_ptr<machine> on = std::make_shared<machine>(),
                 const world_options& options = {});
  /// Without an orderly end it is a crash: nothing more reaches the disk.
  ~world();

  // Time.
  void settle() { time_.settle(); }

  void advance(messages::span by) { time_.advance(by); }

  messages::instant now() const { return time_.now(); }

  virtual_time& time() { return time_; }

  // People.
  template <class Command> asked ask(const messages::identity& who, const Command& command) {
    return send(who, std::string(Command::describe().name), messages::encode(command));
  }

  asked send(const messages::identity& who, const std::string& method, messages::json payload);
  /// Sends it, and lets nobody's turn come yet.
  asked post(const messages::identity& who, const std::string& method, messages::json payload);
  /// The connection that `who` asks on.
  std::uint64_t connection_of(const messages::identity& who);
  void disconnect(const messages::identity& who);

  // Shortcuts.
  messages::terminal_view open_terminal(const std::string& name = "demo");
  asked ask_for_share(const messages::identity& who = the_operator,
                      messages::start_share wanted = share_request());
  /// Asks, and expects it to be active.
  messages::share_view open_share(messages::start_share wanted = share_request());
  /// What the bus shows of it now.
  messages::share_view share(const std::string& id);

  // What happened.
  const std::vector<messages::record>& records() const { return machine_->disk.records; }

  std::vector<messages::record> records_of(std::string_view topic) const;

  template <class Event> Event last() const {
    return messages::decoded<Event>(
        messages::json::parse(last_of(Event::describe().name).metadata.text));
  }

  template <class Event> std::size_t count() const {
    return records_of(Event::describe().name).size();
  }

  std::vector<std::string> topics() const;

  // Accidents.
  /// Ends the actor at this path of the tree as a crash does; "shares", "shares/ID/ttl clock".
  /// Throws when there was none.
  void crash(const std::string& path);

  /// As it was last started.
  const caf::actor& part(const std::string& path) const;

  /// Whether the actor that was last started there is there still.
  bool lives(const std::string& path) const;

  /// The id of the youngest child that `branch` ever had; empty when it had none.
  std::string youngest_of(const std::string& branch) const;

  /// Ends the runtime in order; returns whether it has ended.
  bool stop();

  bool ended() const { return done_; }

  int status() const { return status_; }

  simulated_processes& processes() { return machine_->processes; }

  /// The running worker of a share; the youngest of all when `share` is empty. Throws when there is
  /// none.
  simulated_child& worker_of(const std::string& share);

  simulated_child& worker() { return processes().last("termlease-worker"); }

  simulated_disk& disk() { return machine_->disk; }

  simulated_alarms& alarms() { return alarms_; }

  const actors::environment& environment() const { return *env_; }

  std::shared_ptr<recording_outbox> desk = std::make_shared<recording_outbox>();
  std::vector<std::string> log;

private:
  void furnish();
  actors::ground under_the_tree();
  const messages::record& last_of(std::string_view topic) const;

  std::shared_ptr<machine> machine_;
  virtual_time time_;
  simulated_alarms alarms_;
  actors::ledger known_;
  bus::id_source ids_;
  std::mt19937_64 random_;
  std::shared_ptr<actors::environment> env_ = std::make_shared<actors::environment>();
  std::vector<caf::actor> edges_;
  std::optional<actors::tree> tree_;
  std::map<std::string, caf::actor> running_;
  std::map<messages::identity, std::uint64_t> connections_;
  std::string command_prefix_; ///< of this runtime alone
  std::uint64_t next_command_ = 1;
  std::uint64_t next_connection_ = 1;
  bool done_ = false;
  int status_ = 0;
};

} // namespace termlease::scenario
