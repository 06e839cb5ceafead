#include "actors/policy/tokens.hpp"

#include "actors/core/answering.hpp"
#include "actors/core/recording.hpp"
#include "bus/identity/token.hpp"
#include "messages/connections.hpp"

#include <algorithm>
#include <cctype>

namespace termlease::actors {

using namespace messages;

void token_ledger::apply(const record& record) {
  if (record.event_type == token_created::describe().name) {
    auto made = decoded<token_created>(json::parse(record.metadata.text));
    all_[made.token.name] = {made.token, made.hash};
  } else if (record.event_type == token_revoked::describe().name) {
    const auto gone = decoded<token_revoked>(json::parse(record.metadata.text)).token;
    if (const auto found = all_.find(gone.name); found != all_.end())
      found->second.view.revoked_at = gone.revoked_at;
  }
}

namespace {

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](unsigned char each) {
           return std::isalnum(each) || each == '-' || each == '_' || each == '.';
         });
}

/// The tokens' state and turns; lives inside the actor.
class token_keeper {
public:
  token_keeper(caf::event_based_actor* self, shared_environment env, token_ledger known)
      : self_(self), env_(std::move(env)), tokens_(known.all()) {}

  token_checked check(const check_token& shown) const {
    for (const auto& [name, each] : tokens_)
      if (!each.view.revoked_at && bus::token_matches(shown.text.text, each.hash))
        return {{each.view.kind, name}, {}};
    return {{},
            {"bad_token", "this token is not known here, or was revoked",
             "ask the operator for a new one: `termlease token create`", false}};
  }

  caf::result<answer> create(const caller& from, const create_token& wanted) {
    refuse(wanted);
    known_token made;
    made.view = {wanted.name, wanted.kind, env_->now(), {}};
    const auto text = bus::new_token();
    made.hash = bus::token_hash(text);
    const auto context = about(from, "token.create", wanted.name);
    return recorded_first(draft(*env_, context, token_created{made.view, made.hash}), [=, this] {
      tokens_[wanted.name] = made;
      return answer_with(new_token{made.view, {text}});
    });
  }

  caf::result<answer> revoke(const caller& from, const revoke_token& wanted) {
    const auto found = tokens_.find(wanted.name);
    if (found == tokens_.end() || found->second.view.revoked_at)
      throw failed("no_such_token", "there is no good token '" + wanted.name + "'",
                   "`termlease tokens` lists them");
    // Worthless from this moment, whatever the journal says.
    found->second.view.revoked_at = env_->now();
    const auto view = found->second.view;
    const auto context = about(from, "token.revoke", wanted.name);
    return recorded_first(draft(*env_, context, token_revoked{view}),
                          [view] { return answer_with(view); });
  }

  answer list() const {
    token_list all;
    for (const auto& [name, each] : tokens_) all.tokens.push_back(each.view);
    return answer_with(all);
  }

private:
  static action_context about(const caller& from, std::string action, const std::string& name) {
    auto context = context_of(from, std::move(action));
    context.target = name;
    return context;
  }

  void refuse(const create_token& wanted) const {
    if (!is_name(wanted.name))
      throw failed("bad_name", "a token can't be called '" + wanted.name + "'",
                   "use letters, digits, '.', '-' and '_', at most 64");
    if (wanted.kind != identity_kind::human && wanted.kind != identity_kind::agent)
      throw failed("bad_kind", "a token is for a human or an agent", "use --kind human or agent");
    const auto found = tokens_.find(wanted.name);
    if (found != tokens_.end() && !found->second.view.revoked_at)
      throw failed("token_exists", "there is a token '" + wanted.name + "' already",
                   "revoke it first, or choose another name");
    const auto good = std::count_if(tokens_.begin(), tokens_.end(),
                                    [](const auto& each) { return !each.second.view.revoked_at; });
    if (static_cast<std::size_t>(good) >= most_tokens)
      throw failed("limit_reached", "there are too many tokens", "revoke those not in use");
  }

  template <class Done> caf::result<answer> recorded_first(record news, Done done) {
    auto promise = self_->make_response_promise<answer>();
    self_->request(env_->journal, record_patience, append{{std::move(news)}})
        .then(
            [promise, done](const recorded& result) mutable {
              promise.deliver(result.problem ? answer_with(result.problem) : done());
            },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
    return promise;
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  std::map<std::string, known_token> tokens_;
};

} // namespace

caf::behavior tokens(caf::event_based_actor* self, shared_environment env, token_ledger known) {
  auto state = std::make_shared<token_keeper>(self, std::move(env), std::move(known));
  return {
      [state](const check_token& shown) { return state->check(shown); },
      [state](const caller& from, const create_token& wanted) {
        return answered([&] { return state->create(from, wanted); });
      },
      [state](const caller& from, const revoke_token& wanted) {
        return answered([&] { return state->revoke(from, wanted); });
      },
      [state](const caller&, const list_tokens&) { return state->list(); },
  };
}

} // namespace termlease::actors
