#include "actors/edges/process_search.hpp"

#include "actors/edges/proc_files.hpp"

#include <algorithm>
#include <cstdint>

namespace termlease::actors {

namespace {

bool was_given(std::int32_t pid, const std::vector<std::string>& variables) {
  const auto given = variables_of(pid);
  return std::ranges::all_of(
      variables, [&](const auto& each) { return std::ranges::find(given, each) != given.end(); });
}

bool is_parent(std::int32_t pid, const messages::find_process& wanted) {
  return std::ranges::any_of(arguments_of(pid), [&](const auto& word) {
    return word.size() >= wanted.parent_begins.size() + wanted.parent_ends.size() &&
           word.starts_with(wanted.parent_begins) && word.ends_with(wanted.parent_ends);
  });
}

} // namespace

messages::process_found search_process(const messages::find_process& wanted) {
  messages::process_found found;
  std::uint64_t started = UINT64_MAX;
  const auto problem = for_each_process([&](const process_facts& each) {
    if (each.started >= started || !was_given(each.pid, wanted.variables)) return;
    if (!is_parent(each.parent, wanted)) return;
    found.pid = each.pid;
    started = each.started;
  });
  if (problem)
    found.problem = {"find_failed", "the processes can't be looked through: " + problem.message(),
                     "see whether /proc is mounted", true};
  return found;
}

} // namespace termlease::actors
