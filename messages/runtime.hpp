#pragma once

// Why: the runtime speaks of itself with the same messages as of everything else: its state, its
// record, its policy, and what it restarted.

#include "messages/json.hpp"
#include "messages/policy.hpp"
#include "messages/record.hpp"

#include <string>
#include <vector>

namespace termlease::messages {

/// Result: runtime_status.
struct get_status {
  static constexpr auto describe() {
    return messages::command("runtime.status", "the state of the runtime");
  }
};

struct runtime_status {
  std::string version;
  std::int32_t pid = 0;
  std::string socket;
  std::string journal;
  std::string journal_problem; ///< empty when it can be continued
  std::string policy;          ///< path of the policy file
  std::string policy_problem;  ///< empty when the gate is open for business
  instant started_at;
  std::uint64_t sequence = 0; ///< of the last record
  std::uint32_t clients = 0;

  static constexpr auto describe() {
    return described(
        "runtime_status", "the state of the runtime", field("version", &runtime_status::version),
        field("pid", &runtime_status::pid), field("socket", &runtime_status::socket),
        field("journal", &runtime_status::journal),
        field("journal_problem", &runtime_status::journal_problem),
        field("policy", &runtime_status::policy),
        field("policy_problem", &runtime_status::policy_problem),
        field("started_at", &runtime_status::started_at),
        field("sequence", &runtime_status::sequence), field("clients", &runtime_status::clients));
  }
};

/// Ends the runtime: shares first, terminals stay. Only the operator may. Answered before the end.
struct stop_runtime {
  static constexpr auto describe() {
    return messages::command("runtime.stop", "ends every share and then the runtime");
  }
};

/// Reads the journal. Result: record_list; ask again from the last sequence + 1 for more.
struct query_audit {
  std::string share; ///< a share's id; empty: all
  instant since;
  std::uint64_t from = 1;     ///< first sequence
  std::uint32_t limit = 1000; ///< at most 10000
  std::string topic{};        ///< an event's, or "share.>" for all that begin so; empty: all

  static constexpr auto describe() {
    return messages::command(
        "audit.query", "reads the journal", field("share", &query_audit::share),
        field("since", &query_audit::since), field("from", &query_audit::from),
        field("limit", &query_audit::limit), field("topic", &query_audit::topic));
  }
};

struct record_list {
  std::vector<record> records;
  bool more = false;

  static constexpr auto describe() {
    return described("record_list", "a part of the journal",
                     field("records", &record_list::records), field("more", &record_list::more));
  }
};

/// Walks the whole chain. Result: chain_report.
struct verify_audit {
  static constexpr auto describe() {
    return messages::command("audit.verify", "checks the journal's hash chain");
  }
};

struct chain_report {
  bool valid = false;
  std::uint64_t records = 0;
  std::uint64_t first_bad = 0; ///< sequence; 0 when valid
  std::string problem;
  std::string head; ///< hash of the last record: note it elsewhere to notice a cut tail

  static constexpr auto describe() {
    return described("chain_report", "the state of the journal's hash chain",
                     field("valid", &chain_report::valid), field("records", &chain_report::records),
                     field("first_bad", &chain_report::first_bad),
                     field("problem", &chain_report::problem), field("head", &chain_report::head));
  }
};

/// What would the gate say? Nothing starts. Result: policy_decision.
struct explain_policy {
  std::string action = "share.start";
  std::string terminal; ///< name or id
  std::string lane;     ///< used when the terminal is not open
  std::string backend = "upterm";
  std::string mode = "ro";
  span ttl = minutes(30);
  std::string requester; ///< "agent:NAME", …; empty: the caller

  static constexpr auto describe() {
    return messages::command(
        "policy.explain", "what the gate would say, and which rules decide",
        field("action", &explain_policy::action), field("terminal", &explain_policy::terminal),
        field("lane", &explain_policy::lane), field("backend", &explain_policy::backend),
        field("mode", &explain_policy::mode), field("ttl", &explain_policy::ttl),
        field("requester", &explain_policy::requester));
  }
};

struct runtime_started {
  std::string version;
  std::int32_t pid = 0;

  static constexpr auto describe() {
    return event("runtime.started", "the runtime is up",
                 field("version", &runtime_started::version), field("pid", &runtime_started::pid));
  }
};

struct runtime_stopped {
  std::string reason;

  static constexpr auto describe() {
    return event("runtime.stopped", "the runtime ends", field("reason", &runtime_stopped::reason));
  }
};

/// A crash in the midst of a commit; what it was about to say was never acknowledged.
struct journal_recovered {
  std::uint64_t cut_bytes = 0;

  static constexpr auto describe() {
    return event("journal.recovered", "an unfinished last write was found, and cut",
                 field("cut_bytes", &journal_recovered::cut_bytes));
  }
};

struct policy_loaded {
  std::string path;
  std::uint32_t rules = 0;

  static constexpr auto describe() {
    return event("policy.loaded", "the policy file was read", field("path", &policy_loaded::path),
                 field("rules", &policy_loaded::rules));
  }
};

struct policy_rejected {
  std::string path;
  std::string problem;

  static constexpr auto describe() {
    return event("policy.rejected", "the policy file can't be used: the gate is shut",
                 field("path", &policy_rejected::path),
                 field("problem", &policy_rejected::problem));
  }
};

struct relay_started {
  std::string backend;
  std::string address;

  static constexpr auto describe() {
    return event("relay.started", "a relay of ours is up",
                 field("backend", &relay_started::backend),
                 field("address", &relay_started::address));
  }
};

struct relay_stopped {
  std::string backend;
  std::string reason;

  static constexpr auto describe() {
    return event("relay.stopped", "a relay of ours is down",
                 field("backend", &relay_stopped::backend),
                 field("reason", &relay_stopped::reason));
  }
};

} // namespace termlease::messages
