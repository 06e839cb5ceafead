#pragma once

// Why: tmux and zellij must not be the only two that the interfaces fit. A sheet is a terminal that
// shows what was written on it; `sheet new NAME` prints the process that holds it.

#include "actors/terminals/host.hpp"
#include "tools/worker/mirror/mirror.hpp"
#include "tools/worker/mirror/output_parser.hpp"

#include <string>

namespace termlease::tests {

class third_mirror final : public worker::mirror {
public:
  third_mirror(worker::loop& events, worker::mirror_options&& options,
               worker::mirror_events&& callbacks)
      : loop_(events), pane_(std::move(options.pane)), read_only_(options.read_only),
        events_(std::move(callbacks)) {}

  void start() override {
    loop_.after({}, [this] {
      running_ = true;
      show("this is " + pane_ + "\r\n");
    });
  }

  void stop() override { running_ = false; }

  bool running() const override { return running_; }

  bool ready() const override { return running_; }

  bool flooded() const override { return false; }

  const worker::screen& picture() const override { return sheet_; }

  void input(std::string_view bytes) override {
    if (!read_only_) show(bytes);
  }

  void paste(std::string_view body) override { input(body); }

  void set_read_only(bool read_only) override { read_only_ = read_only; }

  bool congested() const override { return false; }

private:
  void show(std::string_view text) {
    pen_.feed(text, sheet_);
    events_.changed(text.size());
  }

  worker::loop& loop_;
  std::string pane_;
  bool read_only_;
  worker::mirror_events events_;
  worker::screen sheet_;
  worker::output_parser pen_;
  bool running_ = false;
};

class third_host final : public actors::terminal_host {
public:
  explicit third_host(actors::host_edges edges) : edges_(std::move(edges)) {}

  void open(const messages::terminal_view& view, const messages::spawn_terminal& wanted,
            located answer) const override {
    edges_.run({{"sheet", "new", wanted.name}, {}}, [=](const messages::program_result& made) {
      auto where = view;
      where.pane = "sheet of " + wanted.name;
      where.pane_pid = std::stoi(made.output);
      answer(where, {});
    });
  }

  void adopt(const messages::terminal_view&, const messages::adopt_terminal&,
             located) const override {
    throw messages::failed("not_supported", "nobody else has sheets");
  }

  void look(const messages::terminal_view&,
            std::function<void(actors::presence)> answer) const override {
    answer(actors::presence::there);
  }

  void end(const messages::terminal_view& view,
           std::function<void(const messages::failure&)> answer) const override {
    edges_.run({{"sheet", "end", view.name}, {}},
               [=](const messages::program_result& done) { answer(done.problem); });
  }

private:
  actors::host_edges edges_;
};

} // namespace termlease::tests
