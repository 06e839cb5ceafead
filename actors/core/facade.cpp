#include "actors/core/facade.hpp"

namespace termlease::actors {

namespace {

caf::behavior handing_on(caf::event_based_actor* self, const caf::actor& target);

caf::behavior waiting(caf::event_based_actor* self) {
  self->set_default_handler(caf::skip);
  return {[self](const stand_for& now) {
    if (now.target) self->become(handing_on(self, now.target));
  }};
}

caf::behavior handing_on(caf::event_based_actor* self, const caf::actor& target) {
  self->set_default_handler(
      [self, target](caf::scheduled_actor*, caf::message_view& view) -> caf::result<caf::message> {
        auto promise = self->make_response_promise();
        promise.delegate(target, view.move_content_to_message());
        return promise;
      });
  return {[self](const stand_for& now) {
    self->become(now.target ? handing_on(self, now.target) : waiting(self));
  }};
}

} // namespace

caf::behavior facade(caf::event_based_actor* self) {
  return waiting(self);
}

} // namespace termlease::actors
