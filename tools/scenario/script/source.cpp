#include "tools/scenario/script/source.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <iterator>

namespace termlease::scenario {

using messages::json;

namespace {

/// Counts the lines that were read. The parser reads one byte ahead at most.
class line_counter {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  line_counter(const char* at, std::uint32_t* line) : at_(at), line_(line) {}

  reference operator*() const { return *at_; }

  line_counter& operator++() {
    if (*at_++ == '\n') ++*line_;
    return *this;
  }

  line_counter operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }

  bool operator==(const line_counter& other) const { return at_ == other.at_; }

private:
  const char* at_;
  std::uint32_t* line_;
};

std::string escaped(std::string key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '~') key.replace(i++, 1, "~0");
    if (key[i] == '/') key.replace(i++, 1, "~1");
  }
  return key;
}

/// Follows the parser through objects and arrays, and notes where each value begins.
class place_keeper {
public:
  place_keeper(source& into, const std::uint32_t& line) : into_(into), line_(line) {}

  void take(json::parse_event_t what, const json& parsed) {
    using event = json::parse_event_t;
    if (what == event::key) return begin_key(escaped(parsed.get<std::string>()));
    if (what == event::value) return note_element(), next_element();
    if (what == event::object_end || what == event::array_end) {
      open_.pop_back();
      return next_element();
    }
    note_element();
    open_.push_back({what == event::array_start, 0, {}});
  }

private:
  struct container {
    bool is_array;
    std::size_t index;
    std::string key;
  };

  std::string here() const {
    std::string pointer;
    for (const auto& each : open_)
      pointer += "/" + (each.is_array ? std::to_string(each.index) : each.key);
    return pointer;
  }

  void begin_key(std::string key) {
    open_.back().key = std::move(key);
    const auto [place, is_new] = into_.lines.emplace(here(), line_);
    if (!is_new) into_.repeated.push_back(place->first);
  }

  /// A key's place is noted already.
  void note_element() {
    if (open_.empty() || open_.back().is_array) into_.lines.emplace(here(), line_);
  }

  void next_element() {
    if (!open_.empty() && open_.back().is_array) ++open_.back().index;
  }

  source& into_;
  const std::uint32_t& line_;
  std::vector<container> open_;
};

} // namespace

std::uint32_t source::line_of(std::string pointer) const {
  while (true) {
    if (const auto found = lines.find(pointer); found != lines.end()) return found->second;
    if (pointer.empty()) return 1;
    pointer.erase(pointer.rfind('/'));
  }
}

constexpr int deepest = 64;

source parse_source(std::string_view text, const std::string& file) {
  source read{file, {}, {}, {}};
  std::uint32_t line = 1;
  place_keeper places(read, line);
  const auto follow = [&](int depth, json::parse_event_t what, json& parsed) {
    if (depth > deepest)
      throw messages::failed("bad_scenario",
                             file + ":" + std::to_string(line) + ": is nested too deeply",
                             "at most " + std::to_string(deepest) + " levels");
    places.take(what, parsed);
    return true;
  };
  try {
    read.value = json::parse(line_counter(text.data(), &line),
                             line_counter(text.data() + text.size(), &line), follow, true, true);
  } catch (const json::parse_error& why) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(why.byte, text.size()));
    const auto where = 1 + std::count(text.begin(), end, '\n');
    std::string what = why.what();
    what.erase(0, what.rfind(": ") == std::string::npos ? 0 : what.find(": ") + 2);
    throw messages::failed("bad_scenario", file + ":" + std::to_string(where) + ": " + what,
                           "a scenario is JSON, in which comments may stand");
  } catch (const json::exception& why) {
    throw messages::failed("bad_scenario", file + ":" + std::to_string(line) + ": " + why.what(),
                           "a scenario is JSON, in which comments may stand");
  }
  return read;
}

} // namespace termlease::scenario
