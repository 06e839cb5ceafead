#include "bus/trace/system.hpp"

#include "bus/trace/here.hpp"
#include "bus/trace/traceparent.hpp"

namespace termlease::trace {

namespace {

std::uint64_t span_here(const caf::local_actor& self) {
  const auto* recorder = recorder_of(self.system());
  return recorder == nullptr ? 0 : recorder->span_of(here().at.turn);
}

} // namespace

std::string here_as_span(const caf::local_actor& self) {
  const auto span = span_here(self);
  return span == 0 ? std::string{} : span_id_of(span);
}

std::string here_as_parent(const caf::local_actor& self, std::string_view correlation) {
  return traceparent_of(correlation, span_here(self));
}

} // namespace termlease::trace
