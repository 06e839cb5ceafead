#include "tools/worker/mirror/output_parser.hpp"

#include <algorithm>
#include <charconv>

namespace termlease::worker {

namespace {

std::uint16_t underlined(std::uint16_t attributes, std::uint32_t style) {
  return static_cast<std::uint16_t>((attributes & ~attribute::underline) |
                                    (style << attribute::underline_shift));
}

// Attributes that SGR n sets and 20 + n clears, beside the two special cases of 1 and 2.
constexpr std::uint16_t simple_attribute(std::uint32_t code) {
  switch (code) {
  case 1:
    return attribute::bold;
  case 2:
    return attribute::dim;
  case 3:
    return attribute::italic;
  case 5:
  case 6:
    return attribute::blink;
  case 7:
    return attribute::reverse;
  case 8:
    return attribute::hidden;
  case 9:
    return attribute::strike;
  case 53:
    return attribute::overline;
  default:
    return 0;
  }
}

} // namespace

void output_parser::select_rendition() {
  if (parameter_count_ == 0) {
    pen_ = {};
    return;
  }
  for (std::size_t each = 0; each < parameter_count_; ++each) {
    if (parameters_[each].is == parameter::kind::text) {
      rendition_text(parameters_[each].text);
      continue;
    }
    const auto code = parameters_[each].value;
    if (code == 38 || code == 48 || code == 58)
      each = extended_colour(each);
    else
      rendition(code);
  }
}

void output_parser::rendition(std::uint32_t code) {
  auto& attributes = pen_.attributes;
  const auto clear = [&](std::uint16_t bits) {
    attributes = static_cast<std::uint16_t>(attributes & ~bits);
  };
  if (const auto bit = simple_attribute(code)) {
    attributes |= bit;
    return;
  }
  switch (code) {
  case 0:
    pen_ = {};
    break;
  case 4:
    attributes = underlined(attributes, 1);
    break;
  case 21:
    attributes = underlined(attributes, 2);
    break;
  case 22:
    clear(attribute::bold | attribute::dim);
    break;
  case 24:
    clear(attribute::underline);
    break;
  case 23:
  case 25:
  case 27:
  case 28:
  case 29:
    clear(simple_attribute(code - 20));
    break;
  case 39:
    pen_.front = default_colour;
    break;
  case 49:
    pen_.back = default_colour;
    break;
  case 55:
    clear(attribute::overline);
    break;
  case 59:
    pen_.line = default_colour;
    break;
  default:
    if (code >= 30 && code <= 37) pen_.front = basic_colour(code - 30);
    if (code >= 40 && code <= 47) pen_.back = basic_colour(code - 40);
    if (code >= 90 && code <= 97) pen_.front = basic_colour(code - 90 + 8);
    if (code >= 100 && code <= 107) pen_.back = basic_colour(code - 100 + 8);
  }
}

void output_parser::set_colour(std::uint32_t target, std::optional<colour> value) {
  if (target == 38) pen_.front = value.value_or(default_colour);
  if (target == 48) pen_.back = value.value_or(default_colour);
  if (target == 58 && value) pen_.line = *value;
}

// Returns the index of the last parameter that belongs to the colour, as tmux counts.
std::size_t output_parser::extended_colour(std::size_t index) {
  const auto target = parameters_[index].value;
  const auto given = [&](std::size_t at) -> std::optional<std::uint32_t> {
    if (at >= parameter_count_ || parameters_[at].is != parameter::kind::number) return {};
    return parameters_[at].value;
  };
  const auto form = given(++index);
  if (form == 5u) {
    const auto value = given(index + 1);
    set_colour(target,
               value && *value <= 255 ? std::optional(indexed_colour(*value)) : std::nullopt);
    return index + 1;
  }
  if (form == 2u) {
    const auto red = given(index + 1), green = given(index + 2), blue = given(index + 3);
    if (!red || *red > 255 || !green || *green > 255 || !blue || *blue > 255) return index;
    set_colour(target, rgb_colour(*red, *green, *blue));
    return index + 3;
  }
  return index;
}

// The form with colons: "4:3", "38:5:n", "38:2:r:g:b", "38:2:space:r:g:b".
void output_parser::rendition_text(std::string_view text) {
  std::array<std::optional<std::uint32_t>, 8> parts{};
  std::size_t count = 0;
  while (true) {
    const auto end = std::min(text.find(':'), text.size());
    if (end > 0) {
      std::uint32_t value = 0;
      const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value);
      if (error != std::errc{} || value > 0x7fffffff) return;
      parts[count] = value;
    }
    if (++count == parts.size()) return;
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (parts[0] == 4u) {
    if (count == 2 && parts[1] && *parts[1] <= 5)
      pen_.attributes = underlined(pen_.attributes, *parts[1]);
    return;
  }
  // tmux 3.3 prints overline this way, and reads it so nowhere.
  if (captured_ && count == 2 && parts[0] == 5u && parts[1] == 3u) return rendition(53);
  if (parts[0] != 38u && parts[0] != 48u && parts[0] != 58u) return;
  if (parts[1] == 5u && count >= 3) {
    set_colour(*parts[0], parts[2] && *parts[2] <= 255 ? std::optional(indexed_colour(*parts[2]))
                                                       : std::nullopt);
  } else if (parts[1] == 2u && count >= 3) {
    const std::size_t first = count == 5 ? 2 : 3;
    if (count < first + 3) return;
    const auto red = parts[first], green = parts[first + 1], blue = parts[first + 2];
    if (red && *red <= 255 && green && *green <= 255 && blue && *blue <= 255)
      set_colour(*parts[0], rgb_colour(*red, *green, *blue));
  }
}

} // namespace termlease::worker
