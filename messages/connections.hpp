#pragma once

// Why: the gateway knows sockets and bytes, the router knows clients and meaning. This is all that
// they tell each other about a connection.

#include "messages/envelope.hpp"

namespace termlease::messages {

struct client_connected {
  std::uint64_t connection = 0;
  identity who; ///< from the socket's peer uid

  static constexpr auto describe() {
    return described("client_connected", "a client is there",
                     field("connection", &client_connected::connection),
                     field("who", &client_connected::who));
  }
};

struct client_command {
  std::uint64_t connection = 0;
  envelope command;

  static constexpr auto describe() {
    return described("client_command", "a client asks",
                     field("connection", &client_command::connection),
                     field("command", &client_command::command));
  }
};

/// All that was queued for the client has been written.
struct client_drained {
  std::uint64_t connection = 0;

  static constexpr auto describe() {
    return described("client_drained", "a client has read everything",
                     field("connection", &client_drained::connection));
  }
};

/// Also sent by the router to those who hold something for the connection.
struct client_gone {
  std::uint64_t connection = 0;

  static constexpr auto describe() {
    return described("client_gone", "a client went away",
                     field("connection", &client_gone::connection));
  }
};

/// Is this token good? Answered with `token_checked`.
struct check_token {
  secret text;

  static constexpr auto describe() {
    return described("check_token", "is this token good?", field("text", &check_token::text));
  }
};

struct token_checked {
  identity who;
  failure problem;

  static constexpr auto describe() {
    return described("token_checked", "who a token stands for", field("who", &token_checked::who),
                     field("problem", &token_checked::problem));
  }
};

} // namespace termlease::messages
