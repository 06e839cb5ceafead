#pragma once

// Why: the session's state and turns, apart from the wiring of its messages. Split over files
// by the part of a share's life: opening.cpp, deciding.cpp, extending.cpp, guests.cpp,
// relay_news.cpp, switching.cpp, returning.cpp, closing.cpp.

#include "actors/core/recording.hpp"
#include "actors/core/supervision.hpp"
#include "actors/shares/session.hpp"
#include "messages/answer.hpp"
#include "messages/edges.hpp"
#include "messages/leases.hpp"
#include "messages/switching.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace termlease::actors {

/// The holder's note to itself that its requester has waited long enough; with the id of a change,
/// that the one who asked for that has.
using waited_for_answer = caf::atom_constant<caf::atom("waited")>;
/// And that nobody could tell it where its terminal is.
using terminal_missed = caf::atom_constant<caf::atom("missed")>;

/// And that a relay that was lost may be there again.
using relay_missed = caf::atom_constant<caf::atom("norelay")>;

/// The alarm that rings when nobody came in time.
inline constexpr auto nobody_joined = "nobody joined";

class lease_holder {
public:
  using answer_promise = caf::typed_response_promise<messages::answer>;

  lease_holder(caf::event_based_actor* self, shared_environment env, caf::actor branch,
               share_order order);

  // Opening (opening.cpp).
  void begin();
  void find_terminal_again();
  caf::result<messages::answer> answer_later();
  void waited_long_enough();
  void approval_came(const messages::approval_view& approval);
  void worker_ready(const messages::worker_lines::ready& news);

  // What only the relay knows, and the change of one (relay_news.cpp).
  void relay_says(const messages::relay_guest& news);
  void link_changed(const messages::worker_lines::link_changed& news);

  // Guests (guests.cpp).
  void guest_knocks(const messages::worker_lines::guest_knocks& news);
  void guest_joined(const messages::worker_lines::guest_joined& news);
  void guest_left(const messages::worker_lines::guest_left& news);
  void waited_for_guests(const messages::alarm_rang& alarm);
  caf::result<messages::answer> list_guests();
  caf::result<messages::answer> kick(const messages::caller& from,
                                     const messages::kick_guest& wanted);
  caf::result<messages::answer> admit(const messages::caller& from,
                                      const messages::admit_guest& wanted);
  caf::result<messages::answer> send_away(const messages::caller& from,
                                          const messages::deny_guest& wanted);
  caf::result<messages::answer> set_mode(const messages::caller& from,
                                         const messages::set_guest_mode& wanted);

  // Deciding (deciding.cpp).
  void waited_for_decision(const std::string& id);

  // Extending (extending.cpp).
  caf::result<messages::answer> extend(const messages::caller& from,
                                       const messages::extend_share& wanted);
  void warn(const messages::lease_warns& clock);

  // Switching (switching.cpp).
  caf::result<messages::answer> switch_to(const messages::caller& from,
                                          const messages::switch_share& wanted);
  void successor_is_ready(const messages::successor_ready& news, const caf::actor& worker);
  void successor_failed(const messages::failure& why);

  // Returning (returning.cpp).
  void relay_is_gone(const messages::relay_gone& news);
  void relay_is_away();
  void look_for_relay();

  // Closing (closing.cpp).
  caf::result<messages::answer> close(const messages::caller& from, messages::end_reason reason,
                                      const std::string& why);
  void requester_left();
  void worker_problem(const messages::worker_lines::problem& what);
  void worker_ended(const messages::worker_gone& news);
  void expire(const messages::lease_expires& clock);
  void end(messages::end_reason reason, std::string detail);

  void restart(const std::string& child) { children_.restart(child); }

private:
  /// What somebody wants of an open share and the policy decides; until it is done or refused.
  struct pending_change {
    std::string about;    ///< "more time for this share"
    std::string guest_id; ///< whom it is about, where it is about one
    messages::caller from;
    /// What to do once it is allowed, by these rules.
    std::function<void(const std::string& id, const std::vector<std::string>& rules)> allowed;
    /// The record of its refusal.
    std::function<messages::record(const std::string& why)> refused;
    std::optional<answer_promise> promise{}; ///< until it is answered
    bool waited = false;                     ///< its requester has waited long enough
    bool asked = false;                      ///< the question of its approval is open

    void answer(messages::answer what) {
      if (auto open = std::exchange(promise, std::nullopt)) open->deliver(std::move(what));
    }
  };

  /// An extension that was allowed.
  struct allowed_extension {
    std::string id;
    messages::span by;
    std::vector<std::string> rules;
  };

  /// A change of the backend that was allowed.
  struct backend_switch {
    std::string change; ///< the id of its request
    messages::caller from;
    std::string backend;
    std::string folder{};
    messages::share_mode mode{}; ///< these three as the next worker knows them
    std::size_t banned = 0;
    std::uint32_t guests = 0;
    std::uint16_t relay_port = 0;
    messages::secret link{};
    std::string door{};
    caf::actor worker{}; ///< set once its link is there
    /// Not asked for: the relay was lost, and until then another one may be found.
    std::optional<caf::actor_clock::time_point> return_until{};
  };

  bool over() const { return ending_ || messages::is_final(order_.view.state); }

  /// Whether guests may be in.
  bool is_open() const {
    const auto state = order_.view.state;
    return !over() &&
           (state == messages::share_state::active || state == messages::share_state::expiring);
  }

  void move_to(messages::share_state state);
  void answer_requester(messages::answer what);
  /// For what the requester does.
  action_context context() const;
  /// For what the share does by itself.
  action_context own_context(std::string action) const;
  action_context context_of_caller(const messages::caller& from, std::string action) const;
  std::string status_text() const;
  void show_status(bool alert);

