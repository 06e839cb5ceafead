#include "tools/termlease/errors.hpp"

#include "tools/termlease/output/safe_text.hpp"

#include <algorithm>
#include <array>

namespace termlease::cli {

namespace {

constexpr std::array<std::string_view, 5> denials{"denied", "not_an_approver", "operator_only",
                                                  "not_yours", "bad_token"};
constexpr std::array<std::string_view, 4> silences{"no_answer", "no_runtime", "connection_lost",
                                                   "timed_out"};

bool among(const auto& codes, std::string_view code) {
  return std::ranges::find(codes, code) != codes.end();
}

} // namespace

exit_code exit_code_of(const messages::failure& why) {
  if (among(denials, why.code)) return exit_code::denied;
  if (among(silences, why.code)) return exit_code::no_answer;
  return exit_code::failed;
}

void report(const console& screen, const messages::failure& why) {
  if (screen.json()) {
    screen.print({{"error", messages::encode(why)}});
    return;
  }
  const auto& colours = screen.err_style();
  screen.out().flush();
  screen.err() << colours.paint(tone::bad, "error:") << ' ' << safe(why.message) << ' '
               << colours.paint(tone::dim, "(" + safe(why.code) + ")") << '\n';
  if (const auto& hint = why.details.hint; !hint.empty())
    screen.err() << colours.paint(tone::accent, " next:") << ' ' << safe(hint) << '\n';
}

} // namespace termlease::cli
