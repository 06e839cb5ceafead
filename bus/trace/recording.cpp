#include "bus/trace/recording.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

namespace termlease::trace {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// Gives each name of the steps a place of its own, in the order in which they are met.
class name_table {
public:
  explicit name_table(const log& from) : from_(from) {}

  name_id place(name_id old) {
    const auto text = from_.text(old);
    if (text.empty()) return 0;
    const auto [found, is_new] = places_.try_emplace(old, 0);
    if (is_new && texts_.size() + 1 < most_names) {
      texts_.push_back(text);
      found->second = 1U << name_place_bits | static_cast<name_id>(texts_.size());
    }
    return found->second;
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(texts_.size()) + 1; }

  void write(name_place* to) const {
    for (const auto& each : texts_) {
      ++to;
      to->generation.store(1, relaxed);
      to->write(each);
    }
  }

private:
  const log& from_;
  std::map<name_id, name_id> places_;
  std::vector<std::string_view> texts_;
};

void write_step(const step& from, name_table& names, step_place& to) {
  auto what = from.what;
  what.label = names.place(what.label);
  to.cause.store(from.cause, relaxed);
  to.asked.store(from.asked, relaxed);
  to.arrived.store(from.arrived, relaxed);
  to.began.store(from.began, relaxed);
  to.ended.store(from.ended, relaxed);
  to.who.store(std::uint64_t{names.place(from.correlation)} << 32U | names.place(from.actor),
               relaxed);
  to.message.store(what.word(), relaxed);
  to.id.store(from.id, relaxed);
}

void write_header(const log& from, std::uint32_t names, std::size_t tail, header& to) {
  const auto& about = from.about;
  to.begins = magic;
  to.version = format_version;
  to.names = names;
  to.steps = from.steps.size();
  to.instance = about.instance;
  to.wall_ms.store(about.wall_ms, relaxed);
  to.clock_ns = about.clock_ns;
  to.process_id = about.process_id;
  to.in_order = 1;
  to.sample = about.sample;
  to.tail_size = static_cast<std::uint32_t>(tail);
  to.next.store(about.next, relaxed);
  to.sampled_out.store(about.sampled_out, relaxed);
  to.names_lost.store(about.names_lost, relaxed);
  to.dead_letters.store(about.dead_letters, relaxed);
}

} // namespace

std::string recording_of(const log& from, std::string_view tail) {
  name_table names(from);
  for (const auto& each : from.steps)
    for (const auto name : {each.actor, each.what.label, each.correlation}) names.place(name);
  const auto whole = file_size(names.size(), from.steps.size());
  std::string bytes(whole + tail.size(), '\0');
  write_header(from, names.size(), tail.size(), *reinterpret_cast<header*>(bytes.data()));
  names.write(reinterpret_cast<name_place*>(bytes.data() + header_size));
  auto* place =
      reinterpret_cast<step_place*>(bytes.data() + header_size + names.size() * sizeof(name_place));
  for (const auto& each : from.steps) write_step(each, names, *place++);
  std::copy(tail.begin(), tail.end(), bytes.begin() + static_cast<std::ptrdiff_t>(whole));
  return bytes;
}

} // namespace termlease::trace
