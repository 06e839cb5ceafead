#include "actors/shares/ttl_clock.hpp"

#include "messages/edges.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

constexpr auto warning = "warns";
constexpr auto expiry = "expires";

} // namespace

caf::behavior ttl_clock(caf::event_based_actor* self, shared_environment env, caf::actor lease,
                        lease_times times) {
  auto current = std::make_shared<lease_times>();
  const auto set = [=](const lease_times& wanted) {
    *current = wanted;
    if (wanted.warns_at) self->send(env->alarms, set_alarm{warning, wanted.warns_at});
    self->send(env->alarms, set_alarm{expiry, wanted.expires_at});
  };
  const auto stop = [=] {
    self->send(env->alarms, cancel_alarm{warning});
    self->send(env->alarms, cancel_alarm{expiry});
  };
  self->monitor(lease);
  self->set_down_handler([=](const caf::down_msg&) {
    stop();
    self->quit();
  });
  self->set_exit_handler([=](const caf::exit_msg& why) {
    stop();
    self->quit(why.reason);
  });
  set(times);
  return {
      set,
      [=](const alarm_rang& alarm) {
        if (alarm.name == expiry && alarm.at == current->expires_at)
          self->send(lease, lease_expires{alarm.at});
        if (alarm.name == warning && alarm.at == current->warns_at)
          self->send(lease, lease_warns{alarm.at});
      },
  };
}

} // namespace termlease::actors
