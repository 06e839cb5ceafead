#pragma once

// Why: a crash is an event, not an accident of whoever talks to the crashed part. An actor that has
// children keeps how to start each of them, how often that may be needed, and what to do when it
// was needed too often: then the failure is its own, one level up. Children are monitored, never
// linked, and reached through facades, so their neighbours notice nothing.

#include "actors/core/environment.hpp"
#include "actors/core/facade.hpp"
#include "actors/core/restart_budget.hpp"
#include "actors/core/roster.hpp"
#include "actors/core/traced_actor.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace termlease::actors {

/// When a child that ended is started again.
enum class restart_rule {
  permanent, ///< always
  transient, ///< after a crash
  temporary, ///< never
};

struct child_spec {
  std::string id; ///< unique among the children of one parent
  std::function<caf::actor()> start;
  restart_rule rule = restart_rule::permanent;
  caf::actor facade; ///< told where the child is; may be null
  /// Called when the child is gone for good: its budget spent, or its rule says so.
  std::function<void(const std::string& id, const caf::error& why)> gone;
};

/// The supervising part of an actor; lives inside it. The owner passes `restart_child` on to
/// `restart`, in its own behavior, and must not set a down handler of its own.
class supervision {
public:
  /// `path` is the owner's own: "shares", "shares/ID"; empty at the root.
  supervision(caf::event_based_actor* self, shared_environment env, std::string path);

  void start(child_spec spec);
  /// Ends a child for good; `gone` is not called.
  void stop(const std::string& id);
  void stop_all();

  /// Also tells `observer` of the end of actors that are monitored but not children.
  void on_other_down(std::function<void(const caf::down_msg&)> observer) {
    other_down_ = std::move(observer);
  }

  void restart(const std::string& id);

  std::size_t size() const { return children_.size(); }

private:
  /// What its receipt says of a crash, once it runs again.
  struct crash {
    std::string why;
    messages::span wait;
    std::uint64_t lost = 0;
    roster::turns terminals;
    std::string trace; ///< the file with what led to it
  };

  struct child {
    child_spec spec;
    caf::actor running;
    restart_budget budget;
    std::optional<crash> last;
  };

  std::string path_of(const child& which) const;
  void run(child& which);
  void down(const caf::down_msg& news);
  void fallen(child& which, const caf::error& why);
  void give_up(child& which, const caf::error& why);
  void receipt(const child& which, const crash& last);
  std::string keep_trace() const;

  caf::event_based_actor* self_;
  shared_environment env_;
  std::string path_;
  std::map<std::string, child> children_;
  std::function<void(const caf::down_msg&)> other_down_;
};

/// A supervisor's note to itself, sent after the back-off.
struct restart_child {
  std::string id;
};

} // namespace termlease::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(termlease::actors::restart_child)
