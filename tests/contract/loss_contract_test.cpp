// What must hold of every registered loss.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"
#include "contract/option_texts.h"
#include "data/head.h"
#include "nn/loss.h"

namespace mtlkit {
namespace {

constexpr Index kLossRows = 6;
constexpr Index kCols = 3;

Task SampleTask(TaskType type) {
  Task task;
  task.name = "sample";
  task.type = type;
  if (!task.is_classification()) task.width = kCols;
  if (task.traits().is_ranking) task.width = 1;
  if (task.traits().is_censored) task.width = 2;
  if (task.is_classification()) task.classes = {"a", "b", "c"};
  if (task.traits().has_positive) task.classes = {"no", "yes"};
  if (task.traits().is_written) task.codes = kCols;
  if (task.traits().is_map) {
    task.map_height = 2;
    task.map_width = 1;
  }
  return task;
}

// Outputs, targets and weights that suit a loss. Residuals stay away from the
// kinks of absolute and Huber losses.
struct Sample {
  Sample(const Loss& loss, const Task& task, bool soft)
      : cols(task.output_cols()), target_cols(loss.target_cols()) {
    const Rng rng(7, RandomPurpose::kTest);
    for (Index i = 0; i < kLossRows * cols; ++i) {
      output.push_back(static_cast<Real>(rng.Normal(i, 0)));
    }
    // As thresholds that ascend make them.
    for (Index row = 0; row < kLossRows; ++row) {
      if (task.traits().thresholds == Thresholds::kNone) break;
      const auto first = output.begin() + row * cols;
      std::sort(first, first + cols, std::greater<>());
    }
    for (Index i = 0; i < kLossRows * target_cols; ++i) {
      target.push_back(Target(rng, i, task, soft));
      const LabelBounds bounds = loss.label_bounds();
      if (!soft && !bounds.Hold(static_cast<double>(target.back()))) {
        target.back() = static_cast<Real>(bounds.least + 0.4);
      }
    }
    if (soft) {
      const MatView view = {target.data(), kLossRows, cols};
      task.head().SoftTargets(task, view, view);
    }
    for (Index i = 0; i < kLossRows; ++i) {
      weight.push_back(static_cast<Real>(0.5 + rng.Uniform(i, 2)));
      groups.push_back(i == 1 || i == 4 ? 7 : 5);
    }
  }

  Real Target(const Rng& rng, Index i, const Task& task, bool soft) const {
    const auto at = static_cast<std::size_t>(i);
    // Times, of which two are alike, and events; degrees of relevance.
    if (task.traits().is_censored && !soft) {
      constexpr Real kLabels[] = {3, 1, 1, 1, 4, 0, 1, 1, 5, 0, 2, 1};
      return kLabels[at];
    }
    if (task.traits().is_ranking && !soft) return static_cast<Real>(i % 3);
    if (!task.is_classification() && !task.traits().is_written) {
      // Beside all outputs of the cell, of which quantiles are several.
      const Index each = cols / target_cols;
      const auto outputs = std::span(output).subspan(
          at * static_cast<std::size_t>(each), static_cast<std::size_t>(each));
      Real value = outputs[0] + static_cast<Real>(i % 2 == 0 ? 0.2 : -1.7);
      const auto is_near = [&](Real other) {
        return std::abs(value - other) < Real(0.05);
      };
      while (std::any_of(outputs.begin(), outputs.end(), is_near)) {
        value += Real(0.11);
      }
      return std::max(value, static_cast<Real>(task.traits().least_label));
    }
    if (soft) return static_cast<Real>(rng.Normal(i, 1));
    const Index labels = task.head().label_count(task);
    return static_cast<Real>(
        rng.Below(i, 1, static_cast<std::uint64_t>(labels)));
  }

  LossArgs Args() const {
    LossArgs args = {{output.data(), kLossRows, cols},
                     {target.data(), kLossRows, target_cols},
                     weight};
    args.groups = groups;
    args.room = &room;
    return args;
  }

