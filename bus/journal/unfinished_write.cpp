#include "bus/journal/unfinished_write.hpp"

#include <array>
#include <fstream>
#include <vector>

namespace termlease::bus {

namespace {

constexpr std::uint32_t magic = 0x377f0682; ///< the lowest bit: checksums are big-endian
constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::uint32_t longest_page = 65536;

using bytes = std::vector<unsigned char>;
using sum = std::array<std::uint32_t, 2>;

std::uint32_t big_endian(const bytes& from, std::size_t at) {
  return std::uint32_t{from[at]} << 24U | std::uint32_t{from[at + 1]} << 16U |
         std::uint32_t{from[at + 2]} << 8U | from[at + 3];
}

std::uint32_t little_endian(const bytes& from, std::size_t at) {
  return __builtin_bswap32(big_endian(from, at));
}

void add(sum& to, const bytes& from, std::size_t at, std::size_t size, bool big) {
  const auto word = big ? big_endian : little_endian;
  for (const auto end = at + size; at < end; at += 8) {
    to[0] += word(from, at) + to[1];
    to[1] += word(from, at + 4) + to[0];
  }
}

sum sum_at(const bytes& from, std::size_t at) {
  return {big_endian(from, at), big_endian(from, at + 4)};
}

} // namespace

std::uint64_t unfinished_bytes(const std::filesystem::path& log) {
  std::ifstream file(log, std::ios::binary);
  bytes header(header_bytes);
  if (!file.read(reinterpret_cast<char*>(header.data()), header_bytes)) return 0;
  const bool big = (big_endian(header, 0) & 1U) != 0;
  const auto page = big_endian(header, 8);
  sum running{};
  add(running, header, 0, 24, big);
  // A header that isn't whole makes SQLite ignore the log: nothing in it was ever committed.
  if ((big_endian(header, 0) & ~1U) != magic || running != sum_at(header, 24) || page % 8 != 0 ||
      page > longest_page)
    return 0;
  const auto salts = sum_at(header, 16);
  bytes frame(frame_header_bytes + page);
  std::uint64_t unfinished = 0;
  for (bool whole = true;;) {
    file.read(reinterpret_cast<char*>(frame.data()), static_cast<std::streamsize>(frame.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    if (got < frame_header_bytes || sum_at(frame, 8) != salts) return unfinished;
    unfinished += got;
    if (whole) {
      add(running, frame, 0, 8, big);
      if (got == frame.size()) add(running, frame, frame_header_bytes, page, big);
      whole = got == frame.size() && running == sum_at(frame, 16);
    }
    const bool commits = big_endian(frame, 4) != 0;
    if (whole && commits) unfinished = 0;
    if (got < frame.size()) return unfinished;
  }
}

} // namespace termlease::bus