  void terminal_closed();

  // Opening.
  void decided(const messages::policy_decision& decision);
  void deny(const messages::policy_decision& decision);
  void deny_for(const std::string& why, const std::string& hint);
  void ask_for_approval(const messages::policy_decision& decision);
  void open_question(const messages::approval_view& asked);
  void let_requester_go();
  void allow();
  void start_worker();
  void make_folders(const std::function<void()>& then);
  void make_one(const std::string& folder, const std::function<void()>& then);
  void launch(const messages::relay_address& relay);
  /// All but the relay. Throws `failed` where a program is missing.
  messages::worker_lines::start worker_order(const std::string& backend,
                                             const std::string& folder) const;
  void hold_worker(const std::function<caf::actor()>& start);
  void open_the_door();
  void start_clock();
  messages::approval_view question(const std::string& id, const std::string& action,
                                   const std::string& who, const std::string& correlation,
                                   messages::span ttl,
                                   std::vector<messages::approval_stage> stages) const;

  // The relay's news.
  bool is_at_relay(const std::string& guest) const;
  std::uint32_t room_at_relay() const;

  bool is_crowded() const { return room_at_relay() != 0 && at_relay_.size() > room_at_relay(); }

  static messages::failure others_at_door();
  void watch_door();
  void move_door(bool open);

  // Guests.
  messages::guest_view* find_guest(const std::string& id);
  void note_id(const std::string& id);
  const messages::guest_view& guest_to(const std::string& id, const char* what);
  const messages::guest_view& knocking_guest(const std::string& id);
  messages::guest_view guest_of(const std::string& id, const std::string& fingerprint,
                                const std::string& address) const;
  messages::guest_list reports(const messages::worker_lines::traffic& passed) const;
  void changed();
  void kept(const messages::guest_view& guest, const std::string& path);
  void give_keyboard(const std::string& question, const messages::caller& from,
                     const std::string& guest_id);
  void change_mode(const std::string& guest_id, messages::share_mode mode);
  void answer_about(std::multimap<std::string, answer_promise>& waiting, const std::string& guest,
                    const messages::answer& what);

  // Deciding.
  void check_open() const;
  messages::policy_request request_for(const std::string& action, const messages::caller& from,
                                       messages::share_mode mode, messages::span ttl) const;
  caf::result<messages::answer> decide(const messages::policy_request& what, messages::span wait,
                                       pending_change change);
  void change_decided(const std::string& id, const messages::policy_request& what,
                      const messages::policy_decision& decision);
  void ask_about(const std::string& id, const messages::policy_request& what,
                 const messages::policy_decision& decision);
  void change_approved(const messages::approval_view& approval);
  void refuse_change(const std::string& id, const std::string& why, const std::string& hint);
  void let_changer_go(const std::string& id);
  void answer_change(const std::string& id, messages::answer what);

  // Extending.
  messages::span left_after(messages::span by) const;
  messages::share_mode widest_mode() const;
  void check_extension(messages::span by) const;
  void apply_extension(const allowed_extension& extension);
  void extend_to(const std::string& id, const messages::share_view& extended);
  void next_extension();

  // Switching.
  void check_switch(const std::string& backend) const;
  std::vector<std::string> keys_left() const;
  void begin_switch(backend_switch to, const std::vector<std::string>& rules);
  void start_successor();
  bool still_as_ordered() const;
  void take_over();
  void everybody_left();

  // Returning.
  bool is_returning() const { return switch_ && switch_->return_until.has_value(); }

  bool come_back(const std::string& why);
  void lose_link(const std::string& why);
  void try_to_return_again(const messages::failure& why);

  // Closing.
  void finish();
  void announce_end();
  void worker_lost();
  void abandon();
  void drop(const messages::failure& why);

  /// Appends records and calls `done` with the problem, if there was one.
  void record_then(std::vector<messages::record> news,
                   std::function<void(const messages::failure&)> done);
  /// Appends what has happened, whether or not the disk likes it now.
  void record_fact(messages::record news);

  caf::event_based_actor* self_;
  shared_environment env_;
  caf::actor branch_;
  share_order order_;
  supervision children_;
  caf::actor clock_;
  caf::actor worker_;
  std::vector<answer_promise> openers_;
  std::vector<answer_promise> closers_;
  std::multimap<std::string, answer_promise> kicks_;  ///< by guest: until it is gone
  std::multimap<std::string, answer_promise> admits_; ///< by guest: until it is in
  std::map<std::string, pending_change> changes_;
  std::map<std::string, std::string> grants_; ///< of the keyboard, while recorded: change, guest
  std::deque<allowed_extension> allowed_extensions_; ///< while another one is being recorded
  bool recording_extension_ = false;
  std::optional<backend_switch> switch_; ///< while one is under way
  caf::actor successor_;                 ///< the next worker's holder, as long as it holds one
  std::set<std::string> banned_;         ///< fingerprints of keys
  std::uint32_t guests_so_far_ = 0;
  std::string work_dir_;
  std::string recordings_;
  messages::secret link_;
  std::string door_; ///< what the relay calls this share, where it says who comes
  std::map<std::uint32_t, std::string> at_relay_; ///< ids of guests that it told of, by its number
  messages::failure problem_;                     ///< why it never opened
  std::string ended_by_;   ///< the command that asked for its end, if one did
  bool door_shut_ = false; ///< as its worker was told, where only the relay knows who is in
  bool ending_ = false;
  bool finishing_ = false; ///< only its folder is left
  bool worker_running_ = false;
  bool waited_ = false;   ///< the requester has waited long enough
  bool asked_ = false;    ///< the question of its approval is open
  bool orphaned_ = false; ///< its branch is gone
  bool visited_ = false;  ///< somebody was in
};

} // namespace termlease::actors