  // The same rows in the order `order`.
  Sample Ordered(const std::vector<Index>& order) const {
    Sample other = *this;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto from = static_cast<std::size_t>(order[i]);
      other.weight[i] = weight[from];
      other.groups[i] = groups[from];
      CopyRow(output, from, static_cast<std::size_t>(cols), i, &other.output);
      CopyRow(target, from, static_cast<std::size_t>(target_cols), i,
              &other.target);
    }
    return other;
  }
  static void CopyRow(const std::vector<Real>& all, std::size_t from,
                      std::size_t cols, std::size_t to,
                      std::vector<Real>* into) {
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(from * cols), cols,
                into->begin() + static_cast<std::ptrdiff_t>(to * cols));
  }

  Index cols;
  Index target_cols;
  std::vector<Real> output;
  std::vector<Real> target;
  std::vector<Real> weight;
  std::vector<std::int64_t> groups;
  mutable RowRoom room;
};

struct Result {
  explicit Result(const Loss& loss, const Sample& sample)
      : row_loss(kLossRows), gradient(sample.output.size()) {
    loss.Evaluate(sample.Args(), row_loss,
                  {gradient.data(), kLossRows, sample.cols});
  }
  std::vector<Real> row_loss;
  std::vector<Real> gradient;
};

// Runs `check(loss, sample)` for every loss, task type and option that it has.
template <class Check>
void ForEachLoss(Check&& check) {
  for (const LossEntry* entry : LossEntries()) {
    for (const HeadEntry* head : HeadEntries()) {
      const TaskType type(head);
      if (!head->traits.is_type || !entry->Accepts(type)) continue;
      for (Choice choice : OptionTexts(entry->describe)) {
        choice.name = std::string(entry->name);
        // What comes next in a text has no classes to weigh.
        const bool weighs =
            std::ranges::any_of(choice.options, [](const auto& option) {
              return option.first.find("weight") != std::string::npos;
            });
        if (weighs && head->traits.is_written) continue;
        const std::size_t classes = head->traits.has_positive ? 2 : kCols;
        for (auto& option : choice.options) {
          if (option.first.ends_with("-weight")) {
            option.second = classes == 2 ? "0.5/2" : "0.5/2/3";
          }
        }
        INFO(ChoiceText(choice), " for ", TaskTypeName(type));
        Task task = SampleTask(type);
        if (entry->shape != nullptr) entry->shape(choice, "test", &task);
        const auto loss = MakeLoss(task, choice);
        check(*loss, Sample(*loss, task, entry->soft));
      }
    }
  }
}

TEST_CASE("the gradient of every loss is that of its finite differences") {
  const double step = sizeof(Real) == sizeof(double) ? 1e-5 : 1e-2;
  const double tolerance = sizeof(Real) == sizeof(double) ? 1e-7 : 2e-2;
  ForEachLoss([&](const Loss& loss, const Sample& sample) {
    const Result result(loss, sample);
    for (std::size_t i = 0; i < sample.output.size(); ++i) {
      Sample above = sample;
      Sample below = sample;
      above.output[i] += static_cast<Real>(step);
      below.output[i] -= static_cast<Real>(step);
      const double difference = SumRows(Result(loss, above).row_loss) -
                                SumRows(Result(loss, below).row_loss);
      const double width = static_cast<double>(above.output[i]) -
                           static_cast<double>(below.output[i]);
      CHECK(std::abs(static_cast<double>(result.gradient[i]) -
                     difference / width) < tolerance);
    }
  });
}

TEST_CASE("a row of weight 0 gives exactly 0 whatever its target holds") {
  ForEachLoss([](const Loss& loss, const Sample& sample) {
    Sample other = sample;
    other.weight[2] = 0;
    for (Index k = 0; k < sample.target_cols; ++k) {
      other.target[static_cast<std::size_t>(2 * sample.target_cols + k)] =
          std::numeric_limits<Real>::quiet_NaN();
    }
    const Result result(loss, other);
    CHECK(result.row_loss[2] == 0);
    for (Index k = 0; k < sample.cols; ++k) {
      CHECK(result.gradient[static_cast<std::size_t>(2 * sample.cols + k)] ==
            0);
    }
  });
}

