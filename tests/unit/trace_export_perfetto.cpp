#include "tests/support/catch.hpp"
#include "tests/unit/trace_export_support.hpp"
#include "tools/trace/export/protobuf.hpp"

#include <cstring>
#include <map>
#include <vector>

using namespace termlease;
using namespace termlease::trace;
using namespace termlease::trace::tests;

namespace {

/// A message of Protocol Buffers: its fields by number, in their order.
struct decoded {
  explicit decoded(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto tag = varint(bytes);
      const auto field = static_cast<unsigned>(tag >> 3U);
      const auto size = (tag & 7U) == 0 ? 0 : (tag & 7U) == 1 ? 8 : varint(bytes);
      REQUIRE(size <= bytes.size());
      if ((tag & 7U) == 0) {
        numbers[field].push_back(varint(bytes));
      } else if ((tag & 7U) == 1) {
        numbers[field].emplace_back();
        std::memcpy(&numbers[field].back(), bytes.data(), size);
      } else {
        texts[field].emplace_back(bytes.substr(0, size));
      }
      bytes.remove_prefix(size);
    }
  }

  static std::uint64_t varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      REQUIRE_FALSE(bytes.empty());
      const auto next = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      value |= std::uint64_t{next & 0x7fU} << shift;
      if (next < 0x80) return value;
    }
  }

  std::uint64_t number(unsigned field) const {
    const auto found = numbers.find(field);
    return found == numbers.end() ? 0 : found->second.front();
  }

  std::string text(unsigned field) const {
    const auto found = texts.find(field);
    return found == texts.end() ? "" : found->second.front();
  }

  std::map<unsigned, std::vector<std::uint64_t>> numbers;
  std::map<unsigned, std::vector<std::string>> texts;
};

/// A file of Perfetto's as text, a line for each packet.
class perfetto_text {
public:
  explicit perfetto_text(const std::string& file) {
    const decoded whole(file);
    const decoded clocks(decoded(whole.texts.at(1).front()).text(6));
    for (const auto& each : clocks.texts.at(1))
      text += "clock " + std::to_string(decoded(each).number(1)) + " at " +
              std::to_string(decoded(each).number(2)) + "\n";
    for (const auto& bytes : whole.texts.at(1)) {
      const decoded packet(bytes);
      CHECK(packet.number(10) != 0);
      if (packet.texts.contains(60)) tell_track(decoded(packet.text(60)));
      if (packet.texts.contains(11)) tell_event(packet.number(8), decoded(packet.text(11)));
    }
  }

  std::string text;

private:
  void tell_track(const decoded& track) {
    CHECK(track.number(15) == 2);
    const auto parent = track.number(5);
    CHECK((parent == 0 || tracks_.contains(parent)));
    auto name = track.text(2);
    for (const auto& [uuid, known] : tracks_)
      if (known == name) name += "'";
    text += "track " + name + (parent == 0 ? "" : " in " + tracks_[parent]) + "\n";
    CHECK(tracks_.emplace(track.number(1), name).second);
  }

  void tell_event(std::uint64_t time, const decoded& event) {
    REQUIRE(tracks_.contains(event.number(11)));
    text += std::to_string(time / 1000) + " " + tracks_[event.number(11)];
    if (event.number(9) == 2) {
      text += " ends\n";
      return;
    }
    text += (event.number(9) == 1 ? ": " : "! ") + event.text(23) + " (" + event.text(22) + ")";
    for (const auto& each : event.texts.at(4)) {
      const decoded note(each);
      text += " " + note.text(10) + "=" +
              (note.texts.contains(6) ? note.text(6) : std::to_string(note.number(3)));
    }
    for (const auto& [field, mark] : {std::pair{48U, " <-"}, std::pair{47U, " ->"}})
      if (event.numbers.contains(field))
        for (const auto flow : event.numbers.at(field))
          text += mark + std::to_string(flow & 0xffffffU);
    text += "\n";
  }

  std::map<std::uint64_t, std::string> tracks_;
};

} // namespace

TEST_CASE("fields of protocol buffers are the bytes that the standard has for them") {
  protobuf made;
  made.number(1, 150);
  made.text(2, "hi");
  made.fixed(47, 0x0102030405060708);
  made.number(15, ~std::uint64_t{0});
  CHECK(made.bytes() == std::string("\x08\x96\x01"
                                    "\x12\x02hi"
                                    "\xf9\x02\x08\x07\x06\x05\x04\x03\x02\x01"
                                    "\x78\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

TEST_CASE("perfetto gets a track for each actor, and an arrow to whatever a turn caused") {
  auto text = perfetto_text(small().as("perfetto")).text;
  const auto correlation = " correlation=" + std::string(command);
  for (auto at = text.find(correlation); at != text.npos; at = text.find(correlation))
    text.replace(at, correlation.size(), " of it");
  CHECK(text == R"(clock 6 at 1000000000
clock 1 at 1700000000000000000
track router
1000010 router: client share.start (turn) turn=1 wait_us=3 outcome=done of it ->2
1000015 router ends
track shares
1000020 shares: share.start (turn) turn=2 wait_us=3 outcome=done of it <-2 ->3 ->4 ->8
1000025 shares ends
track 1 in shares
track ttl clock in 1
1000030 ttl clock: (begins) (turn) turn=3 wait_us=3 outcome=done of it <-3
1000035 ttl clock ends
track journal
1000040 journal: append share.allowed (turn) turn=4 wait_us=3 outcome=done of it <-4 ->5
1000045 journal ends
1000050 shares: ok (turn) turn=5 wait_us=3 outcome=done of it <-5
1000055 shares ends
track policy gate
1000060 policy gate: tick (failed) turn=6 wait_us=3 outcome=crashed ->7
1000065 policy gate ends
1000070 policy gate! (ends) (failed) turn=7 wait_us=3 outcome=crashed <-7
1000080 policy gate! decide (failed) turn=8 wait_us=3 outcome=crashed of it <-8
)");
}

TEST_CASE("actors of one name that run at the same time have a track each in perfetto") {
  story made;
  const auto slow = [&](std::int64_t began, std::int64_t ran, step_outcome how) {
    told what{"a/(unnamed)", "work"};
    what.began = began;
    what.ran = ran;
    what.how = how;
    made.add(what);
  };
  slow(10, 20, step_outcome::done);
  slow(15, 5, step_outcome::done);
  slow(30, 0, step_outcome::running);
  slow(40, 20, step_outcome::done);
  CHECK(perfetto_text(made.as("perfetto")).text == R"(clock 6 at 1000000000
clock 1 at 1700000000000000000
track a
track (unnamed) in a
1000010 (unnamed): work (turn) turn=1 wait_us=3 outcome=done
1000030 (unnamed) ends
track (unnamed)' in a
1000015 (unnamed)': work (turn) turn=2 wait_us=3 outcome=done
1000020 (unnamed)' ends
1000030 (unnamed): work (turn) turn=3 wait_us=3 outcome=running
1000060 (unnamed) ends
1000040 (unnamed)': work (turn) turn=4 wait_us=3 outcome=done
1000060 (unnamed)' ends
)");
}
