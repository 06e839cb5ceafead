#pragma once

// Why: what the actors were tested over must do what the system does. The same questions are put to
// the real edges and to their twins; a twin that answers otherwise proves nothing.

#include "actors/edges/alarms.hpp"
#include "actors/edges/files.hpp"
#include "actors/edges/processes.hpp"
#include "bus/journal/storage.hpp"
#include "bus/journal/store.hpp"
#include "messages/worker_lines.hpp"
#include "tests/support/real_system.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/scenario/simulation/simulated_alarms.hpp"
#include "tools/scenario/simulation/simulated_disk.hpp"
#include "tools/scenario/simulation/simulated_files.hpp"
#include "tools/scenario/simulation/simulated_processes.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

namespace termlease::tests {

inline std::string news_of(const messages::child_line& line) {
  return messages::decode_line(line.text.text).first;
}

inline std::string news_of(const messages::child_exited& end) {
  return "exit " + std::to_string(end.status);
}

/// Starts a program, and is gone as soon as it runs.
inline caf::behavior passing_owner(caf::event_based_actor* self, const caf::actor& processes,
                                   const messages::spawn_child& wanted) {
  self->send(processes, wanted);
  return {[self](const messages::child_started&) { self->quit(); }};
}

/// The edges of the system itself.
class real_edges {
public:
  messages::instant now() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  }

  std::string home() const { return home_.path(); }

  /// A program that is ready when started and ends when told, or when nobody is left to tell it.
  std::string worker() const { return worker_that("printf '" + ready() + "'"); }

  std::string worker_that_repeats() const {
    return worker_that("printf '" + ready() + ready() + "'");
  }

  std::string worker_that_is_late() const {
    return worker_that("read -r end; sleep 0.3; printf '" + ready() + ended() + "'; exit 0");
  }

  /// It says half of a line, and is gone.
  std::string worker_that_is_torn() const {
    return worker_that("printf '" + ready().substr(0, 10) + "'; exit 1");
  }

  /// It minds neither an order to end, nor that nobody is left, nor SIGTERM.
  std::string stubborn_worker() const {
    return program("#!/bin/sh\ntrap '' TERM\nexec sleep 600\n");
  }

  std::string missing_program() const { return "/no/such/program"; }

  std::string missing_folder() const { return "/no/such/folder"; }

  template <class Message> void tell(const caf::actor& edge, const Message& what) {
    real_.self->send(edge, what);
  }

  template <class Message> Message next() { return real_.next<Message>(); }

  /// What a program says next, by its type, or how it ends.
  std::string next_news() {
    std::string news;
    real_.self->receive([&](const messages::child_line& line) { news = news_of(line); },
                        [&](const messages::child_exited& end) { news = news_of(end); },
                        caf::after(generous) >> [] { throw std::runtime_error("nothing came"); });
    return news;
  }

  template <class Result, class Question>
  Result ask(const caf::actor& edge, const Question& question) {
    return real_.ask<Result>(edge, question);
  }

  void start_and_leave(const messages::spawn_child& wanted) {
    real_.spawn(passing_owner, processes, wanted);
  }

private:
  static std::string ready() {
    return messages::encode_line(messages::worker_lines::ready{"link"});
  }

  static std::string ended() { return messages::encode_line(messages::worker_lines::ended{}); }

  std::string worker_that(const std::string& starts) const {
    return program("#!/bin/sh\nwhile read -r line; do case \"$line\" in\n"
                   "*'\"type\":\"start\"'*) " +
                   starts +
                   ";;\n"
                   "*'\"type\":\"end\"'*) printf '" +
                   ended() + "'; exit 0;;\nesac; done\n");
  }

  std::string program(const std::string& text) const {
    const auto path = home_.write("termlease-worker", text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  static actors::process_limits limits() {
    actors::process_limits few;
    few.grace = {100};
    return few;
  }

  temporary_folder home_;
  real_system real_;
  std::shared_ptr<bus::journal_store> store_ =
      std::make_shared<bus::journal_store>(home_.path() / "journal.db", small_journal());

  static bus::journal_settings small_journal() {
    bus::journal_settings settings;
    settings.reserve_bytes = 0;
    return settings;
  }

public:
  caf::actor storage = real_.spawn(bus::storage_edge, store_);
  caf::actor archive = real_.spawn(bus::archive_edge, home_.path() / "journal.db");
  caf::actor alarms = real_.spawn(actors::alarm_edge, &real_.io);
  caf::actor files = real_.spawn(actors::file_edge);
  caf::actor processes = real_.spawn(actors::process_edge, &real_.io, limits());
};

/// Their twins.
class simulated_edges {
public:
  ~simulated_edges() {
    for (const auto& each : {alarms, files, processes, storage, listener_})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    for (auto& each : programs_.children) each.owner = nullptr;
    time_.settle();
  }

  messages::instant now() const { return time_.now(); }

  std::string home() const { return "/home"; }

  std::string worker() const { return "/bin/termlease-worker"; }

  std::string worker_that_repeats() {
    programs_.lines.repeated = true;
    return worker();
  }

  std::string worker_that_is_late() {
    programs_.lines.late = messages::seconds(3);
    return worker();
  }

  std::string worker_that_is_torn() {
    programs_.worker.torn = true;
    return worker();
  }

  std::string stubborn_worker() {
    programs_.worker.obeys_end = false;
    return worker();
  }

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

  std::string next_news() {
    const auto is_line = [](const caf::message& each) {
      return each.match_elements<messages::child_line>();
    };
    const auto is_end = [](const caf::message& each) {
      return each.match_elements<messages::child_exited>();
    };
    for (int second = 0; second < 60; ++second, time_.advance(messages::seconds(1))) {
      const auto first = std::find_if(heard_.begin(), heard_.end(), [&](const caf::message& each) {
        return is_line(each) || is_end(each);
      });
      if (first == heard_.end()) continue;
      return is_line(*first) ? news_of(next<messages::child_line>())
                             : news_of(next<messages::child_exited>());
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
    for (int second = 0; second < 60 && !got; ++second) time_.advance(messages::seconds(1));
    return got.value();
  }

  void start_and_leave(const messages::spawn_child& wanted) {
    time_.system().spawn(passing_owner, processes, wanted);
    time_.settle();
  }

private:
  scenario::virtual_time time_;
  scenario::simulated_alarms table_{time_};
  scenario::simulated_files files_;
  scenario::simulated_disk disk_;
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
  caf::actor files = files_.spawn_in(time_.system());
  caf::actor processes = programs_.spawn_in(time_.system());
  caf::actor storage = disk_.spawn_in(time_.system());
  caf::actor archive = storage;
};

} // namespace termlease::tests
