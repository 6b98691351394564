#include "train/refit.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "temp_folder.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// Trains a model afresh for each call, and remembers for which rows.
struct Maker {
  const Dataset* data;
  std::vector<std::vector<Index>> rows;

  Model operator()(const std::vector<Index>& train_rows) {
    rows.push_back(train_rows);
    ArchOptions arch;
    arch.layers = {"16"};
    arch.dropout = 0.1;
    return BuildModel(*data, arch, 1, train_rows);
  }
};

// At a rate at which it overfits soon, so that the best epoch is not the last.
TrainOptions RefitTrainOptions() {
  TrainOptions options = SampleOptions();
  options.optimizer.rate = 0.05;
  options.epochs = 20;
  return options;
}

Dataset RefitData() {
  Dataset data = SampleData(150, 2);
  for (Index row = 0; row < data.rows; ++row) {
    if (row % 5 > 2) continue;
    data.splits[Str("fold", row % 3)].push_back(row);
  }
  return data;
}

Model RefitModel(const std::string& how, const Dataset& data, Maker* maker,
                 const TrainEnvironment& environment = {}) {
  const TrainOptions options = RefitTrainOptions();
  return TrainRefit({how}, InputsOf(data, options), options, 1, environment,
                    std::ref(*maker));
}

// What a training on all rows leaves behind after `last` of the epochs.
Model OnAllRows(const Dataset& data, Index last) {
  const TrainOptions options = RefitTrainOptions();
  TrainInputs inputs = InputsOf(data, options);
  inputs.train_rows.insert(inputs.train_rows.end(), inputs.valid_rows.begin(),
                           inputs.valid_rows.end());
  std::sort(inputs.train_rows.begin(), inputs.train_rows.end());
  inputs.valid_rows.clear();
  inputs.last_epoch = last;
  Maker maker{&data, {}};
  Model model = maker(inputs.train_rows);
  Train(inputs, options, 1, {}, &model);
  return model;
}

TEST_CASE(
    "a refit learns all rows for the best length on the validation rows") {
  const Dataset data = RefitData();
  const TrainOptions options = RefitTrainOptions();
  const TrainInputs inputs = InputsOf(data, options);
  Maker maker{&data, {}};
  Model first = maker(inputs.train_rows);
  const History search = Train(inputs, options, 1, {}, &first);
  REQUIRE(search.best_epoch < search.epochs());

  const Model model = RefitModel("valid", data, &maker);
  CHECK(model.log.epochs() == search.best_epoch);
  CHECK(model.log.best_epoch == search.best_epoch);
  CHECK(model.log.best == search.best);
  CHECK(model.log.selected_on == "valid loss before the refit");
  CHECK(model.log.selected_split == "valid");
  CHECK(model.seen.trained.size() ==
        inputs.train_rows.size() + inputs.valid_rows.size());
  CHECK(model.seen.chosen.size() == inputs.valid_rows.size());
  CHECK(WeightsOf(model) == WeightsOf(OnAllRows(data, search.best_epoch)));
  // The schedule is as long as that of the search; epochs have more steps.
  CHECK(model.log.Find("rate")->back() ==
        doctest::Approx((*search.Find("rate"))[At(search.best_epoch - 1)])
            .epsilon(0.05));
}

TEST_CASE("folds agree on a length by their mean") {
  const Dataset data = RefitData();
  const TrainOptions options = RefitTrainOptions();
  std::vector<double> sums(20);
  for (Index fold = 0; fold < 3; ++fold) {
    TrainInputs inputs = InputsOf(data, options);
    inputs.valid_rows = data.SplitRows(Str("fold", fold));
    std::erase_if(inputs.train_rows,
                  [fold](Index row) { return row % 3 == fold; });
    Maker maker{&data, {}};
    Model model = maker(inputs.train_rows);
    TrainOptions whole = options;
    whole.patience = 0;
    const History history = Train(inputs, whole, 1, {}, &model);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += (*history.Find("valid"))[i];
    }
  }
  const Index best = std::min_element(sums.begin(), sums.end()) - sums.begin();
  Maker maker{&data, {}};
  const Model model = RefitModel("folds", data, &maker);
  CHECK(model.log.best_epoch == best + 1);
  CHECK(model.log.best == doctest::Approx(sums[At(best)] / 3));
  CHECK(model.log.selected_on == "mean valid loss of 3 folds before the refit");
  // Three searches, then all rows.
  REQUIRE(maker.rows.size() == 4);
  CHECK(maker.rows[0].size() + data.SplitRows("fold0").size() == 90);
  CHECK(maker.rows[3].size() == 120);
  CHECK(WeightsOf(model) == WeightsOf(OnAllRows(data, best + 1)));
}

