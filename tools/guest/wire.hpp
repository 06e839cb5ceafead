#pragma once

// Why: a guest program and its worker talk over a stream socket in frames: type (1 byte), length
// (4 bytes, little endian), payload. Either side may be hostile or broken to the other, so every
// length has a limit, and a frame that breaks one ends the connection. A `draw` is answered by
// `drawn` once its bytes are on the guest's terminal: the socket never holds more than one of them,
// so a guest that reads nothing costs one frame, and `end` is always seen at once.

#include <cstddef>
#include <cstdint>

namespace termlease::guest_wire {

inline constexpr std::uint8_t version = 1;
inline constexpr std::size_t header_bytes = 5;
inline constexpr std::size_t max_to_worker = 4096; ///< payload of a frame to the worker
inline constexpr std::size_t max_to_guest = 32768; ///< payload of a frame to the guest program

enum class frame : std::uint8_t {
  hello = 1, ///< to the worker: version, rows, columns (1 + 2 + 2 bytes, little endian)
  size = 2,  ///< to the worker: rows, columns (2 + 2 bytes)
  input = 3, ///< to the worker: what the guest typed
  drawn = 4, ///< to the worker: the last `draw` is on the terminal; empty
  draw = 16, ///< to the guest program: bytes for the terminal
  end = 17,  ///< to the guest program: leave, and print this text
};

struct header {
  std::uint8_t type = 0;
  std::uint32_t length = 0;
};

inline void write_header(unsigned char* into, frame type, std::size_t length) {
  into[0] = static_cast<unsigned char>(type);
  for (int byte = 0; byte < 4; ++byte)
    into[1 + byte] = static_cast<unsigned char>(length >> (8 * byte));
}

inline header read_header(const unsigned char* from) {
  std::uint32_t length = 0;
  for (int byte = 0; byte < 4; ++byte) length |= std::uint32_t{from[1 + byte]} << (8 * byte);
  return {from[0], length};
}

inline void write_u16(unsigned char* into, std::uint16_t value) {
  into[0] = static_cast<unsigned char>(value & 0xff);
  into[1] = static_cast<unsigned char>(value >> 8);
}

inline std::uint16_t read_u16(const unsigned char* from) {
  return static_cast<std::uint16_t>(from[0] | (from[1] << 8));
}

} // namespace termlease::guest_wire
