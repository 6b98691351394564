// Methods by the votes of several peers, against values worked out by hand.
#include "cotrain/committee.h"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

constexpr Index kSold = 1;  // binary; every fifth row has no label

const Dataset& TheData() {
  static const Dataset data = GroupedData();
  return data;
}
bool IsLabelled(Index row) {
  return row % 5 != 0;
}
float TruthOf(Index row) {
  return TheData()
      .labels[kSold]
      .values.Numbers()[static_cast<std::size_t>(row)];
}

using Says = std::function<bool(Index row)>;

// What a peer says of all training and validation rows.
Publication Of(Index peer, Index round, const Says& says) {
  Publication publication;
  publication.peer = peer;
  publication.round = round;
  PublishedTask task;
  task.task = kSold;
  for (Index row = 0; row < 200; ++row) {
    task.rows.push_back(row);
    task.values.push_back(says(row) ? 0.9F : 0.1F);
  }
  publication.tasks = {task};
  return publication;
}

// The truth, but for the first `wrong` labelled rows; "yes" without a label.
Says Right(Index wrong) {
  return [wrong](Index row) {
    if (!IsLabelled(row)) return true;
    const Index number = row - row / 5 - 1;  // among those with a label
    return (TruthOf(row) > 0.5F) != (number < wrong);
  };
}

RoundPlan PlanOf(const std::string& method, Index round,
                 const std::vector<Publication>& publications) {
  RunSpec spec;
  spec.method = method;
  spec.peers = 3;
  const std::vector<Index> rows = TheData().SplitRows("train");
  RoundPlan plan;
  MakeRoundMethod(spec)->Plan(
      {spec, TheData(), rows, 0, round, false, publications}, &plan);
  return plan;
}

std::size_t RowsLearned(const RoundPlan& plan) {
  return plan.extra_labels.empty() ? 0 : plan.extra_labels[0].rows.size();
}

TEST_CASE("tri-training begins with bootstraps of the labels") {
  const RoundPlan plan = PlanOf("tri-training", 1, {});
  const ExtraLabels& drawn = plan.resampled.front();
  CHECK(drawn.task == kSold);
  CHECK(drawn.rows.size() == 128);
  float sum = 0;
  Index absent = 0;
  for (std::size_t i = 0; i < drawn.rows.size(); ++i) {
    CHECK(drawn.values[i] == TruthOf(drawn.rows[i]));
    sum += drawn.weights[i];
    absent += drawn.weights[i] == 0;
  }
  CHECK(sum == 128);
  // About 1 / e of them.
  CHECK(absent > 32);
  CHECK(absent < 62);
}

// e = 16 / 128, so that l' = floor(1/3 + 1) = 1 and of the 32 rows
// ceil(.5 x 1 / .125 - 1) = 3 stay; then, from e' = .125 and l' = 3 on,
// e = 8 / 128: ceil(.125 x 3 / .0625 - 1) = 5.
TEST_CASE("tri-training: the error test and its subsamples") {
  RoundPlan plan =
      PlanOf("tri-training", 2,
             {Of(0, 1, Right(0)), Of(1, 1, Right(16)), Of(2, 1, Right(16))});
  CHECK(RowsLearned(plan) == 3);
  CHECK_FALSE(plan.keeps_model);
  Publication own = Of(0, 2, Right(0));
  own.arrays = plan.arrays;
  own.selections = plan.selections;
  plan =
      PlanOf("tri-training", 3, {own, Of(1, 2, Right(8)), Of(2, 2, Right(8))});
  CHECK(RowsLearned(plan) == 5);
  own.arrays = plan.arrays;
  own.selections = plan.selections;
  // No better: it stays as it is, with the rows that it has.
  plan =
      PlanOf("tri-training", 4, {own, Of(1, 3, Right(8)), Of(2, 3, Right(8))});
  CHECK(plan.keeps_model);
  CHECK(plan.selections.size() == 5);
  CHECK(plan.notes.size() == 1);
  // Without an error all that is agreed on is learned.
  plan =
      PlanOf("tri-training", 4, {own, Of(1, 3, Right(0)), Of(2, 3, Right(0))});
  CHECK(RowsLearned(plan) == 32);
}

TEST_CASE("tri-training: nothing without two others, or where they differ") {
  CHECK(PlanOf("tri-training", 2, {Of(0, 1, Right(0)), Of(1, 1, Right(0))})
            .keeps_model);
  const RoundPlan plan =
      PlanOf("tri-training:error-test=no", 2,
             {Of(0, 1, Right(0)), Of(1, 1, Right(0)),
              Of(2, 1, [](Index row) { return row >= 80; })});
  // Of the unlabelled rows 80, 85, ... 155.
  CHECK(RowsLearned(plan) == 16);
}

// "no" of rows without a label, against the two that say "yes".
TEST_CASE("democratic: it learns where it is outvoted") {
  const Says own = [](Index row) { return IsLabelled(row) && Right(0)(row); };
  const RoundPlan plan = PlanOf(
      "democratic", 2, {Of(0, 1, own), Of(1, 1, Right(0)), Of(2, 1, Right(0))});
  REQUIRE(RowsLearned(plan) == 32);
  CHECK(plan.extra_labels[0].values[0] == 1);
  // With the others it agrees: nothing to learn.
  CHECK(RowsLearned(PlanOf("democratic", 2,
                           {Of(0, 1, Right(0)), Of(1, 1, Right(0)),
                            Of(2, 1, Right(0))})) == 0);
}

// All are right half the time on 32 validation rows: l = .327, e' = 21.5, and
// 160 (1 - 43 / 160)^2 = 85 is less than 128.
TEST_CASE("democratic: what is too uncertain is not learned") {
  const auto half = [](bool unlabelled) {
    return [unlabelled](Index row) {
      if (!IsLabelled(row)) return unlabelled;
      return (TruthOf(row) > 0.5F) != (row % 2 == 0);
    };
  };
  const RoundPlan plan = PlanOf(
      "democratic", 2,
      {Of(0, 1, half(false)), Of(1, 1, half(true)), Of(2, 1, half(true))});
  CHECK(RowsLearned(plan) == 0);
  CHECK(plan.notes.size() == 1);
}

}  // namespace
}  // namespace mtlkit
