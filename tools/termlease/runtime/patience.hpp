#pragma once

// Why: a request may wait for a person. Whoever asked should see for whom it waits, and be able to
// give up. The question has its own thread and connection; beside it, a second connection listens
// for the approval, opened only when the answer isn't there at once, so that a quick answer costs
// nothing.

#include "messages/approvals.hpp"
#include "tools/termlease/invocation.hpp"
#include "tools/termlease/runtime/interruption.hpp"

#include <functional>
#include <optional>
#include <string>

namespace termlease::cli {

/// How much longer than the runtime was told to wait we wait for its answer.
inline constexpr messages::span answer_margin = messages::seconds(15);

struct patient_question {
  std::string_view method;
  messages::json payload;
  messages::span wait;        ///< what `payload` allows for an approval
  std::string correlation_id; ///< the connection's; tells our approval from others
  /// Called for each approval that is waited for, again when it goes one step on.
  std::function<void(const messages::approval_view&)> waiting;
};

/// A correlation id of our own.
std::string new_correlation_id();

/// Asks and waits for the result; nothing when an interruption came: then the connection is closed,
/// and the runtime takes the request back. Throws the runtime's `failed`.
std::optional<messages::json> ask_patiently(const invocation& run, bus::client& over,
                                            const patient_question& question,
                                            const signal_watch& signals);

/// Asks for a change of a share, which may need an approval. Says `interrupted` and gives nothing
/// when an interruption came.
std::optional<messages::json> ask_for_change(const invocation& run, std::string_view method,
                                             messages::json payload, messages::span wait,
                                             std::string_view interrupted);

/// "waiting for approval 3f2a9c1d by operator, for 10m: termlease approve 3f2a9c1d"
std::string waiting_line(const messages::approval_view& approval);

} // namespace termlease::cli
