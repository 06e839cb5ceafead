#pragma once

// Why: every limit of the runtime is a setting, and a setting that nobody can find is none. Each
// one is a member with its default, and one line in its group's `table()` with range and
// explanation; loading, checking, `termlease settings` and the documentation all read that table.

#include "config/setting.hpp"
#include "messages/mistake.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace termlease::config {

struct share_settings {
  messages::span default_ttl = messages::minutes(30);
  messages::span max_ttl = messages::hours(8);
  messages::span default_warn = messages::minutes(5);
  std::uint32_t per_terminal_limit = 4;
  std::map<std::string, std::uint32_t> lane_limits;
  std::map<std::string, std::uint32_t> terminal_limits;
  std::uint32_t total_limit = 100;
  std::uint32_t max_guests = 16;
  messages::span knock_deadline = messages::minutes(2);
  std::uint32_t recording_limit_mib = 64;
  messages::span start_deadline = messages::seconds(10);
  messages::span heartbeat_timeout = messages::seconds(15);
  messages::span end_deadline = messages::seconds(3);
  std::string default_backend = "upterm";

  static constexpr auto table() {
    using s = share_settings;
    return std::tuple{
        length("default_ttl", &s::default_ttl, "1s", "30d",
               "how long a share lasts unless asked otherwise"),
        length("max_ttl", &s::max_ttl, "1s", "30d",
               "the longest that any share may last, extensions included"),
        length("default_warn", &s::default_warn, "1s", "1d",
               "how long before its end a share warns; a sixth of the TTL when the TTL is shorter "
               "than twice this"),
        number("per_terminal_limit", &s::per_terminal_limit, 1, 100,
               "concurrent shares of one terminal"),
        numbers("lane_limits", &s::lane_limits, 1, 100,
                "the same for each terminal of a lane, by the lane's name"),
        numbers("terminal_limits", &s::terminal_limits, 1, 100,
                "the same for one terminal, by its name; it counts before the lane's"),
        number("total_limit", &s::total_limit, 1, 10000, "concurrent shares of all terminals"),
        number("max_guests", &s::max_guests, 1, 200, "guests of one share at the same time"),
        length("knock_deadline", &s::knock_deadline, "1s", "1h",
               "how long a guest may wait at the door; then it is sent away"),
        number("recording_limit_mib", &s::recording_limit_mib, 1, 4096,
               "MiB of all recordings of one share; a guest who needs more must go"),
        length("start_deadline", &s::start_deadline, "1s", "5m",
               "no link by then: the share failed"),
        length("heartbeat_timeout", &s::heartbeat_timeout, "3s", "10m",
               "without a sign of life for so long a worker, its runtime or its relay is lost"),
        length("end_deadline", &s::end_deadline, "100ms", "1m",
               "how long an end may take: guests told and gone, backend stopped, all reaped"),
        choice("default_backend", &s::default_backend, "upterm|tmate",
               "what carries a share unless asked otherwise")};
  }
};

struct upterm_settings {
  std::string program;
  std::string uptermd_program;
  std::string relay_host;
  std::uint16_t relay_port = 0;
  std::string known_hosts;
  messages::span relay_linger = messages::seconds(30);
  std::string when_relay_returns = "end";

  static constexpr auto table() {
    using s = upterm_settings;
    return std::tuple{path("program", &s::program,
                           "the upterm to use; empty: from PATH when recent enough, or built"),
                      path("uptermd_program", &s::uptermd_program,
                           "the uptermd to use; empty: from PATH when recent enough, or built"),
                      host("relay_host", &s::relay_host,
                           "a relay of your own; empty: one on loopback, started when needed"),
                      number("relay_port", &s::relay_port, 0, 65535, "the port of your own relay"),
                      path("known_hosts", &s::known_hosts,
                           "the file that pins your own relay's host key, marked @cert-authority"),
                      length("relay_linger", &s::relay_linger, "0s", "1d",
                             "how long our relay stays after the last share"),
                      choice("when_relay_returns", &s::when_relay_returns, "announce|end",
                             "a share whose relay was lost: goes on when one is found within the "
                             "start deadline, and its new link is announced; or ends at once")};
  }
};

