// The mirror's half that reads what tmux says.
#include "tools/worker/mirror/tmux/pane_commands.hpp"
#include "tools/worker/mirror/tmux/tmux_mirror.hpp"

#include <utility>

namespace termlease::worker {

void tmux_mirror::on_output(std::string_view pane, std::string_view escaped) {
  if (pane != options_.pane) return silence(pane);
  // Until the snapshot comes, everything before it is in it.
  if (!ready_ || lost_output_) return;
  plain_.clear();
  append_unescaped(plain_, escaped);
  const auto now = loop::clock::now();
  if (parser_.in_string() && now - string_since_ > string_patience) parser_.abandon_string();
  parser_.feed(plain_, screen_);
  if (!parser_.in_string()) string_since_ = now;
  output_bytes_ += plain_.size();
  changed_ = true;
  if (!gauge_.overflows(plain_.size(), now)) return;
  lost_output_ = true; // what is on its way already is not worth reading
  client_->send("refresh-client -A '" + options_.pane + ":pause'\n");
}

// By us, or by tmux because we were slow.
void tmux_mirror::paused() {
  paused_ = lost_output_ = true;
  calm_ = false;
  scrolled_to_.reset();
  look_at_flood_in(gauge_.paused(loop::clock::now()));
}

void tmux_mirror::look_at_flood_in(std::chrono::milliseconds wait) {
  if (flood_timer_ != 0) return;
  flood_timer_ = loop_.after(wait, [this] {
    flood_timer_ = 0;
    if (paused_) ask_for_snapshot();
  });
}

void tmux_mirror::look_at_flood(std::uint32_t history) {
  calm_ = scrolled_to_ == history;
  scrolled_to_ = history;
  if (calm_) return ask_for_snapshot();
  look_at_flood_in(gauge_.goes_on());
}

// By a pause: tmux up to 3.6 crashes when a pane with output on its way is turned off.
void tmux_mirror::silence(std::string_view pane) {
  if (!is_pane_id(pane) || !silenced_.emplace(pane).second) return;
  std::string line = "refresh-client -A '";
  client_->send(line.append(pane).append(":pause'\n"));
}

void tmux_mirror::on_notice(std::string_view name, std::string_view rest) {
  if (name == "pause" && rest == options_.pane) {
    paused();
  } else if (name == "layout-change") {
    ask_for_snapshot();
  } else if (name == "session-changed") {
    client_unfit_ |= !rest.starts_with(session_ + " ");
  } else if (name == "window-close" || name == "unlinked-window-close") {
    loop_.cancel(probe_timer_);
    probe();
  }
}

void tmux_mirror::ask_for_snapshot() {
  if (asked_) {
    ask_again_ = true;
    return;
  }
  asked_ = true;
  const auto& pane = options_.pane;
  // One line: tmux answers it without reading a byte of the pane in between.
  const bool resumes = paused_ && calm_;
  const auto resume = resumes ? "refresh-client -A '" + pane + ":continue' ; " : std::string();
  if (resumes) {
    paused_ = false;
    gauge_.resumed(loop::clock::now());
  }
  client_->send(resume + "display-message -p -t " + pane + " '" + report_format() +
                "' ; capture-pane -p -e -N -t " + pane + " ; capture-pane -p -e -N -a -q -t " +
                pane + " ; capture-pane -p -P -C -t " + pane + "\n");
}

void tmux_mirror::on_reply(control_reply& reply) {
  if (!reply.ours) return; // to its coming
  if (!reply.fine) {
    // An error drops the rest of its line.
    if (std::exchange(stage_, stage::none) != stage::none) asked_ = false;
    if (!reply.lines.empty() && reply.lines[0] == "can't find pane: " + options_.pane)
      ending_ = pane_gone();
    return;
  }
  const std::string_view first = reply.lines.empty() ? std::string_view{} : reply.lines[0];
  switch (stage_) {
  case stage::none:
    if (first == "%pause " + options_.pane) paused(); // what we asked for is told as a reply
    if (first.starts_with("picture ")) take_report(reply);
    if (first.starts_with("alive ")) take_probe(first.substr(6));
    return;
  case stage::rows:
    coming_.rows = std::move(reply.lines);
    stage_ = stage::saved_rows;
    return client_->reader().expect_lines(1);
  case stage::saved_rows:
    coming_.saved_rows = std::move(reply.lines);
    stage_ = stage::pending;
    return client_->reader().expect_lines(1);
  case stage::pending:
    stage_ = stage::none;
    if (!reply.lines.empty()) append_unescaped(coming_.pending, reply.lines[0]);
    return adopt();
  }
}

void tmux_mirror::take_report(control_reply& reply) {
  coming_ = {};
  auto report = read_report(reply.lines[0]);
  if (!report || report->pane != options_.pane || report->dead) {
    ending_ = pane_gone();
    return;
  }
  const auto [rows, columns] = report->size;
  if (rows == 0 || columns == 0 || std::uint64_t{rows} * columns > max_screen_cells) {
    ending_ = {"terminal_too_large",
               "the shared terminal has more than " + std::to_string(max_screen_cells) + " cells",
               "make its window smaller"};
    return;
  }
  client_unfit_ |= report->session != session_;
  coming_.report = std::move(*report);
  stage_ = stage::rows;
  client_->reader().expect_lines(rows);
}

void tmux_mirror::adopt() {
  auto fresh = painted(coming_, screen_.glyphs());
  const bool same_shape =
      !lost_output_ && fresh.size() == screen_.size() && fresh.alternate() == screen_.alternate();
  if (same_shape)
    screen_.lend_erased_colours(fresh);
  else if (fresh.alternate())
    fresh.extend_background(fresh.common_background());
  screen_.replace_by(std::move(fresh));
  if (lost_output_) {
    parser_.reset();
    parser_.feed(coming_.pending, screen_);
  }
  const auto history = coming_.report.history;
  coming_ = {};
  lost_output_ = paused_;
  asked_ = false;
  ready_ = changed_ = true;
  if (paused_) look_at_flood(history);
  if (std::exchange(ask_again_, false)) ask_for_snapshot();
}

void tmux_mirror::after_reading() {
  if (ending_) return close(std::exchange(ending_, {}));
  if (client_unfit_) return restart();
  look_for_doubt();
  if (!std::exchange(changed_, false)) return;
  events_.changed(std::exchange(output_bytes_, 0));
}

void tmux_mirror::look_for_doubt() {
  if (!ready_ || screen_.suspicion() == doubt::none) return;
  if (screen_.suspicion() == doubt::now) {
    screen_.trust();
    return ask_for_snapshot();
  }
  if (doubt_timer_ != 0) return;
  doubt_timer_ = loop_.after(doubt_delay, [this] {
    doubt_timer_ = 0;
    screen_.trust();
    ask_for_snapshot();
  });
}

// A pane that dies and stays, or moves to another session, says nothing.
void tmux_mirror::probe() {
  if (client_)
    client_->send("display-message -p -t " + options_.pane +
                  " 'alive #{pane_id} #{session_id} #{pane_dead}'\n");
  probe_timer_ = loop_.after(probe_interval, [this] { probe(); });
}

void tmux_mirror::take_probe(std::string_view answer) {
  if (answer == options_.pane + " " + session_ + " 0") return;
  if (answer.starts_with(options_.pane + " $") && answer.ends_with(" 0"))
    client_unfit_ = true;
  else
    ending_ = pane_gone();
}

} // namespace termlease::worker
