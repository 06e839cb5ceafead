#pragma once

// Why: a setting is described in one line beside its member: key, what it may be, what it is for.
// The kinds differ in how a value is checked and written; everything else is the same for all.

#include "messages/time.hpp"

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace termlease::config {

/// What a text setting is, which decides how it is checked.
enum class text_kind {
  path,        ///< empty, absolute, or below the home folder ("~/…")
  host,        ///< empty, or a host name or address
  fingerprint, ///< empty, or "SHA256:…" as `ssh-keygen -lf` prints it
  choice,      ///< one of `choices`
};

template <class Owner> struct length_setting {
  std::string_view key;
  messages::span Owner::*member;
  std::string_view least; ///< as `messages::parse_span` reads it
  std::string_view most;
  std::string_view doc;
};

template <class Owner, std::unsigned_integral Number> struct number_setting {
  std::string_view key;
  Number Owner::*member;
  std::int64_t least;
  std::int64_t most;
  std::string_view doc;
  static_assert(sizeof(Number) < sizeof(std::int64_t));
};

template <class Owner> struct text_setting {
  std::string_view key;
  std::string Owner::*member;
  text_kind kind;
  std::string_view choices; ///< "a|b|c", for a choice
  std::string_view doc;
};

/// A number for each of some names: of lanes, of terminals.
template <class Owner> struct numbers_setting {
  std::string_view key;
  std::map<std::string, std::uint32_t> Owner::*member;
  std::int64_t least;
  std::int64_t most;
  std::string_view doc;
};

template <class Owner>
constexpr auto numbers(std::string_view key, std::map<std::string, std::uint32_t> Owner::*member,
                       std::int64_t least, std::int64_t most, std::string_view doc) {
  return numbers_setting<Owner>{key, member, least, most, doc};
}

template <class Owner>
constexpr auto length(std::string_view key, messages::span Owner::*member, std::string_view least,
                      std::string_view most, std::string_view doc) {
  return length_setting<Owner>{key, member, least, most, doc};
}

template <class Owner, class Number>
constexpr auto number(std::string_view key, Number Owner::*member, std::int64_t least,
                      std::int64_t most, std::string_view doc) {
  return number_setting<Owner, Number>{key, member, least, most, doc};
}

template <class Owner>
constexpr auto path(std::string_view key, std::string Owner::*member, std::string_view doc) {
  return text_setting<Owner>{key, member, text_kind::path, {}, doc};
}

template <class Owner>
constexpr auto host(std::string_view key, std::string Owner::*member, std::string_view doc) {
  return text_setting<Owner>{key, member, text_kind::host, {}, doc};
}

template <class Owner>
constexpr auto fingerprint(std::string_view key, std::string Owner::*member, std::string_view doc) {
  return text_setting<Owner>{key, member, text_kind::fingerprint, {}, doc};
}

template <class Owner>
constexpr auto choice(std::string_view key, std::string Owner::*member, std::string_view choices,
                      std::string_view doc) {
  return text_setting<Owner>{key, member, text_kind::choice, choices, doc};
}

} // namespace termlease::config
