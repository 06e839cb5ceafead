#include "tools/termlease/output/share_answer.hpp"

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"

namespace termlease::cli {

using messages::json;
using messages::share_view;

namespace {

json as_json(const share_view& share, const guest_keys& keys) {
  json object = messages::encode(share);
  object["key_fingerprints"] = json::array();
  for (const auto& each : keys.open) object["key_fingerprints"].push_back(each.fingerprint);
  if (!keys.private_text.empty()) object["private_key"] = keys.private_text;
  return object;
}

messages::failure nobody_decided(const share_view& share) {
  const auto id = short_id(share.share_id);
  return {
      "timed_out", "nobody has decided yet about the share " + id + " of " + share.terminal_name,
      "the request stays: once it is approved (termlease approve " + short_id(share.approval_id) +
          "), get the link with: termlease show " + id + " --links"};
}

void print_private_key(const console& to, const guest_keys& keys) {
  if (keys.private_text.empty()) return;
  to.note("\nA key was made for this share; it is shown only now. Your guest saves it as "
          "guest_key,\nruns `chmod 600 guest_key`, and writes `-i guest_key` behind `ssh`:\n");
  to.out() << keys.private_text;
}

std::string who_may(const guest_keys& keys) {
  std::string text;
  for (const auto& each : keys.open) {
    text += "\n  " + each.fingerprint;
    if (!each.comment.empty()) text += " " + safe(each.comment);
  }
  return text;
}

void print_link(const console& to, const share_view& share, const guest_keys& keys) {
  const auto& colours = to.err_style();
  const auto at = now();
  to.note(colours.paint(tone::good, safe(share.terminal_name) + " is shared") + ", " +
          mode_words(share.mode) + ", for " + time_left(share.expires_at, at) + " (until " +
          local_time(share.expires_at, at) + "), as " + short_id(share.share_id) +
          ". Your guest runs:\n");
  to.out() << safe(share.link.text) << '\n';
  to.note("\nOnly these keys get in:" + who_may(keys));
  print_private_key(to, keys);
  const auto id = short_id(share.share_id);
  to.note("\nlonger: termlease extend " + id + " 15m   out: termlease revoke " + id);
}

} // namespace

exit_code tell_share(const console& to, const share_view& share, const guest_keys& keys) {
  if (share.state == messages::share_state::denied)
    throw messages::failed("denied", share.detail.empty() ? "the share was denied" : share.detail,
                           "termlease show " + short_id(share.share_id) + " tells more");
  if (share.state == messages::share_state::awaiting_approval) {
    const auto why = nobody_decided(share);
    if (to.json()) {
      auto object = as_json(share, keys);
      object["error"] = messages::encode(why);
      to.print(object);
      return exit_code::no_answer;
    }
    report(to, why);
    print_private_key(to, keys);
    return exit_code::no_answer;
  }
  if (messages::is_final(share.state))
    throw messages::failed(
        "share_ended",
        "the share ended at once: " + std::string(messages::name_of(share.end_reason)) +
            (share.detail.empty() ? "" : ", " + share.detail),
        "termlease show " + short_id(share.share_id) + " tells more");
  if (to.json())
    to.print(as_json(share, keys));
  else
    print_link(to, share, keys);
  return exit_code::done;
}

} // namespace termlease::cli
