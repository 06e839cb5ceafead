#include "actors/edges/proc_files.hpp"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::actors {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_text = 1U << 20;
constexpr int words_to_parent = 2;      ///< of /proc/PID/stat, behind the name: state, parent
constexpr int words_to_start_time = 20; ///< and the start, in ticks since the boot

fs::path folder_of(std::int32_t pid) {
  return fs::path("/proc") / std::to_string(pid);
}

/// Of a process that is not there, or not to be looked into.
bool is_no_answer(int problem) {
  return problem == ENOENT || problem == ESRCH || problem == EACCES || problem == EPERM;
}

/// Throws std::system_error when this process, not the other one, is why it can't be read.
std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream && !is_no_answer(errno))
    throw std::system_error(errno, std::generic_category(), file.string());
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

} // namespace

std::optional<process_facts> facts_of(std::int32_t pid) {
  const auto text = text_of(folder_of(pid) / "stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream words(text.substr(name_end + 1));
  process_facts found{pid};
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

std::vector<std::string> variables_of(std::int32_t pid) {
  return words_of(folder_of(pid) / "environ");
}

std::vector<std::string> arguments_of(std::int32_t pid) {
  return words_of(folder_of(pid) / "cmdline");
}

std::error_code for_each_process(const std::function<void(const process_facts&)>& visit) try {
  std::error_code problem;
  fs::directory_iterator each("/proc", problem);
  for (; !problem && each != fs::directory_iterator(); each.increment(problem)) {
    const auto name = each->path().filename().string();
    std::int32_t pid = 0;

    struct stat owner {};

    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc{} || end != name.data() + name.size()) continue;
    if (::stat(each->path().c_str(), &owner) != 0 || owner.st_uid != ::geteuid()) continue;
    if (const auto facts = facts_of(pid)) visit(*facts);
  }
  return problem;

} catch (const std::system_error& why) {

  return why.code();
}

} // namespace termlease::actors
