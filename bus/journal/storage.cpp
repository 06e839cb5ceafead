#include "bus/journal/storage.hpp"

#include "bus/journal/reader.hpp"
#include "bus/journal/store.hpp"
#include "bus/trace/carried.hpp"
#include "messages/journal.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>

namespace termlease::bus {

using namespace messages;

namespace {

using idle_atom = caf::atom_constant<caf::atom("idle")>;

/// After this long without a commit, the file is tidied.
constexpr std::chrono::milliseconds idle_after{500};

failure failure_of(const std::exception& why) {
  if (const auto* known = dynamic_cast<const failed*>(&why)) return known->why();
  return {"journal_unavailable", std::string("the journal can't be used: ") + why.what(),
          "see `termlease doctor`", true};
}

std::optional<chain_head> head_of(const check_chain& wanted) {
  chain_head head{wanted.sequence, {}};
  if (wanted.hash.size() != head.hash.size()) return std::nullopt;
  std::copy(wanted.hash.begin(), wanted.hash.end(), head.hash.begin());
  return head;
}

} // namespace

caf::behavior storage_edge(caf::event_based_actor* self, std::shared_ptr<journal_store> store) {
  auto commits = std::make_shared<std::uint64_t>(0);
  return {
      [self, store, commits](commit& batch) -> recorded {
        ++*commits;
        try {
          const auto last = store->append(batch.records);
          if (store->checkpoint_due()) trace::later(self, idle_after, idle_atom::value, *commits);
          return {last, {}};
        } catch (const std::exception& why) {
          return {0, failure_of(why)};
        }
      },
      [store](const note_head&) -> check_chain {
        const auto& head = store->head();
        return {head.sequence, {head.hash.begin(), head.hash.end()}};
      },
      [store, commits](idle_atom, std::uint64_t seen) {
        if (seen != *commits || !store->checkpoint_due()) return;
        try {
          store->checkpoint();
        } catch (const failed&) {
          // Costs nothing but the log's growth; the next commit says what is wrong with the disk.
        }
      },
  };
}

caf::behavior closed_storage_edge(caf::event_based_actor*, failure refused) {
  return {
      [refused](const commit&) -> recorded {
        return {0, refused};
      },
      [](const note_head&) -> check_chain { return {}; },
  };
}

caf::behavior archive_edge(caf::event_based_actor*, std::filesystem::path journal) {
  auto reader = std::make_shared<journal_reader>(std::move(journal));
  return {
      [reader](const read_records& which) -> journal_part {
        journal_part part;
        try {
          reader->read({which.from, which.limit, which.share_id, {}, which.since, which.topic},
                       [&](const journal_entry& each) { part.records.push_back(each.record()); });
        } catch (const std::exception& why) {
          part.problem = failure_of(why);
        }
        return part;
      },
      [reader](const check_chain& wanted) -> chain_report {
        try {
          return reader->verify(head_of(wanted));
        } catch (const std::exception& why) {
          return {false, 0, 0, failure_of(why).message, {}};
        }
      },
  };
}

} // namespace termlease::bus
