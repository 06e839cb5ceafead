#pragma once

// Why: upterm and tmate must not be the only two that the interface fits. This one carries nobody
// anywhere: its guests are on this machine and come to the socket themselves.

#include "tools/worker/backend.hpp"

#include <unistd.h>

namespace termlease::tests {

class third_backend final : public worker::backend {
public:
  explicit third_backend(worker::backend_setup setup)
      : loop_(setup.events), events_(std::move(setup.callbacks)),
        link_("walk to " + setup.guest_socket) {}

  void start() override {
    running_ = true;
    loop_.after({}, [this] { events_.ready({link_, "front"}); });
  }

  pid_t pid() const override { return running_ ? getpid() : 0; }

  std::string objection_to(pid_t) const override { return {}; }

  void list_connections(connections_callback answer) override {
    answer({{"1", "SHA256:walker", "next door"}});
  }

  bool has_left(const worker::connection&) const override { return false; }

  bool may_come_back(const worker::connection&) const override { return true; }

  void stop(std::function<void()> stopped) override {
    running_ = false;
    stopped();
  }

  void kill() override { running_ = false; }

  bool running() const override { return running_; }

private:
  worker::loop& loop_;
  worker::backend_events events_;
  std::string link_;
  bool running_ = false;
};

} // namespace termlease::tests
