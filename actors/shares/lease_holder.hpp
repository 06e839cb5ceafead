#pragma once

// Why: the session's state and turns, apart from the wiring of its messages. Split over three files
// by the part of a share's life: opening.cpp, extending.cpp, closing.cpp.

#include "actors/core/recording.hpp"
#include "actors/core/supervision.hpp"
#include "actors/shares/session.hpp"
#include "messages/answer.hpp"
#include "messages/leases.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace termlease::actors {

/// The holder's note to itself that its requester has waited long enough; with the id of an
/// extension, that the one who asked for that has.
using waited_for_answer = caf::atom_constant<caf::atom("waited")>;
/// And that nobody could tell it where its terminal is.
using terminal_missed = caf::atom_constant<caf::atom("missed")>;

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
  void guest_joined(const messages::worker_lines::guest_joined& news);
  void guest_left(const messages::worker_lines::guest_left& news);

  // Extending (extending.cpp).
  caf::result<messages::answer> extend(const messages::caller& from,
                                       const messages::extend_share& wanted);
  void waited_for_extension(const std::string& id);
  void warn(const messages::lease_warns& clock);

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
  /// An extension that is being decided or recorded.
  struct pending_extension {
    messages::span by;
    messages::caller from;
    std::optional<answer_promise> promise; ///< until it is answered
    bool waited = false;                   ///< its requester has waited long enough
    bool asked = false;                    ///< the question of its approval is open

    void answer(messages::answer what) {
      if (auto open = std::exchange(promise, std::nullopt)) open->deliver(std::move(what));
    }
  };

  bool over() const { return ending_ || messages::is_final(order_.view.state); }

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
  void launch(const messages::relay_address& relay);
  void open_the_door();
  void start_clock();
  messages::approval_view question(const std::string& id, const std::string& action,
                                   const std::string& who, const std::string& correlation,
                                   messages::span ttl,
                                   std::vector<messages::approval_stage> stages) const;

  // Extending.
  messages::span left_after(messages::span by) const;
  void check_extension(const messages::extend_share& wanted) const;
  void extension_decided(const std::string& id, const messages::policy_decision& decision);
  void ask_for_extension(const std::string& id, const messages::policy_decision& decision);
  void extension_approved(const messages::approval_view& approval);
  void apply_extension(const std::string& id, const std::vector<std::string>& rules);
  void extend_to(const std::string& id, const messages::share_view& extended);
  void next_extension();
  void refuse_extension(const std::string& id, const std::string& why, const std::string& hint);
  void let_extender_go(const std::string& id);
  void answer_extension(const std::string& id, messages::answer what);

  // Closing.
  void finish();
  void announce_end();
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
  std::map<std::string, pending_extension> extensions_; ///< until they are decided
  /// Those that were decided while another one was being recorded, with their rules.
  std::deque<std::pair<std::string, std::vector<std::string>>> allowed_extensions_;
  bool recording_extension_ = false;
  std::string work_dir_;
  messages::secret link_;
  messages::failure problem_; ///< why it never opened
  bool ending_ = false;
  bool finishing_ = false; ///< only its folder is left
  bool worker_running_ = false;
  bool waited_ = false;   ///< the requester has waited long enough
  bool asked_ = false;    ///< the question of its approval is open
  bool orphaned_ = false; ///< its branch is gone
};

} // namespace termlease::actors