struct tmate_settings {
  std::string program;
  std::string relay_program;
  std::string relay_host;
  std::uint16_t relay_port = 0;
  std::string relay_rsa_fingerprint;
  std::string relay_ed25519_fingerprint;
  messages::span relay_linger = messages::seconds(30);
  std::string when_relay_returns = "announce";

  static constexpr auto table() {
    using s = tmate_settings;
    return std::tuple{
        path("program", &s::program, "the tmate to use; empty: from PATH"),
        path("relay_program", &s::relay_program,
             "what starts our tmate relay; empty: what fetch-tmate-relay fetched"),
        host("relay_host", &s::relay_host,
             "a tmate relay of your own; empty: one on loopback, started when needed"),
        number("relay_port", &s::relay_port, 0, 65535, "the port of your own tmate relay"),
        fingerprint("relay_rsa_fingerprint", &s::relay_rsa_fingerprint,
                    "of your own tmate relay's RSA host key; empty: it has none"),
        fingerprint("relay_ed25519_fingerprint", &s::relay_ed25519_fingerprint,
                    "of your own tmate relay's Ed25519 host key; empty: it has none"),
        length("relay_linger", &s::relay_linger, "0s", "1d",
               "how long our tmate relay stays after the last share"),
        choice("when_relay_returns", &s::when_relay_returns, "announce|end",
               "a share whose relay was lost: goes on when one is found within the start "
               "deadline, and its new link is announced; or ends at once")};
  }
};

struct terminal_settings {
  std::string tmux;
  std::string tmux_config;
  std::string default_host = "tmux";
  std::string zellij;
  std::string zellij_config;
  std::uint32_t default_columns = 80;
  std::uint32_t default_rows = 24;
  std::uint32_t limit = 200;

  static constexpr auto table() {
    using s = terminal_settings;
    return std::tuple{path("tmux", &s::tmux, "the tmux to use; empty: from PATH"),
                      path("tmux_config", &s::tmux_config,
                           "the configuration of our own tmux server; empty: none, not even yours"),
                      choice("default_host", &s::default_host, "tmux|zellij",
                             "what a new terminal lives in unless asked otherwise"),
                      path("zellij", &s::zellij, "the zellij to use; empty: from PATH, or built"),
                      path("zellij_config", &s::zellij_config,
                           "the configuration of our own zellij sessions; empty: a plain one, not "
                           "yours"),
                      number("default_columns", &s::default_columns, 20, 1000,
                             "columns of a new terminal that nobody looks at yet"),
                      number("default_rows", &s::default_rows, 5, 500,
                             "rows of a new terminal that nobody looks at yet"),
                      number("limit", &s::limit, 1, 10000, "open terminals")};
  }
};

struct approval_settings {
  messages::span default_deadline = messages::minutes(10);
  std::uint32_t pending_limit = 100;

  static constexpr auto table() {
    using s = approval_settings;
    return std::tuple{
        length("default_deadline", &s::default_deadline, "1s", "7d",
               "how long an approver has, unless the rule says otherwise; then it is a denial"),
        number("pending_limit", &s::pending_limit, 1, 10000,
               "approvals that may be pending; the next request is denied")};
  }
};

struct bus_settings {
  std::uint32_t max_clients = 200;
  std::uint32_t max_line = 1 << 20;
  std::uint32_t subscriber_queue = 4096;

  static constexpr auto table() {
    using s = bus_settings;
    return std::tuple{
        number("max_clients", &s::max_clients, 1, 10000, "connections to the bus at the same time"),
        number("max_line", &s::max_line, 4096, 1 << 20, "bytes of one envelope"),
        number("subscriber_queue", &s::subscriber_queue, 16, 1 << 20,
               "events that wait for a slow subscriber; what comes after is announced as a gap")};
  }
};

struct journal_settings {
  std::uint32_t batch_limit = 512;

  static constexpr auto table() {
    return std::tuple{number("batch_limit", &journal_settings::batch_limit, 1, 65536,
                             "records that one commit makes durable at most")};
  }
};

struct supervision_settings {
  std::uint32_t restarts = 5;
  messages::span window = messages::seconds(30);
  messages::span backoff_min = {100};
  messages::span backoff_max = messages::seconds(5);
  std::string chaos = "forbidden";

