#include "bus/trace/traceparent.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/trace_export_support.hpp"
#include "tools/trace/export/mermaid.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace termlease;
using namespace termlease::trace;
using namespace termlease::trace::tests;
using nlohmann::json;

TEST_CASE("every format is found by its name, and nothing else is") {
  REQUIRE(formats().size() == 5);
  for (const auto& each : formats()) {
    CHECK(find_format(each.name) == &each);
    CHECK_FALSE(each.doc.empty());
    CHECK(each.is_binary == (each.name == "perfetto"));
  }
  CHECK(find_format("") == nullptr);
  CHECK(find_format("Perfetto") == nullptr);
}

TEST_CASE("ndjson has a line for each step, whatever its texts are") {
  story made;
  made.add({"shares", "tick", 0, 0, false, awkward});
  const auto text = made.as("ndjson");
  REQUIRE(std::ranges::count(text, '\n') == 1);
  const auto line = json::parse(text);
  CHECK(line["id"] == "abcdef0000000001");
  CHECK(line["began"] == "2023-11-14T22:13:20.000010000Z");
  CHECK(line["arrived"] == "2023-11-14T22:13:20.000006999Z");
  CHECK(line["correlation"] == "a\n\"{;#<%\\: \ufffd\ufffd");
  CHECK(std::ranges::count(small().as("ndjson"), '\n') == 8);
}

TEST_CASE("a span of otlp has every part in the form that collectors want") {
  const auto whole = json::parse(small().as("otlp"))["resourceSpans"][0];
  CHECK(whole["resource"] == json::parse(R"({"attributes": [
      {"key": "service.name", "value": {"stringValue": "termlease"}},
      {"key": "service.instance.id", "value": {"stringValue": "abcdef"}},
      {"key": "process.pid", "value": {"intValue": "4242"}}]})"));
  CHECK(whole["scopeSpans"][0]["scope"] == json{{"name", "termlease.actors"}});
  const auto& spans = whole["scopeSpans"][0]["spans"];
  REQUIRE(spans.size() == 8);
  CHECK(spans[0] == json::parse(R"({"traceId": "0a1b2c3d0000400080000000000000aa",
      "spanId": "abcdef0000000001", "parentSpanId": "1122334455667788",
      "name": "client share.start", "kind": 2,
      "startTimeUnixNano": "1700000000000010000", "endTimeUnixNano": "1700000000000015000",
      "attributes": [
        {"key": "actor", "value": {"stringValue": "router"}},
        {"key": "kind", "value": {"stringValue": "turn"}},
        {"key": "outcome", "value": {"stringValue": "done"}},
        {"key": "waited_ns", "value": {"intValue": "3001"}},
        {"key": "waiting", "value": {"intValue": "2"}},
        {"key": "correlation",
         "value": {"stringValue": "0a1b2c3d-0000-4000-8000-0000000000aa"}}]})"));
  CHECK(spans[1]["parentSpanId"] == spans[0]["spanId"]);
  CHECK_FALSE(spans[1].contains("links"));
  CHECK(spans[2]["name"] == "(begins)");
  CHECK(spans[2]["kind"] == 1);
  // An answer continues its question, and has a link to what gave it.
  CHECK(spans[4]["parentSpanId"] == spans[1]["spanId"]);
  CHECK(spans[4]["links"] ==
        json::array({{{"traceId", command_digits}, {"spanId", spans[3]["spanId"]}}}));
  CHECK(spans[5]["status"] == json{{"code", 2}, {"message", "the actor crashed"}});
  CHECK(spans[7]["status"]["message"] == "the actor had ended before the message came");
}

TEST_CASE("in otlp what belongs to nothing is of the trace of its own root") {
  story made;
  const auto root = made.add({"root", "tick"});
  made.add({"journal", "tock", root, 0, false, awkward});
  made.add({"journal", "tock", 2});
  made.add({"journal", "tock", root});
  made.add({"journal", "late", 0, 0, false, {}, step_kind::turn, step_outcome::running});
  const auto spans = json::parse(made.as("otlp"))["resourceSpans"][0]["scopeSpans"][0]["spans"];
  REQUIRE(spans.size() == 5);
  CHECK(spans[0]["traceId"] == trace_id_of("turn-abcdef0000000001"));
  CHECK_FALSE(spans[0].contains("parentSpanId"));
  CHECK_FALSE(spans[0].contains("status"));
  CHECK(spans[3]["traceId"] == spans[0]["traceId"]);
  CHECK(spans[3]["parentSpanId"] == spans[0]["spanId"]);
  // No span has a parent in another trace.
  CHECK(spans[1]["traceId"] == trace_id_of(awkward));
  CHECK_FALSE(spans[1].contains("parentSpanId"));
  CHECK(spans[1]["links"][0] ==
        json{{"traceId", spans[0]["traceId"]}, {"spanId", spans[0]["spanId"]}});
  CHECK(spans[2]["traceId"] == spans[0]["traceId"]);
  CHECK(spans[2]["links"][0]["traceId"] == spans[1]["traceId"]);
  // What runs still, ran until the last time of the trace.
  CHECK(spans[4]["startTimeUnixNano"] == spans[4]["endTimeUnixNano"]);
}

