#include "tools/termlease/local/host_build.hpp"

#include "config/paths.hpp"
#include "config/programs.hpp"

#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace termlease::cli {

namespace fs = std::filesystem;

namespace {

/// Beside this program, or where `cmake --install` puts it.
fs::path recipe_for(const std::string& host) {
  std::error_code none;
  const auto here = fs::read_symlink("/proc/self/exe", none).parent_path();
  for (const auto& folder : {here, here.parent_path() / "libexec" / "termlease"})
    if (auto file = folder / "hosts" / ("build-" + host); fs::exists(file, none)) return file;
  return {};
}

bool has_cargo() {
  std::error_code none;
  return !config::on_path("cargo").empty() ||
         fs::exists(config::find_paths().home / ".cargo" / "bin" / "cargo", none);
}

} // namespace

bool build_missing(const messages::failure& why, const std::string& host, const console& screen) {
  const auto recipe = host == "zellij" ? recipe_for(host) : fs::path();
  if (why.code != "host_missing" || recipe.empty() || !has_cargo()) return false;
  screen.note(host + " is missing: building it, once (about five minutes)");
  const auto child = ::fork();
  if (child == 0) {
    // Its one line of output is for scripts; what it says meanwhile is for people.
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::execl(recipe.c_str(), recipe.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

} // namespace termlease::cli
