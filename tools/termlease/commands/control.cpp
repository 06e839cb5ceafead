#include "messages/runtime.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/daemon.hpp"
#include "tools/termlease/local/descriptor.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/table.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/runtime/launch.hpp"

#include <cerrno>
#include <optional>
#include <poll.h>
#include <sys/syscall.h>

namespace termlease::cli {

using messages::failed;
using messages::runtime_status;

namespace {

/// Longer than the runtime gives its shares to end.
constexpr std::chrono::milliseconds stop_deadline = std::chrono::seconds(30);

struct daemon_wish {
  bool stop = false;
  bool status = false;
  daemon_options options;
};

/// A connection to the runtime, if there is one.
std::optional<bus::client> runtime_if_any(const invocation& run) {
  try {
    return run.connect_only();
  } catch (const failed& problem) {
    if (problem.why().code == "no_runtime") return std::nullopt;
    throw;
  }
}

exit_code status(const invocation& run) {
  auto runtime = runtime_if_any(run);
  if (!runtime) {
    if (run.screen.json())
      run.screen.print({{"running", false}});
    else
      run.screen.done("no runtime is running");
    return exit_code::failed;
  }
  const auto found = runtime->ask<runtime_status>(messages::get_status{});
  if (run.screen.json()) {
    auto object = messages::encode(found);
    object["running"] = true;
    run.screen.print(object);
    return exit_code::done;
  }
  const auto journal =
      found.journal_problem.empty()
          ? cell(found.journal + ", " + std::to_string(found.sequence) + " records")
          : cell(found.journal_problem + " (it can only be read)", tone::bad);
  const auto policy = found.policy_problem.empty()
                          ? cell(found.policy)
                          : cell(found.policy_problem + " (everything is denied)", tone::bad);
  print_fields(run.screen.out(), run.screen.out_style(),
               {{"runtime", cell("running", tone::good)},
                {"version", found.version},
                {"pid", std::to_string(found.pid)},
                {"started", relative(found.started_at, now())},
                {"socket", found.socket},
                {"journal", journal},
                {"policy", policy},
                {"clients", std::to_string(found.clients)},
                {"log", log_file(config::find_paths()).string()}});
  return exit_code::done;
}

/// By descriptor, so that no other process can be mistaken for it.
void wait_until_gone(const descriptor& process) {
  const auto until = bus::client::clock::now() + stop_deadline;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - bus::client::clock::now());
    pollfd gone{process.get(), POLLIN, 0};
    const int count = ::poll(&gone, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count > 0) return;
    throw failed("timed_out",
                 "the runtime has not ended within " +
                     to_text(messages::span{stop_deadline.count()}),
                 "see its log: " + log_file(config::find_paths()).string());
  }
}

exit_code stop(const invocation& run) {
  auto runtime = runtime_if_any(run);
  if (runtime) {
    const auto pid = runtime->ask<runtime_status>(messages::get_status{}).pid;
    const descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    runtime->call(messages::stop_runtime::describe().name, messages::json::object(), stop_deadline);
    if (process) wait_until_gone(process);
  }
  if (run.screen.json())
    run.screen.print({{"stopped", runtime.has_value()}});
  else
    run.screen.done(runtime ? "the runtime has stopped; terminals go on" : "no runtime is running");
  return exit_code::done;
}

} // namespace

void add_daemon_command(CLI::App& program, invocation& run) {
  auto* command =
      add_command(program, heading::running,
                  {"daemon", "run the runtime here; --stop and --status for one that runs already",
                   "termlease daemon --status\ntermlease daemon --stop\n"
                   "termlease daemon            # in the foreground, for a service manager"});
  const auto wish = std::make_shared<daemon_wish>();
  auto* stopped = command->add_flag("--stop", wish->stop, "end every share, then the runtime");
  command->add_flag("--status", wish->status, "is it running? 0 yes, 1 no")->excludes(stopped);
  command->add_option("--ready-fd", wish->options.ready_fd, "where the start's outcome is told")
      ->group("");
  on_run(command, run, [wish, &run] {
    if (wish->stop) return stop(run);
    if (wish->status) return status(run);
    return static_cast<exit_code>(run_daemon(wish->options));
  });
}

} // namespace termlease::cli
