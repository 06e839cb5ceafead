#pragma once

// Why: a pane's output is hostile bytes. This reads it as tmux 3.3a does, state by state, so that
// both end in the same picture; whatever tmux ignores or keeps for itself (titles, queries, the
// clipboard, passthrough) is ignored here, and nothing is ever answered.

#include "tools/worker/mirror/screen.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace termlease::worker {

class output_parser {
public:
  void feed(std::string_view bytes, screen& onto);

  /// Forgets pen, character sets and whatever sequence is half read.
  void reset() { *this = {}; }

  /// Inside a string (a title, a clipboard) that has not ended; tmux gives up on one after 5 s.
  bool in_string() const { return state_ >= state::osc; }

  void abandon_string() { state_ = state::ground; }

  /// From now on reads what `capture-pane -e` prints: SO and SI around line drawing, "5:3" for
  /// overline.
  void expect_captured_text() { captured_ = charset_.sets[1] = true; }

private:
  enum class state : std::uint8_t {
    ground,
    escape,
    escape_intermediate,
    csi_enter,
    csi_parameter,
    csi_intermediate,
    csi_ignore,
    dcs_enter,
    dcs_parameter,
    dcs_intermediate,
    osc, // from here on: strings
    text,
    dcs,
    dcs_escape,
    dcs_ignore,
  };

  struct charset {
    bool shifted = false;
    std::array<bool, 2> sets{}; ///< whether G0 and G1 are line drawing
  };

  struct saved_state {
    pen look;
    charset sets;
    place at;
    bool origin = false;
  };

  static constexpr std::size_t max_intermediates = 3;
  static constexpr std::size_t max_parameter_bytes = 63;
  static constexpr std::size_t max_parameters = 23;

  struct parameter {
    enum class kind : std::uint8_t { missing, number, text } is = kind::missing;
    std::uint32_t value = 0;
    std::string_view text;
  };

  std::size_t print_run(std::string_view bytes, screen& onto);
  void step(unsigned char byte, screen& onto);
  void step_sequence(unsigned char byte, screen& onto);
  void step_csi(unsigned char byte, screen& onto);
  void step_dcs(unsigned char byte);
  void step_string(unsigned char byte);
  void control(unsigned char byte, screen& onto);
  void escape(unsigned char byte, screen& onto);
  void utf8(unsigned char byte, screen& onto);
  void print_ascii(unsigned char byte, screen& onto);
  void begin(state next);
  void add_intermediate(unsigned char byte);
  void add_parameter(unsigned char byte);

  bool split();
  std::optional<std::uint32_t> number(std::size_t index, std::uint32_t least,
                                      std::uint32_t otherwise) const;
  void csi(unsigned char byte, screen& onto);
  bool csi_cursor(unsigned char byte, screen& onto);
  bool csi_edit(unsigned char byte, screen& onto);
  bool csi_other(unsigned char byte, screen& onto);
  void repeat(std::uint32_t count, screen& onto);
  void ansi_modes(bool on, screen& onto);
  void private_modes(bool on, screen& onto);
  void private_mode(std::uint32_t mode, bool on, screen& onto);
  void cursor_style(screen& onto);
  void save(const screen& from);
  void restore(screen& onto);

  void select_rendition();
  void rendition(std::uint32_t code);
  void rendition_text(std::string_view text);
  void set_colour(std::uint32_t target, std::optional<colour> value);
  std::size_t extended_colour(std::size_t index);

  state state_ = state::ground;
  bool discard_ = false;
  bool captured_ = false;
  std::uint8_t intermediate_count_ = 0;
  std::array<char, max_intermediates> intermediates_{};
  std::string parameter_bytes_;
  std::array<parameter, max_parameters> parameters_{};
  std::size_t parameter_count_ = 0;
  int last_printed_ = -1; ///< for REP; -1 when nothing may be repeated
  std::uint8_t utf8_missing_ = 0;
  bool utf8_bad_ = false;
  std::string utf8_bytes_;
  pen pen_;
  charset charset_;
  std::optional<saved_state> saved_;
};

} // namespace termlease::worker
