#include "bus/journal/replay.hpp"

#include "bus/journal/failures.hpp"
#include "bus/journal/reader.hpp"

#include <deque>
#include <future>
#include <thread>
#include <vector>

namespace termlease::bus {

namespace {

using page = std::vector<journal_entry>;

constexpr std::size_t page_rows = 2000;

struct page_read {
  std::vector<messages::record> records; ///< as far as the chain holds
  std::string problem;
};

page_read read_page(const page& rows, const chain_head& start) {
  page_read done;
  chain_walk walk(start);
  for (const auto& each : rows) {
    auto record = walk.step(each);
    if (!record) break;
    done.records.push_back(*std::move(record));
  }
  done.problem = walk.problem();
  return done;
}

/// Hands pages to other threads and takes them back in their order.
class page_line {
public:
  explicit page_line(const std::function<void(const messages::record&)>& visit) : visit_(visit) {}

  void add(page rows) {
    if (rows.empty()) return;
    // Where the page before it is wrong, nothing of this one counts, whatever it continues.
    const auto start = std::exchange(end_, {rows.back().sequence, rows.back().hash});
    under_way_.push_back(std::async(std::launch::async, read_page, std::move(rows), start));
    if (under_way_.size() > std::thread::hardware_concurrency()) take_first();
  }

  std::string finish() {
    while (!under_way_.empty()) take_first();
    return problem_;
  }

private:
  void take_first() {
    auto first = under_way_.front().get();
    under_way_.pop_front();
    if (!problem_.empty()) return;
    for (const auto& each : first.records) visit_(each);
    problem_ = std::move(first.problem);
  }

  const std::function<void(const messages::record&)>& visit_;
  std::deque<std::future<page_read>> under_way_;
  chain_head end_ = genesis();
  std::string problem_;
};

} // namespace

void replay(const std::filesystem::path& journal,
            const std::function<void(const messages::record&)>& visit) {
  page_line pages(visit);
  page next;
  journal_reader(journal).read({}, [&](const journal_entry& each) {
    next.push_back(each);
    if (next.size() == page_rows) pages.add(std::exchange(next, {}));
  });
  pages.add(std::move(next));
  const auto problem = pages.finish();
  if (!problem.empty()) throw messages::failed(journal_corrupt(journal, problem));
}

} // namespace termlease::bus
