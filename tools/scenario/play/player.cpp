#include "tools/scenario/play/player.hpp"

#include "bus/journal/journal.hpp"
#include "messages/failure.hpp"
#include "tools/scenario/explore/schedules.hpp"
#include "tools/scenario/play/deeds.hpp"
#include "tools/scenario/play/faults.hpp"
#include "tools/scenario/play/guests.hpp"
#include "tools/scenario/play/properties.hpp"
#include "tools/scenario/play/restart.hpp"
#include "tools/scenario/play/unmet.hpp"
#include "tools/scenario/script/setting.hpp"

#include <algorithm>
#include <random>

namespace termlease::scenario {

using namespace messages;

namespace {

class stage {
public:
  stage(const script& which, const play_options& options)
      : script_(which), options_(options),
        schedule_(make_schedule(options.strategy, options.seed, options.order)), guard_(*machine_),
        dice_(options.seed) {
    machine_->policy->replace(options.policy.empty() ? policy_of(which.setting, which.file)
                                                     : options.policy);
    machine_->settings = settings_of(which.setting);
    began_ = machine_->clock->wall;
    people_ = people_of(which.setting);
    booted_ms_ = machine_->clock->boot_ms;
  }

  outcome play() {
    std::uint32_t line = 0;
    try {
      open();
      for (const auto& each : script_.steps) {
        line = each.line;
        pass_until(each);
        take(each);
        if (options_.told) options_.told(elapsed(), each);
      }
      line = 0;
      finish(line);
      result_.passed = true;
    } catch (const unmet& why) {
      fail(line, why.what);
    } catch (const breach& why) {
      fail(line, why.what);
    } catch (const failed& why) {
      const auto& hint = why.why().details.hint;
      fail(line, why.why().message + (hint.empty() ? "" : " (" + hint + ")"));
    } catch (const std::exception& why) {
      fail(line, why.what());
    }
    result_.trace = schedule_->trace();
    result_.turns = schedule_->turns();
    result_.transitions = guard_.transitions();
    result_.records = std::move(machine_->disk.records);
    return std::move(result_);
  }

private:
  /// Since the beginning; whatever somebody does to the wall clock.
  span elapsed() const { return {machine_->clock->boot_ms - booted_ms_}; }

  void fail(std::uint32_t line, std::string what) {
    result_.failure = std::move(what);
    result_.line = line;
    result_.at = elapsed();
    result_.around = last_events(machine_->disk.records, began_);
  }

  // The runtime.

  void open() {
    machine_->disk.durable = [this](const record& each) {
      published_.push_back(elapsed());
      spring_traps(each);
    };
    start();
    for (const auto& each : terminals_of(script_.setting)) world_->open_terminal(each);
    before_ = machine_->disk.records.size();
    next_ = before_;
  }

  void start() {
    // Of another seed each time, so that no id is given twice.
    world_.emplace(machine_,
                   world_options{options_.seed + runtimes_++, schedule_, true, options_.recorder});
    world_->time().at_rest([this] { watch(); });
  }

  void watch() {
    if (wrong_) return;
    wrong_ = guard_.look();
  }

  void check() {
    if (const auto why = std::exchange(broken_trap_, nullptr)) std::rethrow_exception(why);
    if (const auto without = std::exchange(killed_for_, std::nullopt)) restart(false, *without);
    if (wrong_) throw breach(*wrong_);
  }

  void restart(bool in_order, span without) {
    if (in_order && !world_->stop()) throw unmet{"the runtime did not stop"};
    if (machine_->disk.problem || machine_->disk.waiting() > 0) deeds_.forget();
    world_.reset();
    if (without > span{}) {
      machine_->clock->wall = machine_->clock->wall + without;
      machine_->clock->boot_ms += without.ms;
    }
    start();
  }

  // Time.

  /// Until then, or a little later where a trap that is sprung on the way takes time itself.
  void pass_to(span when) {
    while (elapsed() < when) {
      world_->time().advance_to_next({when.ms - elapsed().ms});
      check();
    }
  }

  void pass_until(const step& next) {
    if (next.after) return pass_to({elapsed().ms + next.after->ms});
    if (!next.at) return;
    if (elapsed() > *next.at)
      throw unmet{"it is " + to_text(elapsed()) + " already: the steps before took longer"};
    pass_to(*next.at);
  }

  // Steps.

