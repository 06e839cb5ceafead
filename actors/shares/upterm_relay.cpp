// uptermd: it takes a port of the kernel's choice and tells it, and its one host key signs what
// guests are shown.
#include "actors/shares/relay_kind.hpp"
#include "actors/shares/upterm_finder.hpp"

#include <csignal>

namespace termlease::actors {

using namespace messages;

namespace {

class uptermd final : public relay_kind {
public:
  uptermd(caf::event_based_actor* self, shared_environment env)
      : relay_kind(self, std::move(env)), folder_(env_->paths.state / "relay"),
        key_(folder_ / "upterm_host_ed25519"), known_hosts_(folder_ / "upterm_known_hosts"),
        finder_(self_, env_) {}

  const char* backend() const override { return "upterm"; }

  const char* program() const override { return "uptermd"; }

  span linger() const override { return env_->settings.upterm.relay_linger; }

  int end_signal() const override { return SIGTERM; }

  void find(const std::function<void(const relay_programs&)>& take,
            const refusing& refuse) override {
    finder_.find(
        [take](const config::upterm_programs& found) {
          take({found.upterm, found.uptermd});
        },
        refuse);
  }

  std::optional<relay_address> own() const override {
    const auto& set = env_->settings.upterm;
    if (set.relay_host.empty()) return {};
    return relay_address{set.relay_host, set.relay_port, set.known_hosts, {}, {}, {}, {}};
  }

  void prepare(std::function<void()> then, refusing refuse) override {
    folder(
        folder_,
        [=, this] {
          host_key(
              key_, {"-t", "ed25519"},
              [=, this](const std::string& open) {
                public_key_ = open;
                then();
              },
              refuse);
        },
        refuse);
  }

  std::vector<std::string> command(const std::string& server) override {
    return {server, "--ssh-addr", std::string(loopback) + ":0", "--private-key", key_};
  }

  /// In its JSON log line.
  std::uint16_t port_in(const std::string& line) const override {
    const auto entry = json::parse(line, nullptr, false);
    if (!entry.is_object() || entry.value("msg", "") != "starting server") return 0;
    const auto address = entry.value("ssh_addr", "");
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) return 0;
    const auto port = std::strtoul(address.c_str() + colon + 1, nullptr, 10);
    return port <= 65535 ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
  }

  void locate(std::uint16_t port, std::function<void(const relay_address&)> then,
              refusing refuse) override {
    // upterm negotiates a certificate that the relay's own key has signed, hence the marker.
    const auto pin =
        std::string("@cert-authority [") + loopback + "]:" + std::to_string(port) + " ";
    const relay_address where{loopback, port, known_hosts_, {}, {}, {}, {}};
    ask(
        env_->files, write_file{known_hosts_, pin + public_key_},
        [=](const file_done& done) { done.problem ? refuse(done.problem) : then(where); }, refuse);
  }

private:
  std::filesystem::path folder_;
  std::string key_;
  std::string known_hosts_;
  std::string public_key_;
  upterm_finder finder_;
};

} // namespace

std::unique_ptr<relay_kind> upterm_relay(caf::event_based_actor* self, shared_environment env) {
  return std::make_unique<uptermd>(self, std::move(env));
}

} // namespace termlease::actors
