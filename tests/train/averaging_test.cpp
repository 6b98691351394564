#include "train/averaging.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

// One step an epoch, at the same rate.
TrainOptions AveragedOptions(const std::string& average, Index epochs) {
  TrainOptions options = SampleOptions();
  options.schedule = "constant";
  options.batch = 1000;
  options.average = average;
  options.epochs = epochs;
  return options;
}

Model AveragedModel(const Dataset& data, const TrainOptions& options,
                    bool validates = false, const std::string& norm = "none") {
  ArchOptions arch;
  arch.layers = {"8"};
  arch.norm = norm;
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  TrainInputs inputs = InputsOf(data, options);
  if (!validates) inputs.valid_rows.clear();
  Train(inputs, options, 1, {}, &model);
  return model;
}

// The weights after each of the first epochs.
std::vector<std::vector<Real>> Walked(const Dataset& data, Index epochs) {
  std::vector<std::vector<Real>> walked;
  for (Index k = 1; k <= epochs; ++k) {
    walked.push_back(
        WeightsOf(AveragedModel(data, AveragedOptions("none", k))));
  }
  return walked;
}

double FarthestApart(const std::vector<Real>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(static_cast<double>(a[i]) - b[i]));
  }
  return most;
}

TEST_CASE("swa keeps the equal mean of the last epochs' weights") {
  const Dataset data = SampleData(100);
  const auto walked = Walked(data, 6);
  std::vector<double> mean(walked[0].size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    for (const std::size_t k : {3U, 5U}) {
      mean[i] += static_cast<double>(walked[k][i]) / 2;
    }
  }
  const Model model =
      AveragedModel(data, AveragedOptions("swa:start=0.4,every=2", 6));
  CHECK(FarthestApart(WeightsOf(model), mean) < 1e-6);
}

TEST_CASE("ema keeps the fading mean of the weights after each update") {
  const Dataset data = SampleData(100);
  const auto walked = Walked(data, 3);
  std::vector<double> mean(walked[0].size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const auto p = [&](std::size_t k) {
      return static_cast<double>(walked[k][i]);
    };
    // 0.3 (p3 + 0.7 p2 + 0.49 p1) / (1 - 0.343).
    mean[i] = 0.3 * (p(2) + 0.7 * p(1) + 0.49 * p(0)) / 0.657;
  }
  const Model model = AveragedModel(data, AveragedOptions("ema:decay=0.7", 3));
  CHECK(FarthestApart(WeightsOf(model), mean) < 1e-6);
}

TEST_CASE("an average without memory is no average") {
  const Dataset data = SampleData(100);
  const Model plain = AveragedModel(data, AveragedOptions("none", 4), true);
  const Model model =
      AveragedModel(data, AveragedOptions("ema:decay=0", 4), true);
  CHECK(WeightsOf(model) == WeightsOf(plain));
  CHECK(model.log.values == plain.log.values);
}

TEST_CASE("what is measured and kept is the average") {
  const Dataset data = SampleData(200);
  TrainOptions options = AveragedOptions("ema:decay=0.9,early=plain", 5);
  const Model model = AveragedModel(data, options, true);
  // The kept weights' loss, measured anew.
  options.average = "none";
  options.optimizer.rate = 1e-30;
  options.epochs = 1;
  Model again = model;
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &again);
  CHECK(history.best == doctest::Approx(model.log.best).epsilon(1e-6));
  const Model plain = AveragedModel(data, AveragedOptions("none", 5), true);
  CHECK(std::abs(plain.log.best - model.log.best) > 0.01);
}

// Means of what the first layer puts out for the training rows.
std::vector<double> FirstLayerMeans(const Dataset& data, const Model& model) {
  const Layout& layout = *model.network->weights();
  const ConstMatView kernel =
      model.params.weights.At(layout.Find("trunk.0/kernel"));
  const Index bias = layout.Find("trunk.0/bias");
  std::vector<double> means(At(kernel.cols));
  const std::vector<Index> rows = data.SplitRows("train");
  for (Index col = 0; col < kernel.cols; ++col) {
    double sum = 0;
    for (const Index row : rows) {
      for (Index i = 0; i < kernel.rows; ++i) {
        const auto place = At(row * kernel.rows + i);
        sum += static_cast<double>(data.inputs[0].dense[place]) *
               static_cast<double>(kernel(i, col));
      }
    }
    means[At(col)] = sum / static_cast<double>(rows.size());
    if (bias >= 0) {
      means[At(col)] +=
          static_cast<double>(model.params.weights.At(bias)(0, col));
    }
  }
  return means;
}

