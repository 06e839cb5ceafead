#include "messages/runtime.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/event_text.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/table.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/termlease/runtime/audit_trail.hpp"
#include "tools/termlease/runtime/follow.hpp"

namespace termlease::cli {

using messages::record;

namespace {

constexpr std::chrono::milliseconds verify_deadline = std::chrono::minutes(10);

struct audit_wish {
  std::string share;
  std::string since;
  bool follow = false;
};

tone tone_of(const record& each) {
  if (each.result == "ok") return tone::good;
  return each.result == "denied" ? tone::warning : tone::bad;
}

table table_of(const std::vector<record>& records) {
  table rows({"SEQ", "TIME", "WHAT", "WHO", "SHARE", "RESULT", "DETAIL"});
  const auto at = now();
  for (const auto& each : records) {
    const auto payload = messages::json::parse(each.metadata.text, nullptr, false);
    rows.add({cell(std::to_string(each.sequence), tone::dim), local_time(each.timestamp, at),
              words_of(each.event_type), messages::to_text(each.actor), short_id(each.share_id),
              cell(each.result, tone_of(each)), detail_of(each.event_type, payload)});
  }
  return rows;
}

void print_followed(const console& to, const record& each) {
  if (to.json()) return to.print_line(messages::encode(each));
  const auto payload = messages::json::parse(each.metadata.text, nullptr, false);
  to.out() << to.out_style().paint(tone::dim, std::to_string(each.sequence)) << "  "
           << local_time(each.timestamp, now()) << "  " << words_of(each.event_type) << "  "
           << safe(messages::to_text(each.actor)) << "  " << safe(short_id(each.share_id)) << "  "
           << to.out_style().paint(tone_of(each), safe(each.result)) << "  "
           << detail_of(each.event_type, payload) << std::endl;
}

exit_code audit(const invocation& run, const audit_wish& wish) {
  messages::query_audit query;
  query.since = since_argument(wish.since);
  auto runtime = run.connect();
  query.share = full_share_id(runtime, wish.share);
  const auto records = read_all(runtime, query);
  if (run.screen.json() && wish.follow)
    for (const auto& each : records) print_followed(run.screen, each);
  else if (run.screen.json())
    run.screen.print(messages::encode(records));
  else if (!records.empty())
    table_of(records).print(run.screen.out(), run.screen.out_style());
  else if (!wish.follow)
    run.screen.note("the record holds nothing of that");
  if (!wish.follow) return exit_code::done;
  run.screen.out().flush();
  const auto status = runtime.ask<messages::runtime_status>(messages::get_status{});
  messages::subscribe news;
  news.topics = {std::string(record::describe().name)};
  news.from = records.empty() ? status.sequence + 1 : records.back().sequence + 1;
  news.share_id = query.share;
  follow(runtime, news, [&](const messages::envelope& event) {
    if (event.topic == record::describe().name)
      print_followed(run.screen, messages::decoded<record>(messages::encode(event.payload)));
    else if (event.topic == messages::gap::describe().name)
      run.screen.note("some were missed: run `termlease audit` once more");
  });
  return exit_code::done;
}

exit_code verify(const invocation& run) {
  const auto report =
      run.connect().ask<messages::chain_report>(messages::verify_audit{}, verify_deadline);
  if (run.screen.json()) {
    run.screen.print(messages::encode(report));
  } else if (report.valid) {
    run.screen.done("the chain of " + std::to_string(report.records) +
                    " records is whole; its head is " + safe(report.head));
  } else {
    run.screen.err() << run.screen.err_style().paint(tone::bad, "the record was tampered with")
                     << ", first at sequence " << report.first_bad << ": " << safe(report.problem)
                     << '\n';
  }
  return report.valid ? exit_code::done : exit_code::failed;
}

} // namespace

void add_audit_commands(CLI::App& program, invocation& run) {
  auto* command =
      add_command(program, heading::looking,
                  {"audit", "read the record of everything that was asked, decided and done",
                   "termlease audit --since 2h\ntermlease audit --share 3f2a9c1d --json\n"
                   "termlease audit --follow\ntermlease audit verify"});
  command->require_subcommand(0, 1);
  const auto wish = std::make_shared<audit_wish>();
  add_text(command, "--share", wish->share, "ID", "only of this share");
  add_text(command, "--since", wish->since, "TIME",
           "from then on: RFC 3339, or 2h for two hours ago");
  command->add_flag("--follow", wish->follow, "go on with what comes, until Ctrl-C");
  auto* verified = add_command(*command, "Commands",
                               {"verify", "check that nothing in the record was changed or removed",
                                "termlease audit verify"});
  on_run(command, run, [wish, &run] { return audit(run, *wish); });
  on_run(verified, run, [&run] { return verify(run); });
}

} // namespace termlease::cli
