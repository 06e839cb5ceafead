#pragma once

// Why: what an export must hold is seen best in a trace of a few steps that stand in the test. Here
// is how such a trace is told, and one that has a bit of everything.

#include "bus/trace/recorder.hpp"
#include "tools/trace/export/formats.hpp"

#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace termlease::trace::tests {

inline constexpr auto command = "0a1b2c3d-0000-4000-8000-0000000000aa";
inline constexpr auto command_digits = "0a1b2c3d0000400080000000000000aa";
inline constexpr std::uint64_t client_span = 0x1122334455667788;

struct told {
  std::string_view actor;
  std::string_view message;
  std::uint64_t cause = 0;
  std::uint64_t asked = 0;
  bool from_client = false;
  std::string_view correlation = {};
  step_kind kind = step_kind::turn;
  step_outcome how = step_outcome::done;
  std::int64_t began = 0; ///< microseconds; by itself 10 after the step before
  std::int64_t ran = 5;
};

/// A trace that is made by hand, of a clock that showed one second when it began.
class story {
public:
  std::uint64_t add(const told& what) {
    now_ = what.began != 0 ? second + what.began * 1000 : now_ + 10'000;
    beginning step;
    step.cause = {what.cause, book_->name(what.correlation)};
    step.asked = what.asked;
    step.has_parent = what.from_client;
    step.actor = book_->name(what.actor);
    step.message.name = book_->name(what.message);
    step.kind = what.kind;
    step.waiting = 2;
    step.arrived = now_ - 3001;
    step.began = now_;
    const auto id = book_->begin(step);
    if (what.how != step_outcome::running) book_->finish(id, what.how, now_ + what.ran * 1000);
    return id;
  }

  trace::log read() const { return read_trace(book_->bytes()); }

  std::string as(std::string_view format) const {
    std::ostringstream text;
    find_format(format)->write(read(), text);
    return text.str();
  }

private:
  static constexpr std::int64_t second = 1'000'000'000;

  std::unique_ptr<recorder> book_ = std::make_unique<recorder>(
      recorder_options{{}, 1024, 1024, 0xabcdef, 1'700'000'000'000, second, 4242, 1});
  std::int64_t now_ = second;
};

/// A command of a client, its answer, a crash and what was lost by it.
inline story small() {
  story made;
  const auto asks = made.add({"router", "client share.start", 0, client_span, true, command});
  const auto opens = made.add({"shares", "share.start", asks, 0, false, command});
  made.add({"shares/1/ttl clock", "", opens, 0, false, command, step_kind::birth});
  const auto kept = made.add({"journal", "append share.allowed", opens, 0, false, command});
  made.add({"shares", "ok", kept, opens, false, command});
  made.add({"policy gate", "tick", 0, 0, false, {}, step_kind::turn, step_outcome::crashed});
  made.add({"policy gate", "", 6, 0, false, {}, step_kind::death, step_outcome::crashed});
  made.add({"policy gate", "decide", opens, 0, false, command, step_kind::dead_letter,
            step_outcome::crashed});
  return made;
}

/// What a name must not become in any format, and isn't UTF-8 either.
inline constexpr std::string_view awkward = "a\n\"{;#<%\\: \xff\xe2\x82";

} // namespace termlease::trace::tests
