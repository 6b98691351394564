// Blocks that some rows do not have.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/loop.h"
#include "train/predict.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// A third of the rows lacks the second half of the numbers, "more".
Dataset PartlyPresent(Index rows, float filling) {
  Dataset data = SampleData(rows);
  const Index half = data.inputs[0].cols / 2;
  std::vector<std::vector<float>> cells(2);
  std::vector<float> present;
  for (Index row = 0; row < rows; ++row) {
    const bool lacks = row % 3 == 1;
    present.push_back(lacks ? 0.0F : 1.0F);
    for (Index col = 0; col < 2 * half; ++col) {
      const float cell = data.inputs[0].dense[row * 2 * half + col];
      const bool is_more = col >= half;
      cells[is_more ? 1 : 0].push_back(is_more && lacks ? filling : cell);
    }
  }
  InputBlock more = data.inputs[0];
  InputBlock flag = data.inputs[0];
  more.name = "more";
  flag.name = "more.present";
  data.inputs[0].cols = more.cols = half;
  flag.cols = 1;
  data.inputs[0].dense = Array<float>(std::move(cells[0]));
  more.dense = Array<float>(std::move(cells[1]));
  flag.dense = Array<float>(std::move(present));
  data.inputs.push_back(std::move(more));
  data.inputs.push_back(std::move(flag));
  CheckDataset(data);
  return data;
}

std::vector<float> SaidBy(const Model& model, const Dataset& data) {
  const EnsembleMember member = {&model};
  return Predict({&member, 1}, data, {}, nullptr).tasks[2].pred;
}

Model PresenceModel(const Dataset& data, const std::string& arch,
                    const std::string& numbers) {
  ArchOptions options;
  options.arch = arch;
  options.numbers = numbers;
  options.layers = {"8"};
  Model model = BuildModel(data, options, 1, data.SplitRows("train"));
  TrainOptions train = SampleOptions();
  train.epochs = 2;
  Train(InputsOf(data, train), train, 1, {}, &model);
  return model;
}

TEST_CASE("what stands in a block that a row does not have changes nothing") {
  const Dataset zero = PartlyPresent(90, 0);
  const Dataset other = PartlyPresent(90, 7);
  for (const char* arch : {"shared", "single", "mmoe", "film", "progressive"}) {
    for (const char* numbers : {"plain", "periodic:count=4"}) {
      CAPTURE(arch);
      CAPTURE(numbers);
      const Model model = PresenceModel(zero, arch, numbers);
      CHECK(WeightsOf(model) == WeightsOf(PresenceModel(other, arch, numbers)));
      const std::vector<float> said = SaidBy(model, zero);
      CHECK(said == SaidBy(model, other));
      // What says that it is missing counts, and so does what is there.
      Dataset changed = zero;
      changed.inputs[2].dense =
          Array<float>(std::vector<float>(At(zero.rows), 1.0F));
      CHECK(said != SaidBy(model, changed));
    }
  }
}

TEST_CASE("what says which rows have a block goes with it") {
  const std::vector<InputSpec> inputs = PartlyPresent(9, 0).schema().inputs;
  CHECK(SelectInputs(inputs, {"more"}) == std::vector<Index>{1, 2});
  CHECK(SelectInputs(inputs, {"features"}) == std::vector<Index>{0});
}

TEST_CASE("a row has a block or has it not") {
  Dataset data = PartlyPresent(9, 0);
  std::vector<float> flags(9, 1.0F);
  flags[4] = 0.5F;
  data.inputs[2].dense = Array<float>(std::move(flags));
  CHECK_THROWS_WITH_AS(
      CheckDataset(data),
      "input block 'more.present', row '4': 0.5 is neither 1, which says that "
      "the row has 'more', nor 0",
      Error);
}

}  // namespace
}  // namespace mtlkit
