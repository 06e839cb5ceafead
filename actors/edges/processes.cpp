#include "actors/edges/processes.hpp"

#include "actors/edges/cgroups.hpp"
#include "actors/edges/child.hpp"
#include "actors/edges/launch.hpp"
#include "actors/edges/process_search.hpp"
#include "actors/edges/runtime_mark.hpp"
#include "bus/trace/here.hpp"
#include "messages/edges.hpp"
#include "messages/failure.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <sys/syscall.h>
#include <unistd.h>

namespace termlease::actors {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace messages;

namespace {

constexpr std::chrono::seconds pause_without_descriptors{1};
constexpr std::chrono::milliseconds pause_of_emptying{10};
constexpr int tries_of_emptying = 100; ///< then it is left to the next runtime's sweep

/// Cuts a stream of bytes into lines.
struct line_cutter {
  std::string rest;

  template <class Take> bool feed(std::string_view bytes, std::size_t limit, Take take) {
    rest += bytes;
    std::size_t start = 0;
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', start)) {
      take(rest.substr(start, end - start));
      start = end + 1;
    }
    rest.erase(0, start);
    return rest.size() <= limit;
  }
};

/// The edge's side on the Asio thread. Everything here runs there.
class process_table : public std::enable_shared_from_this<process_table> {
public:
  process_table(asio::io_context& io, process_limits limits) : io_(io), limits_(limits) {}

  void spawn(const spawn_child& wanted, const caf::actor& owner) {
    const auto id = next_++;
    const auto part = make_cgroup(delegated_, mark_, id);
    try {
      const auto made =
          launch(wanted.argv, wanted.working_directory, {std::string(mark_variable) + mark_}, part);
      children_[id] = std::make_shared<child>(io_, made, events_for(id, owner));
      owned_[id] = {owner.address(), wanted.label, part, trace::here().at};
      caf::anon_send(owner, child_started{id, made.pid, {}});
      children_[id]->start();
    } catch (const failed& why) {
      if (!part.empty()) end_cgroup(part);
      caf::anon_send(owner, child_started{0, 0, why.why()});
    }
  }

  void run(const run_program& wanted, const std::function<void(program_result)>& reply) {
    try {
      const auto id = next_++;
      const auto made = launch(wanted.argv, wanted.working_directory, wanted.variables);
      auto result = std::make_shared<program_result>();
      auto deadline = std::make_shared<asio::steady_timer>(io_, wanted.deadline.chrono());
      child_events events;
      events.said = [result, limit = limits_.output](std::string bytes, bool is_error) {
        auto& text = is_error ? result->errors : result->output;
        text += bytes.substr(0, limit - std::min(limit, text.size()));
      };
      events.exited = [table = weak_from_this(), id, result, deadline, reply](int status) {
        result->status = status;
        deadline->cancel();
        reply(std::move(*result));
        if (const auto self = table.lock()) self->children_.erase(id);
      };
      const auto running = std::make_shared<child>(io_, made, std::move(events));
      children_[id] = running;
      deadline->async_wait([running, result, name = wanted.argv[0]](const error_code& problem) {
        if (problem) return;
        result->problem = {"program_hung", name + " did not end in time", "try again", true};
        running->signal(SIGKILL);
      });
      running->start();
      running->close_input_when_written();
    } catch (const failed& why) {
      reply({127, {}, {}, why.why()});
    }
  }

  void write(const write_child& what) {
    with(what.child, [&](child& to) {
      if (!to.write(what.bytes, limits_.unwritten)) to.signal(SIGKILL);
    });
  }

  void close_input(child_id id) {
    note_turn(id);
    with(id, [](child& to) { to.close_input_when_written(); });
  }

  void signal(const signal_child& what) {
    note_turn(what.child);
    with(what.child, [&](child& to) { to.signal(what.signal); });
  }

