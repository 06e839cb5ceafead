#include "bus/trace/reader.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::trace {

using messages::failed;

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::int64_t latest_ms = 4'000'000'000'000; ///< of a wall clock: in the year 2096

/// A file that is mapped, as long as somebody reads it.
class mapped_file {
public:
  explicit mapped_file(const std::filesystem::path& file) {
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    struct stat found {};

    if (opened < 0 || ::fstat(opened, &found) != 0) {
      const int why = errno;
      if (opened >= 0) ::close(opened);
      throw failed("no_trace", file.string() + " can't be read: " + std::strerror(why),
                   "`termlease trace` reads the running runtime; --file names another one");
    }
    size_ = S_ISREG(found.st_mode) ? static_cast<std::size_t>(found.st_size) : 0;
    if (size_ > 0) memory_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, opened, 0);
    ::close(opened);
    if (memory_ == MAP_FAILED)
      throw failed("no_trace", file.string() + " can't be mapped", "see that there is memory");
  }

  ~mapped_file() {
    if (size_ > 0) ::munmap(memory_, size_);
  }

  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;

  std::span<const std::byte> bytes() const {
    return {static_cast<const std::byte*>(memory_), size_};
  }

private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

/// A damaged file has any number where a time was; these can be subtracted from each other.
std::int64_t sane(std::int64_t time) {
  return std::clamp<std::int64_t>(time, 0, std::numeric_limits<std::int64_t>::max() / 4);
}

/// Nothing when the place is written at this moment, or is another step's by now.
bool copied(const step_place& from, std::uint64_t id, step& to) {
  if (from.id.load(std::memory_order_acquire) != id) return false;
  to.id = id;
  to.cause = from.cause.load(relaxed);
  to.asked = from.asked.load(relaxed);
  to.arrived = sane(from.arrived.load(relaxed));
  to.began = sane(from.began.load(relaxed));
  to.ended = sane(from.ended.load(std::memory_order_acquire));
  const auto who = from.who.load(relaxed);
  to.actor = static_cast<name_id>(who);
  to.correlation = static_cast<name_id>(who >> 32U);
  to.what = packed::from(from.message.load(relaxed));
  std::atomic_thread_fence(std::memory_order_acquire);
  return from.id.load(relaxed) == id;
}

const header& checked_header(std::span<const std::byte> bytes) {
  if (bytes.size() < header_size || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0)
    throw failed("bad_trace", "this is not a trace", "`termlease trace record -o FILE` makes one");
  const auto& head = *reinterpret_cast<const header*>(bytes.data());
  if (head.version != format_version)
    throw failed("trace_version",
                 "the trace has version " + std::to_string(head.version) + ", this program reads " +
                     std::to_string(format_version),
                 "read it with the program that wrote it");
  if (head.names > most_names || head.steps > (std::uint64_t{1} << 40U))
    throw failed("bad_trace", "the trace's header makes no sense", "it is damaged; take another");
  return head;
}

about_trace about(const header& head) {
  about_trace all;
  all.version = head.version;
  all.instance = head.instance;
  all.wall_ms = std::clamp<std::int64_t>(head.wall_ms.load(relaxed), 0, latest_ms);
  all.clock_ns = sane(head.clock_ns);
  all.process_id = head.process_id;
  all.is_recording = head.in_order == 1;
  all.sample = head.sample;
  all.next = head.next.load();
  all.sampled_out = head.sampled_out.load();
  all.names_lost = head.names_lost.load();
  all.dead_letters = head.dead_letters.load();
  return all;
}

/// The places of a kind that are really there.
template <class Place>
std::span<const Place> places(std::span<const std::byte> bytes, std::uint64_t offset,
                              std::uint64_t count) {
  if (bytes.size() <= offset) return {};
  const auto there = std::min<std::uint64_t>(count, (bytes.size() - offset) / sizeof(Place));
  return {reinterpret_cast<const Place*>(bytes.data() + offset), there};
}

