// Architectures in training: penalties on parameters, draws, gates.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "allocations.h"
#include "base/error.h"
#include "base/reporter.h"
#include "base/text.h"
#include "nn/sample_data.h"
#include "train/loop.h"
#include "train/network_terms.h"
#include "train/predict.h"
#include "train/sample.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

class Warnings : public SilentReporter {
 public:
  void Warn(std::string_view text) override { texts.emplace_back(text); }
  std::vector<std::string> texts;
};

Model Trained(const Dataset& data, const std::string& arch,
              const TrainOptions& options, int threads = 1,
              Warnings* warnings = nullptr,
              const std::vector<std::string>& layers = {"32"}) {
  ArchOptions network;
  network.arch = arch;
  network.layers = layers;
  network.dropout = 0.1;
  Model model = BuildModel(data, network, 1, data.SplitRows("train"));
  ThreadPool pool(threads, 1);
  Warnings none;
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = warnings != nullptr ? warnings : &none;
  Train(InputsOf(data, options), options, 1, environment, &model);
  return model;
}

std::vector<double> ColumnOf(const Model& model, const std::string& name) {
  const auto& columns = model.log.columns;
  const auto found = std::ranges::find(columns, name);
  REQUIRE_MESSAGE(found != columns.end(), name);
  return model.log.values[At(found - columns.begin())];
}

// The squared distance between what two tasks learn in one place.
double Distance(const Model& model, const std::string& a,
                const std::string& b) {
  const Layout& layout = model.params.weights.layout();
  const auto x = model.params.weights.At(layout.Find(a)).flat();
  const auto y = model.params.weights.At(layout.Find(b)).flat();
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += std::pow(static_cast<double>(x[i] - y[i]), 2);
  }
  return sum;
}

TEST_CASE("soft sharing pulls networks together, and logs what that costs") {
  const Dataset data = SampleData(300);
  TrainOptions options = SampleOptions();
  options.epochs = 12;
  options.patience = 0;
  double apart[2];
  for (const std::size_t pulled : {0, 1}) {
    const Model model = Trained(
        data, pulled == 0 ? "single" : "soft-sharing:strength=0.3", options);
    apart[pulled] =
        Distance(model, "trunk.sign.0/kernel", "trunk.value.0/kernel");
    if (pulled == 0) continue;
    const std::vector<double> penalty = ColumnOf(model, "penalty");
    CHECK(penalty.back() < penalty.front() / 4);
    CHECK(penalty.back() > 0);
  }
  CHECK(apart[1] < apart[0] / 10);
}

// Two regression tasks that are one in truth; of the second few rows are known.
Dataset OneTruth() {
  Dataset data = SampleData(400);
  data.tasks = {data.tasks[2], data.tasks[2]};
  data.tasks[0].name = "much";
  data.tasks[1].name = "little";
  Labels much = data.labels[2];
  std::vector<float> few(much.values.begin(), much.values.end());
  const std::vector<Index>& train = data.SplitRows("train");
  for (std::size_t i = 8; i < train.size(); ++i) {
    few[At(train[i])] = std::numeric_limits<float>::quiet_NaN();
  }
  Labels little;
  little.values = few;
  data.labels = {much, little};
  return data;
}

TEST_CASE("a task of few labels learns by the one that it is pulled to") {
  const Dataset data = OneTruth();
  TrainOptions options = SampleOptions();
  options.epochs = 150;
  options.patience = 0;
  // Few numbers are left to the heads.
  const auto learn = [&](const std::string& arch) {
    return Trained(data, arch, options, 1, nullptr, {"16", "2"});
  };
  const auto best = [](const Model& model) {
    return std::ranges::min(ColumnOf(model, "valid.little.loss"));
  };
  const Model pulled = learn("soft-sharing:strength=0.01");
  CHECK(best(pulled) < 0.8 * best(learn("single")));
  // Of two tasks the distance from each other is twice that from their mean.
  CHECK(WeightsOf(learn("soft-sharing:strength=0.005,distance=pairs")) ==
        WeightsOf(pulled));
}

TEST_CASE("a task without labels is pulled nowhere") {
  Dataset data = SampleData(120);
  for (Index row = 0; row < data.rows; ++row) {
    Labels& labels = data.labels[1];
    std::vector<float> none(At(data.rows),
                            std::numeric_limits<float>::quiet_NaN());
    if (row == 0) labels.values = none;
  }
  TrainOptions options = SampleOptions();
  for (const std::string arch :
       {"soft-sharing:strength=1", "progressive:order=kind/sign/value"}) {
    INFO(arch);
    const Model before = SampleModel(data, 1, arch);
    const Model after = Trained(data, arch, options);
    const Layout& layout = after.params.weights.layout();
    for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
      const bool same = std::ranges::equal(before.params.weights.At(i).flat(),
                                           after.params.weights.At(i).flat());
      const bool is_its_own = layout.slice(i).tasks == std::vector<Index>{1};
      CHECK_MESSAGE(same == is_its_own, layout.slice(i).name);
    }
  }
}

TEST_CASE("columns that read one another are kept of one epoch") {
  TrainOptions options = SampleOptions();
  options.keep_best = "each-task";
  try {
    Trained(SampleData(90), "progressive", options);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("'held.sign.0'") != std::string::npos);
  }
}

