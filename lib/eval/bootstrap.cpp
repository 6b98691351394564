#include "eval/bootstrap.h"

#include <algorithm>
#include <unordered_map>

#include "eval/estimate.h"

namespace mtlkit {
namespace {

// No draw has this number: the one that puts rows into blocks.
constexpr std::uint64_t kOfBlocks = 0xffffffffU;

// Values of rows that take about a second to go through.
constexpr double kMuchWork = 5e8;

double WorkOf(const std::vector<PreparedTask>& tasks, Index draws) {
  double work = 0;
  for (const PreparedTask& task : tasks) {
    work += static_cast<double>(task.size());
  }
  return work * static_cast<double>(draws);
}

// How often each unit is in a draw.
std::vector<std::uint32_t> DrawCounts(Index units, Seed seed, Index draw) {
  const Rng rng(seed, RandomPurpose::kBootstrap,
                static_cast<std::uint64_t>(draw));
  std::vector<std::uint32_t> counts(At(units));
  for (Index i = 0; i < units; ++i) {
    // A multiply-shift; its bias is below 2^-32 times the number of units.
    const std::uint64_t wide = rng.Wide(0, i);
    ++counts[((wide >> 32) * static_cast<std::uint64_t>(units)) >> 32];
  }
  return counts;
}

}  // namespace

DrawnUnits::DrawnUnits(Index rows, Seed seed,
                       const std::vector<std::int64_t>& groups)
    : units_(rows), rng_(seed, RandomPurpose::kBootstrap, kOfBlocks) {
  if (groups.empty()) return;
  std::unordered_map<std::int64_t, std::int32_t> numbers;
  unit_of_row_.reserve(groups.size());
  for (const std::int64_t group : groups) {
    const auto next = static_cast<std::int32_t>(numbers.size());
    unit_of_row_.push_back(numbers.emplace(group, next).first->second);
  }
  units_ = std::ssize(numbers);
}

std::uint16_t DrawnUnits::BlockOf(Index row) const {
  return static_cast<std::uint16_t>(rng_.At(UnitOf(row), 0) % kBlocks);
}

std::size_t PreparedTask::size() const {
  std::size_t size = 0;
  for (const auto& models : metrics) {
    for (const auto& metric : models) {
      if (metric != nullptr) size += metric->size();
    }
  }
  return size;
}

TaskValues Values(const PreparedTask& task,
                  const std::vector<std::uint32_t>& counts) {
  std::vector<double> weights = task.weights;
  if (!counts.empty()) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] *= counts[At(task.units[i])];
    }
  }
  TaskValues values;
  for (const auto& models : task.metrics) {
    auto& of_metric = values.emplace_back();
    for (const auto& metric : models) {
      of_metric.push_back(metric == nullptr ? kUndefinedValue
                                            : metric->Value(weights));
    }
  }
  return values;
}

Bootstrap::Bootstrap(Index units, Index draws, Seed seed, ThreadPool& pool,
                     Reporter* reporter)
    : units_(units),
      seed_(seed),
      pool_(pool),
      reporter_(reporter),
      tables_(At(draws)) {}

void Bootstrap::Add(const std::vector<PreparedTask>& tasks,
                    const std::string& phase) {
  const auto draws = static_cast<Index>(tables_.size());
  const bool reports = reporter_ != nullptr && WorkOf(tasks, draws) > kMuchWork;
  const Index at_once =
      reports ? std::max<Index>(draws / 10, 4 * pool_.threads()) : draws;
  if (reports) reporter_->Begin(phase, draws);
  for (Index first = 0; first < draws; first += at_once) {
    const Index count = std::min(at_once, draws - first);
    pool_.For(count, [&](Index i) {
      const auto counts = DrawCounts(units_, seed_, first + i);
      ValueTable& table = tables_[At(first + i)];
      for (const PreparedTask& task : tasks) {
        table.push_back(Values(task, counts));
      }
    });
    if (!reports) continue;
    reporter_->Advance(first + count);
    reporter_->Commit();
  }
}

}  // namespace mtlkit
