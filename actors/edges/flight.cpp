#include "actors/edges/flight.hpp"

#include "actors/edges/whole_file.hpp"
#include "bus/trace/recording.hpp"
#include "messages/edges.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace termlease::actors {

namespace fs = std::filesystem;
using namespace messages;

namespace {

/// Also one that was never finished.
bool is_of_a_crash(const fs::path& file) {
  return file.filename().string().starts_with(crash_trace_begins);
}

/// Their names begin with a time, so that the first in order are the oldest.
void remove_all_but(std::size_t newest, const fs::path& folder) {
  std::error_code problem;
  std::vector<fs::path> found;
  for (const auto& each : fs::directory_iterator(folder, problem))
    if (is_of_a_crash(each.path())) found.push_back(each.path());
  std::ranges::sort(found);
  for (std::size_t i = 0; i + newest < found.size(); ++i) fs::remove(found[i], problem);
}

} // namespace

caf::behavior flight_edge(caf::event_based_actor*, flight_options options) {
  return {[options = std::move(options)](const keep_trace& what) {
    const auto next = options.recorder->head().next.load();
    const auto from = next > options.turns ? next - options.turns : 1;
    const auto last = trace::read_trace(options.recorder->bytes(), from);
    if (const auto why = write_whole_file(what.path, trace::recording_of(last)))
      options.log("what led to a crash could not be kept: " + why.message);
    remove_all_but(options.files, fs::path(what.path).parent_path());
  }};
}

} // namespace termlease::actors
