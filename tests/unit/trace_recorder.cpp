#include "bus/trace/recorder.hpp"
#include "bus/trace/recording.hpp"
#include "messages/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <functional>
#include <thread>
#include <vector>

using namespace termlease;
using namespace termlease::trace;

namespace {

recorder_options small(const std::filesystem::path& file = {}) {
  recorder_options places;
  places.file = file;
  places.steps = 1024;
  places.names = 64;
  places.instance = 7;
  return places;
}

/// One turn, begun and finished.
std::uint64_t turn(recorder& in, const char* actor, const char* message, std::uint64_t cause = 0) {
  beginning next;
  next.cause.turn = cause;
  next.actor = in.name(actor);
  next.message = {in.name(message), false};
  next.arrived = 10;
  next.began = 20;
  const auto id = in.begin(next);
  in.finish(id, step_outcome::done, 50);
  return id;
}

trace::log read_text(std::string_view text) {
  // As a file is: at an address that fits every field.
  std::vector<std::uint64_t> aligned(text.size() / 8 + 1);
  std::copy(text.begin(), text.end(), reinterpret_cast<char*>(aligned.data()));
  return read_trace({reinterpret_cast<const std::byte*>(aligned.data()), text.size()});
}

std::string code_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const messages::failed& why) {
    return why.why().code;
  }
  return "nothing";
}

} // namespace

TEST_CASE("a turn is read as it was recorded") {
  recorder ring(small());
  const auto first = turn(ring, "router", "client share.start");
  const auto second = turn(ring, "shares", "share.start", first);
  const auto all = read_trace(ring.bytes());
  REQUIRE(all.steps.size() == 2);
  const auto& step = all.steps[all.find(second)];
  CHECK(step.cause == first);
  CHECK(step.parent() == first);
  CHECK(step.waited() == 10);
  CHECK(step.ran() == 30);
  CHECK(all.text(step.actor) == "shares");
  CHECK(all.text(step.what.label) == "share.start");
  CHECK(all.find(3) == trace::log::none);
  CHECK(all.span_of(first) == (std::uint64_t{7} << 40U | first));
  CHECK(ring.turn_of(ring.span_of(second)) == second);
  CHECK(ring.turn_of(second) == 0);
}

TEST_CASE("a turn that is not over is seen as running") {
  recorder ring(small());
  beginning next;
  next.actor = ring.name("journal");
  ring.begin(next);
  const auto all = read_trace(ring.bytes());
  REQUIRE(all.steps.size() == 1);
  CHECK(all.steps[0].what.outcome == step_outcome::running);
  CHECK(all.steps[0].ran() == 0);
}

TEST_CASE("a ring keeps the newest turns, and says where they begin") {
  recorder ring(small());
  for (int i = 0; i < 3000; ++i) turn(ring, "a", "b");
  const auto all = read_trace(ring.bytes());
  REQUIRE(all.steps.size() == 1024);
  CHECK(all.steps.front().id == 3000 - 1024 + 1);
  CHECK(all.steps.back().id == 3000);
  CHECK(read_trace(ring.bytes(), 2999).steps.size() == 2);
  // What ends long after its place was another's changes nothing.
  ring.finish(1, step_outcome::crashed, 99);
  CHECK(read_trace(ring.bytes()).steps.front().what.outcome == step_outcome::done);
}

TEST_CASE("of more names than places, the one that was used longest ago is forgotten") {
  recorder ring(small());
  std::vector<name_id> old;
  for (int i = 0; i < 30; ++i) old.push_back(ring.name("old " + std::to_string(i)));
  const auto kept = ring.name("kept");
  for (int i = 0; i < 600; ++i) turn(ring, "kept", "kept");
  const auto fresh = ring.name("fresh");
  CHECK(ring.text_of(fresh) == "fresh");
  CHECK(ring.knows(kept));
  CHECK(std::count_if(old.begin(), old.end(), [&](auto each) { return !ring.knows(each); }) == 1);
  CHECK(ring.head().names_lost == 1);
  // Whoever wants a forgotten one gets it again, by another name.
  CHECK(ring.name("old 0") != old[0]);
  CHECK(ring.text_of(old[0]).empty());
}

TEST_CASE("of more ids than places the oldest is forgotten, and no other name") {
  recorder ring(small());
  const auto id = [](int number) {
    auto text = std::string("01890000-0000-7000-8000-000000000000");
    text.replace(34, 2, std::to_string(10 + number));
    return text;
  };
  const auto kept = ring.name("kept");
  std::vector<name_id> ids;
  for (int i = 0; i < 32; ++i) ids.push_back(ring.name(id(i)));
  CHECK(ring.head().names_lost == 0);
  ids.push_back(ring.name(id(32)));
  CHECK(ring.head().names_lost == 1);
  CHECK(ring.text_of(ids[0]).empty());
  CHECK(ring.text_of(ids[1]) == id(1));
  CHECK(ring.text_of(ids[32]) == id(32));
  CHECK(ring.means(ids[32], id(32)));
  CHECK_FALSE(ring.means(ids[32], id(0)));
  CHECK_FALSE(ring.means(ids[0], id(0)));
  CHECK(ring.knows(kept));
}

TEST_CASE("a name is compared to its last letter") {
  recorder ring(small());
  for (const std::string text : {"a", "abcd", "abcde", "abcdefgh"}) {
    const auto name = ring.name(text);
    CHECK(ring.means(name, text));
    CHECK_FALSE(ring.means(name, text + "i"));
    CHECK_FALSE(ring.means(name, text.substr(1)));
    CHECK(ring.text_of(name) == text);
  }
  const std::string much(200, 'x');
  CHECK(ring.means(ring.name(much + "1"), much + "1"));
  CHECK_FALSE(ring.means(ring.name(much + "1"), much + "2"));
}

