#include "actors/core/traced_actor.hpp"
#include "tools/scenario/simulation/simulated_alarms.hpp"
#include "tools/scenario/simulation/simulated_files.hpp"

#include <algorithm>

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
  const auto begin = [this](caf::event_based_actor* self) -> caf::behavior {
    return {
        [=, this](const set_alarm& wanted) { take(wanted, sender_of(self)); },
        [=, this](const cancel_alarm& which) { forget(which.name, sender_of(self)); },
    };
  };
  address_ =
      actors::named("edges/alarms", [&] { return actors::spawn_traceable(time.system(), begin); });
  time.add({[this] { return until_next(); }, [this] { ring(); }});
}

void simulated_alarms::take(const set_alarm& wanted, const caf::actor& owner) {
  forget(wanted.name, owner);
  const auto left = wanted.at - time_.now();
  alarms_.push_back({owner, wanted.name, wanted.at, time_.boot_ms() + left.ms, trace::here().at});
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
    if (!due) return false;
    const trace::scope now(each.set_in);
    caf::anon_send(each.owner, alarm_rang{each.name, each.at});
    return true;
  });
}

caf::actor simulated_files::spawn_in(caf::actor_system& system) {
  const auto begin = [this](caf::event_based_actor*) -> caf::behavior {
    return {
        [this](const make_folder& what) {
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
        [this](const digest_file& what) {
          const auto found = files.find(what.path);
          if (found != files.end()) return file_done{"digest of " + found->second, {}};
          return file_done{{}, {"file_failed", "no such file", {}, true}};
        },
        [this](const remove_path& what) {
          const auto below = [&](const std::string& path) {
            return path == what.path || path.starts_with(what.path + "/");
          };
          std::erase_if(folders, below);
          std::erase_if(files, [&](const auto& each) { return below(each.first); });
          return file_done{};
        },
    };
  };
  return actors::named("edges/files", [&] { return actors::spawn_traceable(system, begin); });
}

} // namespace termlease::scenario
