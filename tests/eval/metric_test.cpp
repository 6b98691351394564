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

MetricRows PartOf(const MetricRows& rows, Index first, Index count) {
  std::vector<Index> which(At(count));
  std::iota(which.begin(), which.end(), first);
  return Select(rows, which);
}

// Of the labels of a column that are known.
double MeanLabel(const MetricRows& rows, Index col) {
  double sum = 0;
  double count = 0;
  for (Index row = 0; row < rows.rows; ++row) {
    const double y = rows.Y()(row, col);
    if (std::isnan(y)) continue;
    sum += y;
    ++count;
  }
  return sum / count;
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
      // A group that comes again is another one.
      std::vector<std::int64_t> groups;
      for (Index row = 0; row < rows.rows; ++row) {
        const Index unit = UnitOf(rows, row);
        weights.push_back(static_cast<double>(unit % 3));
        for (Index i = 0; i < unit % 3; ++i) {
          repeated.push_back(row);
          groups.push_back(unit + 100 * i);
        }
      }
      MetricRows spelled_out = Select(rows, repeated);
      if (!rows.groups.empty()) spelled_out.groups = groups;
      const double value = entry.prepare(rows)->Value(weights);
      CHECK(value ==
            doctest::Approx(
                entry.prepare(spelled_out)->Value(Ones(spelled_out.rows)))
                .epsilon(1e-12));
    }
  });
}

TEST_CASE("no value is worse than the worst, or better than the perfect one") {
  ForEachMetric([](const MetricEntry& entry, TaskType type) {
    for (const Seed seed : {1, 2, 3, 4, 5}) {
      const MetricRows rows = RandomRows(type, 7, seed, seed % 2 == 0);
      const double value = entry.prepare(rows)->Value(Ones(rows.rows));
      constexpr double kRounding = 1e-12;
      const double sign = entry.up ? 1 : -1;
      CHECK_FALSE(sign * (value - entry.perfect) > kRounding);
      CHECK_FALSE(sign * (value - entry.traits.worst) < -kRounding);
    }
  });
}

TEST_CASE("blocks of rows weigh as their rows do") {
  ForEachMetric([](const MetricEntry& entry, TaskType type) {
    MetricRows rows = RandomRows(type, 60, 8, true);
    if (type == TaskType::kMultilabel) rows.y[5] = std::nan("");
    std::vector<double> own;
    std::vector<std::uint16_t> block_of_row;
    std::vector<double> spelled_out;
    const std::vector<double> of_block = {2, 0, 1, 3, 0.5};
    for (Index row = 0; row < rows.rows; ++row) {
      const Index unit = UnitOf(rows, row);
      own.push_back(unit % 4 == 1 ? 0.0 : 0.5 * static_cast<double>(unit % 3));
      block_of_row.push_back(static_cast<std::uint16_t>(unit * 7 % 5));
      spelled_out.push_back(own.back() * of_block[block_of_row.back()]);
    }
    const auto metric = entry.prepare(rows);
    const auto blocks = metric->EmptyBlocks(5);
    // They come in two pieces, which know the means of all; those of groups
    // come at once.
    using Pieces = std::vector<std::pair<Index, Index>>;
    const bool at_once = entry.traits.of_groups;
    for (const auto& [first, count] :
         at_once ? Pieces{{0, 60}} : Pieces{{0, 17}, {17, 43}}) {
      MetricRows piece = PartOf(rows, first, count);
      for (Index col = 0; col < rows.target_cols; ++col) {
        piece.centres.push_back(MeanLabel(rows, col));
      }
      entry.prepare(piece)->AddTo(
          {std::span(own).subspan(At(first), At(count)),
           std::span(block_of_row).subspan(At(first), At(count))},
          blocks.get());
    }
    blocks->Finish();
    const double expected = metric->Value(spelled_out);
    CHECK(blocks->Value(of_block) == doctest::Approx(expected).epsilon(1e-12));
    CHECK(blocks->Whole() == metric->Value(own));
    CHECK(blocks->WholeParts().all == metric->Parts(own).all);
  });
}