TEST_CASE("a long name is cut, and stays another name than the next one") {
  recorder ring(small());
  const std::string begin(200, 'x');
  const auto first = ring.name(begin + "1");
  const auto second = ring.name(begin + "2");
  CHECK(first != second);
  CHECK(ring.text_of(first).size() == name_place::most);
  CHECK(ring.name(begin + "1") == first);
}

TEST_CASE("of data one in so many is recorded, and all are counted") {
  auto places = small();
  places.sample = 4;
  recorder ring(places);
  beginning beat;
  beat.message = {ring.name("heartbeat"), true};
  int recorded = 0;
  for (int i = 0; i < 100; ++i) recorded += ring.begin(beat) != 0 ? 1 : 0;
  CHECK(recorded == 25);
  CHECK(ring.head().sampled_out == 75);
}

TEST_CASE("a ring in a file is there after its writer, and the one before is kept") {
  const tests::temporary_folder home;
  const auto file = home.path() / "ring.trace";
  {
    recorder ring(small(file));
    CHECK(ring.why_not_kept().empty());
    turn(ring, "first", "life");
  }
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::others_all) ==
        std::filesystem::perms::none);
  recorder next(small(file));
  turn(next, "second", "life");
  turn(next, "second", "life");
  CHECK(read_trace(file).steps.size() == 2);
  const auto before = read_trace(previous_of(file));
  REQUIRE(before.steps.size() == 1);
  CHECK(before.text(before.steps[0].actor) == "first");
}

TEST_CASE("a ring for which there is no file records nevertheless, and says why") {
  recorder ring(small("/nowhere/at/all/ring.trace"));
  CHECK_THAT(ring.why_not_kept(), ContainsSubstring("can't be made"));
  turn(ring, "a", "b");
  CHECK(read_trace(ring.bytes()).steps.size() == 1);
}

TEST_CASE("a recording holds the same turns, with the names that they need") {
  recorder ring(small());
  for (int i = 0; i < 20; ++i) ring.name("unused " + std::to_string(i));
  const auto first = turn(ring, "a", "b");
  turn(ring, "c", "d", first);
  const auto text = recording_of(read_trace(ring.bytes()), R"({"records":[]})");
  const auto all = read_text(text);
  CHECK(all.about.is_recording);
  CHECK(all.about.instance == 7);
  CHECK(all.tail == R"({"records":[]})");
  CHECK(all.texts().size() == 4);
  REQUIRE(all.steps.size() == 2);
  CHECK(all.text(all.steps[1].actor) == "c");
  CHECK(all.steps[1].cause == first);
}

TEST_CASE("a file that is cut at any byte is read up to there") {
  recorder ring(small());
  for (int i = 0; i < 5; ++i) turn(ring, "a", "b");
  const auto text = recording_of(read_trace(ring.bytes()), "{}");
  const auto steps_at = text.size() - 2 - 5 * sizeof(step_place);
  std::size_t last = 0;
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const std::string_view part(text.data(), cut);
    if (cut < header_size) {
      CHECK(code_of([&] { read_text(part); }) == "bad_trace");
      continue;
    }
    const auto all = read_text(part);
    CHECK(all.about.is_cut);
    CHECK(all.tail.empty());
    const auto whole = cut < steps_at ? 0 : (cut - steps_at) / sizeof(step_place);
    CHECK(all.steps.size() == whole);
    CHECK(all.steps.size() >= last);
    last = all.steps.size();
  }
  CHECK_FALSE(read_text(text).about.is_cut);
}

TEST_CASE("what is no trace, or of another version, is refused with its reason") {
  CHECK(code_of([] { read_text("hello"); }) == "bad_trace");
  CHECK(code_of([] { read_text(std::string(10000, 'x')); }) == "bad_trace");
  CHECK(code_of([] { read_trace(std::filesystem::path("/nowhere")); }) == "no_trace");
  CHECK(code_of([] { read_trace(std::filesystem::path("/")); }) == "bad_trace");
  recorder ring(small());
  auto text = recording_of(read_trace(ring.bytes()));
  reinterpret_cast<header*>(text.data())->version = 2;
  CHECK(code_of([&] { read_text(text); }) == "trace_version");
  reinterpret_cast<header*>(text.data())->version = format_version;
  reinterpret_cast<header*>(text.data())->names = 1U << 30U;
  CHECK(code_of([&] { read_text(text); }) == "bad_trace");
}

TEST_CASE("a file that claims more steps than it has is read at once, as far as it goes") {
  recorder ring(small());
  turn(ring, "a", "b");
  std::string text(reinterpret_cast<const char*>(ring.bytes().data()), ring.bytes().size());
  auto& head = *reinterpret_cast<header*>(text.data());
  head.steps = std::uint64_t{1} << 40U;
  head.next = std::uint64_t{1} << 41U;
  CHECK(read_text(text).steps.empty()); // of so large a ring this would be an older turn
  head.next = 100;
  CHECK(read_text(text).steps.size() == 1);
  CHECK(read_text(std::string_view(text).substr(0, header_size)).steps.empty());
}

TEST_CASE("many threads record at once, and each of their turns is there") {
  recorder ring(small());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&ring, i] {
      const auto name = "actor " + std::to_string(i);
      for (int j = 0; j < 250; ++j) turn(ring, name.c_str(), "message");
    });
  // Somebody reads meanwhile: whatever is there is whole.
  for (int i = 0; i < 50; ++i)
    for (const auto& each : read_trace(ring.bytes()).steps) CHECK(each.began == 20);
  for (auto& each : threads) each.join();
  const auto all = read_trace(ring.bytes());
  CHECK(all.steps.size() == 1000);
  for (const auto& each : all.steps) CHECK(each.ended == 50);
}
