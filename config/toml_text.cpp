#include "config/toml_text.hpp"

namespace termlease::config {

namespace {

/// Walks over TOML just closely enough to tell keys and brackets from strings and comments.
class depth_scanner {
public:
  explicit depth_scanner(std::string_view text) : text_(text) {}

  std::optional<text_place> run() {
    while (at_ < text_.size()) {
      const auto place = here();
      switch (text_[at_]) {
      case '#':
        skip_comment();
        break;
      case '"':
      case '\'':
        skip_string(text_[at_]);
        break;
      default:
        step();
      }
      if (dots_ >= deepest_key || brackets_ > deepest_nesting) return place;
    }
    return std::nullopt;
  }

private:
  text_place here() const { return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)}; }

  void step() {
    switch (text_[at_]) {
    case '.':
      ++dots_;
      break;
    case '[':
    case '{':
      ++brackets_;
      dots_ = 0;
      break;
    case ']':
    case '}':
      if (brackets_ > 0) --brackets_;
      dots_ = 0;
      break;
    case '=':
    case ',':
      dots_ = 0;
      break;
    case '\n':
      dots_ = 0;
      break;
    default:
      break;
    }
    advance();
  }

  void advance() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }

  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  void skip_string(char quote) {
    const std::string triple(3, quote);
    const bool long_one = text_.substr(at_, 3) == triple;
    at_ += long_one ? 3 : 1;
    while (at_ < text_.size()) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        advance();
      } else if (long_one && text_.substr(at_, 3) == triple) {
        at_ += 3;
        // A long string may end with up to two quotes of its own.
        for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) ++at_;
        return;
      } else if (!long_one && (text_[at_] == quote || text_[at_] == '\n')) {
        if (text_[at_] == quote) ++at_;
        return;
      }
      advance();
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t dots_ = 0;
  std::uint32_t brackets_ = 0;
};

} // namespace

std::optional<text_place> too_deep(std::string_view text) {
  return depth_scanner(text).run();
}

std::optional<toml::table> parse_toml(std::string_view text, const std::string& file,
                                      std::vector<messages::file_mistake>& into) {
  if (const auto place = too_deep(text)) {
    into.push_back({file,
                    place->line,
                    place->column,
                    {},
                    "is nested too deep",
                    "a key has at most " + std::to_string(deepest_key) + " parts"});
    return std::nullopt;
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& problem) {
    const auto& at = problem.source().begin;
    into.push_back({file, at.line, at.column, {}, std::string(problem.description()), {}});
    return std::nullopt;
  }
}

} // namespace termlease::config
