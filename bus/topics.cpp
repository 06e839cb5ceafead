#include "bus/topics.hpp"

#include <algorithm>
#include <cctype>

namespace termlease::bus {

namespace {

/// Cuts the first token off `rest`; `rest` is empty after the last one.
std::string_view next_token(std::string_view& rest) {
  const auto dot = rest.find('.');
  const auto token = rest.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  return token;
}

bool is_token(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](unsigned char each) {
    return std::isalnum(each) || each == '_' || each == '-';
  });
}

template <class TokenTest> bool all_tokens(std::string_view text, TokenTest test) {
  if (text.empty() || text.size() > max_topic_length || text.back() == '.') return false;
  while (!text.empty()) {
    const auto token = next_token(text);
    if (!test(token, text.empty())) return false;
  }
  return true;
}

} // namespace

bool is_topic(std::string_view text) {
  return all_tokens(text, [](std::string_view token, bool) { return is_token(token); });
}

bool is_pattern(std::string_view text) {
  return all_tokens(text, [](std::string_view token, bool last) {
    return is_token(token) || token == "*" || (token == ">" && last);
  });
}

bool matches(std::string_view pattern, std::string_view topic) {
  while (!pattern.empty() && !topic.empty()) {
    const auto wanted = next_token(pattern);
    if (wanted == ">") return true;
    if (next_token(topic) != wanted && wanted != "*") return false;
  }
  return pattern.empty() && topic.empty();
}

} // namespace termlease::bus