  /// Nobody is left to end these programs: they are told to, and those that don't are killed.
  void abandon(const caf::actor_addr& owner) {
    for (const auto& [id, each] : owned_) {
      if (each.owner != owner) continue;
      with(id, [](child& of) {
        of.close_input_when_written();
        of.signal(SIGTERM);
      });
      auto grace = std::make_shared<asio::steady_timer>(io_, limits_.grace.chrono());
      grace->async_wait([self = shared_from_this(), id = id, grace](const error_code& problem) {
        if (!problem) self->signal({id, SIGKILL});
      });
    }
  }

  void await(const std::string& label, const std::function<void(children_gone)>& reply) {
    waiting_.emplace(label, reply);
    tell_waiting();
  }

  void watch(std::int32_t pid, const caf::actor& owner) {
    const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0 && errno == ESRCH) return caf::anon_send(owner, process_gone{pid});
    if (pidfd < 0) return watch_later(pid, owner);
    auto watched = std::make_shared<asio::posix::stream_descriptor>(io_, pidfd);
    watched->async_wait(asio::posix::stream_descriptor::wait_read,
                        trace::bound([watched, owner, pid](const error_code& problem) {
                          if (!problem) caf::anon_send(owner, process_gone{pid});
                        }));
  }

private:
  /// Without a free descriptor nothing is known of the process, least of all that it is gone.
  void watch_later(std::int32_t pid, const caf::actor& owner) {
    auto pause = std::make_shared<asio::steady_timer>(io_, pause_without_descriptors);
    pause->async_wait([self = shared_from_this(), pid, owner, pause](const error_code& problem) {
      if (!problem) self->watch(pid, owner);
    });
  }

  /// Whatever a program left in its cgroup is killed, and takes a moment to be gone.
  void empty(const std::filesystem::path& part, int tries = tries_of_emptying) {
    if (end_cgroup(part) || tries == 0) return;
    auto pause = std::make_shared<asio::steady_timer>(io_, pause_of_emptying);
    pause->async_wait([self = shared_from_this(), part, tries, pause](const error_code& problem) {
      if (!problem) self->empty(part, tries - 1);
    });
  }

  struct ownership {
    caf::actor_addr owner;
    std::string label;
    std::filesystem::path cgroup; ///< empty: it has none
    trace::mark told;             ///< the turn that last told it something
  };

  /// What a program says follows from its start, unless it says itself what from, and its end from
  /// what it was told last.
  trace::mark told(child_id id) const {
    const auto found = owned_.find(id);
    return found == owned_.end() ? trace::mark{} : found->second.told;
  }

  void note_turn(child_id id) {
    if (const auto found = owned_.find(id); found != owned_.end())
      found->second.told = trace::here().at;
  }

  child_events events_for(child_id id, const caf::actor& owner) {
    auto lines = std::make_shared<std::array<line_cutter, 2>>();
    child_events events;
    // The table has the children; a child that had the table would keep both for ever.
    events.said = [table = weak_from_this(), id, owner, lines,
                   limit = limits_.line](const std::string& bytes, bool is_error) {
      const auto self = table.lock();
      const trace::scope now(self ? self->told(id) : trace::mark{});
      const bool fits = (*lines)[is_error ? 1 : 0].feed(bytes, limit, [&](std::string line) {
        caf::anon_send(owner, child_line{id, {std::move(line)}, is_error});
      });
      if (!fits && self) self->with(id, [](child& to) { to.signal(SIGKILL); });
    };
    events.exited = [table = weak_from_this(), id, owner](int status) {
      const auto self = table.lock();
      const trace::scope now(self ? self->told(id) : trace::mark{});
      caf::anon_send(owner, child_exited{id, status});
      if (!self) return;
      self->children_.erase(id);
      if (const auto part = self->owned_[id].cgroup; !part.empty()) self->empty(part);
      self->owned_.erase(id);
      self->tell_waiting();
    };
    return events;
  }

  bool runs(const std::string& label) const {
    return std::any_of(owned_.begin(), owned_.end(),
                       [&](const auto& each) { return each.second.label.starts_with(label); });
  }