  void take(const step& now) {
    if (now.what.empty()) return;
    const auto words = kept_.filled_in(now.words);
    const auto& value = words[now.what];
    if (now.what == "do") act(words);
    if (now.what == "answered") check_answer(requests_, value, words);
    if (now.what == "expect") expect(words);
    if (now.what == "unexpected") find_none(words);
    if (guest_steps::knows(now.what)) guests_.take(*world_, now.what, words);
    if (now.what == "fault") fault(words);
    if (now.what == "repair") {
      turn(*world_, *machine_, value, words, {}, false);
      world_->settle();
    }
    check();
  }

  const identity& person(const json& words, const char* key) const {
    const auto name = words.value(key, "operator");
    const auto found = people_.find(name);
    if (found == people_.end()) throw failed("unknown_name", "there is nobody called " + name, "");
    return found->second;
  }

  void act(const json& words) {
    auto payload = words.value("with", json::object());
    const std::string method = words["do"];
    if ((method == "share.start" || method == "share.upterm.start" ||
         method == "share.tmate.start") &&
        !payload.contains("keys"))
      payload["keys"] = share_request().keys;
    const auto name = words.value("as", "");
    const bool together = words.value("together", false);
    const auto& who = person(words, "by");
    const auto sent =
        together ? world_->post(who, method, payload) : world_->send(who, method, payload);
    requests_.insert_or_assign(name, sent);
    deeds_.add(method, sent);
    if (together) return;
    check();
    check_answer(requests_, name, words);
  }

  void check_answer(const std::map<std::string, asked>& all, const std::string& name,
                    const json& words) {
    const auto found = all.find(name);
    if (found == all.end())
      throw failed("unknown_name", "nobody asked for anything called '" + name + "'", "");
    const auto& request = found->second;
    const auto wanted = words.contains("answer") ? words["answer"] : json("ok");
    const auto code = request.code();
    const auto got = code == "unanswered" ? "waits" : (code.empty() ? "ok" : code);
    if (wanted.is_string() && wanted != got)
      throw unmet{"the answer is '" + got + "'" +
                  (got == code ? ": " + request.response().error.message : "") +
                  ", and it should be '" + wanted.get<std::string>() + "'"};
    if (got == "waits" || got == code) {
      if (!wanted.is_string()) throw unmet{"there is no result, but '" + got + "'"};
      return;
    }
    const auto result = json::parse(request.response().result.text);
    if (!name.empty()) kept_.keep(name, result);
    if (!wanted.is_string() && !contains(result, wanted))
      throw unmet{"the result is " + sketch(result) + ", and it should contain " + sketch(wanted)};
  }

  /// The place of the first event after `from` that fits; nothing when there is none.
  std::optional<std::size_t> find(std::size_t from, const std::string& topic,
                                  const json& with) const {
    const auto& records = machine_->disk.records;
    for (auto i = from; i < records.size(); ++i)
      if (!expected_.contains(i) && records[i].event_type == topic &&
          contains(json::parse(records[i].metadata.text), with))
        return i;
    return std::nullopt;
  }

  void expect(const json& words) {
    const std::string topic = words["expect"];
    const auto with = words.value("with", json::object());
    auto left = length_of(words, "within");
    auto found = find(before_, topic, with);
    while (!found && left > span{}) {
      left.ms -= world_->time().advance_to_next(left).ms;
      check();
      found = find(before_, topic, with);
    }
    if (!found)
      throw unmet{"no event '" + topic + "'" + (with.empty() ? "" : " with " + sketch(with)) +
                  " was published"};
    expected_.insert(*found);
    next_ = std::max(next_, *found + 1);
    if (const auto name = words.value("as", ""); !name.empty())
      kept_.keep(name, json::parse(machine_->disk.records[*found].metadata.text));
  }

  void find_none(const json& words) {
    const std::string topic = words["unexpected"];
    if (const auto found = find(next_, topic, words.value("with", json::object())))
      throw unmet{"an event '" + topic + "' was published: " +
                  sketch(json::parse(machine_->disk.records[*found].metadata.text))};
  }

  void fault(const json& words) {
    if (words.contains("chance") && dice_() % 100 >= words["chance"].get<std::uint64_t>()) return;
    if (words.contains("when")) {
      kept_.share_of(words); // whoever it names is there
      traps_.emplace_back(words["when"], words);
      return;
    }
    if (words["fault"] == "runtime killed") return restart(false, length_of(words, "for"));
    if (words["fault"] == "runtime stopped") return restart(true, {});
    if (words["fault"] == "requester leaves") return world_->disconnect(person(words, "who"));
    turn(*world_, *machine_, words["fault"], words, kept_.share_of(words), true);
    world_->settle();
  }