TEST_CASE("a fold that is kept out has no part in a refit") {
  const Dataset data = RefitData();
  TrainOptions options = RefitTrainOptions();
  options.fold = 1;
  options.epochs = 2;
  Maker maker{&data, {}};
  TrainRefit({"folds"}, InputsOf(data, options), options, 1, {},
             std::ref(maker));
  REQUIRE(maker.rows.size() == 3);
  for (const std::vector<Index>& rows : maker.rows) {
    for (const Index row : data.SplitRows("fold1")) {
      CHECK_FALSE(std::binary_search(rows.begin(), rows.end(), row));
    }
  }
}

// Asks to stop after so many batches.
class StopRefitAfter : public SilentReporter {
 public:
  explicit StopRefitAfter(int batches) : left_(batches) {}
  void Advance(Index) override {
    if (--left_ == 0) stop.store(true);
  }
  std::atomic<bool> stop{false};

 private:
  int left_;
};

TEST_CASE("a refit that is stopped again and again ends with the same bits") {
  const Dataset data = RefitData();
  for (const char* how : {"valid", "folds"}) {
    CAPTURE(how);
    Maker maker{&data, {}};
    const Model whole = RefitModel(how, data, &maker);
    const TempFolder folder;
    bool done = false;
    for (int part = 0; part < 1000 && !done; ++part) {
      StopRefitAfter reporter(17);
      TrainEnvironment environment;
      environment.reporter = &reporter;
      environment.stop = &reporter.stop;
      environment.checkpoint = folder / "run.ckpt.h5";
      try {
        const Model model = RefitModel(how, data, &maker, environment);
        CHECK(WeightsOf(model) == WeightsOf(whole));
        CHECK(model.log.best == whole.log.best);
        done = true;
      } catch (const Error& error) {
        REQUIRE(error.kind() == ErrorKind::kStopped);
      }
    }
    CHECK(done);
    const TrainOptions options = RefitTrainOptions();
    for (const std::string& path : RefitCheckpoints(
             {how}, InputsOf(data, options), folder / "run.ckpt.h5")) {
      if (path.find("refit") != std::string::npos) continue;
      CHECK(std::filesystem::exists(path));
    }
  }
}

TEST_CASE("a refit that would look at rows it has not is refused") {
  const Dataset data = RefitData();
  const auto refused = [&](const std::string& how, const TrainOptions& options,
                           const char* why) {
    Maker maker{&data, {}};
    CHECK_THROWS_WITH_AS(TrainRefit({how}, InputsOf(data, options), options, 1,
                                    {}, std::ref(maker)),
                         doctest::Contains(why), Error);
  };
  TrainOptions options = RefitTrainOptions();
  options.schedule = "plateau";
  refused("valid", options, "--schedule plateau");
  options = RefitTrainOptions();
  options.task_patience = 2;
  refused("valid", options, "one length for all tasks");
  options = RefitTrainOptions();
  options.patience = 4;
  refused("folds", options, "--patience has no effect");
  Dataset none = data;
  none.splits.erase("valid");
  std::erase_if(none.splits, [](const auto& split) {
    return split.first.starts_with("fold");
  });
  options = RefitTrainOptions();
  for (const char* how : {"valid", "folds"}) {
    Maker maker{&none, {}};
    CHECK_THROWS_AS(TrainRefit({how}, InputsOf(none, options), options, 1, {},
                               std::ref(maker)),
                    Error);
  }
}

TEST_CASE("a file that has folds only is learned from by its folds") {
  Dataset data = RefitData();
  std::erase_if(data.splits, [](const auto& split) {
    return !split.first.starts_with("fold");
  });
  const TrainOptions options = RefitTrainOptions();
  CHECK_THROWS_WITH_AS(
      InputsOf(data, options),
      doctest::Contains("no split 'train', but there are folds"), Error);
  const TrainInputs inputs = InputsOf(data, options, true);
  CHECK(inputs.train_rows.size() == 90);
  Maker maker{&data, {}};
  const Model model =
      TrainRefit({"folds"}, inputs, options, 1, {}, std::ref(maker));
  CHECK(maker.rows.back() == inputs.train_rows);
  CHECK(model.log.selected_split == "folds");
}

}  // namespace
}  // namespace mtlkit
