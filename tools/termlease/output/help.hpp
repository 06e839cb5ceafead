#pragma once

// Why: help is read in a hurry. What the command does, how it is written, its options, examples
// that work as they stand; the options that every command has come last and only in the main help
// in full.

#include <CLI/CLI.hpp>

#include <string>

namespace termlease::cli {

/// Renders the help of the program and of each command.
class help_formatter : public CLI::Formatter {
public:
  std::string make_help(const CLI::App* command, std::string name,
                        CLI::AppFormatMode mode) const override;
};

/// "termlease terminal new": the command as it is typed.
std::string typed_name(const CLI::App* command);

} // namespace termlease::cli
