#include "cotrain/selection.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/rng.h"

namespace mtlkit {
namespace {

Task Digits(Index classes) {
  Task task;
  task.name = "digit";
  task.type = TaskType::kMulticlass;
  for (Index k = 0; k < classes; ++k) task.classes.push_back(Str(k));
  return task;
}

std::string Text(const std::vector<Selection>& selections) {
  std::string text;
  for (const Selection& s : selections) {
    text += Str(text.empty() ? "" : " ", s.row, ":", s.label, " by ",
                s.proposer, " for ", s.receiver);
  }
  return text;
}

// Two classes, four rows; each row's probability of class 1.
Opinion Of(Index peer, const std::vector<float>& ones) {
  Opinion opinion{peer, {}};
  for (const float p : ones) {
    opinion.probabilities.push_back(1 - p);
    opinion.probabilities.push_back(p);
  }
  return opinion;
}

const std::vector<Index> kPool = {10, 11, 12, 13};

TEST_CASE("shared: all learn what each proposes") {
  const auto selected = SelectExamples(
      Digits(2), 0, kPool,
      {Of(0, {0.9F, 0.1F, 0.6F, 0.4F}), Of(1, {0.5F, 0.5F, 0.8F, 0.2F})},
      {"shared", {1}, 0}, 3);
  CHECK(Text(selected) ==
        "10:1 by 0 for -1 11:0 by 0 for -1 "
        "12:1 by 1 for -1 13:0 by 1 for -1");
  CHECK(selected.front().round == 3);
}

TEST_CASE("a row with two labels: none, the first, or the surest one's") {
  const auto chosen = [](const std::string& conflict) {
    return Text(SelectExamples(Digits(2), 0, {10},
                               {Of(0, {0.2F}), Of(1, {0.9F})},
                               {"shared", {1}, 0, conflict}, 3));
  };
  CHECK(chosen("drop").empty());
  CHECK(chosen("first") == "10:0 by 0 for -1");
  CHECK(chosen("confident") == "10:1 by 1 for -1");
}

TEST_CASE("picks differ by class") {
  Task task = Digits(2);
  task.classes = {"no", "yes"};
  CHECK(PicksPerClass({"1"}, task) == std::vector<Index>{1, 1});
  CHECK(PicksPerClass({"2", "yes=0"}, task) == std::vector<Index>{2, 0});
  CHECK(PicksPerClass({"no=3"}, task) == std::vector<Index>{3, 1});
  const auto selected =
      SelectExamples(task, 0, kPool, {Of(0, {0.9F, 0.1F, 0.6F, 0.4F})},
                     {"shared", {2, 0}, 0}, 3);
  CHECK(Text(selected) == "11:0 by 0 for -1 13:0 by 0 for -1");
}

TEST_CASE("cross: a peer learns what the other proposes") {
  const auto selected = SelectExamples(
      Digits(2), 0, kPool,
      {Of(0, {0.9F, 0.1F, 0.6F, 0.4F}), Of(1, {0.5F, 0.5F, 0.8F, 0.2F})},
      {"cross", {1}, 0}, 3);
  CHECK(Text(selected) ==
        "10:1 by 0 for 1 11:0 by 0 for 1 "
        "12:1 by 1 for 0 13:0 by 1 for 0");
}

TEST_CASE("agree: only rows on which the peers predict the same class") {
  const auto selected = SelectExamples(
      Digits(2), 0, kPool,
      {Of(0, {0.99F, 0.1F, 0.6F, 0.4F}), Of(1, {0.1F, 0.3F, 0.8F, 0.2F})},
      {"agree", {1}, 0}, 3);
  // Row 10, the first peer's surest, is contested.
  CHECK(Text(selected) == "11:0 by 0 for -1 12:1 by 0 for -1 13:0 by 1 for -1");
}

TEST_CASE("agree: one peer alone selects nothing") {
  CHECK(SelectExamples(Digits(2), 0, kPool, {Of(0, {0.9F, 0.9F, 0.9F, 0.9F})},
                       {"agree", {1}, 0}, 3)
            .empty());
}

TEST_CASE("a row with two different labels is dropped") {
  const auto selected =
      SelectExamples(Digits(2), 0, {10}, {Of(0, {0.9F}), Of(1, {0.1F})},
                     {"shared", {1}, 0}, 3);
  CHECK(selected.empty());
}

TEST_CASE("nothing less certain than the threshold is selected") {
  const auto selected =
      SelectExamples(Digits(2), 0, kPool, {Of(0, {0.9F, 0.45F, 0.6F, 0.4F})},
                     {"shared", {4}, 0.7}, 3);
  CHECK(Text(selected) == "10:1 by 0 for -1");
}

TEST_CASE("the order of opinions does not matter") {
  const Rng rng(8, RandomPurpose::kTest);
  for (Index trial = 0; trial < 50; ++trial) {
    std::vector<Index> pool;
    std::vector<Opinion> opinions;
    for (Index row = 0; row < 30; ++row) pool.push_back(row);
    for (Index peer = 0; peer < 3; ++peer) {
      std::vector<float> ones;
      for (Index row = 0; row < 30; ++row) {
        ones.push_back(
            static_cast<float>(rng.Uniform(trial, peer * 100 + row)));
      }
      opinions.push_back(Of(peer, ones));
    }
    for (const char* labelling : {"shared", "cross", "agree"}) {
      const SelectionRule rule{labelling, {2}, 0};
      const auto forwards =
          SelectExamples(Digits(2), 0, pool, opinions, rule, 1);
      auto turned = opinions;
      std::reverse(turned.begin(), turned.end());
      CHECK(forwards == SelectExamples(Digits(2), 0, pool, turned, rule, 1));
    }
  }
}

TEST_CASE("binary tasks have one column, and both classes are picked") {
  Task task;
  task.name = "sold";
  task.type = TaskType::kBinary;
  task.classes = {"no", "yes"};
  const auto selected = SelectExamples(
      task, 0, kPool, {{0, {0.9F, 0.05F, 0.6F, 0.4F}}}, {"shared", {1}, 0}, 3);
  CHECK(Text(selected) == "10:1 by 0 for -1 11:0 by 0 for -1");
}

// Whatever is drawn: every row is labelled at most once, the pool never holds
// a labelled row again, and in the end every row has had its turn.
TEST_CASE("rows enter once and all are reached") {
  for (Seed seed = 0; seed < 20; ++seed) {
    const Rng rng(seed, RandomPurpose::kTest);
    std::vector<Index> unlabelled;
    for (Index row = 0; row < 47; ++row) unlabelled.push_back(row * 2);
    std::vector<Selection> selected;
    std::set<Index> labelled;
    for (Index round = 1; round < 100; ++round) {
      const auto pool =
          PoolOf(unlabelled, RowsDrawn(9, 2, round + 1), seed, selected, 0);
      if (pool.empty()) break;
      REQUIRE(pool.size() <= 9);
      std::vector<float> ones;
      for (const Index row : pool) {
        REQUIRE_FALSE(labelled.contains(row));
        ones.push_back(static_cast<float>(rng.Uniform(round, row)));
      }
      const auto chosen = SelectExamples(Digits(2), 0, pool, {Of(0, ones)},
                                         {"shared", {1}, 0}, round);
      REQUIRE_FALSE(chosen.empty());
      for (const Selection& selection : chosen) {
        REQUIRE(labelled.insert(selection.row).second);
        selected.push_back(selection);
      }
    }
    CHECK(labelled.size() == unlabelled.size());
  }
}

// 190 of 200 rows are disputed for ever: those in the pool may not keep out
// the rest.
TEST_CASE("rows on which peers disagree do not fill the pool") {
  std::vector<Index> unlabelled;
  for (Index row = 0; row < 200; ++row) unlabelled.push_back(row);
  std::vector<Selection> selected;
  Index largest = 0;
  for (Index round = 2; round <= 60; ++round) {
    const auto pool =
        PoolOf(unlabelled, RowsDrawn(10, 4, round), 3, selected, 0);
    largest = std::max(largest, static_cast<Index>(pool.size()));
    std::vector<float> one;
    std::vector<float> two;
    for (const Index row : pool) {
      one.push_back(row % 2 == 0 ? 0.9F : 0.1F);
      two.push_back(row % 20 != 0 ? 1 - one.back() : one.back());
    }
    const auto chosen = SelectExamples(
        Digits(2), 0, pool, {Of(0, one), Of(1, two)}, {"agree", {1}, 0}, round);
    selected.insert(selected.end(), chosen.begin(), chosen.end());
  }
  CHECK(selected.size() == 10);
  CHECK(largest == 190);
}

TEST_CASE("the pool begins with u rows, and grows by what a round may take") {
  CHECK(RowsDrawn(75, 8, 1) == 75);
  CHECK(RowsDrawn(75, 8, 2) == 75);
  CHECK(RowsDrawn(75, 8, 3) == 83);
  CHECK(RowsDrawn(75, 8, 30) == 299);
  CHECK(RowsDrawn(0, 8, 30) == 0);
  std::vector<Index> rows;
  for (Index row = 0; row < 90; ++row) rows.push_back(row);
  CHECK(PoolOf(rows, 83, 1, {}, 0).size() == 83);
  CHECK(PoolOf(rows, 0, 1, {}, 0) == rows);
  CHECK(PoolOf(rows, 299, 1, {{0, 5}, {1, 6}}, 0).size() == 89);
}

TEST_CASE("where nothing is selected, the reason is given") {
  const auto why = [](const std::vector<Index>& pool,
                      const std::vector<Opinion>& opinions,
                      const SelectionRule& rule) {
    CHECK(SelectExamples(Digits(2), 0, pool, opinions, rule, 2).empty());
    return WhyNothing(Digits(2), pool, opinions, rule);
  };
  const Opinion yes = Of(0, {0.9F, 0.8F});
  const Opinion no = Of(1, {0.1F, 0.2F});
  const std::vector<Index> pool = {4, 5};
  CHECK(why({}, {yes, no}, {"agree", {1}, 0}) ==
        "every unlabelled row has been labelled");
  CHECK(why(pool, {}, {"shared", {1}, 0}) ==
        "no peer has published what it predicts");
  CHECK(why(pool, {yes}, {"agree", {1}, 0}) ==
        "only one peer has published, and none can agree with it");
  CHECK(why(pool, {yes, no}, {"agree", {1}, 0}) ==
        "peers disagree on 2 rows of the pool");
  CHECK(why(pool, {yes, no}, {"shared", {2}, 0}) ==
        "peers contradict each other on all that they would propose of 2 rows "
        "of the pool");
  CHECK(why(pool, {yes}, {"shared", {1}, 0.95}) ==
        "no prediction on 2 rows of the pool reaches --threshold 0.95");
}

TEST_CASE("unlabelled rows are those without a label of the task") {
  Dataset data;
  data.rows = 4;
  data.tasks = {Digits(2), Digits(2)};
  data.labels = {{{}, true, {0, NAN, 1, NAN}, {}},
                 {{1, 3}, false, {0, NAN}, {}}};
  CHECK(UnlabelledRows(data, 0, {0, 1, 2, 3}) == std::vector<Index>{1, 3});
  // A task with rows of its own is about these only.
  CHECK(UnlabelledRows(data, 1, {0, 1, 2, 3}) == std::vector<Index>{3});
  CHECK(RowsOfTask(data, 1, {0, 1, 2}) == std::vector<Index>{1});
  CHECK(UnlabelledRows(data, 0, {2, 3}) == std::vector<Index>{3});
}

}  // namespace
}  // namespace mtlkit
