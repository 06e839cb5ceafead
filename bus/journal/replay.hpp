#pragma once

// Why: what a runtime knows when it starts is what its journal says, so a record that is not what
// was recorded must not be believed: the chain is checked while it is read. To read a record's text
// costs more than all else and each can be read by itself, so that is done on every core.

#include "messages/record.hpp"

#include <filesystem>
#include <functional>

namespace termlease::bus {

/// Calls `visit`, on this thread, for each record in the order of their sequences, as far as the
/// chain holds. Then throws `failed` (`journal_corrupt`) when it breaks; otherwise with the codes
/// of bus/journal/failures.hpp when the file can't be read.
void replay(const std::filesystem::path& journal,
            const std::function<void(const messages::record&)>& visit);

} // namespace termlease::bus
