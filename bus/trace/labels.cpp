#include "bus/trace/labels.hpp"

#include "bus/methods.hpp"
#include "bus/trace/traceparent.hpp"
#include "messages/connections.hpp"
#include "messages/edges.hpp"
#include "messages/journal.hpp"
#include "messages/worker_lines.hpp"

#include <caf/all.hpp>
#include <caf/type_nr.hpp>

#include <array>
#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <typeinfo>
#include <vector>

namespace termlease::trace {

using namespace messages;

namespace {

/// The kinds of a message's first and last part, and the word where the first is an atom.
struct kinds {
  const std::type_info* first = nullptr;
  const std::type_info* last = nullptr;
  std::uint16_t number = 0; ///< CAF's own, of the first
  std::uint64_t atom = 0;
  bool operator==(const kinds&) const = default;
};

/// Kinds are told apart by address: all of ours are in one program, and names take long to compare.
template <class T> bool is(const std::type_info* type) {
  return type == &typeid(T);
}

template <class T> const T& part(const caf::type_erased_tuple& content, std::size_t place) {
  return *static_cast<const T*>(content.get(place));
}

kinds kinds_of(const caf::type_erased_tuple& content) {
  kinds found;
  const auto size = content.size();
  if (size == 0) return found;
  const auto first = content.type(0);
  found.first = first.second;
  found.number = first.first;
  found.last = size == 1 ? found.first : content.type(size - 1).second;
  if (first.first == caf::type_nr<caf::atom_value>::value)
    found.atom = static_cast<std::uint64_t>(part<caf::atom_value>(content, 0));
  return found;
}

std::string plain_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> whole(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  std::string name = whole ? whole.get() : type.name();
  name.erase(std::min(name.find('<'), name.size()));
  const auto colon = name.rfind("::");
  return colon == std::string::npos ? name : name.substr(colon + 2);
}

std::string name_of(const kinds& of) {
  if (of.atom != 0) return caf::to_string(static_cast<caf::atom_value>(of.atom));
  const auto* type = of.last != nullptr ? of.last : of.first;
  if (type == nullptr) {
    if (of.number == 0) return "(empty)";
    const std::string_view known(caf::numbered_type_names[of.number - 1]);
    return std::string(known.substr(known.starts_with('@') ? 1 : 0));
  }
  for (const auto& each : bus::methods())
    if (each.command != nullptr && *each.command == *type) return std::string(each.name);
  return plain_name(*type);
}

/// "append share.allowed", "publish share.allowed and 2 more".
template <class Unit> std::string name_of_unit(const caf::type_erased_tuple& content) {
  std::string name(Unit::describe().name);
  const auto& records = part<Unit>(content, content.size() - 1).records;
  if (records.empty()) return name;
  name += " " + records.front().event_type;
  if (records.size() > 1) name += " and " + std::to_string(records.size() - 1) + " more";
  return name;
}

/// The value of a field of a worker's line, which has no escapes in what is looked for.
std::string_view value_in(std::string_view line, std::string_view key) {
  const auto found = line.find(key);
  if (found == std::string_view::npos) return {};
  const auto begins = found + key.size();
  return line.substr(begins, line.find('"', begins) - begins);
}

constexpr std::string_view type_key = R"("type":")";
constexpr std::string_view cause_key = R"("cause":")";

/// Lines that were agreed upon, by their type; whatever else a program says is a line.
std::string name_of_line(const char* what, std::string_view line) {
  using namespace worker_lines;
  const auto type = value_in(line, type_key);
  for (const auto each :
       {start::describe().name, status::describe().name, admit::describe().name,
        put_out::describe().name, set_mode::describe().name, count::describe().name,
        traffic::describe().name, end::describe().name, ready::describe().name,
        relay_away::describe().name, link_changed::describe().name, problem::describe().name,
        guest_joined::describe().name, guest_knocks::describe().name, guest_left::describe().name,
        heartbeat::describe().name, ended::describe().name})
    if (each == type) return std::string(what) + " " + std::string(each);
  return what;
}

