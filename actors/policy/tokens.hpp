#pragma once

// Why: whoever is not the operator shows a token, and the runtime knows only hashes. Tokens live in
// the journal like everything else: made and revoked on the record, and there again after a
// restart.

#include "actors/core/environment.hpp"
#include "messages/record.hpp"
#include "messages/tokens.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>

namespace termlease::actors {

struct known_token {
  messages::token_view view;
  std::string hash;
};

/// The tokens according to the journal, by name.
class token_ledger {
public:
  void apply(const messages::record& record);

  const std::map<std::string, known_token>& all() const { return all_; }

private:
  std::map<std::string, known_token> all_;
};

/// How many tokens there may be, revoked ones not counted.
inline constexpr std::size_t most_tokens = 1000;

/// Takes the commands of messages/tokens.hpp, and `check_token`.
caf::behavior tokens(caf::event_based_actor* self, shared_environment env, token_ledger known);

} // namespace termlease::actors
