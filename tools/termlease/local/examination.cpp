#include "tools/termlease/local/examination.hpp"

#include "config/policy/load.hpp"
#include "config/programs.hpp"
#include "config/version.hpp"
#include "tools/termlease/local/program.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::cli {

namespace fs = std::filesystem;

namespace {

finding good(std::string name, std::string found) {
  return {std::move(name), finding_state::good, std::move(found), {}};
}

finding missing(std::string name, const messages::failure& why) {
  return {std::move(name), finding_state::missing, why.message, why.details.hint};
}

std::string version_of(const fs::path& program, const char* argument) {
  return config::version_in(
      ask_program({program.string(), argument}, listen_to::output_and_errors).output);
}

/// A program with a version that must not be too old.
finding examine_version(const std::string& name, const fs::path& program, const char* argument,
                        std::string_view oldest, const std::string& how) {
  const auto version = version_of(program, argument);
  const auto place = " (" + program.string() + ")";
  if (version.empty())
    return {name, finding_state::missing, "does not tell its version" + place, how};
  if (!config::is_recent_enough(version, oldest))
    return {name, finding_state::missing,
            version + " is too old, " + std::string(oldest) + " is needed" + place, how};
  return good(name, version + place);
}

finding examine_tmux(const config::settings& chosen) {
  try {
    return examine_version("tmux", config::find_tmux(chosen), "-V", config::oldest_tmux,
                           "install it: apt-get install tmux");
  } catch (const messages::failed& problem) {
    return missing("tmux", problem.why());
  }
}

/// Whoever has no terminal in it needs none.
finding examine_zellij(const config::settings& chosen, const config::paths& where) {
  const std::string how = "only for terminals in zellij; `termlease terminal new NAME --host "
                          "zellij` builds it where cargo is";
  try {
    auto found = examine_version("zellij", config::find_zellij(chosen, where), "--version",
                                 config::oldest_zellij, how);
    if (found.state == finding_state::missing) found.state = finding_state::remark;
    return found;
  } catch (const messages::failed& problem) {
    return {"zellij", finding_state::remark, problem.why().message, how};
  }
}

finding examine_ssh(const char* program, finding_state when_missing, const char* what_for) {
  const auto found = config::on_path(program);
  if (!found.empty()) return good(program, found.string());
  return {program, when_missing, std::string("is not installed: ") + what_for,
          "install it: apt-get install openssh-client"};
}

bool is_recent_upterm(const fs::path& program) {
  return program.empty() ||
         config::is_recent_enough(version_of(program, "version"), config::oldest_upterm);
}

/// The one that a share would use.
config::upterm_programs chosen_upterm(const config::settings& chosen, const config::paths& where) {
  auto choice = config::find_upterm(chosen, where);
  if (choice.where_too_old &&
      !(is_recent_upterm(choice.first.upterm) && is_recent_upterm(choice.first.uptermd)))
    return *choice.where_too_old;
  return choice.first;
}

void examine_upterm(const config::settings& chosen, const config::paths& where,
                    std::vector<finding>& into) {
  const std::string how = "`./run` builds a recent one into " +
                          (where.cache / "backends").string() +
                          "; or put upterm and uptermd on PATH";
  try {
    const auto found = chosen_upterm(chosen, where);
    into.push_back(examine_version("upterm", found.upterm, "version", config::oldest_upterm, how));
    if (!chosen.upterm.relay_host.empty())
      into.push_back(good("relay", chosen.upterm.relay_host + ":" +
                                       std::to_string(chosen.upterm.relay_port) + " (yours)"));
    else
      into.push_back(
          examine_version("uptermd", found.uptermd, "version", config::oldest_upterm, how));
  } catch (const messages::failed& problem) {
    into.push_back({"upterm", finding_state::missing, problem.why().message, how});
  }
}

/// One backend is enough, so what is missing of the second one is only a remark.
void examine_tmate(const config::settings& chosen, const config::paths& where,
                   std::vector<finding>& into) {
  const auto state =
      chosen.shares.default_backend == "tmate" ? finding_state::missing : finding_state::remark;
  try {
    const auto [program, relay] = config::find_tmate(chosen, where);
    into.push_back(good("tmate", version_of(program, "-V") + " (" + program.string() + ")"));
    const auto& own = chosen.tmate;
    into.push_back(good("tmate relay",
                        own.relay_host.empty()
                            ? relay.string()
                            : own.relay_host + ":" + std::to_string(own.relay_port) + " (yours)"));
  } catch (const messages::failed& problem) {
    into.push_back({"tmate", state, problem.why().message, problem.why().details.hint});
  }
}

/// Nobody but the user may enter; not there yet is no fault.
finding examine_folder(const std::string& name, const fs::path& folder, mode_t forbidden) {
  struct stat facts {};

  if (::stat(folder.c_str(), &facts) != 0) {
    if (errno == ENOENT) return good(name, folder.string() + " (made when needed)");
    return {name, finding_state::missing, folder.string() + ": " + std::strerror(errno),
            "check the folders above it"};
  }
  if (facts.st_uid != ::geteuid())
    return {name, finding_state::missing, folder.string() + " belongs to another user",
            "remove it, or set TERMLEASE_HOME to a folder of your own"};
  if ((facts.st_mode & forbidden) != 0)
    return {name, finding_state::missing, folder.string() + " is open to others",
            "chmod 700 " + folder.string()};
  if (::access(folder.c_str(), W_OK) != 0)
    return {name, finding_state::missing, folder.string() + " can't be written",
            "check the disk: no share starts that can't be recorded"};
  return good(name, folder.string());
}

finding examine_mistakes(const std::string& name, const fs::path& file,
                         const std::vector<messages::file_mistake>& mistakes, std::string found) {
  if (mistakes.empty()) return good(name, file.string() + found);
  std::string what = to_text(mistakes.front());
  if (mistakes.size() > 1) what += ", and " + std::to_string(mistakes.size() - 1) + " more";
  return {name, finding_state::missing, what, "correct " + file.string()};
}

finding examine_policy(const config::paths& where) {
  const auto file = where.policy_file();
  const auto loaded = config::load_policy(file);
  if (loaded.missing)
    return {"policy", finding_state::missing, "there is none, so everything is denied",
            "write a starter policy: termlease policy init"};
  return examine_mistakes("policy", file, loaded.mistakes,
                          " (" + std::to_string(loaded.set.rules.size()) + " rules)");
}

} // namespace

std::vector<finding> examine_programs(const config::settings& chosen, const config::paths& where) {
  std::vector<finding> findings{
      examine_tmux(chosen), examine_zellij(chosen, where),
      examine_ssh("ssh", finding_state::remark, "guests need it, you don't"),
      examine_ssh("ssh-keygen", finding_state::missing, "keys are made with it")};
  examine_upterm(chosen, where, findings);
  examine_tmate(chosen, where, findings);
  return findings;
}

std::vector<finding> examine_files(const config::paths& where) {
  constexpr mode_t writers = S_IWGRP | S_IWOTH;
  constexpr mode_t anybody = S_IRWXG | S_IRWXO;
  const auto settings = where.settings_file();
  const auto loaded = config::load_settings(settings, where.home);
  const bool there = fs::exists(settings);
  return {examine_mistakes("settings", settings, loaded.mistakes,
                           there ? "" : " (none; the defaults count)"),
          examine_policy(where),
          examine_folder("config folder", where.config, writers),
          examine_folder("cache folder", where.cache, writers),
          examine_folder("state folder", where.state, anybody),
          examine_folder("runtime folder", where.runtime, anybody)};
}

} // namespace termlease::cli
