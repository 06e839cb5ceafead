#include "bus/trace/recorder.hpp"

#include "bus/trace/monotonic.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace termlease::trace {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::uint64_t soon = 4; ///< steps until a place is written that is fetched now
constexpr std::uint64_t fewest_steps = 1024;
constexpr std::uint32_t fewest_names = 64;
/// Finding a place for a name looks at so many at most: then the one among them that was used
/// longest ago is given away.
constexpr std::uint32_t longest_search = 16;
/// A machine that slept has another difference between its clocks.
constexpr std::int64_t wall_renewed_after = 1'000'000'000;

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U; // FNV-1a
  for (const unsigned char each : text) hash = (hash ^ each) * 16777619U;
  return hash;
}

std::string shortened(std::string_view text) {
  if (text.size() <= name_place::most) return std::string(text);
  std::array<char, 10> mark{};
  std::snprintf(mark.data(), mark.size(), "~%08x", hash_of(text));
  return std::string(text.substr(0, name_place::most - 9)) + mark.data();
}

/// It is written soon, and spans two lines of the processor's cache.
void fetch(const name_place& at) {
  __builtin_prefetch(&at, 1);
  __builtin_prefetch(&at + 1, 1);
}

/// An id is given a name once: whoever belongs to it carries the name along, and nobody looks for
/// it.
bool is_id(std::string_view text) {
  return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-';
}

} // namespace

std::filesystem::path previous_of(const std::filesystem::path& ring) {
  auto path = ring;
  return path.replace_filename("previous.trace");
}

recorder::recorder(const recorder_options& options)
    : serial_(next_serial()), name_count_(std::clamp(options.names, fewest_names, most_names)),
      sample_(std::max(options.sample, 1U)), is_real_time_(options.is_real_time) {
  if (is_real_time_) prepare_monotonic();
  const auto steps = std::bit_floor(std::max(options.steps, fewest_steps));
  size_ = file_size(name_count_, steps);
  if (!options.file.empty()) map_file(options.file);
  if (memory_ == nullptr) map_memory();
  head_ = reinterpret_cast<header*>(memory_);
  names_ = reinterpret_cast<name_place*>(memory_ + header_size);
  steps_ = reinterpret_cast<step_place*>(memory_ + header_size + name_count_ * sizeof(name_place));
  mask_ = steps - 1;
  first_id_ = name_count_ / 2;
  head_->version = format_version;
  head_->names = name_count_;
  head_->steps = steps;
  head_->instance = options.instance & 0xffffffU;
  head_->wall_ms = options.wall_ms;
  head_->clock_ns = options.clock_ns;
  head_->process_id = options.process_id;
  head_->sample = sample_;
  head_->next = 1;
  head_->begins = magic; // last: a file without it is none
}

recorder::~recorder() {
  ::munmap(memory_, size_);
}

/// The space is taken at once: a page that the disk can't hold would be found out by SIGBUS.
void recorder::map_file(const std::filesystem::path& file) {
  const auto refuse = [&](const char* what, int why) {
    why_not_kept_ = file.string() + " can't be " + what + ": " + std::strerror(why);
  };
  std::error_code ignored;
  std::filesystem::rename(file, previous_of(file), ignored);
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (made < 0) return refuse("made", errno);
  if (const int why = ::posix_fallocate(made, 0, static_cast<off_t>(size_)); why != 0) {
    refuse("given its space", why);
    ::unlink(file.c_str());
  } else {
    auto* mapped = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, made, 0);
    if (mapped == MAP_FAILED)
      refuse("mapped", errno);
    else
      memory_ = static_cast<std::byte*>(mapped);
  }
  ::close(made);
}

void recorder::map_memory() {
  auto* mapped = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<std::byte*>(mapped);
}

std::uint64_t recorder::begin(const beginning& now) {
  if (is_left_out(now.message)) return 0;
  if (is_real_time_ && now.began - wall_renewed_.load(relaxed) > wall_renewed_after)
    renew_wall(now.began);
  if (now.kind == step_kind::dead_letter) head_->dead_letters.fetch_add(1, relaxed);
  const auto id = head_->next.fetch_add(1, relaxed);
  __builtin_prefetch(&place_of(id + soon), 1);
  auto& to = place_of(id);
  to.id.store(0, relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  to.cause.store(now.cause.turn, relaxed);
  to.asked.store(now.asked, relaxed);
  to.arrived.store(now.arrived, relaxed);
  to.began.store(now.began, relaxed);
  to.ended.store(0, relaxed);
  to.who.store(std::uint64_t{now.cause.correlation} << 32U | now.actor, relaxed);
  packed what{now.message.name, now.kind, step_outcome::running, now.has_parent, 0};
  what.waiting =
      static_cast<std::uint16_t>(std::min<std::uint64_t>(now.waiting, what.most_waiting));
  to.message.store(what.word(), relaxed);
  to.id.store(id, std::memory_order_release);
  use(now.actor, id);
  use(now.message.name, id);
  use(now.cause.correlation, id);
  return id;
}

/// Each kind is counted by itself: two that alternate are both recorded now and then.
bool recorder::is_left_out(label message) {
  if (!message.is_data) return false;
  auto& seen = data_seen_[message.name % data_seen_.size()];
  if (seen.fetch_add(1, relaxed) % sample_ == 0) return false;
  head_->sampled_out.fetch_add(1, relaxed);
  return true;
}

void recorder::renew_wall(std::int64_t now) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
  head_->wall_ms.store(ms - (now - head_->clock_ns) / 1'000'000, relaxed);
  wall_renewed_.store(now, relaxed);
}

