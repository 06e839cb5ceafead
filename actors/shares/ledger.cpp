#include "actors/shares/shares.hpp"

#include "messages/json.hpp"

namespace termlease::actors {

using namespace messages;

void share_ledger::apply(const record& record) {
  if (record.share_id.empty() || !record.event_type.starts_with("share.")) return;
  const auto payload = json::parse(record.metadata.text);
  if (record.event_type == share_requested::describe().name) {
    open_[record.share_id] = decoded<share_requested>(payload);
    return;
  }
  const auto found = open_.find(record.share_id);
  if (found == open_.end() || !payload.contains("share")) return;
  auto& view = found->second.share;
  view = decoded<share_view>(payload["share"]);
  if (!is_final(view.state)) return;
  over_.add(std::move(view));
  open_.erase(found);
}

} // namespace termlease::actors