TEST_CASE("a diagram for mermaid says who told whom, and what failed") {
  CHECK(small().as("mermaid") == R"(sequenceDiagram
  participant p0 as outside
  participant p1 as router
  participant p2 as shares
  participant p3 as shares/1/ttl clock
  participant p4 as journal
  participant p5 as policy gate
  p0->>p1: client share.start
  p1->>p2: share.start
  Note over p3: begins
  p2->>p4: append share.allowed
  p4-->>p2: ok
  p0-xp5: tick
  Note over p5: crashed
  Note over p5: ends
  Note over p5: crashed
  p2-xp5: decide
)");
  story made;
  made.add({awkward, ": end", 0, 0, false, {}, step_kind::birth});
  made.add({awkward, ": end", 1});
  made.add({awkward, "late", 900});
  CHECK(made.as("mermaid") == R"(sequenceDiagram
  participant p0 as a #34;#123;#59;#35;#60;#37;#92;#58; #65533;#65533;
  participant p1 as not in this trace
  Note over p0: begins
  p0->>p0: #58; end
  p1->>p0: late
)");
}

TEST_CASE("a diagram that would be too large ends, and says so") {
  story many;
  for (std::size_t i = 0; i < most_steps + 7; ++i) many.add({"root", "tick"});
  const auto text = many.as("mermaid");
  CHECK(std::ranges::count(text, '\n') == 1 + 2 + most_steps + 2);
  CHECK(text.ends_with("  %% 7 more steps are left out\n"
                       "  Note over p0: 7 more steps are left out\n"));
  story wide;
  for (int i = 0; i < 400; ++i) wide.add({std::to_string(i) + std::string(80, '\xff'), "tick"});
  const auto cut = wide.as("mermaid");
  CHECK(cut.size() < 50'000);
  CHECK(cut.find("more steps are left out") != cut.npos);
}

TEST_CASE("vector clocks for shiviz count what each step could know of") {
  CHECK(small().as("shiviz") == R"(client share.start
router {"router":1}
share.start
shares {"router":1,"shares":1}
(begins)
shares/1/ttl_clock {"router":1,"shares":1,"shares/1/ttl_clock":1}
append share.allowed
journal {"journal":1,"router":1,"shares":1}
ok
shares {"journal":1,"router":1,"shares":2}
tick, crashed
policy_gate {"policy_gate":1}
(ends), crashed
policy_gate {"policy_gate":2}
decide, dead letter
policy_gate {"policy_gate":3,"router":1,"shares":1}
)");
  story made;
  made.add({awkward, "write {\"a\":1}", 0, 0, false, {}, step_kind::turn, step_outcome::put_back});
  CHECK(made.as("shiviz") == "write __a__1_, put back\n"
                             "a____________ {\"a____________\":1}\n");
}

TEST_CASE("what only a damaged trace can say harms no format") {
  story made;
  const auto ends_before = made.add(
      {awkward, awkward, 1, 2, false, awkward, step_kind::turn, step_outcome::done, 20, -15});
  made.add({"", "", ends_before + 1, 7, true, {}, step_kind::dead_letter});
  made.add({"/", "//", 999, 999});
  made.add({"a//b/", "x", 3, 3});
  for (const auto& each : formats()) {
    INFO(each.name);
    CHECK_FALSE(made.as(each.name).empty());
  }
  CHECK(json::parse(made.as("otlp"))["resourceSpans"][0]["scopeSpans"][0]["spans"].size() == 4);
  const story empty;
  CHECK(empty.as("ndjson").empty());
  CHECK(empty.as("mermaid") == "sequenceDiagram\n");
  CHECK(json::parse(empty.as("otlp")).contains("resourceSpans"));
}
