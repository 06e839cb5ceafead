#pragma once

// Why: the runtime tells what is, and an operator wants to know what goes on: how many messages a
// second, and whether it became more. That is the difference of two answers, which is taken here,
// together with what somebody wants to see of it: one branch folded to its sum, the busiest first,
// only what has a word in its name. Nothing here knows a terminal or a socket, so a test can say
// what the runtime answered and look at the rows.

#include "messages/runtime.hpp"
#include "messages/supervision.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::cli::top {

/// A turn that is longer than this is worth a look.
inline constexpr messages::span long_turn{1000};

/// What the runtime answered once.
struct answer {
  std::vector<messages::actor_view> actors;
  messages::runtime_status runtime;
  std::chrono::steady_clock::time_point at;
};

/// One actor, or, of a folded branch, the sums of all in it.
struct standing {
  messages::actor_view of;
  std::optional<double> rate; ///< messages a second; nothing before there are two answers
};

/// How much somebody should look there; the worse, the greater.
enum class alert { none, queued, slow, restarting };

alert alert_of(const messages::actor_view& of);

/// What stands in the column of states: "running", "queued", "slow", "restarting".
std::string_view word_of(alert how);

enum class order { tree, mailbox, rate, busy, restarts };

inline constexpr std::size_t orders = 5;

/// "tree", "mailbox", …
std::string_view word_of(order by);

enum class branch { leaf, open, folded };

struct row {
  standing what;     ///< `what.of.actor` is the whole path
  std::string label; ///< safe; in the tree's order the last part of the path
  std::size_t depth = 0;
  branch is = branch::leaf;
  std::size_t hidden = 0;  ///< actors in a folded branch, without itself
  bool is_context = false; ///< doesn't match the filter; something below it does
  alert how = alert::none; ///< the worst of what it stands for
};

/// What somebody wants to see.
struct selection {
  order by = order::tree;
  std::string filter;           ///< a part of a safe path, in any case; empty: all
  std::set<std::string> folded; ///< paths; they count in the tree's order, without a filter
};

struct totals {
  std::size_t actors = 0;
  std::optional<double> rate;
  std::uint64_t waiting = 0;
  std::uint64_t restarts = 0;
  std::uint64_t dead_letters = 0;
};

/// A parent stands right before all that is below it, whatever characters names have.
struct tree_order {
  bool operator()(const std::string& left, const std::string& right) const;
};

class model {
public:
  void take(const answer& now);

  std::vector<row> rows(const selection& wanted) const;
  totals sum() const;
  /// Null when there is no such actor (any more).
  const standing* find(const std::string& path) const;

private:
  std::vector<row> tree(const selection& wanted) const;
  std::vector<row> list(const selection& wanted) const;

  std::map<std::string, standing, tree_order> actors_;
  std::chrono::steady_clock::time_point at_{};
  messages::runtime_status runtime_;
};

/// The path of the parent; empty at the top.
std::string parent_of(const std::string& path);

} // namespace termlease::cli::top