TEST_CASE("a label of one class is left out of a mean, and counted") {
  MetricRows rows = RandomRows(TaskType::kMultilabel, 30, 9);
  const MetricRows whole = rows;
  for (std::size_t i = 1; i < rows.y.size(); i += 3) rows.y[i] = 0;
  for (const char* name : {"roc-auc", "pr-auc"}) {
    const auto metric = FindMetric(name).prepare(rows);
    CHECK(metric->Parts(Ones(30)).defined == 2);
    CHECK(metric->Parts(Ones(30)).all == 3);
    // The mean of what the two other labels have by themselves.
    double sum = 0;
    for (const std::size_t label : {std::size_t{0}, std::size_t{2}}) {
      MetricRows one = RandomRows(TaskType::kBinary, 30, 1);
      for (std::size_t row = 0; row < 30; ++row) {
        one.y[row] = whole.y[row * 3 + label];
        one.output[row] = whole.output[row * 3 + label];
      }
      sum += FindMetric(name).prepare(one)->Value(Ones(30));
    }
    CHECK(metric->Value(Ones(30)) == doctest::Approx(sum / 2).epsilon(1e-12));
  }
}

TEST_CASE("a class without a row is left out of a mean over classes") {
  MetricRows rows = RandomRows(TaskType::kMulticlass, 30, 9);
  for (double& y : rows.y) y = y == 2 ? 1 : y;
  const auto metric = FindMetric("roc-auc").prepare(rows);
  CHECK(metric->Parts(Ones(30)).defined == 2);
  CHECK(!std::isnan(metric->Value(Ones(30))));
}

