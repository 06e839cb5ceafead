#pragma once

// Why: what the branch knows of its shares outlives their sessions: whoever asks for a share that
// is over is told how it ended, as long as it is not too long ago.

#include "actors/core/recent.hpp"
#include "config/settings.hpp"
#include "messages/identity.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace termlease::actors {

/// A share as its branch knows it.
struct known_share {
  messages::share_view view;    ///< with its link
  caf::actor session;           ///< null when it is over
  std::uint64_t connection = 0; ///< of its requester
};

inline constexpr std::size_t shares_kept_when_over = 500;
using ended_shares = recent<messages::share_view, shares_kept_when_over>;

class share_table {
public:
  const std::map<std::string, known_share>& all() const { return shares_; }

  /// The one with this id; made when there is none.
  known_share& operator[](const std::string& id) { return shares_[id]; }

  known_share& at(const std::string& id) { return shares_.at(id); }

  known_share* known(const std::string& id);

  /// By id, or by the beginning or end of exactly one. Throws `failed`: `no_such_share`,
  /// `ambiguous_id`.
  const known_share& find(const std::string& wanted) const;

  /// It has no session and no link any more; the oldest of many such are forgotten.
  void over(known_share& share);

  /// A session that went without an end has recorded nothing: there never was such a share.
  void forget_if_open(const std::string& id);

  /// Throws `failed` (`limit_reached`), with the shares that are in the way, when this terminal or
  /// the whole runtime has as many as it may.
  void check_limits(const messages::terminal_view& terminal,
                    const config::share_settings& limits) const;

private:
  std::map<std::string, known_share> shares_; ///< ids sort by time
  std::deque<std::string> done_;
};

messages::share_view without_link(messages::share_view view);

/// As `to` may see it: links are for the operator and for whoever asked for the share.
messages::share_view shown(const messages::caller& to, const messages::share_view& view,
                           bool links);

} // namespace termlease::actors
