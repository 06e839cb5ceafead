#pragma once

// Why: whoever calls and is not the operator shows a token. The token itself is seen once, by
// whoever made it; the runtime keeps its hash.

#include "messages/identity.hpp"

#include <string>
#include <vector>

namespace termlease::messages {

struct token_view {
  std::string name;
  identity_kind kind = identity_kind::agent;
  instant created_at;
  instant revoked_at; ///< unset while it is good

  static constexpr auto describe() {
    return described("token", "who may call with a token", field("name", &token_view::name),
                     field("kind", &token_view::kind), field("created_at", &token_view::created_at),
                     field("revoked_at", &token_view::revoked_at));
  }
};

/// Makes a token. Only the operator may. Result: token_created_answer.
/// Errors: bad_name, token_exists, operator_only.
struct create_token {
  std::string name;
  identity_kind kind = identity_kind::agent;

  static constexpr auto describe() {
    return messages::command("token.create", "makes a token for a human or an agent",
                             field("name", &create_token::name),
                             field("kind", &create_token::kind));
  }
};

struct new_token {
  token_view token;
  secret text; ///< shown once

  static constexpr auto describe() {
    return described("new_token", "a token, shown once", field("token", &new_token::token),
                     field("text", &new_token::text));
  }
};

struct list_tokens {
  static constexpr auto describe() {
    return messages::command("token.list", "lists the tokens, without their texts");
  }
};

struct token_list {
  std::vector<token_view> tokens;

  static constexpr auto describe() {
    return described("token_list", "the tokens", field("tokens", &token_list::tokens));
  }
};

/// Connections that use the token are refused from now on. Result: token_view.
struct revoke_token {
  std::string name;

  static constexpr auto describe() {
    return messages::command("token.revoke", "makes a token worthless",
                             field("name", &revoke_token::name));
  }
};

/// Says who a connection is, by its token; otherwise it is the operator. Result: identity.
/// Errors: bad_token.
struct authenticate {
  secret token;

  static constexpr auto describe() {
    return messages::command("client.authenticate", "says who this connection is, by its token",
                             field("token", &authenticate::token));
  }
};

/// The hash is not a secret: the token is 256 random bits.
struct token_created {
  token_view token;
  std::string hash;

  static constexpr auto describe() {
    return event("token.created", "a token was made", field("token", &token_created::token),
                 field("hash", &token_created::hash));
  }
};

struct token_revoked {
  token_view token;

  static constexpr auto describe() {
    return event("token.revoked", "a token became worthless",
                 field("token", &token_revoked::token));
  }
};

} // namespace termlease::messages
