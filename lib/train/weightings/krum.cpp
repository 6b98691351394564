#include <algorithm>
#include <cmath>
#include <vector>

#include "train/gramian_weighting.h"

namespace mtlkit {
namespace {

struct KrumOptions {
  Index outliers = 1;
  Index selected = 1;

  void Describe(Fields& field) {
    field("outliers", outliers, "tasks that may be far from the others",
          AtLeast(0));
    field("selected", selected, "tasks whose gradients are used", AtLeast(1));
  }
};

// The mean of the gradients that lie closest to others: those with the smallest
// sums of distances to their K - outliers - 2 nearest. Blanchard, El Mhamdi,
// Guerraoui and Stainer, "Machine learning with adversaries: Byzantine tolerant
// gradient descent" (2017), with distances, as TorchJD has it, not their
// squares. With fewer tasks in the batch at least one neighbour counts;
// gradients that are equally close share the places left.
class Krum : public GramianWeighting {
 public:
  Krum(std::span<const Task> tasks, const KrumOptions& options)
      : GramianWeighting(tasks),
        options_(options),
        distance_(tasks.size()),
        score_(tasks.size()),
        sorted_(tasks.size()) {}

 protected:
  void Solve(const PresentTasks& present, std::span<double> w) const override {
    const Index count = std::ssize(w);
    const Index selected = std::min(options_.selected, count);
    for (Index i = 0; i < count; ++i) {
      score_[At(i)] = sorted_[At(i)] = Score(present.gramian, i);
    }
    const auto end = sorted_.begin() + count;
    std::sort(sorted_.begin(), end);
    const double last = sorted_[At(selected - 1)];
    const auto closer = std::lower_bound(sorted_.begin(), end, last);
    const auto ties = std::upper_bound(closer, end, last) - closer;
    const double share = 1 / static_cast<double>(selected);
    const double places = static_cast<double>(
        selected - static_cast<Index>(closer - sorted_.begin()));
    for (Index i = 0; i < count; ++i) {
      const double score = score_[At(i)];
      w[At(i)] = score < last    ? share
                 : score == last ? share * places / static_cast<double>(ties)
                                 : 0;
    }
  }

 private:
  double Score(Mat<const double> gramian, Index i) const {
    const Index count = gramian.rows;
    Index others = 0;
    for (Index j = 0; j < count; ++j) {
      if (j == i) continue;
      const double square =
          gramian(i, i) + gramian(j, j) - gramian(i, j) - gramian(j, i);
      distance_[At(others++)] = std::sqrt(std::max(square, 0.0));
    }
    std::sort(distance_.begin(), distance_.begin() + others);
    const Index nearest =
        std::clamp<Index>(count - options_.outliers - 2, 1, others);
    double sum = 0;
    for (Index j = 0; j < nearest; ++j) sum += distance_[At(j)];
    return sum;
  }

  KrumOptions options_;
  mutable std::vector<double> distance_;
  mutable std::vector<double> score_;
  mutable std::vector<double> sorted_;
};

}  // namespace

extern const WeightingEntry kKrum;
const WeightingEntry kKrum = MakeEntry<Krum, KrumOptions>(
    "krum", "the gradients closest to others (Blanchard et al. 2017)");

}  // namespace mtlkit