std::vector<step> steps_of_ring(std::span<const step_place> all, const about_trace& of,
                                std::uint64_t size, std::uint64_t from) {
  std::vector<step> steps;
  if (of.next == 0 || size == 0) return steps;
  const auto first = std::max({std::uint64_t{1}, from, of.next > size ? of.next - size : 1});
  if (first >= of.next) return steps;
  steps.reserve(std::min<std::uint64_t>(of.next - first, all.size()));
  step next;
  if (all.size() == size) {
    for (auto id = first; id < of.next; ++id)
      if (copied(all[(id - 1) % size], id, next)) steps.push_back(next);
    return steps;
  }
  // A part of it is missing, or its header lies: what there is tells which steps it holds.
  for (std::size_t place = 0; place < all.size(); ++place) {
    const auto id = all[place].id.load(relaxed);
    if (id >= first && id < of.next && (id - 1) % size == place && copied(all[place], id, next))
      steps.push_back(next);
  }
  std::ranges::sort(steps, {}, &step::id);
  return steps;
}

std::vector<step> steps_of_recording(std::span<const step_place> all, std::uint64_t from) {
  std::vector<step> steps;
  steps.reserve(all.size());
  step next;
  std::uint64_t last = 0;
  for (const auto& each : all) {
    const auto id = each.id.load(relaxed);
    if (id <= last || !copied(each, id, next)) break; // from here on it is damaged
    last = id;
    if (id >= from) steps.push_back(next);
  }
  return steps;
}

} // namespace

std::size_t log::find(std::uint64_t id) const {
  if (id == 0 || steps.empty() || id < steps.front().id) return none;
  const auto guess = id - steps.front().id; // right where nothing is missing
  if (guess < steps.size() && steps[guess].id == id) return guess;
  const auto found =
      std::lower_bound(steps.begin(), steps.end(), id,
                       [](const step& each, std::uint64_t key) { return each.id < key; });
  return found != steps.end() && found->id == id ? static_cast<std::size_t>(found - steps.begin())
                                                 : none;
}

std::string_view log::text(name_id name) const {
  const auto place = name & (most_names - 1);
  if (name == 0 || place >= names_.size()) return {};
  const auto& [generation, text] = names_[place];
  return generation == name >> name_place_bits ? std::string_view(text) : std::string_view{};
}

std::vector<std::pair<name_id, std::string_view>> log::texts() const {
  std::vector<std::pair<name_id, std::string_view>> all;
  for (std::size_t place = 0; place < names_.size(); ++place)
    if (const auto& [generation, text] = names_[place]; !text.empty())
      all.emplace_back(static_cast<name_id>(std::uint32_t{generation} << name_place_bits | place),
                       text);
  return all;
}

log read_trace(std::span<const std::byte> bytes, std::uint64_t from) {
  const auto& head = checked_header(bytes);
  log made;
  made.about = about(head);
  const auto steps_at = header_size + std::uint64_t{head.names} * sizeof(name_place);
  const auto whole = file_size(head.names, head.steps);
  made.about.is_cut = bytes.size() < whole + head.tail_size;
  const auto all = places<step_place>(bytes, steps_at, head.steps);
  made.steps = made.about.is_recording
                   ? steps_of_recording(all, from)
                   : steps_of_ring(all, made.about, std::bit_ceil(head.steps), from);
  // After the steps: what they name was there before them.
  for (const auto& each : places<name_place>(bytes, header_size, head.names))
    made.names_.emplace_back(each.generation.load(relaxed), each.text());
  if (head.tail_size > 0 && bytes.size() >= whole + head.tail_size)
    made.tail.assign(reinterpret_cast<const char*>(bytes.data() + whole), head.tail_size);
  return made;
}

log read_trace(const std::filesystem::path& file, std::uint64_t from) {
  const mapped_file mapped(file);
  return read_trace(mapped.bytes(), from);
}

} // namespace termlease::trace
