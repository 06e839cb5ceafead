#pragma once

// Why: what the actors did is written by one program and read by others, also after the first was
// killed, so the layout is fixed, has a version, and is told in docs/trace.md. A file is a header,
// places for names, and places for turns; each of the three has its size in the header, so that a
// file that was cut anywhere still reads up to there. Everything is little-endian.
//
// A ring and a recording are the same thing: in a ring the turn `id` is in the place
// (id - 1) mod places, in a recording the turns stand one after another.

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace termlease::trace {

inline constexpr std::array<char, 8> magic{'T', 'L', 'T', 'R', 'A', 'C', 'E', '\n'};
inline constexpr std::uint32_t format_version = 1;

/// Names one text of a trace: its place, and above it how often the place was used before. 0: none.
using name_id = std::uint32_t;

inline constexpr unsigned name_place_bits = 16;
inline constexpr std::uint32_t most_names = 1U << name_place_bits;

constexpr std::uint32_t place_in(name_id name) {
  return name & (most_names - 1);
}

constexpr std::uint16_t generation_in(name_id name) {
  return static_cast<std::uint16_t>(name >> name_place_bits);
}

/// What a record tells of.
enum class step_kind : std::uint8_t {
  turn,        ///< a message was handled
  birth,       ///< an actor began
  death,       ///< an actor ended
  dead_letter, ///< a message came for an actor that had ended
};

enum class step_outcome : std::uint8_t {
  running,  ///< not over yet, or cut short by the end of the runtime
  done,     ///< as it should be
  crashed,  ///< with an exception, or an actor that was killed
  put_back, ///< the message was not for now
};

/// One step, 64 bytes. `id` is 0 while the place is written.
struct step_place {
  std::atomic<std::uint64_t> id;
  std::atomic<std::uint64_t> cause;   ///< the turn that sent the message; 0: from outside
  std::atomic<std::uint64_t> asked;   ///< of an answer: the turn that had asked; see `has_parent`
  std::atomic<std::int64_t> arrived;  ///< nanoseconds of the runtime's clock
  std::atomic<std::int64_t> began;    ///< of the turn
  std::atomic<std::int64_t> ended;    ///< 0: it is not over
  std::atomic<std::uint64_t> who;     ///< name_id of the actor; above it, of the correlation
  std::atomic<std::uint64_t> message; ///< see `packed`
};

static_assert(sizeof(step_place) == 64);
static_assert(std::endian::native == std::endian::little, "the file's order is this machine's");

/// The last word of a step: its message's name, what it is, how it went, and how many waited.
struct packed {
  name_id label = 0;
  step_kind kind = step_kind::turn;
  step_outcome outcome = step_outcome::running;
  bool has_parent = false;   ///< `asked` is not a turn but the span of a client (W3C parent-id)
  std::uint16_t waiting = 0; ///< messages behind this one, 8191 at most

  static constexpr std::uint16_t most_waiting = 0x1fff;

  constexpr std::uint64_t word() const {
    return std::uint64_t{label} | std::uint64_t(kind) << 32U | std::uint64_t(outcome) << 40U |
           std::uint64_t{waiting} << 48U | std::uint64_t{has_parent} << 63U;
  }

  static constexpr packed from(std::uint64_t word) {
    return {static_cast<name_id>(word), static_cast<step_kind>(word >> 32U & 0xffU),
            static_cast<step_outcome>(word >> 40U & 0xffU), (word >> 63U) != 0,
            static_cast<std::uint16_t>(word >> 48U & most_waiting)};
  }
};

/// A text, 96 bytes. What is longer is cut, and ends in "~" and a hash of the whole.
struct name_place {
  static constexpr std::size_t most = 84;

  std::atomic<std::uint64_t> used;                        ///< the last turn that names it
  std::atomic<std::uint16_t> generation;                  ///< how often the place was used before
  std::atomic<std::uint16_t> length;                      ///< 0: free
  std::array<std::atomic<std::uint32_t>, most / 4> bytes; ///< four at a time

  std::string text() const {
    std::string copy(std::min<std::size_t>(length.load(std::memory_order_relaxed), most), '\0');
    for (std::size_t at = 0; at < copy.size(); at += 4) {
      const auto four = bytes[at / 4].load(std::memory_order_relaxed);
      std::memcpy(copy.data() + at, &four, std::min<std::size_t>(4, copy.size() - at));
    }
    return copy;
  }

  bool is(std::string_view words) const {
    if (words.size() != length.load(std::memory_order_relaxed)) return false;
    for (std::size_t at = 0; at < words.size(); at += 4)
      if (bytes[at / 4].load(std::memory_order_relaxed) != four_of(words, at)) return false;
    return true;
  }

  /// At most `most` bytes.
  void write(std::string_view words) {
    length.store(static_cast<std::uint16_t>(words.size()), std::memory_order_relaxed);
    for (std::size_t at = 0; at < words.size(); at += 4)
      bytes[at / 4].store(four_of(words, at), std::memory_order_relaxed);
  }

private:
  /// Those behind the end are 0.
  static std::uint32_t four_of(std::string_view words, std::size_t at) {
    std::uint32_t four = 0;
    std::memcpy(&four, words.data() + at, std::min<std::size_t>(4, words.size() - at));
    return four;
  }
};

static_assert(sizeof(name_place) == 96);

/// The first 4096 bytes.
struct header {
  std::array<char, 8> begins; ///< `magic`
  std::uint32_t version;
  std::uint32_t names;               ///< how many places
  std::uint64_t steps;               ///< how many places; of a ring a power of two
  std::uint64_t instance;            ///< 24 bits that are another runtime's in another run
  std::atomic<std::int64_t> wall_ms; ///< the wall clock, Unix time, …
  std::int64_t clock_ns;             ///< … when the runtime's clock showed this
  std::int32_t process_id;
  std::uint32_t in_order;                 ///< 1: a recording; 0: a ring
  std::uint32_t sample;                   ///< one of so many data messages is recorded
  std::uint32_t tail_size;                ///< bytes of JSON behind the steps, in a recording
  std::atomic<std::uint64_t> next;        ///< id of the next turn; ids begin with 1
  std::atomic<std::uint64_t> sampled_out; ///< turns that were counted and not recorded
  std::atomic<std::uint64_t> names_lost;  ///< texts that were forgotten for others
  std::atomic<std::uint64_t> dead_letters;
};

inline constexpr std::size_t header_size = 4096;
static_assert(sizeof(header) <= header_size);

inline constexpr unsigned turn_bits = 40;

/// A turn's id for other systems, a `parent-id` of W3C: the instance and the turn. 0 of none.
constexpr std::uint64_t span_of(std::uint64_t instance, std::uint64_t turn) {
  return turn == 0 ? 0 : instance << turn_bits | (turn & ((std::uint64_t{1} << turn_bits) - 1));
}

/// And back; 0 for another runtime's.
constexpr std::uint64_t turn_of(std::uint64_t instance, std::uint64_t span) {
  return span >> turn_bits == instance ? span & ((std::uint64_t{1} << turn_bits) - 1) : 0;
}

/// Of a file with so many places, without its tail.
constexpr std::uint64_t file_size(std::uint64_t names, std::uint64_t steps) {
  return header_size + names * sizeof(name_place) + steps * sizeof(step_place);
}

} // namespace termlease::trace
