#include "tools/worker/tmate/door.hpp"

#include "tools/worker/share_files.hpp"
#include "tools/worker/tmate/command.hpp"
#include "tools/worker/work_dir.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace termlease::worker::tmate {

namespace {

// Of a key's kind and its base64; what follows them is a comment, which the relay doesn't need.
constexpr std::string_view plain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-@. ";

constexpr std::chrono::milliseconds most_for_a_move{3000};

std::string_view without_comment(std::string_view line) {
  const auto kind_end = line.find(' ');
  return line.substr(0, line.find(' ', kind_end + 1));
}

const char* name_of(bool open) {
  return open ? "/open.conf" : "/shut.conf";
}

} // namespace

std::string door_text(const messages::worker_lines::start& share, bool open) {
  // Whatever it is set to: from then on only keys that are named later are let in.
  std::string text = "set -g tmate-authorized-keys ''\n";
  if (!open) return text;
  for (const auto& line : share.authorized_keys) {
    const auto key = without_comment(line);
    if (key.find_first_not_of(plain) != std::string_view::npos)
      bad_start("a key of the share can't be passed to tmate");
    text.append("set tmate-set 'authorized_keys=").append(key).append("'\n");
  }
  return text;
}

door::door(loop& events, const messages::worker_lines::start& share, std::string socket,
           std::string folder, std::function<void()> failed)
    : loop_(events), share_(share), socket_(std::move(socket)), folder_(std::move(folder)),
      failed_(std::move(failed)) {}

door::~door() {
  loop_.cancel(deadline_);
}

void door::prepare() const {
  for (const bool open : {true, false})
    write_private_file(folder_ + name_of(open), door_text(share_, open));
}

void door::set(bool open, std::function<void()> told) {
  wanted_ = open;
  told_ = std::move(told);
  if (!moving_) settle();
}

void door::settle() {
  if (open_ != wanted_) return move();
  if (const auto done = std::exchange(told_, nullptr)) done();
}

void door::move() {
  open_ = wanted_;
  child_spec spec;
  spec.argv = {share_.program, "-S", socket_, "source-file", folder_ + name_of(open_)};
  spec.env = environment(folder_);
  moving_.emplace(loop_, spec, [this](int status) { moved(status); });
  deadline_ = loop_.after(most_for_a_move, [this] { fail(); });
}

void door::moved(int status) {
  loop_.cancel(std::exchange(deadline_, 0));
  moving_.reset();
  if (status != 0) return fail();
  settle();
}

void door::fail() {
  told_ = nullptr;
  failed_();
}

} // namespace termlease::worker::tmate