void recorder::finish(std::uint64_t id, step_outcome how, std::int64_t ended) {
  if (id == 0) return;
  auto& to = place_of(id);
  if (to.id.load(relaxed) != id) return; // so long ago that its place is another's
  auto what = packed::from(to.message.load(relaxed));
  what.outcome = how;
  to.message.store(what.word(), relaxed);
  to.ended.store(ended, std::memory_order_release);
}

void recorder::belongs(std::uint64_t id, name_id correlation) {
  if (id == 0) return;
  auto& to = place_of(id);
  if (to.id.load(relaxed) != id) return;
  to.who.store(std::uint64_t{correlation} << 32U | (to.who.load(relaxed) & 0xffffffffU), relaxed);
  use(correlation, id);
}

void recorder::use(name_id name, std::uint64_t id) {
  if (name == 0) return;
  // Other threads read this place, too: it is written now and then, and `free_place` knows.
  auto& used = names_[place_in(name)].used;
  if (id - used.load(relaxed) > mask_ / 4) used.store(id, relaxed);
}

bool recorder::means(name_id name, std::string_view text) const {
  if (text.size() > name_place::most) return text_of(name) == shortened(text);
  return knows(name) && names_[place_in(name)].is(text);
}

name_id recorder::name(std::string_view text) {
  if (text.empty()) return 0;
  if (is_id(text)) return name_of_id(text);
  const auto kept = shortened(text);
  const std::lock_guard guard(naming_);
  if (const auto found = known_.find(kept); found != known_.end()) {
    use(found->second, head_->next.load(relaxed));
    return found->second;
  }
  const auto place = free_place();
  if (const auto before = names_[place].text(); !before.empty()) known_.erase(before);
  return known_[kept] = put(place, kept);
}

/// Ids take turns in places of their own, so that nobody has to look for one: each is as old as it
/// gets, and there is no lock, since a place comes round again only after all the others.
name_id recorder::name_of_id(std::string_view id) {
  const auto place = first_id_ + ids_.fetch_add(1, relaxed) % (name_count_ - first_id_);
  fetch(names_[place + 1]); // most often the next one
  if (is_in_use(names_[place])) head_->names_lost.fetch_add(1, relaxed);
  return put(place, id);
}

name_id recorder::put(std::uint32_t place, std::string_view text) {
  auto& at = names_[place];
  const auto generation = static_cast<std::uint16_t>(at.generation.load(relaxed) + 1);
  at.generation.store(generation, relaxed);
  at.write(text);
  at.used.store(head_->next.load(relaxed), relaxed);
  return std::uint32_t{generation} << name_place_bits | place;
}

/// Whether a step in the ring may name it.
bool recorder::is_in_use(const name_place& at) const {
  return at.length.load(relaxed) != 0 &&
         at.used.load(relaxed) + mask_ + 1 + mask_ / 4 >= head_->next.load(relaxed);
}

/// One that is free, that no step in the ring names any more, or that was used longest ago. Place 0
/// is nobody's.
std::uint32_t recorder::free_place() {
  std::uint32_t oldest = 0;
  for (std::uint32_t tries = 0; tries < longest_search; ++tries) {
    const auto place = hand_;
    hand_ = hand_ + 1 < first_id_ ? hand_ + 1 : 1;
    const auto& at = names_[place];
    if (!is_in_use(at)) return place;
    if (oldest == 0 || at.used.load(relaxed) < names_[oldest].used.load(relaxed)) oldest = place;
  }
  head_->names_lost.fetch_add(1, relaxed);
  return oldest;
}

name_id recorder::correlation_of(std::uint64_t id) const {
  if (id == 0) return 0;
  const auto& at = place_of(id);
  const auto who = at.who.load(relaxed);
  return at.id.load(relaxed) == id ? static_cast<name_id>(who >> 32U) : 0;
}

std::string recorder::text_of(name_id name) const {
  return knows(name) ? names_[place_in(name)].text() : std::string{};
}

} // namespace termlease::trace
