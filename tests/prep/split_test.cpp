#include "prep/split.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "data/small_table.h"

namespace mtlkit {
namespace {

constexpr Seed kSeeds[] = {1, 2, 3, 4, 5};

Rng TestRng(Seed seed) {
  return Rng(seed, RandomPurpose::kTest);
}

// How many got each part; -1 counts as the last.
std::vector<Index> Sizes(const Parts& parts, std::size_t count) {
  std::vector<Index> sizes(count + 1);
  for (const Index part : parts) {
    ++sizes[part < 0 ? count : static_cast<std::size_t>(part)];
  }
  return sizes;
}

TEST_CASE("random parts have the sizes asked for") {
  for (const Seed seed : kSeeds) {
    const Parts parts = DivideRandom(101, {0.15, 0.5}, TestRng(seed));
    CHECK(Sizes(parts, 2) == std::vector<Index>{15, 51, 35});
  }
  CHECK(DivideRandom(101, {0.5}, TestRng(1)) !=
        DivideRandom(101, {0.5}, TestRng(2)));
}

TEST_CASE("every stratum is dealt out in the same fractions") {
  const std::vector<Index> counts{1000, 100, 10, 1};
  std::vector<std::int64_t> strata;
  for (std::size_t s = 0; s < counts.size(); ++s) {
    strata.insert(strata.end(), static_cast<std::size_t>(counts[s]),
                  static_cast<std::int64_t>(s));
  }
  const std::vector<double> fractions{0.7, 0.2, 0.1};
  for (const Seed seed : kSeeds) {
    const Parts parts = DivideStratified(strata, fractions, TestRng(seed));
    std::map<std::pair<std::int64_t, Index>, double> count;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      ++count[{strata[i], parts[i]}];
    }
    for (std::size_t s = 0; s < counts.size(); ++s) {
      for (std::size_t part = 0; part < 3; ++part) {
        const double share = fractions[part] * static_cast<double>(counts[s]);
        CHECK(std::abs(count[{static_cast<std::int64_t>(s),
                              static_cast<Index>(part)}] -
                       share) < 3);
      }
    }
  }
}

TEST_CASE("groups are never cut, and parts come near their sizes") {
  std::vector<std::int64_t> groups;
  for (int group = 0; group < 60; ++group) {
    groups.insert(groups.end(), static_cast<std::size_t>(1 + group % 7), group);
  }
  for (const Seed seed : kSeeds) {
    const Parts parts = DivideGrouped(groups, {0.25, 0.75}, TestRng(seed));
    std::map<std::int64_t, std::set<Index>> parts_of;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      parts_of[groups[i]].insert(parts[i]);
    }
    for (const auto& [group, own] : parts_of) CHECK(own.size() == 1);
    const auto quarter = static_cast<double>(parts.size()) / 4;
    CHECK(std::abs(static_cast<double>(Sizes(parts, 2)[0]) - quarter) < 7);
  }
}

TEST_CASE("rows with several labels are dealt out evenly for each label") {
  // Label l is on every (l + 2)-th row; some rows have none.
  std::vector<std::vector<Index>> labels(300);
  std::vector<double> total(5);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    for (Index label = 0; label < 5; ++label) {
      if (row % static_cast<std::size_t>(label * 7 + 2) != 0) continue;
      labels[row].push_back(label);
      ++total[static_cast<std::size_t>(label)];
    }
  }
  for (const Seed seed : kSeeds) {
    const Parts parts = DivideIterative(labels, 5, {0.2, 0.8}, TestRng(seed));
    std::vector<double> own(5);
    for (std::size_t row = 0; row < labels.size(); ++row) {
      CHECK(parts[row] >= 0);
      if (parts[row] != 0) continue;
      for (const Index label : labels[row]) {
        ++own[static_cast<std::size_t>(label)];
      }
    }
    for (std::size_t label = 0; label < 5; ++label) {
      CHECK(std::abs(own[label] - 0.2 * total[label]) <= 1.5);
    }
    CHECK(std::abs(static_cast<double>(Sizes(parts, 2)[0]) - 60) <= 3);
  }
}

Dataset Rows(Index count) {
  return TableOf(count, {});
}

void RequirePartition(const Dataset& dataset, bool folds) {
  std::vector<int> seen(static_cast<std::size_t>(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    if (IsFoldName(name) != folds) continue;
    for (const Index row : rows) ++seen[static_cast<std::size_t>(row)];
  }
  for (const int times : seen) CHECK(times == 1);
}

TEST_CASE("splits are disjoint and complete for any seed") {
  for (const Seed seed : kSeeds) {
    Dataset rows = Rows(200);
    AddSplits({{"valid", 0.15}, {"test", 0.2}}, {}, seed, &rows);
    CHECK(rows.splits["valid"].size() == 30);
    CHECK(rows.splits["test"].size() == 40);
    CHECK(rows.splits["train"].size() == 130);
    RequirePartition(rows, false);
    CheckDataset(rows);
  }
}

TEST_CASE("a split that is there stays; others come out of train") {
  Dataset rows = Rows(100);
  std::vector<Index> test;
  for (Index row = 0; row < 20; ++row) test.push_back(row * 5);
  rows.splits["test"] = test;
  AddSplits({{"train", 0.7}, {"valid", 0.25}}, {}, 3, &rows);
  CHECK(rows.splits["test"] == test);
  CHECK(rows.splits["valid"].size() == 20);
  CHECK(rows.splits["train"].size() == 56);

  const auto train = rows.splits["train"];
  CHECK(MessageOf([&] {
          AddSplits({{"valid", 0.5}}, {}, 3, &rows);
        }) ==
        "--split valid: there is a split of that name already, of 20 of 100 "
        "rows");
  CHECK(rows.splits["train"] == train);
}

TEST_CASE("folds divide the training rows") {
  for (const Seed seed : kSeeds) {
    Dataset rows = Rows(103);
    AddFolds(5, {}, seed, &rows);
    RequirePartition(rows, true);
    std::size_t held_out = 0;
    for (int fold = 0; fold < 5; ++fold) {
      held_out += rows.splits[Str("fold", fold)].size();
    }
    CHECK(held_out == 103);
  }
}

TEST_CASE("a fold of a dataset with a test split leaves the test rows alone") {
  Dataset rows = Rows(10);
  rows.splits["test"] = {0, 1};
  AddFolds(2, {}, 1, &rows);
  CHECK(rows.splits["fold0"].size() == 4);
  CHECK(rows.splits["fold1"].size() == 4);
  CHECK(std::min(rows.splits["fold0"][0], rows.splits["fold1"][0]) == 2);
}

TEST_CASE("requests that cannot be met say so") {
  Dataset rows = Rows(10);
  CHECK(MessageOf([&] {
          AddSplits({{"valid", 0.01}}, {}, 1, &rows);
        }) == "split 'valid' would have none of 10 rows");
  CHECK(MessageOf([&] {
          AddSplits({{"valid", 1}}, {}, 1, &rows);
        }) == "--split leaves no rows to train on");
  CHECK(MessageOf([&] {
          AddSplits({{"valid", 0.7}, {"test", 0.7}}, {}, 1, &rows);
        }) == "the fractions of --split add up to 1.4");
  CHECK(MessageOf([&] { ParseSplitPart("valid=x"); }) ==
        "--split valid=x is not NAME=FRACTION");
  CHECK(MessageOf([&] { AddFolds(11, {}, 1, &rows); }) ==
        "--folds 11: there are only 10 training rows");
  CHECK(MessageOf([&] { rows.SplitRows("trian"); }) ==
        "there is no split 'trian'");
}

}  // namespace
}  // namespace mtlkit
