#pragma once

// Why: colour helps a person and spoils a pipe. One place decides once per stream, by the rules
// that every user already knows: only on a terminal, never with NO_COLOR, TERM=dumb or --no-color.

#include <string>
#include <string_view>

namespace termlease::cli {

enum class tone { plain, bold, dim, good, warning, bad, accent };

/// What decides whether a stream gets colours.
struct colour_wish {
  bool terminal = false;     ///< the stream is one
  bool forbidden = false;    ///< --no-color
  std::string_view no_color; ///< NO_COLOR; any text that isn't empty forbids
  std::string_view term;     ///< TERM
};

bool wants_colour(const colour_wish& wish);

/// Paints text, or doesn't.
class style {
public:
  explicit style(bool on = false) : on_(on) {}

  bool on() const { return on_; }

  /// `text` must be safe already: painting doesn't clean it.
  std::string paint(tone how, std::string_view text) const;

private:
  bool on_;
};

} // namespace termlease::cli
