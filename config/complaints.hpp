#pragma once

// Why: a person fixes a file faster when all of its mistakes are told at once, in the order in
// which an editor shows them. Readers therefore note what is wrong and go on.

#include "config/toml_text.hpp"
#include "messages/failure.hpp"
#include "messages/mistake.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace termlease::config {

inline constexpr std::size_t most_mistakes = 100; ///< what comes after is only counted
inline constexpr std::size_t longest_quote = 160; ///< bytes of the file's own text in a complaint

/// The file's own text as it may be shown on a terminal: no control characters, and not endless.
std::string printable(std::string_view text);

/// The mistakes of one file, collected while it is read.
class complaints {
public:
  explicit complaints(std::string file) : file_(std::move(file)) {}

  void add(const toml::source_region& where, std::string key, std::string what,
           std::string hint = {});

  bool none() const { return list_.empty(); }

  const std::string& file() const { return file_; }

  /// For whatever complains without a region; sorted with the others by `take`.
  std::vector<messages::file_mistake>& raw() { return list_; }

  /// The first `most_mistakes` of them by line and column, and a note on how many others there are.
  std::vector<messages::file_mistake> take();

private:
  std::string file_;
  std::vector<messages::file_mistake> list_;
  std::size_t left_out_ = 0;
};

/// The mistakes as one error: the first in full, the number of the others.
/// `mistakes` must not be empty.
messages::failure as_failure(std::string code, const std::vector<messages::file_mistake>& mistakes);

} // namespace termlease::config
