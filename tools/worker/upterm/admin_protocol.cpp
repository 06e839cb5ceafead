#include "tools/worker/upterm/admin_protocol.hpp"

#include <cstdint>

namespace termlease::worker::upterm {

namespace {

using std::uint8_t;

constexpr std::size_t frame_header = 9;
constexpr std::size_t grpc_header = 5;

enum frame_type : uint8_t {
  data = 0,
  headers = 1,
  reset = 3,
  settings = 4,
  go_away = 7,
  window = 8
};

constexpr uint8_t end_stream = 1;
constexpr uint8_t end_headers = 4;
constexpr uint8_t padded = 8;

std::string big_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
  return text;
}

std::size_t from_big_endian(std::string_view text) {
  std::size_t value = 0;
  for (const char c : text) value = value << 8U | static_cast<uint8_t>(c);
  return value;
}

std::string frame(frame_type type, uint8_t flags, std::uint32_t stream, std::string_view payload) {
  auto text = big_endian(static_cast<std::uint32_t>(payload.size()), 3);
  text += static_cast<char>(type);
  text += static_cast<char>(flags);
  text += big_endian(stream, 4);
  return text.append(payload);
}

/// HPACK: a literal that is not indexed; `name` is the bytes that stand for the name.
std::string literal(std::string_view name, std::string_view value) {
  std::string text(name);
  text += static_cast<char>(value.size());
  return text.append(value);
}

/// Reads protobuf fields one after another.
class fields {
public:
  explicit fields(std::string_view text) : rest_(text) {}

  /// False at the end, and when the text is malformed.
  bool next() {
    if (rest_.empty()) return false;
    const auto key = varint();
    number = key >> 3U;
    value = {};
    switch (key & 7U) {
    case 0:
      varint();
      break;
    case 1:
      take(8);
      break;
    case 2:
      value = take(varint());
      break;
    case 5:
      take(4);
      break;
    default:
      bad = true;
    }
    return !bad;
  }

  std::uint64_t number = 0;
  std::string_view value; ///< of a field that has a length
  bool bad = false;

private:
  std::uint64_t varint() {
    std::uint64_t result = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      result |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) return result;
    }
    bad = true;
    return 0;
  }

  std::string_view take(std::uint64_t count) {
    if (bad || count > rest_.size()) {
      bad = true;
      return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
};

std::optional<connection> connection_in(std::string_view protobuf) {
  connection who;
  fields each(protobuf);
  while (each.next()) {
    if (each.number == 1) who.id = each.value;
    if (each.number == 3) who.address = each.value;
    if (each.number == 4) who.fingerprint = each.value;
  }
  if (each.bad || who.id.empty() || who.fingerprint.empty()) return {};
  return who;
}

} // namespace

std::string session_request() {
  using namespace std::string_view_literals;
  constexpr auto big_window = "\x00\x04\x00\x10\x00\x00"sv; // SETTINGS_INITIAL_WINDOW_SIZE = 1 MiB
  std::string head = "\x83\x86";                            // POST, http
  head += literal("\x04", "/api.AdminService/GetSession");  // :path
  head += literal("\x01", "localhost");                     // :authority
  head += literal("\x0f\x10", "application/grpc");          // content-type
  head += literal("\0\2te"sv, "trailers");
  std::string text = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  text += frame(settings, 0, 0, big_window);
  text += frame(window, 0, 0, big_endian(answer_limit, 4));
  text += frame(headers, end_headers, 1, head);
  text += frame(data, end_stream, 1, std::string(grpc_header, '\0')); // an empty GetSessionRequest
  return text;
}

session_answer::progress session_answer::feed(std::string_view bytes) {
  bytes_ += bytes;
  while (bytes_.size() >= frame_header) {
    const auto length = from_big_endian(std::string_view(bytes_).substr(0, 3));
    if (length > answer_limit || message_.size() + length > answer_limit) return progress::broken;
    if (bytes_.size() < frame_header + length) return progress::incomplete;
    const auto state = take_frame(std::string_view(bytes_).substr(0, frame_header + length));
    if (state != progress::incomplete) return state;
    bytes_.erase(0, frame_header + length);
  }
  return progress::incomplete;
}

session_answer::progress session_answer::take_frame(std::string_view frame) {
  const auto type = static_cast<uint8_t>(frame[3]);
  const auto flags = static_cast<uint8_t>(frame[4]);
  const bool ours = from_big_endian(frame.substr(5, 4)) == 1;
  if (type == go_away || (ours && type == reset)) return progress::broken;
  if (!ours) return progress::incomplete;
  if (type == data) {
    if ((flags & padded) != 0) return progress::broken; // no gRPC server pads
    message_ += frame.substr(frame_header);
  }
  if (message_.size() >= grpc_header) {
    const std::string_view message = message_;
    const auto length = from_big_endian(message.substr(1, 4));
    if (message[0] != 0 || length > answer_limit)
      return progress::broken; // we ask for no compression
    if (message.size() >= grpc_header + length) return progress::complete;
  }
  return (flags & end_stream) != 0 ? progress::broken : progress::incomplete;
}

std::optional<std::vector<connection>> session_answer::connections() const {
  if (message_.size() < grpc_header) return {};
  return connections_in(std::string_view(message_).substr(grpc_header));
}

std::optional<std::vector<connection>> connections_in(std::string_view protobuf) {
  constexpr std::uint64_t connected_clients = 6;
  std::vector<connection> result;
  fields each(protobuf);
  while (each.next()) {
    if (each.number != connected_clients) continue;
    auto who = connection_in(each.value);
    if (!who) return {};
    result.push_back(std::move(*who));
  }
  if (each.bad) return {};
  return result;
}

} // namespace termlease::worker::upterm
