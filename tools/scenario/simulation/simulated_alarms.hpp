#pragma once

// Why: the twin of the alarm edge (actors/edges/alarms.hpp) in virtual time. Each alarm rings at
// its wall-clock time or when as much time has passed as there was left, whichever is first. Its
// one fault: an alarm that was replaced may still ring, as one does that was on its way already.

#include "bus/trace/here.hpp"
#include "messages/edges.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"

#include <string>
#include <vector>

namespace termlease::scenario {

class simulated_alarms {
public:
  explicit simulated_alarms(virtual_time& time);

  const caf::actor& address() const { return address_; }

  bool late_rings = false; ///< alarms that were replaced or cancelled ring nevertheless

private:
  struct alarm {
    caf::actor owner;
    std::string name;
    messages::instant at;
    std::int64_t boot_ms;
    trace::mark set_in; ///< the turn that wanted it
    bool replaced = false;
  };

  void take(const messages::set_alarm& wanted, const caf::actor& owner);
  void forget(const std::string& name, const caf::actor& owner);
  std::optional<messages::span> until_next() const;
  void ring();

  virtual_time& time_;
  std::vector<alarm> alarms_;
  caf::actor address_;
};

} // namespace termlease::scenario
