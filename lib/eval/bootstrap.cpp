#include "eval/bootstrap.h"

#include <algorithm>
#include <limits>

namespace mtlkit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// No draw has this number: the one that puts rows into blocks.
constexpr std::uint64_t kOfBlocks = 0xffffffffU;

// Values of rows that take about a second to go through.
constexpr double kMuchWork = 5e8;

double WorkOf(const std::vector<PreparedTask>& tasks, Index draws) {
  double work = 0;
  for (const PreparedTask& task : tasks) {
    for (const auto& models : task.metrics) {
      work += static_cast<double>(task.weights.size() * models.size());
    }
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

DrawnUnits::DrawnUnits(Index rows, Seed seed) : rows_(rows) {
  if (rows <= kMostRows) return;
  const Rng rng(seed, RandomPurpose::kBootstrap, kOfBlocks);
  block_of_row_.resize(At(rows));
  for (Index row = 0; row < rows; ++row) {
    block_of_row_[At(row)] =
        static_cast<std::uint16_t>(rng.At(row, 0) % kBlocks);
  }
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
      of_metric.push_back(metric == nullptr ? kNan : metric->Value(weights));
    }
  }
  return values;
}

std::vector<ValueTable> Bootstrap(const std::vector<PreparedTask>& tasks,
                                  Index units, Index draws, Seed seed,
                                  ThreadPool& pool, Reporter* reporter) {
  std::vector<ValueTable> tables(At(draws));
  const bool reports = reporter != nullptr && WorkOf(tasks, draws) > kMuchWork;
  const Index at_once =
      reports ? std::max<Index>(draws / 10, 4 * pool.threads()) : draws;
  if (reports) reporter->Begin("draw", draws);
  for (Index first = 0; first < draws; first += at_once) {
    const Index count = std::min(at_once, draws - first);
    pool.For(count, [&](Index i) {
      const auto counts = DrawCounts(units, seed, first + i);
      ValueTable& table = tables[At(first + i)];
      for (const PreparedTask& task : tasks) {
        table.push_back(Values(task, counts));
      }
    });
    if (!reports) continue;
    reporter->Advance(first + count);
    reporter->Commit();
  }
  return tables;
}

}  // namespace mtlkit
