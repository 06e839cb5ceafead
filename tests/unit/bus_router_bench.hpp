#pragma once

// Why: the router between clients that are only recorded and branches that answer whatever they are
// asked, so that each test says one thing about routing, and nothing about what is routed.

#include "bus/router/router.hpp"
#include "messages/approvals.hpp"
#include "messages/runtime.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "messages/tokens.hpp"
#include "tools/scenario/simulation/recording_outbox.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"

namespace termlease::router_tests {

using namespace messages;

inline const identity op{identity_kind::operator_, "root"};
inline const identity bot{identity_kind::agent, "bot"};

using now_atom = caf::atom_constant<caf::atom("now")>;

/// A router with branches that answer whatever they are asked, and a journal in memory.
struct bench {
  bench() {
    bus::router_options options;
    for (const auto each : {bus::branch::terminals, bus::branch::shares, bus::branch::approvals,
                            bus::branch::policy, bus::branch::runtime})
      options.branches[each] =
          keep(time.system().spawn([this](caf::event_based_actor* self) { return branch(self); }));
    options.branches[bus::branch::tokens] = keep(time.system().spawn([this]() -> caf::behavior {
      return {[this](const check_token& shown) {
        return shown.text.text == "good" ? token_checked{bot, {}}
                                         : token_checked{{}, {"bad_token", "no", {}, false}};
      }};
    }));
    options.branches[bus::branch::journal] =
        keep(time.system().spawn([this](caf::event_based_actor* self) { return archive(self); }));
    options.clients = desk;
    options.next_id = [this] { return "id-" + std::to_string(++ids); };
    options.now = [this] { return time.now(); };
    options.replay_chunk = 10;
    branches = options.branches;
    router = keep(time.system().spawn(bus::router, options));
    connect(1, op);
  }

  ~bench() {
    reads.clear();
    for (const auto& each : actors) caf::anon_send_exit(each, caf::exit_reason::kill);
    time.settle();
  }

  caf::actor keep(caf::actor made) {
    actors.push_back(made);
    return made;
  }

  /// Answers any command with its caller; `hold_answers` makes it wait for `answer_held`.
  caf::behavior branch(caf::event_based_actor* self) {
    auto held = std::make_shared<std::vector<caf::typed_response_promise<answer>>>();
    const auto take = [=, this](const caller& from) -> caf::result<answer> {
      callers.push_back(from);
      auto promise = self->make_response_promise<answer>();
      if (hold_answers) {
        held->push_back(promise);
        ++waiting;
      } else {
        promise.deliver(answer_with(from.who));
      }
      return promise;
    };
    return {
        [=](const caller& from, const list_shares&) { return take(from); },
        [=](const caller& from, const list_terminals&) { return take(from); },
        [=](const caller& from, const list_approvals&) { return take(from); },
        [=](const caller& from, const stop_runtime&) { return take(from); },
        [=](const caller& from, const start_share& wanted) -> caf::result<answer> {
          if (wanted.reason == "crash") return caf::make_error(caf::sec::runtime_error, "crashed");
          return take(from);
        },
        [this](const client_gone& news) { gone.push_back(news.connection); },
        [=, this](now_atom) {
          waiting -= held->size();
          for (auto& each : std::exchange(*held, {})) each.deliver(answer{});
        },
    };
  }

  /// Reads the journal; `hold_reads` makes it wait for `answer_reads`.
  caf::behavior archive(caf::event_based_actor* self) {
    return {
        [=, this](const read_records& which) -> caf::result<journal_part> {
          if (!hold_reads) return part_of(which);
          auto promise = self->make_response_promise<journal_part>();
          reads.push_back({which, promise});
          return promise;
        },
        [this](now_atom) {
          for (auto& [which, promise] : std::exchange(reads, {})) promise.deliver(part_of(which));
        },
    };
  }

  journal_part part_of(const read_records& which) const {
    journal_part part;
    for (const auto& each : journal)
      if (each.sequence >= which.from && part.records.size() < which.limit)
        part.records.push_back(each);
    return part;
  }

  /// Whoever waits is answered, by its own branch and in a turn of that branch: a promise is kept
  /// nowhere else. Those who ask because of it are answered, too.
  void answer_held() {
    hold_answers = false;
    while (waiting > 0) {
      for (const auto& [name, each] : branches)
        if (name != bus::branch::journal && name != bus::branch::tokens)
          caf::anon_send(each, now_atom::value);
      time.settle();
    }
  }

  void answer_reads() {
    hold_reads = false;
    caf::anon_send(branches.at(bus::branch::journal), now_atom::value);
    time.settle();
  }

  void connect(std::uint64_t number, const identity& who) {
    caf::anon_send(router, client_connected{number, who});
    time.settle();
  }

  void leave(std::uint64_t number) {
    caf::anon_send(router, client_gone{number});
    time.settle();
  }

  template <class Command>
  std::string ask(const Command& command, std::uint64_t from = 1, const envelope& like = {}) {
    return send(std::string(Command::describe().name), encode(command), from, like);
  }

  std::string send(const std::string& method, const json& payload, std::uint64_t from = 1,
                   envelope like = {}) {
    like.id = "c" + std::to_string(++ids);
    like.method = method;
    like.payload.text = payload.dump();
    caf::anon_send(router, client_command{from, like});
    time.settle();
    return like.id;
  }

  std::string code(const std::string& id) const {
    const auto* got = desk->response_to(id);
    return got == nullptr ? "unanswered" : got->error.code;
  }

  /// Something happens, is recorded, and is published.
  void happen(const std::string& topic, const std::string& share = {},
              const std::string& metadata = "{}") {
    record news;
    news.id = "r" + std::to_string(journal.size() + 1);
    news.event_type = topic;
    news.share_id = share;
    news.sequence = journal.size() + 1;
    news.correlation_id = "because";
    news.metadata.text = metadata;
    journal.push_back(news);
    caf::anon_send(router, publish{{news}});
    time.settle();
  }

  void happen(int times) {
    for (int i = 0; i < times; ++i) happen("share.warned");
  }

  /// The client has read all that was queued.
  void drain(std::uint64_t number = 1) {
    caf::anon_send(router, client_drained{number});
    time.settle();
  }

  std::vector<std::uint64_t> heard(std::uint64_t number = 1,
                                   const std::string& topic = "share.warned") {
    std::vector<std::uint64_t> sequences;
    for (const auto& each : desk->clients[number].events)
      if (each.topic == topic) sequences.push_back(each.sequence);
    return sequences;
  }

  scenario::virtual_time time;
  std::shared_ptr<scenario::recording_outbox> desk = std::make_shared<scenario::recording_outbox>();
  std::vector<caf::actor> actors;
  caf::actor router;
  std::vector<caller> callers;
  std::map<bus::branch, caf::actor> branches;
  std::size_t waiting = 0; ///< commands that branches hold
  std::vector<std::pair<read_records, caf::typed_response_promise<journal_part>>> reads;
  std::vector<record> journal;
  std::vector<std::uint64_t> gone;
  bool hold_answers = false;
  bool hold_reads = false;
  int ids = 0;
};

} // namespace termlease::router_tests
