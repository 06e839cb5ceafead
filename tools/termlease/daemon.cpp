#include "tools/termlease/daemon.hpp"

#include "actors/runtime/runtime.hpp"
#include "bus/identity/uuid.hpp"
#include "config/complaints.hpp"
#include "messages/json.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <filesystem>
#include <pwd.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::cli {

namespace fs = std::filesystem;
using messages::failed;
using messages::failure;

namespace {

void tell(int ready_fd, const std::string& line) {
  if (ready_fd < 0) return;
  const auto text = line + "\n";
  [[maybe_unused]] const auto written = ::write(ready_fd, text.data(), text.size());
  ::close(ready_fd);
}

/// A program of ours: beside this one, or where `cmake --install` puts it.
std::string program_beside(const std::string& name) {
  const auto here = fs::read_symlink("/proc/self/exe").parent_path();
  for (const auto& folder : {here, here.parent_path() / "libexec" / "termlease"})
    if (fs::exists(folder / name)) return folder / name;
  throw failed("program_missing", "there is no " + name + " beside " + here.string(),
               "build or install Termlease as a whole");
}

std::string operator_name() {
  const auto* known = ::getpwuid(::getuid());
  return known != nullptr ? known->pw_name : std::to_string(::getuid());
}

actors::runtime_options options_from(const config::paths& paths, config::settings settings) {
  const auto log = spdlog::stderr_logger_mt("termlease");
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %v");
  log->set_level(spdlog::level::from_str(settings.log.level));
  log->flush_on(spdlog::level::info);
  actors::runtime_options options;
  options.version = TERMLEASE_VERSION;
  options.settings = std::move(settings);
  options.paths = paths;
  options.worker_program = program_beside("termlease-worker");
  options.guest_program = program_beside("termlease-guest");
  options.operator_name = operator_name();
  options.seed = bus::system_seed();
  options.log = [log](const std::string& line) { log->info(line); };
  return options;
}

int serve(int ready_fd) {
  const auto paths = config::find_paths();
  const auto loaded = config::load_settings(paths.settings_file(), paths.home);
  if (!loaded.mistakes.empty()) throw failed(config::as_failure("bad_settings", loaded.mistakes));
  actors::runtime runtime(options_from(paths, loaded.values));
  tell(ready_fd, "ready");
  return runtime.run();
}

} // namespace

int run_daemon(const daemon_options& options) {
  ::umask(0077);
  std::signal(SIGPIPE, SIG_IGN);
  failure problem;
  try {
    return serve(options.ready_fd);
  } catch (const failed& why) {
    problem = why.why();
  } catch (const std::exception& why) {
    problem = {"internal", why.what(), "see the log", false};
  }
  if (problem.code == "socket_in_use" || problem.code == "journal_locked")
    problem.code = "already_running";
  tell(options.ready_fd, messages::encode(problem).dump());
  const auto text = "termlease: " + problem.message + "\n  " + problem.details.hint + "\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  return 1;
}

} // namespace termlease::cli
