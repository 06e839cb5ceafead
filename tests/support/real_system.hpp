#pragma once

// Why: what is behind a real edge (processes, timers, sockets, files) keeps real time. Tests of it
// run on real threads, wait for the event itself, and give up only after a time that no working
// machine needs.

#include <utility> // before Asio: Boost 1.74 forgets it with g++ 12

#include "actors/core/traced_actor.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/all.hpp>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

namespace termlease::tests {

inline constexpr std::chrono::seconds generous{30};

/// An Asio thread, and an actor system beside it, in which the test itself is an actor.
class real_system {
public:
  /// A write to what nobody reads is an error, and not the end: the daemon does the same.
  real_system() { std::signal(SIGPIPE, SIG_IGN); }

  ~real_system() {
    for (const auto& each : actors_) self->send_exit(each, caf::exit_reason::user_shutdown);
    actors_.clear();
    self->await_all_other_actors_done();
    io.stop();
    thread_.join();
  }

  template <class Edge, class... Args> caf::actor spawn(Edge edge, Args... args) {
    return actors_.emplace_back(actors::spawn_traceable(system_, edge, args...));
  }

  /// The next message of that type; others stay where they are.
  template <class Message> Message next() {
    Message got;
    self->receive([&](const Message& news) { got = news; },
                  caf::after(generous) >> [] { throw std::runtime_error("nothing came"); });
    return got;
  }

  /// Asks `whom`, and waits for the answer.
  template <class Result, class Question>
  Result ask(const caf::actor& whom, const Question& question) {
    Result got;
    self->request(whom, generous, question)
        .receive([&](const Result& news) { got = news; },
                 [&](const caf::error& why) { throw std::runtime_error(caf::to_string(why)); });
    return got;
  }

  boost::asio::io_context io;

private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_{io.get_executor()};
  std::thread thread_{[this] { io.run(); }};
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  std::vector<caf::actor> actors_;

public:
  caf::scoped_actor self{system_};
};

} // namespace termlease::tests