TEST_CASE("swa finds the statistics of batch norm anew") {
  const Dataset data = SampleData(150);
  TrainOptions options = AveragedOptions("swa:start=0.5", 6);
  options.batch = 30;  // the training rows are three such batches
  options.optimizer.rate = 0.1;
  const Model model = AveragedModel(data, options, false, "batch");
  const Index mean =
      model.network->buffers()->Find("trunk.0.norm/running_mean");
  REQUIRE(mean >= 0);
  const ConstMatView running = model.params.buffers.At(mean);
  const std::vector<double> expected = FirstLayerMeans(data, model);
  for (Index col = 0; col < running.cols; ++col) {
    CHECK(static_cast<double>(running(0, col)) ==
          doctest::Approx(expected[At(col)]).epsilon(1e-4));
  }
}

TEST_CASE("the average of what only absent tasks use stays as it is") {
  const Dataset data = SampleData(200);
  const TrainOptions options = AveragedOptions("ema:decay=0.9,early=plain", 9);
  ArchOptions arch;
  arch.arch = "single";
  arch.layers = {"8"};
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  const auto protocol = MakeProtocol({"solo", {}}, 1);
  Trainee trainee({&model, 1, InputsOf(data, options)}, options, *protocol,
                  nullptr);
  const auto ema = MakeAveraging({"ema", {{"early", "plain"}}}, {0.1, 1, 9});
  trainee.AverageBy(ema.get());
  const std::vector<Index> all = {0, 1, 2, 5, 6, 7};
  const std::vector<Index> without_kind = {0, 6, 12};
  trainee.Forward(all, 0);
  REQUIRE(trainee.Learn(0, 0.1, 0) == -1);
  const Block before = trainee.state().learner.average.weights;
  trainee.Forward(without_kind, 1);
  REQUIRE(trainee.Learn(1, 0.1, 0) == -1);
  const Block& after = trainee.state().learner.average.weights;
  const Layout& layout = *model.network->weights();
  for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
    CAPTURE(layout.slice(i).name);
    const std::span<const Real> was = before.At(i).flat();
    const std::span<const Real> is = after.At(i).flat();
    const bool same = std::equal(was.begin(), was.end(), is.begin());
    CHECK(same == (layout.slice(i).tasks == std::vector<Index>{1}));
  }
}

TEST_CASE("the rate of swa falls along each cycle from the start on") {
  const auto schedule = MakeSchedule({"constant", {}}, {0.1, 10, 8});
  const auto swa = MakeAveraging(
      {"swa",
       {{"start", "0.5"}, {"every", "2"}, {"rate", "0.5"}, {"fall", "0.2"}}},
      {0.1, 10, 8});
  CHECK(swa->Rate(39, *schedule) == doctest::Approx(0.1));
  CHECK(swa->Rate(40, *schedule) == doctest::Approx(0.048));
  CHECK(swa->Rate(59, *schedule) == doctest::Approx(0.01));
  CHECK(swa->Rate(60, *schedule) == doctest::Approx(0.048));
  // Left open, it stays where the schedule has it then: cos(pi / 2).
  const auto cosine = MakeSchedule({"cosine", {}}, {0.1, 10, 8});
  const auto held = MakeAveraging({"swa", {{"start", "0.5"}}}, {0.1, 10, 8});
  CHECK(held->Rate(79, *cosine) == doctest::Approx(0.05));
  CHECK_FALSE(held->HasBegun(4));
  CHECK(held->HasBegun(5));
}

TEST_CASE("an averaging that cannot be is refused") {
  const Dataset data = SampleData(100);
  const auto refused = [&](const TrainOptions& options,
                           const std::string& why) {
    CHECK_THROWS_WITH_AS(AveragedModel(data, options, true),
                         doctest::Contains(why.c_str()), Error);
  };
  refused(AveragedOptions("swa:every=3", 8), "a cycle of 3 epochs");
  refused(AveragedOptions("emu", 8), "did you mean 'ema'");
  TrainOptions patient = AveragedOptions("swa", 8);
  patient.patience = 3;
  refused(patient, "--patience has no effect");
  std::vector<Model> models(2, SampleModel(data));
  std::vector<Peer> peers = {{&models[0], 1, InputsOf(data, patient)},
                             {&models[1], 2, InputsOf(data, patient)}};
  CHECK_THROWS_AS(
      TrainPeers(peers, AveragedOptions("ema", 2), "mean-teacher", 1, {}),
      Error);
}

}  // namespace
}  // namespace mtlkit
