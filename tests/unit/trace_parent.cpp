#include "bus/trace/traceparent.hpp"
#include "tests/support/catch.hpp"

using namespace termlease::trace;

namespace {

const std::string given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

} // namespace

TEST_CASE("a correlation that is a UUID is its trace id, and any other has one of its own") {
  CHECK(trace_id_of("0af76519-16cd-43dd-8448-eb211c80319c") == "0af7651916cd43dd8448eb211c80319c");
  const auto other = trace_id_of("ticket 12");
  CHECK(other.size() == 32);
  CHECK(other == trace_id_of("ticket 12"));
  CHECK(other != trace_id_of("ticket 13"));
  CHECK(trace_id_of(std::string(32, '0')) != std::string(32, '0'));
}

TEST_CASE("a traceparent gives its trace as a correlation and its parent as a span") {
  CHECK(correlation_in(given) == "0af76519-16cd-43dd-8448-eb211c80319c");
  CHECK(parent_in(given) == 0xb7ad6b7169203331);
  CHECK(traceparent_of(correlation_in(given), parent_in(given)) == given);
  CHECK(traceparent_of("", 5).empty());
  CHECK(traceparent_of("x", 0).empty());
  CHECK(span_in(span_id_of(0x1234)) == 0x1234);
}

TEST_CASE("what is no traceparent says nothing") {
  for (const std::string bad : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01"}) {
    CAPTURE(bad);
    CHECK(parent_in(bad) == 0);
    CHECK(correlation_in(bad).empty());
  }
  // A later version may have more, and is read as far as this one goes.
  CHECK(parent_in("01" + given.substr(2) + "-more") == 0xb7ad6b7169203331);
}
