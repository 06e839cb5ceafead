#pragma once

// Why: guests are not on the bus. They come and go on the other side of a share's worker, and all
// that they ever see of the runtime is what that worker was told; so their steps are played on it.

#include "tools/scenario/play/names.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <map>
#include <string>

namespace termlease::scenario {

class guest_steps {
public:
  /// Both outlive it; `kept` has what earlier steps have kept.
  guest_steps(machine& on, const names& kept) : machine_(on), kept_(kept) {}

  /// Whether a step of that word is one of these.
  static bool knows(const std::string& what);

  /// Does what the step says, or looks whether it is so. Throws `unmet`, `failed`.
  void take(world& in, const std::string& what, const messages::json& words);

private:
  void comes_and_goes(world& in, const messages::json& words);
  void comes(world& in, simulated_child& worker, std::string name, bool knocks);
  void goes(world& in, simulated_child& worker, const std::string& name);
  void floods(world& in, simulated_child& worker, int times);
  simulated_child& any_worker_of(const std::string& share);
  void shown(const messages::json& words);
  void farewell(const messages::json& words);
  void inside(world& in, const messages::json& words);

  machine& machine_;
  const names& kept_;
  std::map<const simulated_child*, int> joined_; ///< how many ever did
};

} // namespace termlease::scenario
