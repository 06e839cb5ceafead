#include "actors/core/facade.hpp"

#include "bus/trace/carried.hpp"
#include "bus/trace/system.hpp"

#include <caf/detail/sync_request_bouncer.hpp>

#include <mutex>
#include <optional>
#include <typeinfo>
#include <utility>
#include <vector>

namespace termlease::actors {

namespace {

/// As CAF's own `actor_pool`, an actor without a mailbox.
class facade final : public caf::monitorable_actor {
public:
  explicit facade(caf::actor_config& config)
      : caf::monitorable_actor(config), recorder_(trace::recorder_of(home_system())) {}

  const char* name() const override { return "facade"; }

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* on) override {
    const auto& content = message->content();
    // By address, as everybody's messages come this way: names take long to compare.
    const auto* kind = content.size() == 1 ? content.type(0).second : nullptr;
    if (kind == &typeid(stand_for)) return stand(content.get_as<stand_for>(0).target, on);
    if (content.match_elements<caf::exit_msg>())
      return close(content.get_as<caf::exit_msg>(0).reason, on);
    if (const auto target = target_or_wait(message)) return target->enqueue(std::move(message), on);
    if (message) turn_away(std::move(message));
  }

  void on_destroy() override {
    close(caf::exit_reason::unreachable, nullptr);
    caf::monitorable_actor::on_destroy();
  }

private:
  /// Null when it waits, and is taken; or when this is closed, and it isn't. Whoever is behind is
  /// told out of the lock, so that no sender waits for another.
  caf::strong_actor_ptr target_or_wait(caf::mailbox_element_ptr& message) {
    const std::lock_guard hold(mutex_);
    if (!target_ && !closed_) waiting_.push_back(in_case(std::move(message)));
    return target_;
  }

  /// Its cause is who sends it, not who lets it go later.
  caf::mailbox_element_ptr in_case(caf::mailbox_element_ptr message) {
    return recorder_ == nullptr ? std::move(message)
                                : trace::in_case(*recorder_, std::move(message), now());
  }

  /// Those that waited go first, under the lock: what their senders say next comes behind them.
  void stand(const caf::actor& for_whom, caf::execution_unit* on) {
    auto next = caf::actor_cast<caf::strong_actor_ptr>(for_whom);
    const std::lock_guard hold(mutex_);
    if (closed_) return;
    std::swap(target_, next); // who stood there before goes when the lock is open again
    if (!target_) return;
    for (auto& each : std::exchange(waiting_, {})) target_->enqueue(std::move(each), on);
  }

  void close(const caf::error& why, caf::execution_unit* on) {
    caf::strong_actor_ptr target;
    std::vector<caf::mailbox_element_ptr> left;
    {
      const std::lock_guard hold(mutex_);
      if (closed_) return;
      closed_.emplace(why);
      std::swap(target, target_);
      std::swap(left, waiting_);
    }
    for (auto& each : left) turn_away(std::move(each));
    cleanup(caf::error(why), on);
  }

  /// Once closed; nothing changes any more.
  void turn_away(caf::mailbox_element_ptr message) {
    message = in_case(std::move(message));
    (*closed_)(*message);
    if (recorder_ != nullptr)
      trace::note_lost(*recorder_, static_cast<const trace::carried&>(*message),
                       recorder_->name(name()), now());
  }

  std::int64_t now() { return trace::clock_ns(recorder_, home_system()); }

  trace::recorder* recorder_;
  std::mutex mutex_; ///< of what follows
  caf::strong_actor_ptr target_;
  std::vector<caf::mailbox_element_ptr> waiting_;
  std::optional<caf::detail::sync_request_bouncer> closed_; ///< tells who asks
};

} // namespace

caf::actor spawn_facade(caf::actor_system& in) {
  caf::actor_config config;
  return caf::make_actor<facade, caf::actor>(in.next_actor_id(), in.node(), &in, config);
}

caf::actor spawn_facade(caf::local_actor& owner) {
  auto made = spawn_facade(owner.system());
  owner.link_to(made);
  return made;
}

} // namespace termlease::actors
