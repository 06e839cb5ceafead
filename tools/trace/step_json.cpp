#include "tools/trace/step_json.hpp"

#include "bus/trace/traceparent.hpp"
#include "tools/trace/words.hpp"

namespace termlease::trace {

nlohmann::json json_of(const log& from, const step& each) {
  const auto span = [&](std::uint64_t id) { return id == 0 ? "" : span_id_of(from.span_of(id)); };
  const auto time = [&](std::int64_t at) { return at == 0 ? "" : exact_time(from, at); };
  const auto correlation = from.text(each.correlation);
  return {{"id", span(each.id)},
          {"parent", each.what.has_parent ? span_id_of(each.asked) : span(each.parent())},
          {"cause", span(each.cause)},
          {"actor", actor_of(from, each)},
          {"message", message_of(from, each)},
          {"kind", word_of(each.what.kind)},
          {"outcome", word_of(each.what.outcome)},
          {"correlation", correlation},
          {"trace_id", correlation.empty() ? "" : trace_id_of(correlation)},
          {"arrived", time(each.arrived)},
          {"began", time(each.began)},
          {"ended", time(each.ended)},
          {"waited_ns", each.waited()},
          {"ran_ns", each.ran()},
          {"waiting", each.what.waiting}};
}

} // namespace termlease::trace
