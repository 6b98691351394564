#include <array>

#include "base/text.h"
#include "data/heads/merge_members.h"
#include "data/heads/number_head.h"

namespace mtlkit {
namespace {

// More levels than anybody can read.
constexpr std::size_t kMostLevels = 99;

// For each target column an output at each level, beside each other. Quantiles
// that cross are put in order, which never moves them away from the true ones
// (Chernozhukov, Fernandez-Val and Galichon, "Quantile and probability curves
// without crossing", 2010).
class QuantileHead final : public NumberHead {
 public:
  std::string Fault(const Task& task) const override {
    const std::vector<double>& levels = task.levels;
    if (levels.empty() || levels.size() > kMostLevels) {
      return Str(" has quantiles at ", levels.size(), " levels");
    }
    double last = 0;
    for (const double level : levels) {
      if (!(level > last && level < 1)) {
        return Str(" has quantiles at level ", level, " behind ", last,
                   "; levels ascend between 0 and 1");
      }
      last = level;
    }
    return NumberHead::Fault(task);
  }

  Index output_cols(const Task& task) const override {
    return task.width * PerColumn(task);
  }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    const Index levels = PerColumn(task);
    return Str(LabelSuffix(task, col / levels), ":q",
               FormatNumber(task.levels[At(col % levels)]));
  }
  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    Copy(outputs, predictions);
    const Index levels = PerColumn(task);
    Real* const end = predictions.data + predictions.size();
    for (Real* first = predictions.data; first < end; first += levels) {
      std::sort(first, first + levels);
    }
    ToUnits(task, levels, predictions);
  }

  // The means of the members' quantiles, each in order.
  bool merges() const override { return true; }
  void Merge(const Task& task, ConstMatView outputs,
             MatView merged) const override {
    const Index levels = PerColumn(task);
    for (Index row = 0; row < merged.rows; ++row) {
      for (Index first = 0; first < outputs.cols; first += levels) {
        MergeColumn(task, first, row, outputs, merged);
      }
    }
  }

  // What a regression has, and the quantiles.
  Index constant_count(const Task& task) const override {
    return 2 * task.width + output_cols(task);
  }
  std::vector<double> Constants(
      const Task& task,
      std::span<const WeightedLabels> columns) const override {
    std::vector<double> constants = MeansAndMedians(columns);
    for (const WeightedLabels& labels : columns) {
      for (const double level : task.levels) {
        constants.push_back(QuantileOf(labels, level));
      }
    }
    return constants;
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& task, std::span<const double> constants) const override {
    const auto quantiles = Quantiles(task, constants);
    return {{quantiles.begin(), quantiles.end()}};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const override {
    return {Normalised(task, PerColumn(task), Quantiles(task, constants))};
  }

 private:
  // The quantiles of one column and row, from output `first` on.
  static void MergeColumn(const Task& task, Index first, Index row,
                          ConstMatView outputs, MatView merged) {
    const Index members = MembersOf(outputs, merged);
    const Index levels = PerColumn(task);
    const std::size_t k = At(first / levels);
    const bool is_curved = !task.curves.empty();
    std::array<Real, kMostLevels> sorted{};
    std::array<double, kMostLevels> sums{};
    for (Index m = 0; m < members; ++m) {
      std::copy_n(outputs.Row(row * members + m) + first, levels,
                  sorted.begin());
      std::sort(sorted.begin(), sorted.begin() + levels);
      for (std::size_t i = 0; i < At(levels); ++i) {
        const auto output = static_cast<double>(sorted[i]);
        sums[i] += is_curved ? InUnits(task, k, output) : output;
      }
    }
    for (Index i = 0; i < levels; ++i) {
      const double mean = sums[At(i)] / static_cast<double>(members);
      merged(row, first + i) =
          static_cast<Real>(is_curved ? Normalised(task, k, mean) : mean);
    }
  }
  static Index PerColumn(const Task& task) {
    return static_cast<Index>(task.levels.size());
  }
  static std::span<const double> Quantiles(const Task& task,
                                           std::span<const double> constants) {
    return constants.subspan(2 * At(task.width));
  }
};

constexpr QuantileHead kQuantileForm{};

}  // namespace

extern const HeadEntry kQuantileHead;
const HeadEntry kQuantileHead = {
    "quantile",
    "quantiles of a regression, as the loss of that name asks for",
    {.has_levels = true,
     .is_type = false,
     .default_loss = "quantile",
     .main_metric = "pinball"},
    kQuantileForm};

}  // namespace mtlkit
