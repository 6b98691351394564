#include "cotrain/teaching.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "cotrain/sample_run.h"
#include "cotrain/selection.h"
#include "data/head.h"

namespace mtlkit {
namespace {

// Task 1 ("sold") is binary, and every fifth row lacks its label.
Publication SaysOf(Index peer, Index row, float value, Index round = 1) {
  Publication publication;
  publication.peer = peer;
  publication.round = round;
  publication.tasks = {{1, {row}, {value}}};
  return publication;
}

RoundPlan PlanFor(const std::string& method,
                  const std::vector<Publication>& publications,
                  Index round = 2) {
  const Dataset data = GroupedData();
  RunSpec spec;
  spec.method = method;
  spec.peers = 3;
  spec.train.epochs = 7;
  const std::vector<Index> rows = data.SplitRows("train");
  RoundPlan plan;
  MakeRoundMethod(spec)->Plan({spec, data, rows, 0, round, false, publications},
                              &plan);
  return plan;
}

TEST_CASE("fedmd: the mean of all logits, its own among them") {
  const RoundPlan plan =
      PlanFor("fedmd", {SaysOf(0, 15, 0.9F), SaysOf(1, 15, 0.2F)});
  REQUIRE(plan.soft_targets.size() == 1);
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  const double z = (logit(0.9) + logit(0.2)) / 2;
  CHECK(static_cast<double>(plan.soft_targets[0].values[0]) ==
        doctest::Approx(1 / (1 + std::exp(-z))).epsilon(1e-6));
  CHECK_FALSE(plan.starts_afresh);
}

TEST_CASE("fedmd: several classes, in proportion to their geometric mean") {
  Publication one;
  one.peer = 1;
  one.round = 1;
  const Dataset data = GroupedData();
  Index kind = 0;
  while (!data.tasks[static_cast<std::size_t>(kind)].traits().one_class ||
         data.tasks[static_cast<std::size_t>(kind)].traits().has_positive) {
    ++kind;
  }
  const Task& task = data.tasks[static_cast<std::size_t>(kind)];
  REQUIRE(task.prediction_cols() == 3);
  Publication two = one;
  two.peer = 2;
  one.tasks = {{kind, {15}, {0.7F, 0.2F, 0.1F}}};
  two.tasks = {{kind, {15}, {0.1F, 0.2F, 0.7F}}};
  TeachingRule rule;
  rule.consensus = Consensus::kLogMean;
  RunSpec spec;
  spec.peers = 3;
  const std::vector<Index> rows = data.SplitRows("train");
  const std::vector<Publication> both = {one, two};
  RoundPlan plan;
  PlanTeaching({spec, data, rows, 0, 2, false, both}, rule, &plan);
  REQUIRE(plan.soft_targets.size() == 1);
  const double outer = std::sqrt(0.07);
  const double total = 2 * outer + 0.2;
  const auto& values = plan.soft_targets[0].values;
  CHECK(static_cast<double>(values[0]) ==
        doctest::Approx(outer / total).epsilon(1e-5));
  CHECK(static_cast<double>(values[1]) ==
        doctest::Approx(0.2 / total).epsilon(1e-5));
}

TEST_CASE("co-em: the others' probabilities, of rows without a label only") {
  // Row 16 has a label.
  const RoundPlan plan = PlanFor(
      "co-em", {SaysOf(0, 15, 0.9F), SaysOf(1, 15, 0.2F), SaysOf(2, 16, 0.4F)});
  REQUIRE(plan.soft_targets.size() == 1);
  CHECK(plan.soft_targets[0].rows == std::vector<Index>{15});
  CHECK(plan.soft_targets[0].values == std::vector<float>{0.2F});
  CHECK(plan.starts_afresh);
}

TEST_CASE("born-again: the generation before it, and nobody else") {
  const RoundPlan plan =
      PlanFor("born-again", {SaysOf(0, 16, 0.9F), SaysOf(1, 16, 0.2F)});
  REQUIRE(plan.soft_targets.size() == 1);
  CHECK(plan.soft_targets[0].values == std::vector<float>{0.9F});
  CHECK(plan.starts_afresh);
}

TEST_CASE("bam: from the others to the labels over the round") {
  const RoundPlan plan = PlanFor("bam", {SaysOf(1, 16, 0.2F)});
  REQUIRE(plan.soft_targets.size() == 1);
  CHECK(plan.soft_targets[0].fall_epochs == 7);
}

TEST_CASE("must: probabilities, or classes of those that are sure") {
  CHECK(PlanFor("must", {SaysOf(1, 15, 0.2F)}).soft_targets.size() == 1);
  const RoundPlan hard = PlanFor("must:labels=hard", {SaysOf(1, 15, 0.2F)});
  CHECK(hard.soft_targets.empty());
  REQUIRE(hard.extra_labels.size() == 1);
  CHECK(hard.extra_labels[0].values == std::vector<float>{0});
}

TEST_CASE("fedct: the label that most say, nothing where votes are even") {
  const auto even =
      PlanFor("fedct", {SaysOf(0, 15, 0.9F), SaysOf(1, 15, 0.2F)});
  CHECK(even.extra_labels.empty());
  const auto most = PlanFor(
      "fedct", {SaysOf(0, 15, 0.9F), SaysOf(1, 15, 0.2F), SaysOf(2, 15, 0.1F)});
  REQUIRE(most.extra_labels.size() == 1);
  CHECK(most.extra_labels[0].rows == std::vector<Index>{15});
  CHECK(most.extra_labels[0].values == std::vector<float>{0});
}

TEST_CASE("codistillation: temperature and scale are those of the loss") {
  const auto plan =
      PlanFor("codistillation:temperature=2", {SaysOf(1, 16, 0.2F)});
  REQUIRE(plan.soft_targets.size() == 1);
  CHECK(plan.soft_targets[0].loss ==
        "distillation:temperature=2,scale-by-square=yes");
}

}  // namespace
}  // namespace mtlkit
