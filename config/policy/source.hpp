#pragma once

// Why: the gate asks for the rules at each decision, so a change counts from the next request on,
// and a file that broke shuts the gate instead of leaving yesterday's rules in force. Simulations
// and tests give their own source.

#include "config/policy/load.hpp"
#include "config/text_file.hpp"
#include "messages/policy.hpp"

#include <cstdint>
#include <filesystem>

namespace termlease::config {

/// The rules in force, or why there are none.
struct policy_state {
  loaded_policy policy;
  std::uint64_t generation = 0; ///< grows with each change of the content; 0: never read
};

/// Decides by the rules in force; without any, denies and says why (policy_missing, policy_broken).
messages::policy_decision decide(const policy_state& state, const messages::policy_request& request,
                                 messages::span default_deadline = messages::minutes(10));
messages::policy_decision explain(const policy_state& state,
                                  const messages::policy_request& request,
                                  messages::span default_deadline = messages::minutes(10));

class policy_source {
public:
  virtual ~policy_source() = default;
  /// The present state; valid until the next call. Cheap when nothing changed.
  virtual const policy_state& current() = 0;
};

/// A policy file, read again whenever its time, size or identity changed.
class file_policy_source final : public policy_source {
public:
  explicit file_policy_source(std::filesystem::path file) : file_(std::move(file)) {}

  const policy_state& current() override;

private:
  std::filesystem::path file_;
  file_stamp stamp_;
  bool settled_ = false; ///< old enough for an equal stamp to mean an equal content
  text_file content_;
  policy_state state_;
};

/// Rules from a text, for simulations and tests.
class text_policy_source final : public policy_source {
public:
  explicit text_policy_source(std::string_view text) { replace(text); }

  void replace(std::string_view text) {
    state_ = {parse_policy(text, "policy.toml"), state_.generation + 1};
  }

  const policy_state& current() override { return state_; }

private:
  policy_state state_;
};

} // namespace termlease::config
