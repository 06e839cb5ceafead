#include "actors/policy/gate.hpp"

#include "actors/core/answering.hpp"
#include "actors/core/recording.hpp"
#include "messages/leases.hpp"
#include "messages/runtime.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

std::string problem_of(const config::policy_state& state) {
  if (state.policy.mistakes.empty()) return {};
  return to_text(state.policy.mistakes.front());
}

/// The gate's state and turns; lives inside the actor.
class gate {
public:
  gate(caf::event_based_actor* self, shared_environment env,
       std::shared_ptr<config::policy_source> source)
      : self_(self), env_(std::move(env)), source_(std::move(source)) {}

  policy_decision decide(const policy_request& request) {
    return config::decide(rules(), request, env_->settings.approvals.default_deadline);
  }

  std::string problem() { return problem_of(rules()); }

  caf::result<answer> explain(const caller& from, const explain_policy& wanted) {
    policy_request request;
    request.action = wanted.action;
    request.requester = wanted.requester.empty() ? from.who : identity_from(wanted.requester);
    request.terminal = wanted.terminal;
    request.lane = wanted.lane.empty() ? "default" : wanted.lane;
    request.backend = wanted.backend;
    request.ttl = wanted.ttl;
    decode(json(wanted.mode), request.mode, "mode");
    auto promise = self_->make_response_promise<answer>();
    self_->request(env_->terminals, caf::infinite, find_terminal{wanted.terminal})
        .then(
            [=, this](const terminal_found& found, const caf::actor&) mutable {
              if (!found.problem) {
                request.terminal = found.terminal.name;
                request.lane = found.terminal.lane;
              }
              promise.deliver(answer_with(
                  config::explain(rules(), request, env_->settings.approvals.default_deadline)));
            },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
    return promise;
  }

private:
  /// The rules in force; a change is announced when it is first used.
  const config::policy_state& rules() {
    const auto& state = source_->current();
    if (state.generation == announced_) return state;
    announced_ = state.generation;
    const auto path = env_->paths.policy_file().string();
    const auto problem = problem_of(state);
    if (!problem.empty()) env_->log("the policy gate is shut: " + problem);
    const auto rule_count = static_cast<std::uint32_t>(state.policy.set.rules.size());
    self_->send(
        env_->journal,
        keep{{problem.empty() ? draft(*env_, {}, policy_loaded{path, rule_count})
                              : draft(*env_, {}, policy_rejected{path, problem}, "error")}});
    return state;
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  std::shared_ptr<config::policy_source> source_;
  std::uint64_t announced_ = 0;
};

} // namespace

caf::behavior policy_gate(caf::event_based_actor* self, shared_environment env,
                          std::shared_ptr<config::policy_source> source) {
  auto state = std::make_shared<gate>(self, std::move(env), std::move(source));
  return {
      [state](const policy_request& request) { return state->decide(request); },
      [state](get_policy_problem) { return state->problem(); },
      [state](const caller& from, const explain_policy& wanted) {
        return answered([&] { return state->explain(from, wanted); });
      },
  };
}

} // namespace termlease::actors