TEST_CASE("sluice networks keep their subspaces apart") {
  const Dataset data = SampleData(200);
  TrainOptions options = SampleOptions();
  options.epochs = 10;
  options.patience = 0;
  const auto last = [&](const std::string& strength) {
    const Model model = Trained(data, "sluice:orthogonal=" + strength, options);
    return ColumnOf(model, "penalty").back() / std::stod(strength);
  };
  CHECK(last("1") < last("1e-9") / 10);
}

TEST_CASE("gates read any kind of block, in ensembles, too") {
  const Dataset data = SampleDataset(60);
  for (const std::string options :
       {"prior=words", "prior=features.categorical",
        "prior=features/features.categorical",
        "domain=features.categorical,prior=words",
        "domain=words,prior=features.categorical"}) {
    for (const std::string members : {"1", "3", "2:form=full"}) {
      INFO(options, ", members ", members);
      ArchOptions network;
      network.arch = "pepnet:" + options;
      network.layers = {"6", "4"};
      network.members = members;
      const Model model = BuildModel(data, network, 1, {});
      const std::vector<Index> rows = {3, 4};
      const NetworkOutputs said =
          ComputeOutputs(model, DatasetFor(model, data), rows, nullptr);
      CHECK(said[0][0] != said[0][1]);
    }
  }
  ArchOptions sparse;
  sparse.arch = "pepnet:domain=features";
  CHECK_THROWS_WITH_AS(BuildModel(data, sparse, 1, {}),
                       doctest::Contains("sparse blocks have none"), Error);
}

TEST_CASE("any number of threads trains the same, and allocates nothing") {
  const Dataset data = SampleData(150);
  TrainOptions options = SampleOptions();
  options.epochs = 2;
  for (const std::string arch :
       {"soft-sharing", "sluice", "progressive", "pepnet", "aitm", "dbmtl",
        "bypass", "ltb", "ltb:draw=mix", "mmoe", "dselect-k"}) {
    INFO(arch);
    CHECK(WeightsOf(Trained(data, arch, options)) ==
          WeightsOf(Trained(data, arch, options, 3)));
    Model model = SampleModel(data, 1, arch);
    const Peer peer = {&model, 1, InputsOf(data, options)};
    const auto protocol = MakeProtocol({"solo", {}}, 1);
    ThreadPool pool(1);
    Trainee trainee(peer, options, *protocol, &pool);
    const std::span<const Index> rows =
        std::span(trainee.train_rows()).first(20);
    long long before = 0;
    for (Index step = 0; step < 3; ++step) {
      if (step == 1) before = AllocationCount();
      trainee.Forward(rows, step);
      REQUIRE(trainee.Learn(step, 0.01, 0.5) == -1);
    }
    CHECK(AllocationCount() == before);
  }
}

TEST_CASE("the log says how gates share out, in all 1") {
  const Dataset data = SampleData(150);
  for (const std::string arch : {"mmoe:experts=3", "dselect-k:experts=4"}) {
    INFO(arch);
    const Model model = Trained(data, arch, SampleOptions());
    const Index experts = arch[0] == 'm' ? 3 : 4;
    std::vector<double> sum(At(model.log.epochs()), 0);
    for (Index e = 0; e < experts; ++e) {
      const std::vector<double> share =
          ColumnOf(model, Str("share.mixture.kind.", e));
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += share[i];
    }
    for (const double one : sum) CHECK(one == doctest::Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("experts that no gate uses are told of") {
  const Dataset data = SampleData(90);
  const Model model = SampleModel(data, 1, "cgc:own=1,shared=2");
  const Network& network = *model.network;
  const std::vector<std::string> columns = NetworkTerms::Columns(network);
  REQUIRE(columns.size() == 9);
  CHECK(columns[1] == "share.mixture.sign.1");
  // Own, shared 0, shared 1 of each task: nobody takes shared 0 and the second
  // task none of its own.
  const std::vector<double> means = {0.5,   0.01, 0.49, 0.001, 0.005,
                                     0.994, 0.6,  0.0,  0.4};
  const std::vector<std::string> texts = UnusedExperts(network, means);
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].find("'shared.0.0.dropout' (3") != std::string::npos);
  CHECK(texts[1].find("'own.kind.0.0.dropout'") != std::string::npos);
  Warnings warnings;
  TrainOptions options = SampleOptions();
  Trained(data, "mmoe:experts=2", options, 1, &warnings);
  CHECK(std::ranges::none_of(warnings.texts, [](const std::string& text) {
    return text.find("gates take") == 0;
  }));
}

TEST_CASE("tasks that learn to branch learn, whatever they draw") {
  const Dataset data = OneTruth();
  TrainOptions options = SampleOptions();
  options.epochs = 30;
  options.patience = 0;
  const Model model = Trained(data, "ltb:nodes=3", options);
  const Layout& layout = model.params.weights.layout();
  const auto logits =
      model.params.weights.At(layout.Find("branch.much/logits")).flat();
  CHECK(std::ranges::max(logits) > std::ranges::min(logits) + Real(0.2));
  CHECK(ColumnOf(model, "valid.much.loss").back() < 0.5);
}

}  // namespace
}  // namespace mtlkit
