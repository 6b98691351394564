#include "eval/bootstrap.h"

#include <limits>

namespace mtlkit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

ValueTable Values(const std::vector<PreparedTask>& tasks,
                  const std::vector<std::uint32_t>& counts) {
  ValueTable table;
  std::vector<double> weights;
  for (const PreparedTask& prepared : tasks) {
    const JoinedTask& task = *prepared.task;
    weights = task.weights;
    if (!counts.empty()) {
      for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] *= counts[static_cast<std::size_t>(task.rows[i])];
      }
    }
    auto& of_task = table.emplace_back();
    for (const auto& models : prepared.metrics) {
      auto& of_metric = of_task.emplace_back();
      for (const auto& metric : models) {
        of_metric.push_back(metric == nullptr ? kNan : metric->Value(weights));
      }
    }
  }
  return table;
}

std::vector<ValueTable> Bootstrap(const std::vector<PreparedTask>& tasks,
                                  Index rows, Index draws, Seed seed,
                                  ThreadPool& pool) {
  std::vector<ValueTable> tables(static_cast<std::size_t>(draws));
  pool.For(draws, [&](Index draw) {
    const Rng rng(seed, RandomPurpose::kBootstrap,
                  static_cast<std::uint64_t>(draw));
    std::vector<std::uint32_t> counts(static_cast<std::size_t>(rows));
    for (Index i = 0; i < rows; ++i) {
      // A multiply-shift; its bias is below 2^-32 times the number of rows.
      const std::uint64_t wide = rng.Wide(0, i);
      const auto row = static_cast<std::size_t>(
          ((wide >> 32) * static_cast<std::uint64_t>(rows)) >> 32);
      ++counts[row];
    }
    tables[static_cast<std::size_t>(draw)] = Values(tasks, counts);
  });
  return tables;
}

}  // namespace mtlkit
