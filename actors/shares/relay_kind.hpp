#pragma once

// Why: uptermd and tmate-ssh-server are both started, listened to and ended, and differ in the
// rest: which program, which keys, which port, how a share pins them, and whether they tell who
// comes. A new relay is a file of its own and a line in relay_kind.cpp.

#include "actors/core/environment.hpp"
#include "messages/edges.hpp"
#include "messages/leases.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace termlease::actors {

/// The two programs of one backend.
struct relay_programs {
  std::string client; ///< run for each share
  std::string server; ///< the relay; empty where the user has one
};

/// Lives inside its keeper's actor.
class relay_kind {
public:
  using refusing = std::function<void(const messages::failure&)>;

  relay_kind(caf::event_based_actor* self, shared_environment env)
      : self_(self), env_(std::move(env)) {}

  virtual ~relay_kind() = default;
  relay_kind(const relay_kind&) = delete;
  relay_kind& operator=(const relay_kind&) = delete;

  virtual const char* backend() const = 0;
  /// Its name, for people.
  virtual const char* program() const = 0;
  virtual messages::span linger() const = 0;

  /// Calls one of them, now or later.
  virtual void find(const std::function<void(const relay_programs&)>& take,
                    const refusing& refuse) = 0;
  /// The user's own, where there is one.
  virtual std::optional<messages::relay_address> own() const = 0;
  /// Makes what there has to be before a start.
  virtual void prepare(std::function<void()> then, refusing refuse) = 0;
  virtual std::vector<std::string> command(const std::string& server) = 0;

  /// How often a start that comes to nothing is tried.
  virtual int tries() const { return 1; }

  /// The port in the line that says that it listens; 0 in every other line.
  virtual std::uint16_t port_in(const std::string& line) const = 0;

  /// Whether a line may be repeated to people.
  virtual bool may_be_told(const std::string&) const { return true; }

  /// Pins its keys and says where it is.
  virtual void locate(std::uint16_t port, std::function<void(const messages::relay_address&)> then,
                      refusing refuse) = 0;

  /// Who came or left, where a line says so.
  virtual std::optional<messages::relay_guest> guest_in(const std::string&) { return {}; }

  /// What ends it when no share needs it.
  virtual int end_signal() const = 0;

protected:
  static constexpr auto loopback = "127.0.0.1";

  template <class Request, class Then>
  void ask(const caf::actor& edge, Request request, Then then, refusing refuse) {
    self_->request(edge, caf::infinite, std::move(request))
        .then(then, [refuse = std::move(refuse)](const caf::error&) {
          refuse({"relay_failed", "the relay could not be started", "try again", true});
        });
  }

  /// Reads the public half of a host key; the pair is made once and kept, so that a guest's
  /// known_hosts stays right.
  void host_key(const std::string& file, const std::vector<std::string>& kind,
                std::function<void(const std::string& open)> then, refusing refuse);
  void folder(const std::string& path, std::function<void()> then, refusing refuse);

  caf::event_based_actor* self_;
  shared_environment env_;
};

std::unique_ptr<relay_kind> upterm_relay(caf::event_based_actor* self, shared_environment env);
std::unique_ptr<relay_kind> tmate_relay(caf::event_based_actor* self, shared_environment env);

/// Of a backend that there is.
std::unique_ptr<relay_kind> make_relay_kind(caf::event_based_actor* self, shared_environment env,
                                            const std::string& backend);

} // namespace termlease::actors