  static span length_of(const json& words, const char* key) {
    return words.contains(key) ? parse_span(words[key].get<std::string>()) : span{};
  }

  /// In the midst of somebody's turn: what ends the runtime ends it once that turn is over.
  void spring_traps(const record& news) {
    const auto sprung = std::find_if(traps_.begin(), traps_.end(), [&](const auto& each) {
      const auto share = kept_.share_of(each.second);
      return each.first == news.event_type && (share.empty() || share == news.share_id);
    });
    if (sprung == traps_.end()) return;
    const auto words = std::move(sprung->second);
    traps_.erase(sprung);
    try {
      if (words["fault"] == "runtime killed")
        killed_for_ = length_of(words, "for");
      else
        turn(*world_, *machine_, words["fault"], words, news.share_id, true);
    } catch (const std::exception&) {
      broken_trap_ = std::current_exception();
    }
    if (killed_for_ || broken_trap_) world_->time().halt();
  }

  // Properties.

  void finish(std::uint32_t& line) {
    world_->settle(); // what was asked together with nothing
    check();
    pass_to(last_promise());
    if (!traps_.empty()) throw unmet{"there was no '" + traps_.front().first + "' for a fault"};
    for (std::size_t i = 0; i < script_.properties.size(); ++i) {
      line = script_.properties[i].line;
      const auto words = kept_.filled_in(script_.properties[i].words);
      if (check_property(script_.properties[i].what, words, machine_->disk.records, published_))
        result_.sometimes.insert(i);
    }
    line = 0;
    look_at_record();
  }

  /// Until when something may still happen that has to, `eventually`.
  span last_promise() const {
    span last;
    for (const auto& each : script_.properties) {
      if (each.what != "eventually") continue;
      const auto within = parse_span(each.words["within"].get<std::string>());
      last = std::max(last, within);
      for (std::size_t i = 0; i < published_.size(); ++i)
        if (machine_->disk.records[i].event_type == each.words.value("after", ""))
          last = std::max(last, span{published_[i].ms + within.ms});
    }
    return last;
  }

  /// What is on the disk is all that was done, and what a new runtime reads from it is what the old
  /// one knew.
  void look_at_record() {
    const auto chain = machine_->disk.verify();
    if (!chain.valid) throw unmet{"the chain of the records does not verify: " + chain.problem};
    if (world_->ended() || machine_->disk.problem || machine_->disk.waiting() > 0) return;
    // Whatever has crashed is back by then, and what could not be written is tried again.
    const auto& wait = machine_->settings.supervision.backoff_max;
    pass_to({elapsed().ms + std::max(wait, bus::journal_options{}.retry).ms});
    if (const auto missing = deeds_.unrecorded(machine_->disk.records)) throw unmet{*missing};
    // A router that crashed knows nobody: the first word on a connection is lost.
    world_->send(the_operator, "runtime.status", json::object());
    const auto before = what_is_known(*world_);
    restart(false, {});
    check();
    const auto after = what_is_known(*world_);
    if (const auto changed = changed_by_restart(before, after)) throw unmet{*changed};
  }

  const script& script_;
  const play_options& options_;
  std::shared_ptr<traced_schedule> schedule_;
  std::shared_ptr<machine> machine_ = std::make_shared<machine>();
  guardian guard_;
  std::optional<breach> wrong_;
  std::optional<span> killed_for_;                  ///< in the midst of a turn
  std::exception_ptr broken_trap_;                  ///< a fault that could not be, likewise
  std::vector<std::pair<std::string, json>> traps_; ///< faults that wait for a topic
  std::optional<world> world_;
  instant began_;
  std::vector<span> published_; ///< when each record was; nobody can set that clock
  deeds deeds_;
  std::int64_t booted_ms_ = 0;
  std::map<std::string, identity> people_;
  std::map<std::string, asked> requests_;
  names kept_;
  guest_steps guests_{*machine_, kept_};
  std::set<std::size_t> expected_; ///< places of events that a step has expected
  std::size_t before_ = 0;         ///< how many there were before the first step
  std::uint64_t runtimes_ = 0;
  std::mt19937_64 dice_; ///< for faults that happen in some seeds only
  std::size_t next_ = 0; ///< the place after the last one that was expected
  outcome result_;
};

} // namespace

play_options own_options(const script& which) {
  return {which.seed, which.strategy, {}, which.order, {}, {}};
}

outcome play(const script& which, const play_options& options) {
  return stage(which, options).play();
}

} // namespace termlease::scenario