bool beats(std::string_view line) {
  return value_in(line, type_key) == worker_lines::heartbeat::describe().name;
}

/// What clients ask for, by its place among the methods. What a client calls a method that isn't
/// one is its own business.
name_id name_of_command(recorder& in, const std::string& method) {
  struct known_commands {
    std::uint64_t recorder = 0;
    std::vector<name_id> names;
  };

  thread_local known_commands known;
  const auto& all = bus::methods();
  if (known.recorder != in.serial()) known = {in.serial(), std::vector<name_id>(all.size() + 1)};
  const auto* found = bus::find_method(method);
  auto& name = known.names[found ? static_cast<std::size_t>(found - all.data()) : all.size()];
  if (!in.knows(name)) name = in.name("client " + (found ? method : std::string("(unknown)")));
  return name;
}

/// The few kinds whose name depends on what they hold.
std::string name_by_content(const kinds& of, const caf::type_erased_tuple& content, bool& is_data) {
  if (is<append>(of.last)) return name_of_unit<append>(content);
  if (is<keep>(of.last)) return name_of_unit<keep>(content);
  if (is<commit>(of.last)) return name_of_unit<commit>(content);
  if (is<publish>(of.last)) return name_of_unit<publish>(content);
  if (is<child_line>(of.last)) {
    const auto& line = part<child_line>(content, content.size() - 1).text.text;
    is_data = beats(line);
    return name_of_line("line", line);
  }
  if (is<write_child>(of.last)) {
    const auto& bytes = part<write_child>(content, content.size() - 1).bytes;
    is_data = beats(bytes);
    return name_of_line("write", bytes);
  }
  return {};
}

bool depends_on_content(const kinds& of) {
  return is<append>(of.last) || is<keep>(of.last) || is<commit>(of.last) || is<publish>(of.last) ||
         is<child_line>(of.last) || is<write_child>(of.last) || is<client_command>(of.last);
}

/// Names that were found before; each thread has its own.
struct known_kind {
  std::uint64_t recorder = 0;
  kinds of;
  name_id name = 0;
  bool by_content = false;
};

known_kind& remembered(const kinds& of) {
  constexpr std::size_t size = 512;
  thread_local std::array<known_kind, size> all;
  const auto mixed = (reinterpret_cast<std::uintptr_t>(of.first) >> 4U) * 31 +
                     (reinterpret_cast<std::uintptr_t>(of.last) >> 4U) +
                     of.atom * 1099511628211ULL + of.number;
  return all[(mixed ^ mixed >> 17U) % size];
}

label label_of(recorder& in, const kinds& of, const caf::type_erased_tuple& content) {
  auto& known = remembered(of);
  if (known.recorder != in.serial() || known.of != of ||
      (!known.by_content && !in.knows(known.name))) {
    known = {in.serial(), of, 0, depends_on_content(of)};
    if (!known.by_content) known.name = in.name(name_of(of));
  }
  if (!known.by_content) return {known.name, false};
  label found;
  if (is<client_command>(of.last)) {
    const auto& asked = part<client_command>(content, content.size() - 1).command;
    return {name_of_command(in, asked.method), false};
  }
  found.name = in.name(name_by_content(of, content, found.is_data));
  return found;
}

claim claim_of(const kinds& of, const caf::type_erased_tuple& content) {
  claim found;
  if (is<caller>(of.first)) {
    found.correlation = part<caller>(content, 0).correlation_id;
  } else if (is<client_command>(of.first)) {
    const auto& command = part<client_command>(content, 0).command;
    found.correlation = command.correlation_id;
    found.parent = parent_in(command.traceparent);
  } else if (is<child_line>(of.first)) {
    found.span = span_in(value_in(part<child_line>(content, 0).text.text, cause_key));
  }
  return found;
}

} // namespace

reading read(recorder& in, const caf::type_erased_tuple& content) {
  const auto of = kinds_of(content);
  return {label_of(in, of, content), claim_of(of, content)};
}

} // namespace termlease::trace
