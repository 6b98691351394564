#include "cotrain/method.h"

#include <doctest/doctest.h>

#include "cotrain/check_run.h"
#include "cotrain/peer_rows.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

std::vector<std::vector<Index>> PartsOf(const std::string& rows_by,
                                        Index peers) {
  const Dataset data = GroupedData();
  RunSpec spec;
  spec.peers = peers;
  spec.cotrain.rows_by = rows_by;
  std::vector<std::vector<Index>> parts;
  for (Index peer = 0; peer < peers; ++peer) {
    parts.push_back(PeerRows(spec, data, data.SplitRows("train"), peer));
  }
  return parts;
}

TEST_CASE("random parts are disjoint, whole and of a size") {
  const auto parts = PartsOf("random", 3);
  std::vector<Index> all;
  for (const auto& part : parts) {
    CHECK(std::is_sorted(part.begin(), part.end()));
    CHECK(part.size() >= 53);
    CHECK(part.size() <= 54);
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end());
  CHECK(all == GroupedData().SplitRows("train"));
}

TEST_CASE("parts by group hold whole groups") {
  const auto parts = PartsOf("group", 2);
  CHECK(parts[0].size() == 120);
  CHECK(parts[1].size() == 40);
  for (const Index row : parts[1]) REQUIRE(row % 4 == 0);
  CHECK(Contains(ErrorOf([] { PartsOf("group", 3); }),
                 "2 --rows-by group leaves a peer without rows"));
}

TEST_CASE("all rows are every peer's") {
  const auto parts = PartsOf("all", 2);
  CHECK(parts[0] == GroupedData().SplitRows("train"));
  CHECK(parts[1] == parts[0]);
}

std::string Refusal(const std::string& method, const SampleRun::Change& change,
                    const Dataset& data = GroupedData()) {
  RunSpec spec;
  spec.method = method;
  spec.peers = 2;
  spec.arch.layers = {"4"};
  change(&spec);
  return ErrorOf([&] { CheckRunSpec(spec, data); });
}

TEST_CASE("settings that would do nothing are refused, by name") {
  CHECK(Refusal("fedavg", [](RunSpec* s) { s->cotrain.weight = 2; }) ==
        "2 --weight has no effect with --method fedavg (leave it out)");
  CHECK(Contains(Refusal("codistillation",
                         [](RunSpec* s) { s->cotrain.params = "trunk"; }),
                 "--params has no effect"));
  CHECK(Contains(
      Refusal("self-training", [](RunSpec* s) { s->cotrain.min_peers = 1; }),
      "--min-peers has no effect"));
  CHECK(Contains(
      Refusal("fedavg", [](RunSpec* s) { s->train.select_on = "sold.brier"; }),
      "--select-on has no effect"));
  CHECK(Contains(Refusal("fedavg", [](RunSpec* s) { s->train.patience = 2; }),
                 "--patience has no effect"));
  CHECK(Refusal("codistillation", [](RunSpec* s) {
          s->train.patience = 2;
          s->cotrain.max_stale = 9;
          s->cotrain.min_peers = 1;
        }).empty());
}

TEST_CASE("peers that a method cannot serve are refused") {
  CHECK(Contains(Refusal("fedavg", [](RunSpec* s) { s->peers = 1; }),
                 "needs at least 2 peers, not 1"));
  CHECK(Refusal("self-training", [](RunSpec* s) { s->peers = 1; }).empty());
  CHECK(Contains(
      Refusal("codistillation", [](RunSpec* s) { s->cotrain.min_peers = 2; }),
      "--min-peers 2: of 2 peers, each has 1 beside it"));
  CHECK(Contains(Refusal("fedavg",
                         [](RunSpec* s) {
                           s->each.resize(2);
                           s->each[0].inputs = {"words"};
                         }),
                 "cannot have views"));
  CHECK(
      Contains(Refusal("codistillation", [](RunSpec* s) { s->each.resize(1); }),
               "every peer or none"));
  CHECK(Contains(Refusal("fedavg",
                         [](RunSpec* s) {
                           s->cotrain.params = "trunk";
                           s->arch.arch = "single";
                         }),
                 "--params trunk: this network shares nothing"));
}

