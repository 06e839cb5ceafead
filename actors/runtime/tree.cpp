#include "actors/runtime/tree.hpp"

#include "actors/policy/gate.hpp"
#include "actors/runtime/root.hpp"
#include "actors/shares/relays.hpp"
#include "bus/journal/journal.hpp"
#include "bus/router/router.hpp"

#include <utility>

namespace termlease::actors {

using messages::record;

namespace {

child_spec branch(std::string id, const caf::actor& address, std::function<caf::actor()> start) {
  return {std::move(id), std::move(start), restart_rule::permanent, address, {}};
}

} // namespace

tree::tree(caf::actor_system& system, ground under) : system_(system), under_(std::move(under)) {
  auto& env = *under_.env;
  for (auto* each : {&env.journal, &env.policy, &env.approvals, &env.tokens, &env.terminals,
                     &env.relays, &env.shares, &router_, &root_})
    *each = facades_.emplace_back(spawn_facade(system_));
}

tree::~tree() {
  for (const auto& each : facades_) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
}

void tree::plant(std::shared_ptr<bus::outbox> clients) {
  root_options planting;
  planting.children = branches(std::move(clients));
  planting.clients = under_.clients;
  planting.last_sequence = [known = under_.known] { return known->last_sequence(); };
  planting.started_at = under_.env->now();
  planting.journal = under_.journal;
  planting.done = under_.done;
  const auto planted = named("root", [&] {
    return spawn_traceable(system_, actors::root, shared_environment(under_.env),
                           std::move(planting));
  });
  under_.env->actors->running("root", planted, {});
  planted->attach_functor([lost = under_.root_lost, &in = system_](const caf::error& why) {
    if (lost && is_crash(why)) lost(in.render(why));
  });
  caf::anon_send(root_, stand_for{planted});
}

/// In the order in which they are planted; see docs/architecture.md.
std::vector<child_spec> tree::branches(std::shared_ptr<bus::outbox> clients) {
  const shared_environment all = under_.env;
  auto& in = system_;
  auto* known = under_.known;
  return {
      branch(journal_id, all->journal, journal()),
      branch("router", router_, router_for(std::move(clients))),
      branch("policy gate", all->policy,
             [=, &in, rules = under_.rules] {
               return spawn_traceable(in, policy_gate, all, rules());
             }),
      branch("approvals", all->approvals,
             [=, &in] { return spawn_traceable(in, approvals, all, known->approvals()); }),
      branch("tokens", all->tokens,
             [=, &in] { return spawn_traceable(in, tokens, all, known->tokens()); }),
      branch("terminals", all->terminals,
             [=, &in] { return spawn_traceable(in, terminals, all, known->terminals()); }),
      branch("relays", all->relays, [=, &in] { return spawn_traceable(in, relays, all); }),
      branch("shares", all->shares,
             [=, &in, is_new = true]() mutable {
               return spawn_traceable(in, shares, all, known->shares(),
                                      std::exchange(is_new, false));
             }),
  };
}

std::function<caf::actor()> tree::journal() {
  bus::journal_options keeping;
  keeping.batch_limit = under_.env->settings.journal.batch_limit;
  keeping.durable = [known = under_.known](const record& each) { known->apply(each); };
  keeping.foreseen = [known = under_.known](const record& each) { known->foresee(each); };
  keeping.log = under_.env->log;
  return [keeping, &in = system_, storage = under_.storage, archive = under_.archive,
          router = router_] {
    return spawn_traceable(in, bus::journal, storage, archive, router, keeping);
  };
}

std::function<caf::actor()> tree::router_for(std::shared_ptr<bus::outbox> clients) {
  using bus::branch;
  const auto& env = *under_.env;
  bus::router_options wiring;
  wiring.branches = {{branch::terminals, env.terminals},
                     {branch::shares, env.shares},
                     {branch::approvals, env.approvals},
                     {branch::policy, env.policy},
                     {branch::tokens, env.tokens},
                     {branch::journal, env.journal},
                     {branch::runtime, root_}};
  wiring.clients = std::move(clients);
  wiring.next_id = env.next_id;
  wiring.now = env.now;
  return [wiring, &in = system_, known = under_.known]() mutable {
    wiring.last_sequence = known->last_sequence();
    return spawn_traceable(in, bus::router, wiring);
  };
}

} // namespace termlease::actors
