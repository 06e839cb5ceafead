#include "actors/edges/process_search.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace termlease::actors {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_text = 1U << 20;
constexpr int words_to_parent = 2;      ///< of /proc/PID/stat, behind the name: state, parent
constexpr int words_to_start_time = 20; ///< and the start, in ticks since the boot

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (text.size() > most_text) text.clear();
  return text;
}

std::vector<std::string> words_of(const fs::path& file) {
  std::istringstream stream(text_of(file));
  std::vector<std::string> words;
  for (std::string word; std::getline(stream, word, '\0');) words.push_back(word);
  return words;
}

struct kinship {
  std::int32_t parent = 0;
  std::uint64_t started = 0;
};

std::optional<kinship> kinship_of(const fs::path& folder) {
  const auto text = text_of(folder / "stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream words(text.substr(name_end + 1));
  kinship found;
  std::string word;
  for (int number = 1; number <= words_to_start_time && words >> word; ++number) {
    if (number == 1 && word == "Z") return {};
    if (number == words_to_parent)
      std::from_chars(word.data(), word.data() + word.size(), found.parent);
    if (number == words_to_start_time)
      std::from_chars(word.data(), word.data() + word.size(), found.started);
  }
  return found;
}

bool was_given(const fs::path& folder, const std::vector<std::string>& variables) {
  const auto given = words_of(folder / "environ");
  return std::ranges::all_of(
      variables, [&](const auto& each) { return std::ranges::find(given, each) != given.end(); });
}

bool is_parent(const fs::path& folder, const messages::find_process& wanted) {
  return std::ranges::any_of(words_of(folder / "cmdline"), [&](const auto& word) {
    return word.size() >= wanted.parent_begins.size() + wanted.parent_ends.size() &&
           word.starts_with(wanted.parent_begins) && word.ends_with(wanted.parent_ends);
  });
}

} // namespace

messages::process_found search_process(const messages::find_process& wanted) {
  messages::process_found found;
  std::uint64_t started = UINT64_MAX;
  std::error_code problem;
  const fs::path all = "/proc";
  fs::directory_iterator each(all, problem);
  for (; !problem && each != fs::directory_iterator(); each.increment(problem)) {
    const auto name = each->path().filename().string();
    std::int32_t pid = 0;

    struct stat facts {};

    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc{} || end != name.data() + name.size()) continue;
    if (::stat(each->path().c_str(), &facts) != 0 || facts.st_uid != ::geteuid()) continue;
    const auto kin = kinship_of(each->path());
    if (!kin || kin->started >= started || !was_given(each->path(), wanted.variables)) continue;
    if (!is_parent(all / std::to_string(kin->parent), wanted)) continue;
    found.pid = pid;
    started = kin->started;
  }
  if (problem)
    found.problem = {"find_failed", "the processes can't be looked through: " + problem.message(),
                     "see whether /proc is mounted", true};
  return found;
}

} // namespace termlease::actors
