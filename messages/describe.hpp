#pragma once

// Why: a message is described once. CAF's inspection, the JSON on the wire, the list of topics and
// methods and the labels in a trace all read that one description, so none of them can drift.
//
//   struct share_warned {
//     std::string share_id;
//     static constexpr auto describe() {
//       return event("share.warned", "a share will end soon",
//                    field("share_id", &share_warned::share_id));
//     }
//   };
//
// C++20 has no reflection and Boost.Describe is newer than the Boost of Debian 12, hence the list.

#include <concepts>
#include <string_view>
#include <tuple>
#include <utility>

namespace termlease::messages {

/// One member of a message: its name on the wire and where it lives.
template <class Owner, class Member> struct field_description {
  std::string_view name;
  Member Owner::*member;
};

template <class Owner, class Member>
constexpr auto field(std::string_view name, Member Owner::*member) {
  return field_description<Owner, Member>{name, member};
}

/// What a described struct is on the bus.
enum class kind {
  part,    ///< a piece of other messages, or one between actors only
  event,   ///< published under `name` as its topic
  command, ///< asked for under `name` as its method
};

template <class... Fields> struct message_description {
  kind role;
  std::string_view name; ///< topic, method or plain label
  std::string_view doc;  ///< one sentence for the bus's introspection
  std::tuple<Fields...> fields;
};

template <class... Fields>
constexpr auto described(std::string_view name, std::string_view doc, Fields... fields) {
  return message_description<Fields...>{kind::part, name, doc, {fields...}};
}

template <class... Fields>
constexpr auto event(std::string_view topic, std::string_view doc, Fields... fields) {
  return message_description<Fields...>{kind::event, topic, doc, {fields...}};
}

template <class... Fields>
constexpr auto command(std::string_view method, std::string_view doc, Fields... fields) {
  return message_description<Fields...>{kind::command, method, doc, {fields...}};
}

template <class T>
concept is_described = requires {
  { T::describe().name } -> std::convertible_to<std::string_view>;
};

/// Calls `visit(name, value)` for each field, in the order of the description.
template <is_described T, class Visitor> constexpr void for_each_field(T& value, Visitor&& visit) {
  std::apply([&](const auto&... each) { (visit(each.name, value.*(each.member)), ...); },
             std::remove_const_t<T>::describe().fields);
}

/// CAF's inspection (0.17: an inspector is called with all fields at once), found by ADL.
template <class Inspector, is_described T> auto inspect(Inspector& inspector, T& value) {
  return std::apply([&](const auto&... each) { return inspector((value.*(each.member))...); },
                    std::remove_const_t<T>::describe().fields);
}

} // namespace termlease::messages
