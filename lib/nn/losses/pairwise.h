// Losses of pairs of rows of one group whose labels differ: of how far the
// score of the row with the higher label is above the other's.
#pragma once

#include "data/distances/row_math.h"
#include "nn/losses/row_groups.h"

namespace mtlkit {

// A group's loss is the mean over its pairs (i, j), y_i > y_j, each counting by
// w_i w_j, times the sum of the weights of its rows: long lists count by their
// rows, not by their pairs. Each of a pair has half of its loss. Groups without
// such a pair say nothing. `Point` has double operator()(double margin, double*
// slope) const.
template <class Point>
class PairwiseLoss : public Loss {
 public:
  explicit PairwiseLoss(const Point& point) : point_(point) {}

  Index target_cols() const override { return 1; }
  RowCoupling coupling() const override { return RowCoupling::kGroups; }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == 1 && args.target.cols == 1);
    std::ranges::fill(row_loss.first(At(args.output.rows)), Real{0});
    if (!gradient.empty()) std::ranges::fill(gradient.flat(), Real{0});
    ForGroups(args, [&](std::span<const std::int32_t> rows) {
      const GroupScale scale(args, rows);
      if (scale.pairs > 0) Learn(args, rows, scale, row_loss, gradient);
    });
  }

  double Divisor(const LossArgs& args) const override {
    double sum = 0;
    ForGroups(args, [&](std::span<const std::int32_t> rows) {
      const GroupScale scale(args, rows);
      if (scale.pairs > 0) sum += scale.weight;
    });
    return sum;
  }

 private:
  static double Label(const LossArgs& args, std::int32_t row) {
    return static_cast<double>(args.target.data[row]);
  }
  static double Weight(const LossArgs& args, std::int32_t row) {
    return static_cast<double>(args.weight[At(row)]);
  }

  // Sums of a group's weights, and of the products of pairs.
  struct GroupScale {
    GroupScale(const LossArgs& args, std::span<const std::int32_t> rows) {
      double higher = 0;  // of labels above those of the run
      ForRuns(
          rows,
          [&](std::int32_t a, std::int32_t b) {
            return Label(args, a) == Label(args, b);
          },
          [&](std::span<const std::int32_t> equal) {
            double here = 0;
            for (const std::int32_t row : equal) here += Weight(args, row);
            pairs += higher * here;
            higher += here;
          });
      weight = higher;
    }
    double weight = 0;
    double pairs = 0;
  };

  // Rows of a group in descending order of their labels.
  template <class Visit>
  static void ForGroups(const LossArgs& args, Visit visit) {
    const auto group = [&](std::int32_t row) {
      return args.groups.empty() ? 0 : args.groups[At(row)];
    };
    const auto order = OrderRows(
        args, 2, [&](Index row) { return !IsMissing(args.target.data[row]); },
        [&](std::int32_t a, std::int32_t b) {
          if (group(a) != group(b)) return group(a) < group(b);
          const double y = Label(args, a);
          const double other = Label(args, b);
          return y != other ? y > other : a < b;
        });
    ForRuns(
        order,
        [&](std::int32_t a, std::int32_t b) { return group(a) == group(b); },
        visit);
  }

  void Learn(const LossArgs& args, std::span<const std::int32_t> rows,
             const GroupScale& scale, std::span<Real> row_loss,
             MatView gradient) const {
    std::vector<double>& terms = args.room->terms;  // loss and slope of a row
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::int32_t above = rows[i];
      const auto score = static_cast<double>(args.output.data[above]);
      const double weight = Weight(args, above);
      for (std::size_t j = i + 1; j < rows.size(); ++j) {
        const std::int32_t below = rows[j];
        if (Label(args, above) == Label(args, below)) continue;
        double slope = 0;
        const double loss = point_(
            score - static_cast<double>(args.output.data[below]), &slope);
        const double both = weight * Weight(args, below);
        terms[At(2 * above)] += both * loss / 2;
        terms[At(2 * below)] += both * loss / 2;
        terms[At(2 * above + 1)] += both * slope;
        terms[At(2 * below + 1)] -= both * slope;
      }
    }
    const double factor = scale.weight / scale.pairs;
    for (const std::int32_t row : rows) {
      row_loss[At(row)] = static_cast<Real>(factor * terms[At(2 * row)]);
      if (gradient.empty()) continue;
      gradient.data[row] = static_cast<Real>(factor * terms[At(2 * row + 1)]);
    }
  }

  Point point_;
};

inline constexpr std::string_view kPairwiseTypes[] = {"ranking"};

}  // namespace mtlkit
