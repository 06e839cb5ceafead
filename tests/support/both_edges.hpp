#pragma once

// Why: what the actors were tested over must do what the system does. The same questions are put to
// the real edges and to their twins; a twin that answers otherwise proves nothing.

#include "actors/edges/alarms.hpp"
#include "actors/edges/files.hpp"
#include "actors/edges/processes.hpp"
#include "messages/worker_lines.hpp"
#include "tests/support/real_system.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/scenario/simulation/simulated_alarms.hpp"
#include "tools/scenario/simulation/simulated_files.hpp"
#include "tools/scenario/simulation/simulated_processes.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"

#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

namespace termlease::tests {

/// The edges of the system itself.
class real_edges {
public:
  messages::instant now() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  }

  std::string home() const { return home_.path(); }

  /// A program that is ready when started and ends when told, or when nobody is left to tell it.
  std::string worker() const {
    const auto said = [](const auto& line) {
      return "printf '" + messages::encode_line(line) + "'; ";
    };
    const auto path = home_.write(
        "termlease-worker", "#!/bin/sh\nwhile read -r line; do case \"$line\" in\n"
                            "*'\"type\":\"start\"'*) " +
                                said(messages::worker_lines::ready{"link"}) +
                                ";;\n"
                                "*'\"type\":\"end\"'*) " +
                                said(messages::worker_lines::ended{}) + "exit 0;;\nesac; done\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  std::string missing_program() const { return "/no/such/program"; }

  std::string missing_folder() const { return "/no/such/folder"; }

  template <class Message> void tell(const caf::actor& edge, const Message& what) {
    real_.self->send(edge, what);
  }

  template <class Message> Message next() { return real_.next<Message>(); }

  template <class Result, class Question>
  Result ask(const caf::actor& edge, const Question& question) {
    return real_.ask<Result>(edge, question);
  }

private:
  temporary_folder home_;
  real_system real_;

public:
  caf::actor alarms = real_.spawn(actors::alarm_edge, &real_.io);
  caf::actor files = real_.spawn(actors::file_edge);
  caf::actor processes = real_.spawn(actors::process_edge, &real_.io, actors::process_limits{});
};

/// Their twins.
class simulated_edges {
public:
  ~simulated_edges() {
    for (const auto& each : {alarms, files, processes, listener_})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    for (auto& each : programs_.children) each.owner = nullptr;
    time_.settle();
  }

  messages::instant now() const { return time_.now(); }

  std::string home() const { return "/home"; }

  std::string worker() const { return "/bin/termlease-worker"; }

  std::string missing_program() {
    programs_.worker.cannot_start = {"program_missing", "no such program", {}, false};
    return worker();
  }

  std::string missing_folder() {
    programs_.closed_folders.insert("/no/such/folder");
    return "/no/such/folder";
  }

  template <class Message> void tell(const caf::actor& edge, const Message& what) {
    caf::send_as(listener_, edge, what);
    time_.settle();
  }

  template <class Message> Message next() {
    for (int second = 0; second < 60; ++second) {
      for (auto each = heard_.begin(); each != heard_.end(); ++each) {
        if (!each->template match_elements<Message>()) continue;
        auto found = each->template get_as<Message>(0);
        heard_.erase(each);
        return found;
      }
      time_.advance(messages::seconds(1));
    }
    throw std::runtime_error("nothing came");
  }

  template <class Result, class Question>
  Result ask(const caf::actor& edge, const Question& question) {
    std::optional<Result> got;
    time_.system().spawn([&](caf::event_based_actor* self) {
      self->request(edge, caf::infinite, question).then([&](const Result& answer) {
        got = answer;
      });
    });
    time_.settle();
    return got.value();
  }

private:
  scenario::virtual_time time_;
  scenario::simulated_alarms table_{time_};
  scenario::simulated_files disk_;
  scenario::simulated_processes programs_;
  std::deque<caf::message> heard_;
  caf::actor listener_ = time_.system().spawn([this]() -> caf::behavior {
    const auto keep = [this](const auto& news) { heard_.push_back(caf::make_message(news)); };
    return {[=](const messages::alarm_rang& news) { keep(news); },
            [=](const messages::child_started& news) { keep(news); },
            [=](const messages::child_line& news) { keep(news); },
            [=](const messages::child_exited& news) { keep(news); },
            [=](const messages::process_gone& news) { keep(news); }};
  });

public:
  caf::actor alarms = table_.address();
  caf::actor files = disk_.spawn_in(time_.system());
  caf::actor processes = programs_.spawn_in(time_.system());
};

} // namespace termlease::tests
