#include "actors/shares/tmate_log.hpp"

#include <charconv>

namespace termlease::actors {

using namespace messages;

namespace {

constexpr std::string_view listening = "Accepting connections on ";
constexpr std::string_view spawning = "Spawning pty client ip=";
constexpr std::string_view joined = "Client joined (cid=";
constexpr std::string_view left = "Client left (cid=";
constexpr std::size_t longest_address = 64;

/// The number that `text` begins with; 0 for none.
template <class Number> Number number_in(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

} // namespace

std::uint16_t tmate_log::port_in(std::string_view line) {
  const auto colon = line.rfind(':');
  if (!line.starts_with(listening) || colon == std::string_view::npos) return 0;
  return number_in<std::uint16_t>(line.substr(colon + 1));
}

std::optional<relay_guest> tmate_log::read(std::string_view line) {
  const auto end = line.find("...] ");
  if (!names_door(line) || end == std::string_view::npos) return {};
  const auto door = line.substr(1, end - 1);
  const auto said = line.substr(end + 5);
  if (said.starts_with(spawning)) {
    address_ = said.substr(spawning.size(), longest_address);
    return {};
  }
  const bool in = said.starts_with(joined);
  if (!in && !said.starts_with(left)) return {};
  const auto number = number_in<std::uint32_t>(said.substr(in ? joined.size() : left.size()));
  if (number == 0) return {};
  return relay_guest{{std::string(door)}, number, in ? address_ : std::string{}, in};
}

} // namespace termlease::actors
