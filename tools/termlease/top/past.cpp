#include "tools/termlease/top/past.hpp"

#include "messages/failure.hpp"
#include "tools/termlease/invocation.hpp"
#include "tools/termlease/local/own_trace.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/termlease/top/text.hpp"
#include "tools/trace/words.hpp"

#include <limits>

namespace termlease::cli::top {

using trace::step;
using trace::step_kind;

namespace {

/// Enough for seconds of a busy runtime and days of an idle one, and read in a few milliseconds.
constexpr std::uint64_t steps_read = 50'000;
constexpr std::size_t most_shown = 1000;

/// On another day without the year and what is finer than a minute: the column is narrow.
std::string time_of(const trace::log& all, std::int64_t clock) {
  const messages::instant wall{all.wall_of(clock)};
  const auto text = local_time(wall, now());
  const bool is_today = text.find(' ') == std::string::npos;
  return is_today ? exact_local_time(wall, now()) : text.substr(text.find('-') + 1);
}

std::string sender_of(const trace::log& all, const step& each) {
  if (each.cause == 0) return "outside";
  const auto place = all.find(each.cause);
  return place == trace::log::none ? std::string{}
                                   : short_path(trace::actor_of(all, all.steps[place]));
}

past_message told(const trace::log& all, const step& each) {
  const bool was_turn = each.what.kind == step_kind::turn;
  const bool is_over = each.what.outcome != trace::step_outcome::running;
  past_message one;
  one.time = time_of(all, each.began);
  one.what = safe(trace::message_of(all, each));
  if (was_turn) one.waited = trace::length_of(each.waited());
  if (was_turn && is_over) one.ran = trace::length_of(each.ran());
  one.outcome = was_turn ? word_of(each.what.outcome) : word_of(each.what.kind);
  one.from = sender_of(all, each);
  one.is_bad = each.failed();
  return one;
}

/// Why there is no ring, in the words of whoever can change that.
std::string why_no_ring(const messages::failure& why) {
  try {
    if (current_settings(config::find_paths()).trace.ring == 0)
      return "nothing is kept: the setting trace.ring is 0";
  } catch (const messages::failed&) {
    // then the error itself has to do
  }
  return safe(why.message);
}

} // namespace

past past_in(const trace::log& all, const std::string& actor, std::size_t most) {
  past found;
  found.looked_at = all.steps.size();
  for (auto each = all.steps.rbegin(); each != all.steps.rend(); ++each) {
    if (all.text(each->actor) != actor) continue;
    if (found.messages.size() == most) break;
    found.messages.push_back(told(all, *each));
  }
  return found;
}

past read_past(const std::string& actor, std::int32_t runtime) {
  try {
    const auto about = read_own_trace({}, std::numeric_limits<std::uint64_t>::max()).about;
    if (about.process_id != runtime)
      throw messages::failed("no_trace", "the trace is of another runtime, with the number " +
                                             std::to_string(about.process_id));
    const auto next = about.next;
    return past_in(read_own_trace({}, next > steps_read ? next - steps_read : 1), actor,
                   most_shown);
  } catch (const messages::failed& problem) {
    return {{}, 0, why_no_ring(problem.why())};
  }
}

} // namespace termlease::cli::top
