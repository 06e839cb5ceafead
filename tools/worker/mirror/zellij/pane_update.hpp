#pragma once

// Why: `zellij subscribe` prints a line of JSON for each picture of the pane, and one when the pane
// is closed. It is zellij that prints, but titles, texts and whatever else is in it are the pane's
// program's own: a line is an update that can be shown, or it is nothing.

#include "tools/worker/mirror/cell.hpp"
#include "tools/worker/mirror/screen.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker {

struct pane_update {
  bool closed = false;
  bool initial = false;          ///< of the subscription's beginning: nothing need have changed
  std::vector<std::string> rows; ///< text with renditions; blank rows at the end may be missing
};

/// Nothing for a line that tells nothing about `pane`.
std::optional<pane_update> read_update(std::string_view line, std::string_view pane);

/// What the list of panes tells of one: the picture's other half.
struct pane_facts {
  extent size;
  std::optional<place> cursor; ///< nothing when it is hidden
  bool operator==(const pane_facts& other) const;
};

enum class pane_fate { there, gone, unreadable };

/// Reads the answer of `list-panes --json`; `facts` changes only for a pane that is there.
pane_fate read_pane_list(std::string_view text, std::string_view pane, pane_facts& facts);

/// "terminal_3": never one of zellij's plugins.
bool is_zellij_pane(std::string_view name);

/// 3 for "terminal_3"; of such a name only.
std::uint32_t number_of_pane(std::string_view name);

/// The screen that both tell of. Clusters that are `known` keep their numbers.
screen painted(const std::vector<std::string>& rows, const pane_facts& facts, const screen& before);

} // namespace termlease::worker
