#pragma once

// Why: settings and policies complain about the same things in the same words: an unknown key, a
// wrong type, a value out of range. Readers of both say what they want of a table, and get it or
// leave a mistake with its place behind.

#include "config/complaints.hpp"
#include "config/toml_text.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::config {

inline constexpr std::size_t longest_list = 500;

/// What a number may be, ends included; lengths of time are in milliseconds.
struct range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

/// One text of a list, and where it stands.
struct listed_text {
  std::string text;
  toml::source_region where;
};

/// Reads one table. A missing key gives nothing; a wrong value gives nothing and a mistake.
/// Lives no longer than the table and the complaints.
class table_reader {
public:
  /// `path` is put before each key in a complaint: "shares", "rule[2]", or empty at the top.
  table_reader(const toml::table& table, std::string path, complaints& into)
      : table_(table), path_(std::move(path)), into_(into) {}

  /// A reader of `table`, which stands under `key`.
  table_reader below(std::string_view key, const toml::table& table) const {
    return {table, full(key), into_};
  }

  const toml::node* find(std::string_view key) const { return table_.get(key); }

  std::optional<std::string> text(std::string_view key) const;
  std::optional<std::int64_t> whole_number(std::string_view key, range allowed) const;
  std::optional<messages::span> length_of_time(std::string_view key, range allowed) const;
  /// A list of non-empty, different texts. An empty list is a mistake: whether it means all or
  /// none is anybody's guess.
  std::optional<std::vector<listed_text>> texts(std::string_view key) const;

  /// Complains about every key that isn't among `known`.
  void only(std::span<const std::string_view> known) const;
  /// Complains about the value of `key`, or about the table when the key is missing.
  void complain(std::string_view key, std::string what, std::string hint = {}) const;
  void complain_at(const toml::source_region& where, std::string_view key, std::string what,
                   std::string hint = {}) const;

private:
  std::string full(std::string_view key) const;

  const toml::table& table_;
  std::string path_;
  complaints& into_;
};

/// "a text", "a list", …: what a person would call the value.
std::string kind_of(const toml::node& node);

/// "from 1s to 7d" or "from 1 to 100".
std::string range_text(range allowed, bool of_time);

} // namespace termlease::config
