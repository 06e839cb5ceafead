#include "tools/trace/export/mermaid.hpp"

#include "tools/trace/export/texts.hpp"
#include "tools/trace/words.hpp"

#include <ostream>
#include <string>
#include <unordered_map>

namespace termlease::trace {

namespace {

/// Mermaid draws no text that is longer than 50,000 characters, and a step may take 2,000 of them.
constexpr std::size_t longest = 47'500;

/// Everything that might mean something to Mermaid, now or in a later version, by its number.
std::string escaped(std::string_view text) {
  return spelled(text, " ./_-()", [](char32_t code) {
    if (code < ' ') return std::string(" ");
    return "#" + std::to_string(static_cast<std::uint32_t>(code)) + ";";
  });
}

class diagram {
public:
  explicit diagram(const log& from) : from_(from) {}

  /// False, and nothing is added, when there is no room.
  bool add(std::size_t at) {
    if (added_ == most_steps || participants_.size() + lines_.size() > longest) return false;
    const auto& each = from_.steps[at];
    if (each.what.kind == step_kind::turn || each.what.kind == step_kind::dead_letter)
      add_message(each);
    else
      add_note(each, each.what.kind == step_kind::birth ? "begins" : "ends");
    if (each.what.outcome == step_outcome::crashed && each.what.kind != step_kind::dead_letter)
      add_note(each, "crashed");
    ++added_;
    return true;
  }

  void write(std::ostream& to) const {
    const auto left_out = from_.steps.size() - added_;
    to << "sequenceDiagram\n" << participants_ << lines_;
    if (left_out == 0) return;
    to << "  %% " << left_out << " more steps are left out\n"
       << "  Note over p0: " << left_out << " more steps are left out\n";
  }

private:
  void add_message(const step& each) {
    const auto cause = earlier(from_, each, each.cause);
    const auto sender = cause == log::none ? stranger(each) : participant(from_.steps[cause]);
    const bool is_answer = each.asked != 0 && !each.what.has_parent;
    const auto* arrow = each.failed() ? "-x" : is_answer ? "-->>" : "->>";
    lines_ +=
        "  " + sender + arrow + participant(each) + ": " + escaped(message_of(from_, each)) + "\n";
  }

  void add_note(const step& each, const char* text) {
    lines_ += "  Note over " + participant(each) + ": " + text + "\n";
  }

  std::string participant(const step& each) {
    return known(std::string(actor_of(from_, each)), escaped(actor_of(from_, each)));
  }

  /// Who sent a message, when no step of the trace did. No actor's name is empty or a blank.
  std::string stranger(const step& each) {
    return each.cause == 0 ? known({}, "outside") : known(" ", "not in this trace");
  }

  /// In the order in which they are met.
  std::string known(const std::string& key, const std::string& shown) {
    const auto [found, is_new] = ids_.try_emplace(key, "p" + std::to_string(ids_.size()));
    if (is_new) participants_ += "  participant " + found->second + " as " + shown + "\n";
    return found->second;
  }

  const log& from_;
  std::unordered_map<std::string, std::string> ids_; ///< by the actor's name
  std::string participants_;
  std::string lines_;
  std::size_t added_ = 0;
};

} // namespace

void write_mermaid(const log& from, std::ostream& to) {
  diagram made(from);
  for (std::size_t at = 0; at < from.steps.size() && made.add(at); ++at) {
  }
  made.write(to);
}

} // namespace termlease::trace
