#include "config/settings.hpp"
#include "messages/envelope.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/event_text.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/table.hpp"

namespace termlease::cli {

namespace {

std::string fields_of(const messages::json& payload) {
  std::string text;
  for (const auto& [name, value] : payload.items()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Methods and topics have the same form; only the key of their name differs.
void print_described(const console& to, const messages::json& list, const char* key,
                     const char* heading) {
  table rows({heading, "WHAT IT IS", "FIELDS"});
  for (const auto& each : list)
    rows.add({cell(text_in(each, key), tone::bold), text_in(each, "doc"),
              cell(fields_of(each.value("payload", messages::json::object())), tone::dim)});
  rows.print(to.out(), to.out_style());
}

exit_code methods(const invocation& run) {
  const auto all = run.connect().call(messages::introspect::describe().name,
                                      messages::json::object(), std::chrono::seconds(30));
  if (run.screen.json()) {
    run.screen.print(all);
    return exit_code::done;
  }
  print_described(run.screen, all.value("methods", messages::json::array()), "method", "METHOD");
  run.screen.out() << '\n';
  print_described(run.screen, all.value("topics", messages::json::array()), "topic", "TOPIC");
  return exit_code::done;
}

exit_code settings(const invocation& run) {
  const auto where = config::find_paths();
  const auto values = current_settings(where);
  if (!run.screen.json()) {
    run.screen.note("# " + safe(where.settings_file().string()));
    run.screen.out() << config::settings_text(values);
    return exit_code::done;
  }
  messages::json list = messages::json::array();
  for (const auto& each : config::setting_lines(values))
    list.push_back({{"key", each.section + "." + each.key},
                    {"value", each.value},
                    {"default", each.standard},
                    {"allowed", each.allowed},
                    {"doc", each.doc}});
  run.screen.print({{"file", where.settings_file().string()}, {"settings", std::move(list)}});
  return exit_code::done;
}

} // namespace

void add_introspection_commands(CLI::App& program, invocation& run) {
  auto* described = add_command(program, heading::running,
                                {"methods", "what the bus can be asked, and what it tells",
                                 "termlease methods\ntermlease methods --json"});
  on_run(described, run, [&run] { return methods(run); });
  auto* effective = add_command(program, heading::running,
                                {"settings", "the settings in force, as a file to begin with",
                                 "termlease settings\ntermlease settings > new-config.toml"});
  on_run(effective, run, [&run] { return settings(run); });
}

} // namespace termlease::cli
