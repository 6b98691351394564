// Files of predictions and what messages call them.
#include "eval/pool.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "base/error.h"
#include "eval/join.h"
#include "eval/sample.h"

namespace mtlkit {
namespace {

Predictions SoldIn(std::vector<std::int64_t> ids) {
  Predictions predictions;
  TaskPredictions task;
  task.task.name = "sold";
  task.task.type = TaskType::kBinary;
  task.task.classes = {"no", "yes"};
  task.prob.assign(ids.size(), 0.5F);
  task.y.assign(ids.size(), 1.0F);
  predictions.tasks.push_back(std::move(task));
  predictions.ids = std::move(ids);
  return predictions;
}

TEST_CASE("messages name the files that models came from") {
  std::vector<NamedSource> sources =
      Held({{"a", SoldIn({1, 2})}, {"a", SoldIn({3})}, {"a", SoldIn({4, 2})}});
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i].files = {Str("p", i, ".h5")};
  }
  CHECK_THROWS_WITH_AS(
      PoolByName(sources),
      doctest::Contains("p0.h5 and p2.h5: the row '2' is predicted twice"),
      Error);
  sources.pop_back();
  sources[1].name = "b";
  const JoinedModels joined(PoolByName(sources));
  CHECK_THROWS_WITH_AS(
      joined.Take(0),
      doctest::Contains("p1.h5: task 'sold' has no prediction for the row '1' "
                        "that 'p0.h5' predicts"),
      Error);
}

TEST_CASE("one model is not two seeds") {
  Predictions first = SoldIn({1});
  first.model_sha256 = "ab";
  std::vector<NamedSource> sources = Held({{"a", first}, {"a", first}});
  sources[1].seed = 1;
  CHECK_THROWS_WITH_AS(PoolByName(sources),
                       doctest::Contains("of one model, not of two seeds"),
                       Error);
  first.model_sha256 = "cd";
  sources[1].source = HoldPredictions(first);
  CHECK(PoolByName(sources).size() == 2);
}

TEST_CASE("pooled files whose weights differ in what chose them say nothing") {
  Predictions chosen = SoldIn({1});
  chosen.selected_on = "valid";
  chosen.model_sha256 = "ab";
  const Predictions last = SoldIn({2});
  for (const bool turned : {false, true}) {
    const auto pooled = PoolByName(
        Held({{"a", turned ? last : chosen}, {"a", turned ? chosen : last}}));
    CHECK(pooled[0].source->selected_on() == "");
    CHECK(!pooled[0].source->has_model());
  }
}

}  // namespace
}  // namespace mtlkit