TEST_CASE("a label without any known cell is left out of a mean of cells") {
  MetricRows rows = RandomRows(TaskType::kMultilabel, 20, 7);
  for (std::size_t i = 2; i < rows.y.size(); i += 3) rows.y[i] = std::nan("");
  const auto metric = FindMetric("hamming-loss").prepare(rows);
  CHECK(metric->Parts(Ones(20)).defined == 2);
  CHECK(!std::isnan(metric->Value(Ones(20))));
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
    } else if (HasWrittenTexts(type)) {
      rows.said_texts = rows.true_texts;
    } else if (HasEvents(type)) {
      for (Index row = 0; row < rows.rows; ++row) {
        rows.output[At(row)] = -rows.Y()(row, 0);
        // Who is seen no longer outlives whose event came then.
        if (rows.Y()(row, 1) > 0) rows.output[At(row)] += 0.5;
      }
    } else if (HasNumbers(type)) {
      rows.output.clear();
      for (const double y : rows.y) {
        rows.output.push_back(y);
        rows.output.resize(rows.output.size() + At(rows.output_cols) - 1);
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

MetricRows RanksOf(const std::vector<std::pair<Index, Index>>& truth_said) {
  MetricRows rows;
  rows.type = ParseTaskType("ordinal");
  rows.rows = static_cast<Index>(truth_said.size());
  rows.output_cols = 3;
  for (const auto& [truth, said] : truth_said) {
    rows.y.push_back(static_cast<double>(truth));
    for (Index k = 0; k < 3; ++k) rows.output.push_back(k == said ? 0.8 : 0.1);
  }
  return rows;
}

// Truth against prediction: 2 1 0 | 0 1 1 | 0 0 3. Misses by one class: 2 of 8.
// Squares by chance: 24 at distance 1 and 4 x 18 at distance 2, by the margins
// 3 2 3 and 2 2 4; so kappa is 1 - 2 x 8 / 96.
TEST_CASE("rank metrics count how far a class is missed") {
  const MetricRows rows =
      RanksOf({{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 2}, {2, 2}, {2, 2}, {2, 2}});
  const auto value = [&](const char* name) {
    return FindMetric(name).prepare(rows)->Value(Ones(8));
  };
  CHECK(value("rank-mae") == doctest::Approx(0.25));
  CHECK(value("quadratic-kappa") == doctest::Approx(1 - 2.0 * 8 / 96));
  CHECK(value("accuracy") == doctest::Approx(0.75));
  CHECK(FindMetric("rank-mae").prepare(RanksOf({{0, 2}}))->Value(Ones(1)) == 2);
  CHECK(std::isnan(FindMetric("quadratic-kappa")
                       .prepare(RanksOf({{1, 1}, {1, 1}}))
                       ->Value(Ones(2))));
}

TEST_CASE("an unknown metric is named with its nearest neighbour") {
  CHECK_THROWS_WITH_AS(FindMetric("roc-au"),
                       doctest::Contains("did you mean 'roc-auc'?"), Error);
}

double ValueOf(std::string_view metric, const MetricRows& rows) {
  return FindMetric(metric).prepare(rows)->Value(Ones(rows.rows));
}

MetricRows MetricRowsOf(std::string_view type, Index cols,
                        std::vector<double> y, std::vector<double> output) {
  MetricRows rows;
  rows.type = ParseTaskType(type);
  rows.rows = static_cast<Index>(y.size());
  rows.output_cols = cols;
  rows.y = std::move(y);
  rows.output = std::move(output);
  return rows;
}

TEST_CASE("a row of a class that the model does not know is an error") {
  // The second row has a fourth class.
  const MetricRows rows =
      MetricRowsOf("multiclass", 3, {0, 3}, {.5, .3, .2, .2, .7, .1});
  CHECK(ValueOf("accuracy", rows) == 0.5);
  CHECK(ValueOf("balanced-accuracy", rows) == 0.5);
  CHECK(ValueOf("micro-f1", rows) == 0.5);
  // Class 0 has 1, class 1 and the unknown one 0; class 2 does not occur.
  CHECK(ValueOf("macro-f1", rows) == doctest::Approx(1.0 / 3));
  // -ln .5 and -ln 2^-52.
  CHECK(ValueOf("log-loss", rows) ==
        doctest::Approx((0.6931471805599453 + 36.04365338911715) / 2));
  // .25 + .09 + .04, and .04 + .49 + .01 + 1 for what should be the fourth.
  CHECK(ValueOf("brier", rows) == doctest::Approx((0.38 + 1.54) / 2));
  CHECK(ValueOf("roc-auc", rows) == 1.0);
}

TEST_CASE("a third class is an error of a binary task, and not positive") {
  const MetricRows rows = MetricRowsOf("binary", 1, {1, 0, 2}, {.8, .3, .9});
  CHECK(ValueOf("accuracy", rows) == doctest::Approx(2.0 / 3));
  CHECK(ValueOf("roc-auc", rows) == 0.5);
  CHECK(ValueOf("pr-auc", rows) == 0.5);
  CHECK(ValueOf("brier", rows) ==
        doctest::Approx((0.04 + 0.09 + (0.81 + 0.01 + 1) / 2) / 3));
  CHECK(ValueOf("log-loss", rows) ==
        doctest::Approx(
            (0.2231435513142097 + 0.3566749439387324 + 36.04365338911715) / 3));
}

TEST_CASE(
    "an unknown class of an ordered task is missed by as much as can be") {
  const MetricRows rows =
      MetricRowsOf("ordinal", 3, {2, 3, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0});
  CHECK(ValueOf("rank-mae", rows) == doctest::Approx((0.0 + 2 + 1) / 3));
  // Seen: 4 + 1; by chance: truth 2 against 0, 1, 2: 4 + 1 + 0; unknown twice
  // against 0, 1, 2: 2 (4 + 1 + 4); over 3.
  CHECK(ValueOf("quadratic-kappa", rows) ==
        doctest::Approx(1 - 5.0 * 3 / (5 + 18)));
}

TEST_CASE("unknown classes weigh the same in blocks of rows") {
  ForEachMetric([](const MetricEntry& entry, TaskType type) {
    if (!HasOneClass(type)) return;
    MetricRows rows = RandomRows(type, 30, 5);
    for (std::size_t i = 0; i < rows.y.size(); i += 4) {
      rows.y[i] = static_cast<double>(rows.known_classes());
    }
    std::vector<std::uint16_t> block_of_row;
    std::vector<double> repeated;
    const std::vector<double> of_block = {2, 0, 1};
    for (Index row = 0; row < 30; ++row) {
      block_of_row.push_back(static_cast<std::uint16_t>(row % 3));
      repeated.push_back(of_block[block_of_row.back()]);
    }
    const std::vector<double> ones = Ones(30);
    const auto metric = entry.prepare(rows);
    const auto blocks = entry.prepare(PartOf(rows, 1, 3))->EmptyBlocks(3);
    // The first piece has no row of an unknown class.
    for (const auto& [first, count] :
         {std::pair<Index, Index>{1, 3}, std::pair<Index, Index>{4, 26},
          std::pair<Index, Index>{0, 1}}) {
      entry.prepare(PartOf(rows, first, count))
          ->AddTo({std::span(ones).subspan(At(first), At(count)),
                   std::span(block_of_row).subspan(At(first), At(count))},
                  blocks.get());
    }
    blocks->Finish();
    CHECK(blocks->Value(of_block) == doctest::Approx(metric->Value(repeated)));
    CHECK(blocks->Whole() == doctest::Approx(metric->Value(ones)));
  });
}

}  // namespace
}  // namespace mtlkit