  void tell_waiting() {
    std::erase_if(waiting_, [this](const auto& each) {
      if (runs(each.first)) return false;
      each.second(children_gone{each.first});
      return true;
    });
  }

  template <class Work> void with(child_id id, Work work) {
    const auto found = children_.find(id);
    if (found == children_.end()) return;
    const auto keep = found->second;
    work(*keep);
  }

  std::string mark_ = mark_of_this_runtime();
  std::filesystem::path delegated_ = delegated_cgroup();
  asio::io_context& io_;
  process_limits limits_;
  child_id next_ = 1;
  std::map<child_id, std::shared_ptr<child>> children_;
  std::map<child_id, ownership> owned_;
  std::multimap<std::string, std::function<void(children_gone)>> waiting_; ///< by label
};

/// Promises are kept with the actor; what the Asio thread has to say comes back as a message.
template <class Reply> class promises {
public:
  using promise = caf::typed_response_promise<Reply>;

  explicit promises(caf::event_based_actor* self) : self_(self) {}

  /// A function for the other thread, and the promise that it keeps.
  std::pair<promise, std::function<void(Reply)>> make() {
    const auto ticket = next_++;
    const auto made = self_->template make_response_promise<Reply>();
    open_.emplace(ticket, made);
    return {made, trace::bound([to = caf::actor_cast<caf::actor>(self_), ticket](Reply reply) {
              caf::anon_send(to, ticket, std::move(reply));
            })};
  }

  void keep(std::uint64_t ticket, Reply& reply) {
    const auto found = open_.find(ticket);
    if (found == open_.end()) return;
    found->second.deliver(std::move(reply));
    open_.erase(found);
  }

private:
  caf::event_based_actor* self_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, promise> open_;
};

} // namespace

caf::behavior process_edge(caf::event_based_actor* self, asio::io_context* io,
                           process_limits limits) {
  auto table = std::make_shared<process_table>(*io, limits);
  auto results = std::make_shared<promises<program_result>>(self);
  auto ends = std::make_shared<promises<children_gone>>(self);
  auto searches = std::make_shared<promises<process_found>>(self);
  // What is done on the other thread is done in this turn.
  const auto post = [io](auto work) { asio::post(*io, trace::bound(std::move(work))); };
  const auto sender = [self] { return caf::actor_cast<caf::actor>(self->current_sender()); };
  self->set_down_handler([=](const caf::down_msg& news) {
    post([=, owner = news.source] { table->abandon(owner); });
  });
  return {
      [=](const spawn_child& wanted) {
        self->monitor(sender());
        post([=, owner = sender()] { table->spawn(wanted, owner); });
      },
      [=](const run_program& wanted) -> caf::result<program_result> {
        auto [promise, reply] = results->make();
        post([=, reply = reply] { table->run(wanted, reply); });
        return promise;
      },
      [=](std::uint64_t ticket, program_result& reply) { results->keep(ticket, reply); },
      [=](const await_children& of) -> caf::result<children_gone> {
        auto [promise, reply] = ends->make();
        post([=, reply = reply] { table->await(of.label, reply); });
        return promise;
      },
      [=](std::uint64_t ticket, children_gone& reply) { ends->keep(ticket, reply); },
      [=](const find_process& wanted) -> caf::result<process_found> {
        auto [promise, reply] = searches->make();
        post([=, reply = reply] { reply(search_process(wanted)); });
        return promise;
      },
      [=](std::uint64_t ticket, process_found& reply) { searches->keep(ticket, reply); },
      [=](const write_child& what) { post([=] { table->write(what); }); },
      [=](const close_child_input& what) { post([=] { table->close_input(what.child); }); },
      [=](const signal_child& what) { post([=] { table->signal(what); }); },
      [=](const watch_process& what) {
        post([=, owner = sender()] { table->watch(what.pid, owner); });
      },
  };
}

} // namespace termlease::actors