  static constexpr auto table() {
    using s = supervision_settings;
    return std::tuple{
        number("restarts", &s::restarts, 0, 100,
               "restarts of one part within the window; one more goes a level up"),
        length("window", &s::window, "1s", "1h", "the window that restarts are counted in"),
        length("backoff_min", &s::backoff_min, "1ms", "1m",
               "the wait before the second restart; the first comes at once"),
        length("backoff_max", &s::backoff_max, "1ms", "10m", "the longest wait before a restart"),
        choice("chaos", &s::chaos, "forbidden|allowed",
               "whether `termlease chaos crash` may make a part crash")};
  }
};

struct trace_settings {
  std::uint32_t ring = 64;
  std::uint32_t sample = 16;
  std::uint32_t crash_turns = 65536;
  std::uint32_t crash_files = 20;

  static constexpr auto table() {
    using s = trace_settings;
    return std::tuple{
        number(
            "ring", &s::ring, 0, 1024,
            "MiB of the ring that keeps what actors did, rounded down to a power of two; 0: none"),
        number("sample", &s::sample, 1, 100000,
               "one of so many heartbeats is kept; they are counted either way"),
        number("crash_turns", &s::crash_turns, 1024, 1 << 20,
               "the last turns that are written to a file when an actor crashes"),
        number("crash_files", &s::crash_files, 0, 1000,
               "how many of these files are kept; 0: none is written")};
  }
};

struct log_settings {
  std::string level = "info";

  static constexpr auto table() {
    return std::tuple{choice("level", &log_settings::level, "trace|debug|info|warn|error|off",
                             "what the runtime's log tells")};
  }
};

struct settings {
  share_settings shares;
  upterm_settings upterm;
  tmate_settings tmate;
  terminal_settings terminals;
  approval_settings approvals;
  bus_settings bus;
  journal_settings journal;
  supervision_settings supervision;
  trace_settings trace;
  log_settings log;

  static constexpr auto groups() {
    using s = settings;
    return std::tuple{std::pair{std::string_view("shares"), &s::shares},
                      std::pair{std::string_view("upterm"), &s::upterm},
                      std::pair{std::string_view("tmate"), &s::tmate},
                      std::pair{std::string_view("terminals"), &s::terminals},
                      std::pair{std::string_view("approvals"), &s::approvals},
                      std::pair{std::string_view("bus"), &s::bus},
                      std::pair{std::string_view("journal"), &s::journal},
                      std::pair{std::string_view("supervision"), &s::supervision},
                      std::pair{std::string_view("trace"), &s::trace},
                      std::pair{std::string_view("log"), &s::log}};
  }
};

/// Settings, or all the mistakes of their file; `values` counts only while there are none.
struct loaded_settings {
  settings values;
  std::vector<messages::file_mistake> mistakes;
};

/// Reads settings from TOML. `file` is what complaints call it; `home` replaces a leading "~".
loaded_settings parse_settings(std::string_view text, const std::string& file,
                               const std::filesystem::path& home = {});

/// Reads a file; a missing one gives the defaults.
loaded_settings load_settings(const std::filesystem::path& file,
                              const std::filesystem::path& home = {});

/// One setting as `termlease settings` prints it; values are written as in TOML.
struct setting_line {
  std::string section;
  std::string key;
  std::string value;
  std::string standard; ///< the default
  std::string allowed;
  std::string doc;
};

std::vector<setting_line> setting_lines(const settings& values);

/// A commented settings file that reads back as `values`.
std::string settings_text(const settings& values);

/// Whether a share through that backend waits for another relay when its own is lost.
bool waits_for_relay(const settings& from, std::string_view backend);

/// How many shares a terminal may have at the same time: by its name, by its lane, or as all.
std::uint32_t share_limit(const share_settings& limits, const std::string& terminal,
                          const std::string& lane);

/// How long before the end a share of length `ttl` warns when `warn` is wished for: `warn`, or a
/// sixth of the TTL when that is shorter than twice `warn`, so that nobody is warned right at the
/// start. 30 minutes with 5 warn at 25; 6 minutes with 5 warn at 5.
constexpr messages::span warns_before_end(messages::span ttl, messages::span warn) {
  return ttl.ms < 2 * warn.ms ? messages::span{ttl.ms / 6} : warn;
}

} // namespace termlease::config
