#include "tools/trace/export/otlp.hpp"

#include "bus/trace/traceparent.hpp"
#include "tools/trace/export/texts.hpp"
#include "tools/trace/words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>
#include <string>
#include <unordered_map>

namespace termlease::trace {

using nlohmann::json;

namespace {

constexpr int internal = 1; // SpanKind
constexpr int server = 2;
constexpr int error = 2; // StatusCode

/// Which trace a step is of: its correlation's, otherwise that of whatever it all began with.
class trace_ids {
public:
  explicit trace_ids(const log& from) : from_(from) {
    roots_.reserve(from.steps.size());
    for (const auto& each : from.steps) roots_.push_back(root_of(each));
  }

  const std::string& of(std::size_t place) {
    const auto correlation = from_.steps[place].correlation;
    if (const auto text = from_.text(correlation); !text.empty()) {
      auto& id = of_correlation_[correlation];
      if (id.empty()) id = trace_id_of(text);
      return id;
    }
    auto& id = of_root_[roots_[place]];
    if (id.empty()) id = trace_id_of("turn-" + span_id_of(from_.span_of(roots_[place])));
    return id;
  }

private:
  /// A root that the trace hasn't any more is still the same for all that came of it.
  std::uint64_t root_of(const step& each) const {
    const auto parent = each.parent();
    if (parent == 0 || parent >= each.id) return each.id;
    const auto place = from_.find(parent);
    return place == log::none ? parent : roots_[place];
  }

  const log& from_;
  std::vector<std::uint64_t> roots_; ///< by place
  std::unordered_map<name_id, std::string> of_correlation_;
  std::unordered_map<std::uint64_t, std::string> of_root_;
};

json text_attribute(std::string_view key, std::string_view value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

/// Whole numbers of 64 bits are texts in JSON, as Protocol Buffers want it.
json number_attribute(std::string_view key, std::int64_t value) {
  return {{"key", key}, {"value", {{"intValue", std::to_string(value)}}}};
}

std::string unix_text(const log& from, std::int64_t clock) {
  return std::to_string(std::max<std::int64_t>(0, unix_ns(from, clock)));
}

class spans {
public:
  explicit spans(const log& from) : from_(from), traces_(from), last_(last_time(from)) {}

  json span(std::size_t place) {
    const auto& each = from_.steps[place];
    const auto message = message_of(from_, each);
    json made{{"traceId", traces_.of(place)},
              {"spanId", span_id_of(from_.span_of(each.id))},
              {"name", message},
              {"kind", message.starts_with("client ") ? server : internal},
              {"startTimeUnixNano", unix_text(from_, each.began)},
              {"endTimeUnixNano", unix_text(from_, end_of(each, last_))},
              {"attributes", attributes(each)}};
    add_causes(place, made);
    if (each.failed())
      made["status"] = {{"code", error},
                        {"message", each.what.kind == step_kind::dead_letter
                                        ? "the actor had ended before the message came"
                                        : "the actor crashed"}};
    return made;
  }

private:
  json attributes(const step& each) const {
    auto all = json::array({text_attribute("actor", actor_of(from_, each)),
                            text_attribute("kind", word_of(each.what.kind)),
                            text_attribute("outcome", word_of(each.what.outcome)),
                            number_attribute("waited_ns", each.waited()),
                            number_attribute("waiting", each.what.waiting)});
    if (const auto correlation = from_.text(each.correlation); !correlation.empty())
      all.push_back(text_attribute("correlation", correlation));
    return all;
  }

  /// The trace of an earlier step; where it isn't known any more, the same as of the later one.
  const std::string& trace_of(std::uint64_t id, std::size_t later) {
    const auto place = from_.find(id);
    return traces_.of(place == log::none ? later : place);
  }

  void add_causes(std::size_t place, json& made) {
    const auto& each = from_.steps[place];
    std::uint64_t parent = 0;
    if (each.what.has_parent && each.asked != 0) {
      made["parentSpanId"] = span_id_of(each.asked);
    } else if (each.parent() < each.id && trace_of(each.parent(), place) == traces_.of(place)) {
      parent = each.parent();
      if (parent != 0) made["parentSpanId"] = span_id_of(from_.span_of(parent));
    }
    auto links = json::array();
    for (const auto id : {each.parent(), each.parent() == each.cause ? 0 : each.cause})
      if (id != 0 && id < each.id && id != parent)
        links.push_back(
            {{"traceId", trace_of(id, place)}, {"spanId", span_id_of(from_.span_of(id))}});
    if (!links.empty()) made["links"] = std::move(links);
  }

  const log& from_;
  trace_ids traces_;
  std::int64_t last_;
};

json resource_of(const about_trace& about) {
  std::array<char, 24> instance{};
  std::snprintf(instance.data(), instance.size(), "%06llx",
                static_cast<unsigned long long>(about.instance));
  return {{"attributes", json::array({text_attribute("service.name", "termlease"),
                                      text_attribute("service.instance.id", instance.data()),
                                      number_attribute("process.pid", about.process_id)})}};
}

} // namespace

/// Span by span: all of them at once would take many times the memory of the trace.
void write_otlp(const log& from, std::ostream& to) {
  spans all(from);
  to << R"({"resourceSpans":[{"resource":)" << line_of(resource_of(from.about))
     << R"(,"scopeSpans":[{"scope":{"name":"termlease.actors"},"spans":[)";
  for (std::size_t place = 0; place < from.steps.size(); ++place)
    to << (place == 0 ? "\n" : ",\n") << line_of(all.span(place));
  to << "\n]}]}]}\n";
}

} // namespace termlease::trace
