#include "tools/worker/guests/recording.hpp"

#include "messages/failure.hpp"
#include "messages/json.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace termlease::worker {

using messages::json;

namespace {

std::int64_t seconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

} // namespace

recording::recording(std::string path, extent size, std::shared_ptr<std::uint64_t> left)
    : path_(std::move(path)), left_(std::move(left)), began_(loop::clock::now()) {
  file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file_ >= 0)
    write_line(json{{"version", 2},
                    {"width", size.columns},
                    {"height", size.rows},
                    {"timestamp", seconds_since_1970()},
                    {"env", {{"TERM", "xterm-256color"}}}}
                   .dump());
  if (file_ >= 0 && whole_) return;
  const std::string why = std::strerror(errno);
  if (file_ >= 0) close(file_);
  throw messages::failed("recording_failed", "the recording " + path_ + " can't be made: " + why,
                         "check the space on the disk, or share without --record");
}

recording::~recording() {
  close(file_);
}

void recording::shown(std::string_view bytes) {
  if (!bytes.empty()) event("o", bytes);
}

void recording::resized(extent size) {
  event("r", std::to_string(size.columns) + "x" + std::to_string(size.rows));
}

void recording::event(std::string_view kind, std::string_view data) {
  const std::chrono::duration<double> at = loop::clock::now() - began_;
  write_line(
      json::array({at.count(), kind, data}).dump(-1, ' ', false, json::error_handler_t::replace));
}

/// All of a line or nothing: a player stops at half of one.
void recording::write_line(const std::string& line) {
  if (!whole_) return;
  const auto text = line + "\n";
  whole_ = text.size() <= *left_;
  if (!whole_) return;
  const auto before = lseek(file_, 0, SEEK_CUR);
  whole_ = write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (whole_)
    *left_ -= text.size();
  else [[maybe_unused]]
    const auto cut = ftruncate(file_, before);
}

} // namespace termlease::worker
