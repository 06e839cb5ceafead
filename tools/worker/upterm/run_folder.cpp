#include "tools/worker/upterm/run_folder.hpp"

#include "messages/failure.hpp"
#include "messages/json.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/inotify.h>
#include <unistd.h>

namespace termlease::worker::upterm {

namespace {

constexpr std::size_t longest_log_line = 64 * 1024;
constexpr std::size_t guests_remembered = 1024;
constexpr std::string_view socket_ending = ".sock";

} // namespace

bool guest_log::take(std::string_view line) {
  // Most lines are about something else: look before parsing.
  if (line.find("\"Client ") == std::string_view::npos) return false;
  const auto entry = messages::json::parse(line, nullptr, false);
  if (!entry.is_object()) return false;
  const auto said = entry.value("msg", messages::json());
  const auto who = entry.value("client", messages::json());
  if (!who.is_string()) return false;
  const auto address = who.get<std::string>();
  if (said == "Client joined") guests_[address] = {++joined_, false};
  if (said == "Client left") guests_[address].left = true;
  if (guests_.size() > guests_remembered)
    std::erase_if(guests_,
                  [&](const auto& each) { return each.second.left && each.first != address; });
  return true;
}

std::size_t guest_log::place(const std::string& address) const {
  const auto found = guests_.find(address);
  return found == guests_.end() ? std::numeric_limits<std::size_t>::max() : found->second.place;
}

bool guest_log::has_left(const std::string& address) const {
  const auto found = guests_.find(address);
  return found != guests_.end() && found->second.left;
}

run_folder::run_folder(loop& events, std::string path, run_folder_events callbacks)
    : loop_(events), path_(std::move(path)), events_(std::move(callbacks)),
      inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (inotify_ < 0 || inotify_add_watch(inotify_, path_.c_str(), IN_CREATE | IN_MODIFY) < 0) {
    const auto why = std::string(std::strerror(errno));
    if (inotify_ >= 0) close(inotify_);
    throw messages::failed("work_dir_failed", "the share's folder can't be watched: " + why,
                           "see fs.inotify.max_user_instances and max_user_watches");
  }
  loop_.watch(inotify_, EPOLLIN, [this](std::uint32_t) { read_events(); });
}

run_folder::~run_folder() {
  loop_.forget(inotify_);
  close(inotify_);
  if (log_ >= 0) close(log_);
}

void run_folder::read_events() {
  alignas(inotify_event) std::array<char, 4096> buffer; // NOLINT: filled by read
  const auto count = read(inotify_, buffer.data(), buffer.size());
  bool appeared = false;
  for (ssize_t at = 0; at < count;) {
    const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    const std::string_view name = event->len > 0 ? event->name : "";
    if ((event->mask & IN_CREATE) == 0 || !name.ends_with(socket_ending)) continue;
    socket_ = path_ + "/" + std::string(name);
    appeared = true;
  }
  const bool changed = read_log();
  if (appeared) events_.socket_appeared();
  if (changed) events_.guests_changed();
}

bool run_folder::read_log() {
  if (log_ < 0) log_ = open((path_ + "/upterm.log").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (log_ < 0) return false;
  bool changed = false;
  std::array<char, 4096> part; // NOLINT: filled by read
  for (ssize_t count = 0; (count = read(log_, part.data(), part.size())) > 0;) {
    partial_.append(part.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = partial_.find('\n', begin)) != std::string::npos;
         begin = end + 1)
      changed |= guests_.take(std::string_view(partial_).substr(begin, end - begin));
    partial_.erase(0, begin);
    if (partial_.size() > longest_log_line) partial_.clear();
  }
  return changed;
}

} // namespace termlease::worker::upterm
