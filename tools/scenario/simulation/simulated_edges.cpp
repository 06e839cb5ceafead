#include "tools/scenario/simulation/simulated_alarms.hpp"
#include "tools/scenario/simulation/simulated_disk.hpp"
#include "tools/scenario/simulation/simulated_files.hpp"

#include "messages/runtime.hpp"

#include <algorithm>
#include <stdexcept>

namespace termlease::scenario {

using namespace messages;

namespace {

caf::actor sender_of(caf::event_based_actor* self) {
  return caf::actor_cast<caf::actor>(self->current_sender());
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

} // namespace

simulated_alarms::simulated_alarms(virtual_time& time) : time_(time) {
  address_ = time.system().spawn([this](caf::event_based_actor* self) -> caf::behavior {
    return {
        [=, this](const set_alarm& wanted) { take(wanted, sender_of(self)); },
        [=, this](const cancel_alarm& which) { forget(which.name, sender_of(self)); },
    };
  });
  time.add({[this] { return until_next(); }, [this] { ring(); }});
}

void simulated_alarms::take(const set_alarm& wanted, const caf::actor& owner) {
  forget(wanted.name, owner);
  const auto left = wanted.at - time_.now();
  alarms_.push_back({owner, wanted.name, wanted.at, time_.boot_ms() + left.ms});
  ring();
}

void simulated_alarms::forget(const std::string& name, const caf::actor& owner) {
  const auto meant = [&](const alarm& each) { return each.name == name && each.owner == owner; };
  if (late_rings) {
    for (auto& each : alarms_) each.replaced |= meant(each);
  } else {
    std::erase_if(alarms_, meant);
  }
}

const caf::actor& simulated_alarms::owner_of(const std::string& name) const {
  const auto found = std::find_if(alarms_.rbegin(), alarms_.rend(),
                                  [&](const alarm& each) { return each.name == name; });
  if (found == alarms_.rend()) throw std::runtime_error("nobody has set an alarm " + name);
  return found->owner;
}

std::optional<span> simulated_alarms::until_next() const {
  std::optional<span> next;
  for (const auto& each : alarms_) {
    const auto left = std::min(each.at.ms - time_.now().ms, each.boot_ms - time_.boot_ms());
    next = span{std::min(next ? next->ms : left, std::max<std::int64_t>(left, 0))};
  }
  return next;
}

void simulated_alarms::ring() {
  std::erase_if(alarms_, [&](const alarm& each) {
    const bool due = each.at <= time_.now() || each.boot_ms <= time_.boot_ms();
    if (due) caf::anon_send(each.owner, alarm_rang{each.name, each.at});
    return due;
  });
}

caf::actor simulated_files::spawn_in(caf::actor_system& system) {
  return system.spawn([this](caf::event_based_actor* self) -> caf::behavior {
    return {
        [=, this](const make_folder& what) {
          if (what.path.find("/shares/") != std::string::npos) owner = sender_of(self);
          for (auto path = what.path; !problem && !path.empty(); path = folder_of(path))
            folders.insert(path);
          return file_done{{}, problem};
        },
        [this](const write_file& what) {
          if (problem) return file_done{{}, problem};
          if (!folders.contains(folder_of(what.path)))
            return file_done{{}, {"file_failed", "no such folder", {}, true}};
          files[what.path] = what.text;
          return file_done{};
        },
        [this](const read_file& what) {
          const auto found = files.find(what.path);
          return file_done{found == files.end() ? std::string{} : found->second, {}};
        },
        [this](const remove_folder& what) {
          const auto below = [&](const std::string& path) {
            return path == what.path || path.starts_with(what.path + "/");
          };
          std::erase_if(folders, below);
          std::erase_if(files, [&](const auto& each) { return below(each.first); });
          return file_done{};
        },
    };
  });
}

caf::actor simulated_disk::spawn_in(caf::actor_system& system) {
  commits_.clear();
  const auto edge = system.spawn([this](caf::event_based_actor* self) -> caf::behavior {
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
          return check_chain{records.size(), {}};
        },
        [this](const check_chain& wanted) {
          return chain_report{wanted.sequence == records.size(), records.size(), 0, {}, "head"};
        },
    };
  });
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
  if (refuses && std::any_of(batch.begin(), batch.end(), refuses))
    return {0, {"bad_record", "a record is too long", {}, false}};
  ++commits;
  for (auto& each : batch) {
    each.sequence = records.size() + 1;
    records.push_back(std::move(each));
    if (durable) durable(records.back());
  }
  return {records.size(), {}};
}

journal_part simulated_disk::read(const read_records& which) const {
  journal_part part;
  if (problem) part.problem = problem;
  for (const auto& each : records) {
    if (part.problem || part.records.size() >= which.limit) break;
    if (each.sequence < which.from || each.timestamp < which.since) continue;
    if (which.share_id.empty() || which.share_id == each.share_id) part.records.push_back(each);
  }
  return part;
}

} // namespace termlease::scenario
