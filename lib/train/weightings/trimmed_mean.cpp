#include <algorithm>
#include <limits>

#include "train/weighting.h"

namespace mtlkit {
namespace {

struct TrimmedMeanOptions {
  Index trim = 1;

  void Describe(Fields& field) {
    field("trim", trim, "how many are left out at either end", AtLeast(0));
  }
};

// A gradient in one place: tasks with the same are told apart by their row.
struct Entry {
  double value;
  Index row;
  bool operator<(const Entry& other) const {
    return value < other.value || (value == other.value && row < other.row);
  }
};

// In every place, the mean of the tasks' gradients without the `trim` largest
// and smallest ones. Yin, Chen, Kannan and Bartlett, "Byzantine-robust
// distributed learning: towards optimal statistical rates" (2018). Of fewer
// than 2 trim + 1 tasks as many are left out as leave one or two.
class TrimmedMean : public Weighting {
 public:
  explicit TrimmedMean(const TrimmedMeanOptions& options)
      : trim_(options.trim) {}

  WeightingNeeds needs() const override { return {.gradients = true}; }

  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? 1.0 : 0.0;
    }
  }

  void Combine(const WeightingSignals&, std::span<const double> w,
               ConstMatView gradients, Index,
               std::span<Real> out) const override {
    const Index count = static_cast<Index>(
        std::count_if(w.begin(), w.end(), [](double x) { return x != 0; }));
    const Index trim = std::min(trim_, (std::max<Index>(count, 1) - 1) / 2);
    for (Index j = 0; j < gradients.cols; ++j) {
      out[At(j)] = static_cast<Real>(Mean(w, gradients, j, trim));
    }
  }

 private:
  // Looks for the ends one by one: nothing is sorted, and so nothing stored.
  static double Mean(std::span<const double> w, ConstMatView gradients, Index j,
                     Index trim) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    Entry low = {-kInfinity, -1};
    Entry high = {kInfinity, gradients.rows};
    for (Index t = 0; t < trim; ++t) {
      Entry next_low = {kInfinity, gradients.rows};
      Entry next_high = {-kInfinity, -1};
      for (Index k = 0; k < gradients.rows; ++k) {
        if (w[At(k)] == 0) continue;
        const Entry entry = {static_cast<double>(gradients(k, j)), k};
        if (low < entry && entry < next_low) next_low = entry;
        if (entry < high && next_high < entry) next_high = entry;
      }
      low = next_low;
      high = next_high;
    }
    double sum = 0;
    double kept = 0;
    for (Index k = 0; k < gradients.rows; ++k) {
      if (w[At(k)] == 0) continue;
      const Entry entry = {static_cast<double>(gradients(k, j)), k};
      if (!(low < entry) || !(entry < high)) continue;
      sum += entry.value;
      kept += 1;
    }
    return kept > 0 ? sum / kept : 0;
  }

  Index trim_;
};

}  // namespace

extern const WeightingEntry kTrimmedMean;
const WeightingEntry kTrimmedMean = MakeEntry<TrimmedMean, TrimmedMeanOptions>(
    "trimmed-mean", "in each place without its extremes (Yin et al. 2018)");

}  // namespace mtlkit