TEST_CASE("rows do not depend on each other, and losses scale with weights") {
  ForEachLoss([](const Loss& loss, const Sample& sample) {
    if (loss.coupling() != RowCoupling::kNone) return;
    const Result result(loss, sample);
    for (Index row = 0; row < kLossRows; ++row) {
      const std::size_t r = static_cast<std::size_t>(row);
      const Real twice = 2 * sample.weight[r];
      Real row_loss = -1;
      std::vector<Real> gradient(static_cast<std::size_t>(sample.cols), -1);
      loss.Evaluate({{sample.output.data() + row * sample.cols, 1, sample.cols},
                     {sample.target.data() + row * sample.target_cols, 1,
                      sample.target_cols},
                     std::span<const Real>(&twice, 1)},
                    std::span<Real>(&row_loss, 1),
                    {gradient.data(), 1, sample.cols});
      CHECK(static_cast<double>(row_loss) ==
            doctest::Approx(2 * static_cast<double>(result.row_loss[r]))
                .epsilon(1e-5));
      for (std::size_t k = 0; k < gradient.size(); ++k) {
        const double whole =
            static_cast<double>(result.gradient[r * gradient.size() + k]);
        CHECK(static_cast<double>(gradient[k]) ==
              doctest::Approx(2 * whole).epsilon(1e-5));
      }
    }
  });
}

bool IsClose(Real a, Real b) {
  return std::abs(a - b) <= Real(2e-5) * (1 + std::abs(b));
}

TEST_CASE("a loss that couples rows asks for no order of them") {
  ForEachLoss([](const Loss& loss, const Sample& sample) {
    const std::vector<Index> order = {4, 2, 0, 5, 1, 3};
    const Result result(loss, sample);
    const Sample other = sample.Ordered(order);
    const Result ordered(loss, other);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto from = static_cast<std::size_t>(order[i]);
      CHECK(IsClose(ordered.row_loss[i], result.row_loss[from]));
      CHECK(IsClose(
          ordered.gradient[i * static_cast<std::size_t>(sample.cols)],
          result.gradient[from * static_cast<std::size_t>(sample.cols)]));
    }
    CHECK(loss.Divisor(other.Args()) ==
          doctest::Approx(loss.Divisor(sample.Args())));
  });
}

TEST_CASE("losses that couple rows scale with all weights, and with no less") {
  ForEachLoss([](const Loss& loss, const Sample& sample) {
    const Result result(loss, sample);
    Sample twice = sample;
    for (Real& weight : twice.weight) weight *= 2;
    const Result doubled(loss, twice);
    for (std::size_t i = 0; i < result.row_loss.size(); ++i) {
      CHECK(IsClose(doubled.row_loss[i], 2 * result.row_loss[i]));
    }
    for (std::size_t i = 0; i < result.gradient.size(); ++i) {
      CHECK(IsClose(doubled.gradient[i], 2 * result.gradient[i]));
    }
    CHECK(loss.Divisor(twice.Args()) ==
          doctest::Approx(2 * loss.Divisor(sample.Args())));
    if (loss.coupling() == RowCoupling::kNone) return;
    // A row of weight 0 is as if it were not there.
    Sample without = sample;
    without.weight[5] = 0;
    const Result left(loss, without);
    without.output[5] += 3;
    without.target[5 * static_cast<std::size_t>(sample.target_cols)] = 0;
    CHECK(left.row_loss == Result(loss, without).row_loss);
    CHECK(loss.Divisor(without.Args()) < loss.Divisor(sample.Args()));
  });
}

TEST_CASE("losses without a wanted gradient are the same") {
  ForEachLoss([](const Loss& loss, const Sample& sample) {
    const Result result(loss, sample);
    std::vector<Real> row_loss(kLossRows);
    loss.Evaluate(sample.Args(), row_loss, {});
    CHECK(row_loss == result.row_loss);
  });
}

TEST_CASE("no loss of these samples is negative or infinite") {
  ForEachLoss([](const Loss& loss, const Sample& sample) {
    const std::vector<Real> values = Result(loss, sample).row_loss;
    CHECK(SumRows(values) >= -1e-6);
    for (const Real value : values) {
      // Of rows that share what they lose the sum counts.
      const bool alone = loss.coupling() == RowCoupling::kNone;
      CHECK((!alone || value >= -static_cast<Real>(1e-6)));
      CHECK(std::isfinite(value));
    }
  });
}

TEST_CASE("every task type has a default loss that accepts it") {
  for (const HeadEntry* head : HeadEntries()) {
    if (!head->traits.is_type) continue;
    const TaskType type(head);
    CHECK(FindLoss(DefaultLoss(type)).Accepts(type));
    CHECK(FindLoss("distillation").Accepts(type));
  }
}

}  // namespace
}  // namespace mtlkit
