#pragma once

// Why: the CLI is tested like a user runs it, against a runtime whose answers the test writes down.
// It speaks the bus's protocol over a real socket, in a folder of its own.

#include "messages/json.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/termlease/cli.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace cli_test {

using termlease::messages::json;

/// A folder that TERMLEASE_HOME names while it lives.
class private_home {
public:
  private_home() {
    std::filesystem::create_directories(folder_ / "run");
    ::chmod((folder_ / "run").c_str(), 0700);
    ::setenv("TERMLEASE_HOME", folder().c_str(), 1);
    for (const char* each : {"TERMLEASE_TOKEN", "TMUX", "TMUX_PANE", "NO_COLOR"}) ::unsetenv(each);
  }

  ~private_home() { ::unsetenv("TERMLEASE_HOME"); }

  private_home(const private_home&) = delete;
  private_home& operator=(const private_home&) = delete;

  const std::filesystem::path& folder() const { return folder_.path(); }

private:
  termlease::tests::temporary_folder folder_;
};

/// What a run of the program left.
struct outcome {
  int code = -1;
  std::string out;
  std::string err;

  json value() const { return json::parse(out); }
};

inline outcome run(const std::vector<std::string>& line, bool terminal = false) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = termlease::cli::run(line, {out, err, terminal, terminal});
  return {code, out.str(), err.str()};
}

/// Answers each method as the test says. An answer is a result, or {"error": {…}}; the events under
/// "events" are sent first.
class fake_runtime {
public:
  using answer = std::function<json(const json& payload)>;

  explicit fake_runtime(std::map<std::string, answer> answers) : answers_(std::move(answers)) {
    const auto path = (home.folder() / "run" / "bus.sock").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 16);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~fake_runtime() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard held(mutex_);
      for (const int each : clients_) ::shutdown(each, SHUT_RDWR);
    }
    for (auto& each : servers_) each.join();
    for (const int each : clients_) ::close(each);
    ::close(listener_);
  }

  fake_runtime(const fake_runtime&) = delete;
  fake_runtime& operator=(const fake_runtime&) = delete;

  /// The payloads of all commands with that method so far.
  std::vector<json> asked(const std::string& method) const {
    const std::lock_guard held(mutex_);
    const auto found = asked_.find(method);
    return found == asked_.end() ? std::vector<json>{} : found->second;
  }

  /// The correlation id of the last command that had one.
  std::string correlation() const {
    const std::lock_guard held(mutex_);
    return correlation_;
  }

  private_home home;

private:
  void accept_all() {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      const std::lock_guard held(mutex_);
      clients_.push_back(client);
      servers_.emplace_back([this, client] { serve(client); });
    }
  }

  void serve(int client) {
    std::string received;
    char chunk[4096];
    for (;;) {
      const auto got = ::recv(client, chunk, sizeof chunk, 0);
      if (got <= 0) return;
      received.append(chunk, static_cast<std::size_t>(got));
      for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
        const auto command = json::parse(received.substr(0, end));
        received.erase(0, end + 1);
        for (const auto& line : answers_to(command)) {
          const auto text = line.dump() + "\n";
          if (::send(client, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;
        }
      }
    }
  }

  std::vector<json> answers_to(const json& command) {
    const auto method = command.at("method").get<std::string>();
    {
      const std::lock_guard held(mutex_);
      asked_[method].push_back(command.at("payload"));
      if (command.contains("correlation_id")) correlation_ = command.at("correlation_id");
    }
    json response{{"type", "response"},
                  {"id", "r"},
                  {"method", method},
                  {"causation_id", command.at("id")},
                  {"status", "ok"}};
    const auto found = answers_.find(method);
    auto result = found == answers_.end()
                      ? json{{"error", {{"code", "unknown_method"}, {"message", method}}}}
                      : found->second(command.at("payload"));
    std::vector<json> lines;
    if (result.is_object() && result.contains("error")) {
      response["status"] = "error";
      response["error"] = result["error"];
      return {response};
    }
    json events = json::array();
    if (result.is_object() && result.contains("events")) {
      events = result["events"];
      result.erase("events");
    }
    response["result"] = result;
    lines.push_back(response);
    for (const auto& each : events) lines.push_back(each);
    return lines;
  }

  std::map<std::string, answer> answers_;
  int listener_ = -1;
  std::thread acceptor_;
  mutable std::mutex mutex_;
  std::vector<int> clients_;
  std::vector<std::thread> servers_;
  std::map<std::string, std::vector<json>> asked_;
  std::string correlation_;
};

} // namespace cli_test
