#pragma once

// Why: Perfetto's files are Protocol Buffers, of which this needs four kinds of fields. A library,
// a compiler of its own and thousands of generated lines would be a lot for that.
// https://protobuf.dev/programming-guides/encoding/

#include <cstdint>
#include <string>
#include <string_view>

namespace termlease::trace {

/// The bytes of one message, field by field in the order of the calls.
class protobuf {
public:
  void number(unsigned field, std::uint64_t value) {
    tag(field, 0);
    varint(value);
  }

  void fixed(unsigned field, std::uint64_t value) {
    tag(field, 1);
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(value >> shift);
  }

  void text(unsigned field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    bytes_ += value;
  }

  void message(unsigned field, const protobuf& inner) { text(field, inner.bytes_); }

  const std::string& bytes() const { return bytes_; }

private:
  void tag(unsigned field, unsigned wire) { varint(std::uint64_t{field} << 3U | wire); }

  void varint(std::uint64_t value) {
    for (; value > 0x7f; value >>= 7U) bytes_ += static_cast<char>(value | 0x80U);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

} // namespace termlease::trace
