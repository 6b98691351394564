// Ensembles inside a network, from the losses of members to what they say
// together.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/link.h"
#include "nn/fitting_data.h"
#include "nn/layers/layers.h"
#include "nn/model_io.h"
#include "temp_folder.h"
#include "train/loop.h"
#include "train/member_losses.h"
#include "train/merged_outputs.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

// Two members that put out their biases for two tasks: -1 and 3 of a
// regression, logits of 0 and of ln 3 of two classes.
struct TwoMembers {
  TwoMembers() {
    tasks.resize(2);
    tasks[0].name = "value";
    tasks[1].name = "yes";
    tasks[1].type = TaskType::kBinary;
    tasks[1].classes = {"no", "yes"};
    const std::vector<InputSpec> inputs = {{"x", InputKind::kDense, 1, {}, {}}};
    NetworkBuilder b(inputs, 2);
    const Value m =
        b.Add("members", MakeMemberScale({.members = 2}), {b.Input(0)});
    const Value heads = b.Add("heads", MakeMemberDense(2, 2), {m});
    b.Output(0, heads, 0, 1);
    b.Output(1, heads, 1, 1);
    network.emplace(std::move(b).Build());
    params = network->Initialized(1);
    std::ranges::fill(params.weights.all(), Real(0));
    const Index bias = network->weights()->Find("heads/bias");
    params.weights.At(bias)(0, 0) = -1;
    params.weights.At(bias)(1, 0) = 3;
    params.weights.At(bias)(1, 1) = std::log(Real(3));
    plan.emplace(*network, PlanOptions{.capacity = 3});
    batch.rows = 2;
    batch.inputs.resize(1);
    batch.inputs[0].dense = {x.data(), 2, 1};
    Pass pass;
    pass.weights = &params.weights;
    plan->Forward(pass, batch);
  }

  std::vector<Task> tasks;
  std::optional<Network> network;
  Params params;
  std::optional<Plan> plan;
  std::vector<Real> x = {5, 7};
  Batch batch;
};

TEST_CASE("a row's loss is the mean of its members' losses") {
  const TwoMembers two;
  MemberLosses losses(two.tasks, *two.network, 3);
  CHECK(losses.members(0) == 2);
  const std::vector<std::unique_ptr<Loss>> of_tasks = MakeLosses(two.tasks, {});
  const std::vector<Real> target = {1, 2};
  const std::vector<Real> weight = {1, 4};
  std::vector<Real> row_loss(2);
  std::vector<Real> gradient(4);
  LossArgs args;
  args.output = two.plan->Output(0);
  args.target = {target.data(), 2, 1};
  args.weight = weight;
  losses.Evaluate(*of_tasks[0], 0, args, row_loss, {gradient.data(), 4, 1});
  // Squares: members are off by -2 and 2 in the first row, by -3 and 1 in the
  // second, which counts four times. The mean, 1, is off by 0 and -1.
  CHECK(row_loss[0] == doctest::Approx((4 + 4) / 2.0));
  CHECK(row_loss[1] == doctest::Approx(4 * (9 + 1) / 2.0));
  CHECK(gradient == std::vector<Real>{-4, 4, -24, 8});
}

TEST_CASE("members say the mean of their probabilities and of their values") {
  const TwoMembers two;
  MergedOutputs merged(two.tasks, *two.network, 3);
  const ConstMatView value = merged.Of(*two.plan, 0);
  REQUIRE(value.rows == 2);
  CHECK(value(0, 0) == 1);
  CHECK(value(1, 0) == 1);
  std::vector<Real> said(2);
  ApplyLink(two.tasks[1], merged.Of(*two.plan, 1), {said.data(), 2, 1});
  // 1/2 and 3/4; the mean logit would say 0.634.
  CHECK(said[0] == doctest::Approx(0.625));
  CHECK(said[1] == doctest::Approx(0.625));
}

// Two rows of the sample's features with labels and soft targets of `sold`.
struct OneStep {
  explicit OneStep(const std::string& members, const std::string& method) {
    ArchOptions network;
    network.dropout = 0;
    network.layers = {"6"};
    network.activation = "tanh";
    network.members = members;
    network.inputs = {"features"};
    model = BuildModel(data, network, 4, data.SplitRows("train"));
    const Layout& layout = *model.network->weights();
    for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
      const MatView values = model.params.weights.At(i);
      const Index rows = layout.slice(i).spec.fan_in;
      const bool is_head = layout.slice(i).name == "heads.trunk/kernel";
      for (Index row = 0; row < values.rows; ++row) {
        for (Index col = 0; col < values.cols && is_head; ++col) {
          values(row, col) = Real(0.1) * static_cast<Real>(row % rows - col);
        }
      }
      if (layout.slice(i).name != "members/scale") continue;
      std::ranges::fill(values.flat(), Real(1));
    }
    before = Trunk();
    TrainOptions options;
    options.epochs = 1;
    options.batch = data.rows;
    options.optimizer.optimizer = "sgd";
    options.optimizer.rate = 0.5;
    TrainInputs inputs = InputsOf(data, options);
    inputs.keeps_last = true;
    inputs.valid_rows.clear();
    if (method == "soft") {
      SoftTargets soft;
      soft.task = 1;
      soft.rows = {0, 1, 2};
      soft.values = {0.9F, 0.2F, 0.6F};
      soft.factor = 40;
      inputs.soft_targets.push_back(soft);
    }
    SilentReporter reporter;
    TrainEnvironment environment;
    environment.reporter = &reporter;
    Train(inputs, options, 1, environment, &model);
  }
  std::vector<Real> Trunk() const {
    const Index kernel = model.network->weights()->Find("trunk.0/kernel");
    const auto flat = std::as_const(model.params.weights).At(kernel).flat();
    return {flat.begin(), flat.end()};
  }

  Dataset data = SampleDataset();
  Model model;
  std::vector<Real> before;
};

