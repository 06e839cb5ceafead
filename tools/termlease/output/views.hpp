#pragma once

// Why: a share, a terminal and an approval look the same wherever they are shown.

#include "messages/approvals.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "messages/tokens.hpp"
#include "tools/termlease/output/console.hpp"
#include "tools/termlease/output/table.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace termlease::cli {

/// The end of an id: its beginning is the time, and so nearly the same for all of today's.
std::string short_id(const std::string& id);

/// An actor's path, safe, with its ids as everywhere else: "shares/3f2a9c1d/ttl clock".
std::string short_path(std::string_view path);

/// "read-only", "read-write".
std::string mode_words(messages::share_mode mode);

/// "active", "waiting for approval", "ended: revoked".
cell state_cell(const messages::share_view& share);

/// A table of shares; what is empty says so in words on a terminal.
void print_shares(const console& to, const std::vector<messages::share_view>& shares);

/// Everything about one share, with its guests.
void print_guests(const console& to, const std::vector<messages::guest_report>& guests);

void print_share(const console& to, const messages::share_view& share);

void print_terminals(const console& to, const std::vector<messages::terminal_view>& terminals);
void print_approvals(const console& to, const std::vector<messages::approval_view>& approvals);
void print_tokens(const console& to, const std::vector<messages::token_view>& tokens);

} // namespace termlease::cli
