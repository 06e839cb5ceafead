#include "tools/termlease/output/help.hpp"

#include "tools/termlease/output/safe_text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace termlease::cli {

namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

/// "SHARE", "[TERMINAL]", "[COMMAND]..."
std::string positional_name(const CLI::Option* option) {
  std::string name = option->get_name(true);
  if (!option->get_required()) name = "[" + name + "]";
  return option->get_items_expected_max() > 1 ? name + "..." : name;
}

std::string option_name(const CLI::Option* option) {
  std::string name;
  for (const auto& each : option->get_snames()) name += (name.empty() ? "-" : ", -") + each;
  for (const auto& each : option->get_lnames()) name += (name.empty() ? "--" : ", --") + each;
  const bool takes_a_value = option->get_items_expected_max() > 0;
  return takes_a_value ? name + " " + option->get_type_name() : name;
}

std::string usage(const CLI::App* command) {
  std::string text = typed_name(command);
  const auto visible = [](const CLI::App* each) { return !each->get_group().empty(); };
  const auto commands = command->get_subcommands(visible);
  const bool optional = command->get_require_subcommand_min() == 0;
  if (!commands.empty()) text += optional ? " [COMMAND]" : " COMMAND";
  for (const auto* option : command->get_options())
    if (option->get_positional()) text += " " + positional_name(option);
  return text + " [options]";
}

std::string section(const std::string& heading, const rows& lines) {
  if (lines.empty()) return {};
  std::size_t widest = 0;
  for (const auto& [left, right] : lines) widest = std::max(widest, width_of(left));
  std::string text = "\n" + heading + ":\n";
  for (const auto& [left, right] : lines)
    text += "  " + left + std::string(widest - width_of(left) + 2, ' ') + right + "\n";
  return text;
}

std::string command_sections(const CLI::App* command) {
  std::vector<std::string> headings;
  const auto all = command->get_subcommands([](const CLI::App*) { return true; });
  for (const auto* each : all)
    if (std::ranges::find(headings, each->get_group()) == headings.end())
      headings.push_back(each->get_group());
  std::string text;
  for (const auto& heading : headings) {
    if (heading.empty()) continue; // commands for programs, not for people
    rows lines;
    for (const auto* each : all)
      if (each->get_group() == heading)
        lines.emplace_back(each->get_name(), each->get_description());
    text += section(heading, lines);
  }
  return text;
}

rows option_rows(const CLI::App* command) {
  rows lines;
  for (const auto* option : command->get_options()) {
    if (option->get_group().empty() || !option->nonpositional()) continue;
    if (command->get_parent() != nullptr && option == command->get_help_ptr()) continue;
    lines.emplace_back(option_name(option), option->get_description());
  }
  return lines;
}

rows argument_rows(const CLI::App* command) {
  rows lines;
  for (const auto* option : command->get_options())
    if (option->get_positional() && !option->get_description().empty())
      lines.emplace_back(option->get_name(true), option->get_description());
  return lines;
}

std::string examples(const CLI::App* command) {
  if (command->get_footer().empty()) return {};
  std::string text = "\nExamples:\n  ";
  for (const char each : command->get_footer()) {
    text += each;
    if (each == '\n') text += "  ";
  }
  return text + "\n";
}

} // namespace

std::string typed_name(const CLI::App* command) {
  const auto* parent = command->get_parent();
  return parent ? typed_name(parent) + " " + command->get_name() : command->get_name();
}

std::string help_formatter::make_help(const CLI::App* command, std::string,
                                      CLI::AppFormatMode) const {
  // A command's help is asked of the program; the command itself is the last that was parsed.
  std::string text = command->get_description() + "\n\nUsage: " + usage(command) + "\n";
  text += section("Arguments", argument_rows(command));
  text += command_sections(command);
  text += section("Options", option_rows(command));
  text += examples(command);
  const auto* top = command;
  while (top->get_parent()) top = top->get_parent();
  if (top != command)
    text +=
        "\nEvery command takes --json, --quiet, --no-start and --no-color; see termlease --help.\n";
  return text;
}

} // namespace termlease::cli
