#pragma once

// Why: people compare rows by running down a column, so columns line up, also where names hold wide
// characters. The same table goes into a pipe, without colours and without tabs: a `grep` or an
// `awk` sees what the operator saw.

#include "tools/termlease/output/style.hpp"

#include <concepts>
#include <ostream>
#include <string>
#include <vector>

namespace termlease::cli {

/// One cell. Its text is made safe when the cell is made.
struct cell {
  template <std::convertible_to<std::string_view> Text>
  cell(const Text& raw, tone tone_of_it = tone::plain)
      : cell(std::string_view(raw), tone_of_it, {}) {}

  std::string text;
  tone how;

private:
  struct convert {};

  cell(std::string_view raw, tone tone_of_it, convert);
};

/// Rows under headings. Columns in which no row has anything are left out.
class table {
public:
  explicit table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  /// A row has as many cells as there are headings.
  void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }

  bool empty() const { return rows_.empty(); }

  void print(std::ostream& out, const style& colours) const;

private:
  std::vector<std::string> headings_;
  std::vector<std::vector<cell>> rows_;
};

/// "NAME  value" lines with the values under each other; empty values are left out.
void print_fields(std::ostream& out, const style& colours,
                  const std::vector<std::pair<std::string, cell>>& fields);

} // namespace termlease::cli
