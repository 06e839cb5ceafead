#include "bus/journal/journal.hpp"

#include "bus/trace/carried.hpp"
#include "messages/answer.hpp"
#include "messages/runtime.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace termlease::bus {

using namespace messages;

namespace {

using retry_atom = caf::atom_constant<caf::atom("retry")>;

struct unit_of_records {
  std::vector<record> records;
  /// Nobody waits for it: it must be kept.
  std::optional<caf::typed_response_promise<recorded>> promise;
};

/// The journal's state and turns; lives inside the actor.
class writer {
public:
  writer(caf::event_based_actor* self, caf::actor storage, caf::actor router,
         journal_options options)
      : self_(self), storage_(std::move(storage)), router_(std::move(router)),
        options_(std::move(options)) {}

  caf::result<recorded> take(append what) {
    auto promise = self_->make_response_promise<recorded>();
    if (waiting_records_ + what.records.size() > options_.pending_limit) {
      promise.deliver(recorded{
          0, {"journal_busy", "too many records wait for the disk", "try again shortly", true}});
      return promise;
    }
    enqueue({std::move(what.records), promise});
    return promise;
  }

  void keep_for_sure(keep what) {
    if (options_.foreseen)
      for (const auto& each : what.records) options_.foreseen(each);
    enqueue({std::move(what.records), std::nullopt});
  }

  void retry() {
    resting_ = false;
    commit_next();
  }

private:
  void enqueue(unit_of_records unit) {
    waiting_records_ += unit.records.size();
    waiting_.push_back(std::move(unit));
    commit_next();
  }

  void commit_next() {
    if (under_way_ || resting_ || waiting_.empty()) return;
    commit batch;
    while (!waiting_.empty() &&
           (batch.records.empty() ||
            (alone_ == 0 &&
             batch.records.size() + waiting_.front().records.size() <= options_.batch_limit))) {
      auto& unit = waiting_.front();
      batch.records.insert(batch.records.end(), unit.records.begin(), unit.records.end());
      waiting_records_ -= unit.records.size();
      committing_.push_back(std::move(unit));
      waiting_.pop_front();
    }
    if (alone_ > 0) --alone_;
    under_way_ = true;
    self_->request(storage_, caf::infinite, std::move(batch))
        .then([this](const recorded& done) { finish(done); },
              [this](const caf::error&) {
                finish({0,
                        {"journal_unavailable", "the journal's storage failed",
                         "see the log, then try again", true}});
              });
  }

  void finish(const recorded& done) {
    under_way_ = false;
    auto units = std::exchange(committing_, {});
    if (done.problem.code == "bad_record") {
      single_out(units, done);
    } else if (done.problem) {
      keep_what_must(units, done);
    } else {
      acknowledge(units, done.last);
    }
    commit_next();
  }

  /// The storage gave the records of all units their sequences, the last of which is `last`.
  void acknowledge(std::deque<unit_of_records>& units, std::uint64_t last) {
    publish news;
    for (const auto& unit : units) last -= unit.records.size();
    for (auto& unit : units) {
      for (auto& each : unit.records) {
        each.sequence = ++last;
        if (options_.durable) options_.durable(each);
        news.records.push_back(std::move(each));
      }
      if (unit.promise) unit.promise->deliver(recorded{last, {}});
    }
    self_->send(router_, std::move(news));
  }

  /// No disk will ever take one of these units: alone, each of them shows whether it is the one.
  void single_out(std::deque<unit_of_records>& units, const recorded& done) {
    if (units.size() > 1) {
      alone_ = units.size();
      while (!units.empty()) {
        waiting_records_ += units.back().records.size();
        waiting_.push_front(std::move(units.back()));
        units.pop_back();
      }
      return;
    }
    if (units.front().promise) {
      units.front().promise->deliver(done);
    } else if (options_.log) {
      options_.log("a record could not be kept: " + done.problem.message);
    }
  }

  void keep_what_must(std::deque<unit_of_records>& units, const recorded& done) {
    for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
      if (unit->promise) {
        unit->promise->deliver(done);
        continue;
      }
      waiting_records_ += unit->records.size();
      waiting_.push_front(std::move(*unit));
    }
    // The disk gets a rest before the next try; whoever asks meanwhile waits for it.
    if (!waiting_.empty() && !waiting_.front().promise) {
      resting_ = true;
      trace::later(self_, options_.retry.chrono(), retry_atom::value);
    }
  }

  caf::event_based_actor* self_;
  caf::actor storage_;
  caf::actor router_;
  journal_options options_;
  std::deque<unit_of_records> waiting_;
  std::deque<unit_of_records> committing_;
  std::size_t waiting_records_ = 0;
  std::size_t alone_ = 0; ///< so many of the next units are committed one by one
  bool under_way_ = false;
  bool resting_ = false;
};

constexpr std::uint32_t query_limit = 10'000;

} // namespace

caf::behavior journal(caf::event_based_actor* self, caf::actor storage, caf::actor archive,
                      caf::actor router, journal_options options) {
  auto state = std::make_shared<writer>(self, storage, std::move(router), std::move(options));
  return {
      [state](append& what) { return state->take(std::move(what)); },
      [state](keep& what) { state->keep_for_sure(std::move(what)); },
      [](const catch_up&) { return recorded{}; },
      [state](retry_atom) { state->retry(); },
      [self, archive](const read_records& which) { return self->delegate(archive, which); },
      [self, archive](const caller&, const query_audit& query) -> caf::result<answer> {
        auto promise = self->make_response_promise<answer>();
        const auto limit = std::clamp<std::uint32_t>(query.limit, 1, query_limit);
        self->request(archive, caf::infinite,
                      read_records{query.from, limit + 1, query.share, query.since, query.topic})
            .then(
                [promise, limit](journal_part& part) mutable {
                  const bool more = part.records.size() > limit;
                  if (more) part.records.resize(limit);
                  promise.deliver(part.problem
                                      ? answer_with(part.problem)
                                      : answer_with(record_list{std::move(part.records), more}));
                },
                [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
        return promise;
      },
      [self, storage, archive](const caller&, const verify_audit&) -> caf::result<answer> {
        auto promise = self->make_response_promise<answer>();
        const auto failed_with = [promise](caf::error& why) mutable {
          promise.deliver(std::move(why));
        };
        // The writer knows what the file must end with: a tail that was cut is seen by that.
        self->request(storage, caf::infinite, note_head{})
            .then(
                [=](const check_chain& wanted) {
                  self->request(archive, caf::infinite, wanted)
                      .then(
                          [promise](const chain_report& report) mutable {
                            promise.deliver(answer_with(report));
                          },
                          failed_with);
                },
                failed_with);
        return promise;
      },
  };
}

} // namespace termlease::bus
