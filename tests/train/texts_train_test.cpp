// Networks over texts learn what a bag of words cannot say.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/reporter.h"
#include "base/rng.h"
#include "data/small_table.h"
#include "data/space_blocks.h"
#include "nn/model_io.h"
#include "temp_folder.h"
#include "train/loop.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

// Whether "a" comes before "b", which are both somewhere in a text; some texts
// have no word, and say nothing.
Dataset OrderOfWords(Index rows) {
  const Rng random(3, RandomPurpose::kTest);
  std::vector<std::vector<int>> texts;
  std::vector<float> labels;
  for (Index row = 0; row < rows; ++row) {
    std::vector<int>& text = texts.emplace_back();
    const bool first = random.Below(row, 0, 2) == 0;
    labels.push_back(first ? 1.0F : 0.0F);
    if (row % 20 == 7) continue;
    const Index length = 2 + static_cast<Index>(random.Below(row, 1, 6));
    for (Index i = 0; i < length; ++i) {
      text.push_back(2 + static_cast<int>(random.Below(row, 9 + i, 3)));
    }
    const auto split = static_cast<Index>(
        random.Below(row, 2, static_cast<std::uint64_t>(length - 1)));
    const Index behind =
        split + 1 +
        static_cast<Index>(random.Below(
            row, 3, static_cast<std::uint64_t>(length - split - 1)));
    text[At(split)] = first ? 0 : 1;
    text[At(behind)] = first ? 1 : 0;
  }
  Dataset data =
      TableOf(rows, {TokenBlock("text", {"a", "b", "c", "d", "e"}, texts)});
  AddTask(&data, "order", TaskType::kBinary, {"no", "yes"}, labels);
  for (Index row = 0; row < rows; ++row) {
    data.splits[row % 4 == 3 ? "valid" : "train"].push_back(row);
  }
  return data;
}

Model Learned(const Dataset& data, const std::string& texts, int threads,
              Index epochs, double* loss) {
  ArchOptions arch;
  arch.layers = {"none"};
  arch.texts = texts;
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  TrainOptions options;
  options.epochs = epochs;
  options.batch = 32;
  options.optimizer.rate = 0.01;
  ThreadPool pool(threads, 1);
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &reporter;
  *loss = Train(InputsOf(data, options), options, 1, environment, &model).best;
  return model;
}

const char* const kForms[] = {
    "bilstm:width=8,embedding=6,dropout=0.1,unknown=0.02",
    "gru:width=8,embedding=6,dropout=0.1",
    "transformer:width=16,heads=2,ff=16,layers=1,dropout=0"};

TEST_CASE("networks over texts know the order of words") {
  const Dataset data = OrderOfWords(400);
  double bag = 0;
  Learned(data, "bag", 1, 8, &bag);
  CHECK(bag > 0.95);  // 1 is the best constant prediction
  for (const char* form : kForms) {
    INFO(form);
    double loss = 0;
    Learned(data, form, 1, 25, &loss);
    CHECK(loss < 0.35);
  }
}

TEST_CASE("networks over texts are the same for any threads and neighbours") {
  const TempFolder folder;
  const Dataset data = OrderOfWords(90);
  for (const char* form : kForms) {
    INFO(form);
    double loss = 0;
    const Model one = Learned(data, form, 1, 2, &loss);
    const Model three = Learned(data, form, 3, 2, &loss);
    CHECK(std::ranges::equal(std::as_const(one.params.weights).all(),
                             std::as_const(three.params.weights).all()));
    WriteModel(one, folder / "model.h5");
    const Model read = ReadModel(folder / "model.h5");
    const std::vector<Index> all = {0, 7, 1, 2, 27, 3, 4, 5};
    const NetworkOutputs together =
        ComputeOutputs(read, DatasetFor(read, data), all, nullptr);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const NetworkOutputs alone =
          ComputeOutputs(one, DatasetFor(one, data), {&all[i], 1}, nullptr);
      CHECK(alone[0][0] == together[0][i]);
    }
  }
}

}  // namespace
}  // namespace mtlkit