TEST_CASE("equal members move their kernels as the plain network does") {
  for (const char* method : {"labels", "soft"}) {
    CAPTURE(std::string(method));
    const OneStep plain("1", method);
    const OneStep ensemble("5", method);
    CHECK(plain.before == ensemble.before);
    const std::vector<Real> expected = plain.Trunk();
    const std::vector<Real> actual = ensemble.Trunk();
    double moved = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto step = static_cast<double>(expected[i] - plain.before[i]);
      CHECK(static_cast<double>(actual[i] - plain.before[i]) ==
            doctest::Approx(step).epsilon(1e-3).scale(1e-2));
      moved = std::max(moved, std::abs(step));
    }
    CHECK(moved > 0.02);
  }
}

TEST_CASE("a method without a way back to members refuses them") {
  Dataset data = SampleDataset();
  data.tasks.resize(2);
  data.labels.resize(2);
  ArchOptions network;
  network.layers = {"6"};
  network.members = "3";
  TrainOptions options;
  options.epochs = 1;
  std::vector<Model> models;
  for (Seed seed = 1; seed <= 2; ++seed) {
    models.push_back(BuildModel(data, network, seed, data.SplitRows("train")));
  }
  std::vector<Peer> peers(2);
  for (std::size_t i = 0; i < 2; ++i) {
    peers[i] = {&models[i], i + 1, InputsOf(data, options)};
  }
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.reporter = &reporter;
  try {
    TrainPeers(peers, options, "jocor", 3, environment);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("--members") == 0);
  }
}

struct EnsembleRun {
  std::string members = "4";
  std::string arch = "shared";
  std::string weighting = "equal";
  std::string at = "parameters";
  Index epochs = 3;
  int threads = 1;
  std::vector<std::string> layers = {"12", "8"};
};

Model LearnEnsemble(const EnsembleRun& run, const Dataset& data,
                    double* best = nullptr) {
  ArchOptions network;
  network.arch = run.arch;
  network.layers = run.layers;
  network.members = run.members;
  network.dropout = 0.05;
  TrainOptions options;
  options.epochs = run.epochs;
  options.batch = 32;
  options.optimizer.rate = 0.01;
  options.weighting.weighting = run.weighting;
  options.weighting.gradients_at = run.at;
  const TrainInputs inputs = InputsOf(data, options);
  Model model = BuildModel(data, network, 1, inputs.train_rows);
  ThreadPool pool(run.threads, 1);
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &reporter;
  const double valid = Train(inputs, options, 1, environment, &model).best;
  if (best != nullptr) *best = valid;
  return model;
}

TEST_CASE("every architecture learns as an ensemble and returns from a file") {
  const TempFolder folder;
  for (const ArchEntry* entry : ArchEntries()) {
    if (entry->name == "branches") continue;  // which are members themselves
    ArchOptions options;
    options.arch = entry->name;
    options.layers = FittingLayers(options.arch, "12", "8");
    const Dataset data = FittingDataset(SampleDataset(), options);
    for (const std::string members : {"4", "3:form=full"}) {
      INFO(entry->name, ", members ", members);
      double best = 1;
      const Model model =
          LearnEnsemble({.members = members,
                         .arch = options.arch,
                         // A tree is chosen meanwhile.
                         .epochs = entry->name == "ltb" ? 60 : 15,
                         .layers = options.layers},
                        data, &best);
      CHECK(best < 0.85);  // 1 is the best constant prediction
      CHECK(model.network->members(0) > 1);
      WriteModel(model, folder / "model.h5");
      const Model read = ReadModel(folder / "model.h5");
      const std::vector<Index>& rows = data.SplitRows("test");
      CHECK(ComputeOutputs(read, DatasetFor(read, data), rows, nullptr) ==
            ComputeOutputs(model, DatasetFor(model, data), rows, nullptr));
    }
  }
}

TEST_CASE("any number of threads trains the same ensemble") {
  const Dataset data = SampleDataset();
  for (const char* weighting : {"equal", "pcgrad", "graddrop"}) {
    for (const char* at : {"parameters", "representation"}) {
      if (std::string(weighting) == "equal" && at[0] == 'r') continue;
      INFO(weighting, " at ", at);
      EnsembleRun run = {.members = "3:form=full"};
      run.weighting = weighting;
      run.at = at;
      const Model one = LearnEnsemble(run, data);
      for (const int threads : {2, 3}) {
        run.threads = threads;
        const Model other = LearnEnsemble(run, data);
        CHECK(std::ranges::equal(one.params.weights.all(),
                                 other.params.weights.all()));
      }
    }
  }
}

TEST_CASE("what an ensemble says of a row does not depend on the others") {
  const Dataset data = SampleDataset();
  const Model model = LearnEnsemble({}, data);
  const Dataset own = DatasetFor(model, data);
  const std::vector<Index> all = {0, 1, 2, 3, 4, 5, 6, 7};
  const NetworkOutputs together = ComputeOutputs(model, own, all, nullptr);
  for (const Index row : all) {
    const std::vector<Index> alone = {row};
    const NetworkOutputs outputs = ComputeOutputs(model, own, alone, nullptr);
    for (std::size_t task = 0; task < outputs.size(); ++task) {
      const auto cols = std::ssize(outputs[task]);
      CHECK(std::equal(outputs[task].begin(), outputs[task].end(),
                       together[task].begin() + row * cols));
    }
  }
}

}  // namespace
}  // namespace mtlkit
