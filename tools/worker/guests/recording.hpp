#pragma once

// Why: "what did they see?" is answered by what they saw: the very bytes of a guest's terminal with
// their times, as an asciicast (version 2, docs.asciinema.org/manual/asciicast/v2), which
// `asciinema play` shows. Whoever shares with a recording wants no guest without one: where it
// can't go on, its guest has to go.

#include "tools/worker/loop.hpp"
#include "tools/worker/mirror/screen.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace termlease::worker {

class recording {
public:
  /// Makes the file, which must not be there (0600). What is written is taken from `left`, bytes
  /// that several recordings have together. Throws `failed` (`recording_failed`).
  recording(std::string path, extent size, std::shared_ptr<std::uint64_t> left);
  ~recording();
  recording(const recording&) = delete;
  recording& operator=(const recording&) = delete;

  void shown(std::string_view bytes);
  void resized(extent size);

  /// False once something is missing in it: the disk or the limit didn't take it.
  bool whole() const { return whole_; }

  const std::string& path() const { return path_; }

private:
  void event(std::string_view kind, std::string_view data);
  void write_line(const std::string& line);

  std::string path_;
  std::shared_ptr<std::uint64_t> left_;
  loop::clock::time_point began_;
  int file_ = -1;
  bool whole_ = true;
};

} // namespace termlease::worker
