#include "cotrain/compare_run.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

// Student's t of 2 degrees of freedom is 4.303; differences 1, 2, 3.
TEST_CASE("differences are paired by draw, with Student's interval") {
  const ComparedArm one = {"one", {{2}, {4}, {6}}};
  const ComparedArm other = {"other", {{1}, {2}, {3}}};
  const PairedDifference difference = DifferenceOf(one, other, 0);
  CHECK(difference.mean == doctest::Approx(2));
  CHECK(difference.half ==
        doctest::Approx(4.30265 / std::sqrt(3.0)).epsilon(1e-4));
  const PairedDifference single =
      DifferenceOf({"one", {{2}}}, {"other", {{1}}}, 0);
  CHECK(single.mean == 1);
  CHECK(std::isnan(single.half));
}

TEST_CASE("a method beside its peers alone and one network on all") {
  const TempFolder folder;
  WriteDataset(GroupedData(), folder / "data.h5");
  RunSpec spec;
  spec.method = "fedavg";
  spec.peers = 2;
  spec.arch.layers = {"4"};
  spec.train.epochs = 1;
  CompareRequest request;
  request.rounds = 2;
  request.draws = 2;
  const std::string cells = folder / "cells";
  const Comparison comparison =
      CompareRuns(cells, spec, {folder / "data.h5"}, request, {});
  REQUIRE(comparison.arms.size() == 5);
  CHECK(comparison.arms[0].name == "fedavg, a peer");
  CHECK(comparison.arms[4].name == "one network on all");
  CHECK(comparison.tasks.size() == 4);
  for (const ComparedArm& arm : comparison.arms) {
    REQUIRE(arm.values.size() == 2);
    CHECK(arm.values[0] != arm.values[1]);
    for (const double value : arm.values[1]) CHECK(std::isfinite(value));
  }
  // As many rounds for those that are left alone, and as many rows.
  const RunFolder alone(cells + "/draw01/alone");
  CHECK(alone.NewestRound(1) == 2);
  CHECK(ReadSpec(alone).cotrain.rows_by == "random");
  const RunFolder pooled(cells + "/draw00/pooled");
  CHECK(PeekDone(pooled, 0, 1)->rows > PeekDone(alone, 0, 1)->rows);
  // One draw alone, and again: nothing is trained, and numbers are the same.
  request.draw = 1;
  const Comparison again =
      CompareRuns(cells, spec, {folder / "data.h5"}, request, {});
  CHECK(again.arms[1].values[0] == comparison.arms[1].values[1]);
  CHECK(Contains(RenderText(again), "of one draw there is no interval"));
  CHECK(RenderJson(comparison).at("differences").size() == 12);
}

}  // namespace
}  // namespace mtlkit
