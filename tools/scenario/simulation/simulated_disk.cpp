#include "tools/scenario/simulation/simulated_disk.hpp"

#include "actors/core/traced_actor.hpp"
#include "bus/identity/sodium.hpp"
#include "bus/journal/body.hpp"
#include "bus/topics.hpp"

#include <algorithm>

namespace termlease::scenario {

using namespace messages;

namespace {

std::string bytes_of(const bus::chain_hash& hash) {
  return {hash.begin(), hash.end()};
}

} // namespace

caf::actor simulated_disk::spawn_in(caf::actor_system& system) {
  bus::require_sodium();
  commits_.clear();
  const auto begin = [this](caf::event_based_actor* self) -> caf::behavior {
    return {
        [=, this](const commit& batch) -> caf::result<recorded> {
          if (until_held_ != 0) {
            if (until_held_) --*until_held_;
            return write(batch.records);
          }
          auto reply = self->make_response_promise<recorded>();
          commits_.emplace_back(batch, reply);
          return reply;
        },
        // In a turn of its own: a promise may be kept nowhere else.
        [this](released) {
          for (auto& [batch, reply] : std::exchange(commits_, {}))
            reply.deliver(write(batch.records));
        },
        [this](const read_records& which) { return read(which); },
        [this](const note_head&) {
          return check_chain{records.size(), bytes_of(head())};
        },
        [this](const check_chain& wanted) { return verify(wanted); },
    };
  };
  const auto edge =
      actors::named("edges/storage", [&] { return actors::spawn_traceable(system, begin); });
  edge_ = caf::actor_cast<caf::weak_actor_ptr>(edge);
  return edge;
}

void simulated_disk::release() {
  until_held_.reset();
  if (const auto edge = caf::actor_cast<caf::strong_actor_ptr>(edge_))
    caf::anon_send(caf::actor_cast<caf::actor>(edge), released::value);
}

void simulated_disk::forget() {
  until_held_.reset();
  commits_.clear();
}

recorded simulated_disk::write(std::vector<record> batch) {
  if (problem) return {0, problem};
  std::vector<std::string> bodies;
  try {
    auto sequence = records.size();
    for (auto& each : batch) {
      each.sequence = ++sequence;
      auto made = bus::written(std::move(each));
      each = std::move(made.record);
      bodies.push_back(std::move(made.body));
    }
  } catch (const failed& why) {
    return {0, why.why()};
  }
  if (refuses && std::any_of(batch.begin(), batch.end(), refuses))
    return {0, {"bad_record", "a record is too long", {}, false}};
  ++commits;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    hashes_.push_back(bus::link(head(), batch[i].sequence, bodies[i]));
    records.push_back(std::move(batch[i]));
    if (durable) durable(records.back());
  }
  return {records.size(), {}};
}

bus::chain_hash simulated_disk::head() const {
  return hashes_.empty() ? bus::genesis().hash : hashes_.back();
}

chain_report simulated_disk::verify(const check_chain& known) const {
  auto before = bus::genesis().hash;
  bool met = known.sequence == 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto body = bus::written(records[i]).body;
    before = bus::link(before, i + 1, body);
    if (records[i].sequence != i + 1 || before != hashes_.at(i))
      return {false, i, i + 1, "altered: record " + std::to_string(i + 1), {}};
    met |= known.sequence == i + 1 && known.hash == bytes_of(before);
  }
  if (!met) return {false, records.size(), 0, "rewritten: the head that was noted is gone", {}};
  return {true, records.size(), 0, {}, bus::to_text(before)};
}

journal_part simulated_disk::read(const read_records& which) const {
  journal_part part;
  if (problem) part.problem = problem;
  for (const auto& each : records) {
    if (part.problem || part.records.size() >= which.limit) break;
    if (each.sequence < which.from || each.timestamp < which.since) continue;
    if (!which.topic.empty() && !bus::matches(which.topic, each.event_type)) continue;
    if (which.share_id.empty() || which.share_id == each.share_id) part.records.push_back(each);
  }
  return part;
}

} // namespace termlease::scenario
