#pragma once

// Why: upterm lists its guests' keys only through gRPC on its admin socket. Its own command line
// for that costs a 20 MB process and 25 ms for each guest that joins; the one call that is needed
// is a few hundred bytes of HTTP/2 and protobuf, written and read here as pure functions.

#include "tools/worker/backend.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker::upterm {

/// Most that an answer may have.
constexpr std::size_t answer_limit = std::size_t{1} << 20;

/// All that is sent to ask `api.AdminService/GetSession` on a fresh connection.
std::string session_request();

/// Reads the frames of the answer as they come.
class session_answer {
public:
  enum class progress { incomplete, complete, broken };

  progress feed(std::string_view bytes);
  /// The connected clients of a complete answer, in no order; nothing when it is malformed.
  std::optional<std::vector<connection>> connections() const;

private:
  progress take_frame(std::string_view frame);

  std::string bytes_;
  std::string message_; ///< gRPC: 1 byte flags, 4 bytes length, protobuf
};

/// The `connected_clients` of a serialized `GetSessionResponse`; nothing when it is malformed.
std::optional<std::vector<connection>> connections_in(std::string_view protobuf);

} // namespace termlease::worker::upterm
