#pragma once

// Why: the disk blocks, and no actor may. The journal's file is behind two edges with a thread
// each: one writes, the other reads, so that a long walk through the record holds up no decision.

#include "messages/failure.hpp"

#include <caf/all.hpp>

#include <filesystem>
#include <memory>

namespace termlease::bus {

class journal_store;

/// Takes `commit`; answers `recorded`. Spawn it detached. Uses idle moments to tidy the file.
caf::behavior storage_edge(caf::event_based_actor* self, std::shared_ptr<journal_store> store);

/// In its place for a journal that must not be continued: whatever should be recorded is `refused`.
caf::behavior closed_storage_edge(caf::event_based_actor* self, messages::failure refused);

/// Takes `read_records` and `check_chain`. Spawn it detached.
caf::behavior archive_edge(caf::event_based_actor* self, std::filesystem::path journal);

} // namespace termlease::bus
