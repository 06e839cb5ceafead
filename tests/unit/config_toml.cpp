#include "config/toml_text.hpp"
#include "tests/support/catch.hpp"

using namespace termlease;
using namespace termlease::config;

namespace {

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

bool parses(const std::string& text) {
  std::vector<messages::file_mistake> mistakes;
  return parse_toml(text, "f", mistakes).has_value() && mistakes.empty();
}

} // namespace

TEST_CASE("keys and brackets nested without end are refused instead of overflowing the stack") {
  CHECK_FALSE(parses("[" + repeated("a.", 500'000) + "a]\n"));
  CHECK_FALSE(parses(repeated("a.", 500'000) + "a = 1\n"));
  CHECK_FALSE(parses("x = " + repeated("[", 500'000)));
  CHECK_FALSE(parses("x = " + repeated("{a=", 300'000)));
  CHECK_FALSE(parses("x = " + repeated("[\n{" + repeated("a.", 20) + "a=", 5'000)));
  CHECK_FALSE(parses(repeated("\"a\" . ", 200'000) + "a = 1\n"));
  CHECK_FALSE(parses("s = \"\"\"x\"\"\"\"\"\n[" + repeated("a.", 500'000) + "a]\n"));
}

TEST_CASE("the limits of nesting are exact and told with their place") {
  CHECK(parses(repeated("a.", deepest_key - 1) + "a = 1\n"));
  CHECK_FALSE(parses(repeated("a.", deepest_key) + "a = 1\n"));
  CHECK(parses("x = " + repeated("[", deepest_nesting) + repeated("]", deepest_nesting) + "\n"));
  const auto place = too_deep("# fine\nx = " + repeated("[", 40));
  REQUIRE(place);
  CHECK(place->line == 2);
  CHECK(place->column == 5 + deepest_nesting);
}

TEST_CASE("dots and brackets in strings and comments are not nesting") {
  const auto dots = repeated("a.[{", 1000);
  CHECK(parses("x = \"" + dots + "\" # " + dots + "\n"));
  CHECK(parses("x = '" + dots + "'\ny = 1\n"));
  CHECK(parses("x = \"\"\"\n" + dots + "\n\\\"\"\" " + dots + "\"\"\"\"\"\ny = 1\n"));
  CHECK(parses("x = '''" + dots + "''''\ny.z = 1\n"));
  CHECK(parses("x = \"\\\"" + dots + "\"\ny = 1.5\n"));
  CHECK(parses(repeated("# ...\n", 100) + "a = 1.5\n"));
}

TEST_CASE("text that ends in the middle of anything is an error, not a crash") {
  for (const auto* each : {"x", "x =", "x = \"", "x = \"\\", "x = \"\"\"", "x = '''a''", "[", "[[a",
                           "x = [1,", "x = {a", "x = 1979-05-", "#", "\\"}) {
    INFO(each);
    CHECK(parses(each) == (std::string_view(each) == "#"));
  }
}
