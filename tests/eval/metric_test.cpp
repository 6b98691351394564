// What must hold of every metric of the registry.
#include "eval/metric.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <string>

#include "base/error.h"
#include "data/head.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

// Calls `check(entry, type)` for every metric and type it applies to.
template <class Check>
void ForEachMetric(const Check& check) {
  for (const MetricEntry* entry : AllMetrics()) {
    for (const HeadEntry* head : HeadEntries()) {
      const TaskType type(head);
      if (!entry->applies(type)) continue;
      CAPTURE(std::string(entry->name));
      CAPTURE(TaskTypeName(type));
      check(*entry, type);
    }
  }
}

MetricRows Select(const MetricRows& rows, const std::vector<Index>& which) {
  MetricRows selected = rows;
  selected.y.clear();
  selected.output.clear();
  selected.rows = static_cast<Index>(which.size());
  for (const Index row : which) {
    for (Index col = 0; col < rows.target_cols; ++col) {
      selected.y.push_back(rows.Y()(row, col));
    }
    for (Index col = 0; col < rows.output_cols; ++col) {
      selected.output.push_back(rows.Output()(row, col));
    }
  }
  return selected;
}

std::vector<double> Ones(Index rows) {
  return std::vector<double>(static_cast<std::size_t>(rows), 1.0);
}

TEST_CASE("a weight of 2 is the row twice and 0 is the row left out") {
  ForEachMetric([](const MetricEntry& entry, TaskType type) {
    for (const bool ties : {false, true}) {
      const MetricRows rows = RandomRows(type, 40, 3, ties);
      std::vector<double> weights;
      std::vector<Index> repeated;
      for (Index row = 0; row < rows.rows; ++row) {
        weights.push_back(static_cast<double>(row % 3));
        for (Index i = 0; i < row % 3; ++i) repeated.push_back(row);
      }
      const MetricRows spelled_out = Select(rows, repeated);
      const double value = entry.prepare(rows)->Value(weights);
      CHECK(value ==
            doctest::Approx(
                entry.prepare(spelled_out)->Value(Ones(spelled_out.rows)))
                .epsilon(1e-12));
    }
  });
}

TEST_CASE("the order of rows does not matter") {
  ForEachMetric([](const MetricEntry& entry, TaskType type) {
    const MetricRows rows = RandomRows(type, 50, 4, true);
    std::vector<Index> order(50);
    std::iota(order.begin(), order.end(), 0);
    Rng(9, RandomPurpose::kTest).Shuffle(order);
    CHECK(entry.prepare(rows)->Value(Ones(50)) ==
          doctest::Approx(entry.prepare(Select(rows, order))->Value(Ones(50)))
              .epsilon(1e-12));
  });
}

TEST_CASE("a perfect prediction has the perfect value") {
  ForEachMetric([](const MetricEntry& entry, TaskType type) {
    MetricRows rows = RandomRows(type, 30, 5);
    if (HasLevels(type)) {
      rows.output.clear();
      for (const double y : rows.y) rows.output.insert(rows.output.end(), 3, y);
    } else if (rows.has_class_columns()) {
      for (Index row = 0; row < rows.rows; ++row) {
        for (Index col = 0; col < 3; ++col) {
          rows.output[static_cast<std::size_t>(row * 3 + col)] =
              static_cast<Index>(rows.y[static_cast<std::size_t>(row)]) == col
                  ? 1.0
                  : 0.0;
        }
      }
    } else {
      rows.output = rows.y;
    }
    double perfect = entry.perfect;
    if (entry.name == "coverage") {
      // As many as are set, at best; rows without a label need none.
      perfect = std::accumulate(rows.y.begin(), rows.y.end(), 0.0) / 30;
    }
    if (entry.name == "one-error") {
      double empty = 0;
      for (Index row = 0; row < rows.rows; ++row) {
        const double* y = rows.Y().Row(row);
        empty += y[0] + y[1] + y[2] == 0 ? 1.0 : 0.0;
      }
      perfect = empty / 30;
    }
    CHECK(entry.prepare(rows)->Value(Ones(30)) ==
          doctest::Approx(perfect).epsilon(1e-12));
  });
}

TEST_CASE("without rows a metric is undefined, not zero") {
  ForEachMetric([](const MetricEntry& entry, TaskType type) {
    if (entry.name == "micro-f1" && HasLabelSets(type)) return;
    const MetricRows rows = RandomRows(type, 10, 6);
    const std::vector<double> nothing(10, 0.0);
    CHECK(std::isnan(entry.prepare(rows)->Value(nothing)));
  });
}

TEST_CASE("missing cells of a label are left out") {
  MetricRows rows = RandomRows(TaskType::kMultilabel, 20, 7);
  const MetricRows whole = rows;
  rows.y[4] = std::nan("");
  // Label 1 of row 1 is missing: the Hamming loss of that column is the mean
  // over the other 19 rows.
  double wrong[3] = {};
  for (Index row = 0; row < 20; ++row) {
    for (Index col = 0; col < 3; ++col) {
      if (row == 1 && col == 1) continue;
      wrong[col] +=
          (whole.Y()(row, col) > 0.5) != (whole.Output()(row, col) > 0.5) ? 1.0
                                                                          : 0.0;
    }
  }
  const double expected = (wrong[0] / 20 + wrong[1] / 19 + wrong[2] / 20) / 3;
  CHECK(FindMetric("hamming-loss").prepare(rows)->Value(Ones(20)) ==
        doctest::Approx(expected).epsilon(1e-12));
}

TEST_CASE("an unknown metric is named with its nearest neighbour") {
  CHECK_THROWS_WITH_AS(FindMetric("roc-au"),
                       doctest::Contains("did you mean 'roc-auc'?"), Error);
}

}  // namespace
}  // namespace mtlkit
