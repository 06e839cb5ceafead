#include "actors/shares/request_checks.hpp"

#include "actors/core/answering.hpp"
#include "bus/identity/public_key.hpp"
#include "messages/backends.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

namespace {

/// Whether it is known here who is in.
bool tells_of_guests(const std::string& backend, const config::settings& chosen) {
  return tells_guests_apart(backend) || chosen.tmate.relay_host.empty();
}

void check_times(start_share& wanted, const config::share_settings& limits) {
  if (wanted.ttl == not_given) wanted.ttl = limits.default_ttl;
  if (wanted.ttl.ms <= 0)
    throw failed("bad_ttl", "a share must last longer than nothing", "write it as 30m or 1h30m");
  if (wanted.ttl > limits.max_ttl)
    throw failed("bad_ttl",
                 "a share may last at most " + to_text(limits.max_ttl) + ", not " +
                     to_text(wanted.ttl),
                 "ask for less, or raise shares.max_ttl in the settings");
  if (wanted.warn == not_given)
    wanted.warn = config::warns_before_end(wanted.ttl, limits.default_warn);
  if (wanted.warn.ms < 0 || wanted.warn >= wanted.ttl)
    throw failed("bad_warn", "the warning must come after the start and before the end",
                 "give --warn less than --ttl");
}

void check_terms(share_terms& wanted, const config::share_settings& limits, bool counted) {
  if (wanted.max_guests == 0 && counted) wanted.max_guests = limits.max_guests;
  if (wanted.max_guests > limits.max_guests)
    throw failed("bad_terms",
                 "a share takes at most " + std::to_string(limits.max_guests) + " guests",
                 "ask for fewer, or raise shares.max_guests in the settings");
  if (wanted.join_within.ms < 0)
    throw failed("bad_terms", "somebody needs a time to join within", "write it as 10m");
}

void check_keys(start_share& wanted) {
  if (wanted.keys.empty())
    throw failed("no_keys", "a share without a key would be open to anybody",
                 "give the guest's public key with --key");
  if (wanted.keys.size() > most_keys)
    throw failed("too_many_keys", "a share takes at most " + std::to_string(most_keys) + " keys",
                 "make several shares");
  for (std::size_t i = 0; i < wanted.keys.size(); ++i) {
    if (wanted.keys[i].size() > longest_key)
      throw failed("bad_key", "key " + std::to_string(i + 1) + " is longer than any key",
                   "give one public key as it stands in its .pub file");
    wanted.keys[i] = bus::parse_public_key(wanted.keys[i], "key " + std::to_string(i + 1)).line;
  }
}

} // namespace

void check_backend(const std::string& backend, const share_terms& terms,
                   const config::settings& chosen) {
  if (!is_backend(backend)) throw failed(unknown_backend(backend));
  if (tells_guests_apart(backend)) return;
  const auto refuse_when = [&](bool asked, const char* what, const char* why) {
    if (asked)
      throw failed("not_supported", "a share through " + backend + " can't " + what + ": " + why,
                   "leave it out, or share through upterm");
  };
  const bool several = terms.max_guests > 1 && terms.max_guests != chosen.shares.max_guests;
  refuse_when(terms.knock && several, "let several guests wait at the door",
              "all its guests see the same, so they come one by one");
  if (tells_of_guests(backend, chosen)) return;
  constexpr auto why = "a relay of your own doesn't tell who is in";
  refuse_when(terms.knock, "let guests wait at the door", why);
  refuse_when(terms.max_guests != 0, "limit its guests", why);
  refuse_when(terms.join_within > span{}, "end when nobody joins", why);
}

void check_request(start_share& wanted, const config::settings& chosen) {
  const auto& limits = chosen.shares;
  if (wanted.backend.empty()) wanted.backend = limits.default_backend;
  check_backend(wanted.backend, wanted.terms, chosen);
  check_times(wanted, limits);
  check_keys(wanted);
  check_terms(wanted.terms, limits, tells_of_guests(wanted.backend, chosen));
  check_reason(wanted.reason);
  wanted.wait = std::min(wanted.wait, longest_wait);
}

} // namespace termlease::actors
