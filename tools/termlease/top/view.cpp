#include "tools/termlease/top/view.hpp"

#include "tools/termlease/top/bodies.hpp"
#include "tools/termlease/top/frame.hpp"

namespace termlease::cli::top {

namespace {

body body_of(const scene& what, const extent& size) {
  const auto room = room_in(size);
  switch (what.at) {
  case place::messages:
    return messages_body(what, size.width, room);
  case place::help:
    return help_body(what, size.width, room);
  default:
    return rows_body(what, size.width, room);
  }
}

} // namespace

std::size_t room_in(const extent& size) {
  const auto around = frame_of(size);
  return size.height - std::min(size.height, around.head + around.headings + around.foot);
}

std::size_t length_of(const scene& what, const extent& size) {
  switch (what.at) {
  case place::messages:
    return messages_length(what, size.width);
  case place::help:
    return help_length(size.width);
  default:
    return what.rows.size();
  }
}

std::vector<line> draw(const scene& what, const extent& size) {
  auto all = head_of(what, size);
  auto middle = body_of(what, size);
  if (frame_of(size).headings > 0) all.push_back(std::move(middle.heading));
  std::ranges::move(middle.lines, std::back_inserter(all));
  const auto foot = foot_of(what, size);
  all.resize(size.height - std::min(size.height, foot.size()));
  all.insert(all.end(), foot.begin(), foot.end());
  return all;
}

} // namespace termlease::cli::top
