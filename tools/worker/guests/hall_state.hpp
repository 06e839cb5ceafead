#pragma once

// Why: apart from hall.hpp so that the worker's main part sees what a hall does and nothing of how.

#include "tools/worker/guests/guest.hpp"
#include "tools/worker/guests/hall.hpp"
#include "tools/worker/guests/pace.hpp"

#include <map>
#include <memory>
#include <optional>

namespace termlease::worker {

class hall::state {
public:
  state(loop& events, mirror_options pane, hall_options options, hall_events callbacks);
  ~state();

  bool admit(guest_number number);
  void hold(guest_number number, std::string text);
  bool has_drawn(guest_number number) const;
  void set_mode(guest_number number, messages::share_mode mode);
  std::vector<guest_passage> passages() const;
  void refuse(guest_number number, const std::string& text);
  void set_status(std::string text, bool alert);
  void end_all(const std::string& text);
  std::size_t size() const;

private:
  /// Passes on what one guest typed.
  class hand final : public typing_sink {
  public:
    hand(state& room, guest_number number) : room_(room), number_(number) {}

    void keys(std::string_view bytes) override;
    void paste(std::string_view body) override;
    void paste_too_large() override;

  private:
    state& room_;
    guest_number number_;
  };

  static constexpr std::chrono::milliseconds greeting_time{5000};
  static constexpr std::chrono::milliseconds leaving_time{1000};
  static constexpr std::chrono::milliseconds note_time{5000};
  static constexpr std::chrono::milliseconds relief_time{20};
  static constexpr std::size_t more_connections = 16; ///< beyond max_guests, to be told so

  void open_door();
  void close_door();
  void accept_one();
  void welcome(int fd, pid_t pid);
  void heard(guest_number number, std::uint32_t events);
  void greeted(guest_number number);
  void typed(guest_number number, std::string_view bytes);
  void wait_for_more(guest_number number);
  void note(guest_number number, const std::string& text);
  void show_status(guest& to);
  void change_mode(guest& who, messages::share_mode mode);
  void stop_typing(guest& who);
  void let_go(guest_number number, std::string_view text);
  void remove(guest_number number);
  guest* find(guest_number number) const;

  void changed(std::size_t output_bytes);
  void draw_soon();
  void draw_all();
  void draw(guest& to);
  void listen_to(guest& who);
  void relieve();

  loop& loop_;
  hall_options options_;
  hall_events events_;
  std::shared_ptr<std::uint64_t> recording_left_;
  std::unique_ptr<mirror> mirror_;
  int door_ = -1;
  guest_number last_number_;
  std::map<guest_number, std::unique_ptr<guest>> guests_;
  bool alert_ = false;
  bool ended_ = false;
  pace pace_;
  loop::timer_id draw_timer_ = 0;
  loop::timer_id relief_timer_ = 0;
};

} // namespace termlease::worker