TEST_CASE("labelling needs rows without a label, of tasks with classes") {
  const auto nothing = [](RunSpec*) {};
  CHECK(Refusal("co-training", nothing).empty());
  Dataset data = GroupedData();
  // `kind` has all its labels.
  data.tasks = {data.tasks[0], data.tasks[2]};
  data.labels = {data.labels[0], data.labels[2]};
  CHECK(Contains(Refusal("co-training", nothing, data),
                 "multilabel, ordinal), and no training row is "));
  data.tasks.pop_back();
  data.labels.pop_back();
  CHECK(Contains(Refusal("self-training", nothing, data),
                 "multilabel, ordinal), and there is none (use codi"));
}

TEST_CASE("a protocol of one process is no method of rounds, and says so") {
  CHECK(Contains(ErrorOf([] { FindRoundMethod("mutual"); }),
                 "mtl-cotrain local --method mutual"));
  CHECK(Contains(ErrorOf([] { FindRoundMethod("fedavgg"); }),
                 "did you mean 'fedavg'?"));
}

TEST_CASE("options that a method does not have are refused") {
  CHECK(Contains(Refusal("codistillation:heat=2", [](RunSpec*) {}),
                 "2 --method: codistillation has no option 'heat'"));
}

// Publications of three peers of one value each, for `row` of task 1.
Publication Says(Index peer, Index round, Index row, float value) {
  Publication publication;
  publication.peer = peer;
  publication.round = round;
  publication.tasks = {{1, {row}, {value}}};
  return publication;
}

RoundPlan PlanOf(const RunSpec& spec, const Dataset& data, Index round,
                 const std::vector<Publication>& publications) {
  RoundPlan plan;
  const std::vector<Index> rows = data.SplitRows("train");
  MakeRoundMethod(spec)->Plan({spec, data, rows, 0, round, false, publications},
                              &plan);
  return plan;
}

TEST_CASE("codistillation: the others' mean, less of it the older it is") {
  const Dataset data = GroupedData();
  RunSpec spec;
  spec.method = "codistillation";
  spec.peers = 3;
  spec.cotrain.weight = 0.75;
  spec.cotrain.stale_decay = 0.5;
  const std::vector<Publication> publications = {
      Says(0, 4, 8, 0.9F), Says(1, 4, 8, 0.2F), Says(2, 2, 8, 0.7F)};
  const RoundPlan plan = PlanOf(spec, data, 5, publications);
  REQUIRE(plan.soft_targets.size() == 1);
  CHECK(plan.soft_targets[0].task == 1);
  CHECK(plan.soft_targets[0].factor == 0.75);
  CHECK(plan.soft_targets[0].rows == std::vector<Index>{8});
  // (1 x 0.2 + 0.25 x 0.7) / 1.25, its own 0.9 apart.
  CHECK(plan.soft_targets[0].values[0] == doctest::Approx(0.3));
  spec.cotrain.burn_in = 5;
  CHECK(PlanOf(spec, data, 5, publications).soft_targets.empty());
}

TEST_CASE("self-training: a peer learns what it said itself") {
  const Dataset data = GroupedData();
  RunSpec spec;
  spec.method = "self-training";
  spec.peers = 1;
  spec.cotrain.pool = 0;
  Publication own;
  own.round = 1;
  // Every fifth row has no label of task 1; the surest of each class.
  own.tasks = {{1, {}, {}}};
  for (Index row = 0; row < 160; row += 5) {
    own.tasks[0].rows.push_back(row);
    own.tasks[0].values.push_back(row == 30 ? 0.99F : row == 45 ? 0.02F : 0.5F);
  }
  const RoundPlan plan = PlanOf(spec, data, 2, {own});
  CHECK(plan.starts_afresh);
  REQUIRE(plan.extra_labels.size() == 1);
  CHECK(plan.extra_labels[0].rows == std::vector<Index>{30, 45});
  CHECK(plan.extra_labels[0].values == std::vector<float>{1, 0});
  CHECK(plan.selections.size() == 2);
}

}  // namespace
}  // namespace mtlkit
