#pragma once

// Why: `zellij action write` is a process for each key, 25 ms long, and loses some: a client that
// connects while another one leaves may be sent away, and its program says nothing of it. zellij's
// own clients keep one connection, on which a key takes a tenth of a millisecond. What they say
// there is a contract with a version, which is in the name of the socket's folder: version 1,
// client_to_server.proto and server_to_client.proto of zellij-utils 0.45. The two messages that are
// needed are written and read here as pure functions.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace termlease::worker {

/// Where a session of that name listens.
std::string contract_socket(const std::string& sockets, const std::string& session);

/// A whole frame: these bytes are for this terminal's pane.
std::string write_frame(std::uint32_t pane, std::string_view bytes);

enum class server_word {
  taken, ///< what was written is with the pane
  over,  ///< the client is sent away, or zellij doesn't want what it says
  other  ///< a picture, and what else attached clients are told
};

/// Splits what the server says into frames, of which only the kind is looked at.
class server_words {
public:
  /// Tells the kind of each frame that is whole now.
  void feed(std::string_view bytes, const std::function<void(server_word)>& tell);

private:
  std::string header_;         ///< length, and the first byte of the message
  std::uint64_t skipping_ = 0; ///< bytes of a message whose kind was told
};

} // namespace termlease::worker
