#pragma once

// Why: stdout is for what was asked for, stderr for everything said about it. Every command prints
// through here, so that a pipe gets clean data, --json gets JSON alone, and -q gets silence.

#include "messages/json.hpp"
#include "tools/termlease/output/style.hpp"

#include <ostream>
#include <string_view>

namespace termlease::cli {

/// The two streams of a command, and how to write on them.
class console {
public:
  console(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}

  std::ostream& out() const { return out_; }

  const style& out_style() const { return out_style_; }

  std::ostream& err() const { return err_; }

  const style& err_style() const { return err_style_; }

  void set_styles(style out, style err) {
    out_style_ = out;
    err_style_ = err;
  }

  void set_json(bool json) { json_ = json; }

  void set_quiet(bool quiet) { quiet_ = quiet; }

  bool json() const { return json_; }

  /// A remark on stderr, for people; not with -q.
  void note(std::string_view safe_text) const;

  /// What was done, on stdout; not with --json or -q.
  void done(std::string_view safe_text) const;

  /// One JSON value on stdout. Only ASCII leaves, everything else escaped: JSON is read on
  /// terminals too.
  void print(const messages::json& value) const;

  /// `print` on one line, for commands that follow something.
  void print_line(const messages::json& value) const;

private:
  std::ostream& out_;
  std::ostream& err_;
  style out_style_;
  style err_style_;
  bool json_ = false;
  bool quiet_ = false;
};

} // namespace termlease::cli
