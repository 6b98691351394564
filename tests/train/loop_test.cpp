#include "train/loop.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "train/sample.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

// Keeps what it is told.
class Listener : public SilentReporter {
 public:
  void Note(std::string_view text) override { notes += Str(text, "\n"); }
  void Warn(std::string_view text) override { warnings += Str(text, "\n"); }
  std::string notes;
  std::string warnings;
};

double Last(const History& history, const std::string& name) {
  const std::vector<double>* series = history.Find(name);
  REQUIRE(series != nullptr);
  return series->back();
}

TEST_CASE("training becomes better than the best constant prediction") {
  const Dataset data = SampleData(500);
  const TrainOptions options = SampleOptions();
  for (const WeightingEntry* entry : WeightingEntries()) {
    CAPTURE(entry->name);
    TrainOptions weighted = options;
    weighted.weighting.weighting = entry->name;
    Model model = SampleModel(data);
    const History history =
        Train(InputsOf(data, weighted), weighted, 1, {}, &model);
    CHECK(history.best < 0.75);
    CHECK(history.selected_on == "valid loss");
    CHECK(history.selected_split == "valid");
    CHECK(history.epochs() == 6);
    CHECK(model.log.best_epoch == history.best_epoch);
    CHECK(Last(history, "train.sign.loss") < 0.6);
  }
}

TEST_CASE("balanced classes weigh by one over their training rows") {
  Dataset data = SampleData(200);
  std::vector<float> rare;
  for (Index row = 0; row < data.rows; ++row) {
    rare.push_back(row % 5 == 0 ? 1.0F : 0.0F);
  }
  const Index sign = FindTask(data.tasks, "sign");
  data.labels[static_cast<std::size_t>(sign)].values = rare;
  TrainOptions options = SampleOptions();
  options.epochs = 1;
  const TrainInputs inputs = InputsOf(data, options);
  double positives = 0;
  for (const Index row : inputs.train_rows) positives += row % 5 == 0;
  const auto rows = static_cast<double>(inputs.train_rows.size());
  const auto weights_of = [&](const std::string& weighting) {
    options.loss = {"sign=binary-cross-entropy:" + weighting};
    Model model = SampleModel(data);
    Train(inputs, options, 1, {}, &model);
    return model.params.weights;
  };
  const auto balanced = weights_of("class-weighting=balanced");
  const auto given = weights_of(
      Str("class-weight=", FormatNumber(rows / (2 * (rows - positives))), "/",
          FormatNumber(rows / (2 * positives))));
  const auto plain = weights_of("class-weight=1/1");
  CHECK(std::ranges::equal(balanced.all(), given.all()));
  CHECK_FALSE(std::ranges::equal(balanced.all(), plain.all()));
}

TEST_CASE(
    "a trained model knows its rows, and a second training adds its own") {
  const Dataset data = SampleData(200);
  TrainOptions options = SampleOptions();
  options.epochs = 1;
  Model model = SampleModel(data);
  TrainInputs inputs = InputsOf(data, options);
  const std::vector<Index> all = inputs.train_rows;
  inputs.train_rows.resize(50);
  Train(inputs, options, 1, {}, &model);
  CHECK(model.seen.trained.size() == 50);
  CHECK(model.seen.chosen.size() == inputs.valid_rows.size());
  const auto bits = SeenBits(model.seen, data, inputs.valid_rows);
  CHECK(std::ranges::count(bits, kChosenOn) ==
        static_cast<Index>(inputs.valid_rows.size()));
  inputs.train_rows.assign(all.begin() + 40, all.begin() + 90);
  inputs.valid_rows.clear();
  Train(inputs, options, 1, {}, &model);
  CHECK(model.seen.trained.size() == 90);
}

TEST_CASE("a step is as long as --clip-norm lets it be") {
  const Dataset data = SampleData(200);
  TrainOptions options = SampleOptions();
  options.epochs = 1;
  options.batch = 200;
  options.schedule = "constant";
  options.optimizer.optimizer = "sgd:momentum=0";
  options.optimizer.rate = 1;
  options.optimizer.clip_norm = 0.01;
  Model model = SampleModel(data);
  const std::vector<Real> before = WeightsOf(model);
  Train(InputsOf(data, options), options, 1, {}, &model);
  const std::vector<Real> after = WeightsOf(model);
  double square = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double change = static_cast<double>(after[i] - before[i]);
    square += change * change;
  }
  CHECK(std::sqrt(square) == doctest::Approx(0.01).epsilon(1e-3));
}

TEST_CASE("the kept weights are those of the best epoch") {
  const Dataset data = SampleData(200);
  TrainOptions options = SampleOptions();
  options.epochs = 40;
  options.schedule = "constant";
  options.optimizer.rate = 0.05;
  options.patience = 0;
  Model model = SampleModel(data);
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &model);
  REQUIRE(history.best_epoch < 40);
  TrainOptions shorter = options;
  shorter.epochs = history.best_epoch;
  Model again = SampleModel(data);
  Train(InputsOf(data, shorter), shorter, 1, {}, &again);
  CHECK(WeightsOf(model) == WeightsOf(again));
}

TEST_CASE("patience ends training early") {
  const Dataset data = SampleData(200);
  TrainOptions options = SampleOptions();
  options.epochs = 200;
  options.optimizer.rate = 0.05;
  options.patience = 2;
  Model model = SampleModel(data);
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &model);
  CHECK(history.epochs() == history.best_epoch + 2);
}

TEST_CASE("without validation rows training runs to its end and says so") {
  Dataset data = SampleData(200);
  data.splits.erase("valid");
  Listener listener;
  TrainEnvironment environment;
  environment.reporter = &listener;
  Model model = SampleModel(data);
  const History history = Train(InputsOf(data, SampleOptions()),
                                SampleOptions(), 1, environment, &model);
  CHECK(history.best_epoch == 0);
  CHECK(history.selected_on.empty());
  CHECK(history.epochs() == 6);
  CHECK(listener.notes ==
        "no validation rows: training runs to the last epoch, and its weights "
        "are kept\n");
}

TEST_CASE("a metric chooses the weights if asked") {
  const Dataset data = SampleData(300);
  TrainOptions options = SampleOptions();
  options.select_on = "sign.roc-auc";
  Model model = SampleModel(data);
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &model);
  CHECK(history.selected_on == "valid sign.roc-auc");
  double best = 0;
  for (const double auc : *history.Find("valid.sign.roc-auc")) {
    best = std::max(best, auc);
  }
  CHECK(history.best == best);
  CHECK(best > 0.8);
  for (const char* wrong :
       {"sign", "sing.roc-auc", "sign.roc", "value.roc-auc"}) {
    CAPTURE(wrong);
    options.select_on = wrong;
    CHECK_THROWS_AS(Train(InputsOf(data, options), options, 1, {}, &model),
                    Error);
  }
}

TEST_CASE("a task without validation labels is left out with a warning") {
  Dataset data = SampleData(200);
  for (const Index row : data.splits["valid"]) {
    data.labels[1].values[static_cast<std::size_t>(row)] = std::nanf("");
  }
  Listener listener;
  TrainEnvironment environment;
  environment.reporter = &listener;
  Model model = SampleModel(data);
  const History history = Train(InputsOf(data, SampleOptions()),
                                SampleOptions(), 1, environment, &model);
  CHECK(history.best < 1);
  CHECK(listener.warnings ==
        "task 'kind' has no label in the validation rows; it is left out of "
        "the validation measure\n");
}

TEST_CASE("results are the same for any number of threads") {
  const Dataset data = SampleData(400);
  for (const char* weighting : {"equal", "pcgrad", "graddrop"}) {
    CAPTURE(weighting);
    TrainOptions options = SampleOptions();
    options.epochs = 2;
    options.batch = 128;
    options.weighting.weighting = weighting;
    std::vector<std::vector<Real>> results;
    for (const int threads : {1, 2, 3}) {
      ThreadPool pool(threads, 1);
      TrainEnvironment environment;
      environment.pool = &pool;
      ArchOptions arch;
      arch.layers = {"300", "200"};
      Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
      Train(InputsOf(data, options), options, 1, environment, &model);
      results.push_back(WeightsOf(model));
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0] == results[2]);
  }
}

TEST_CASE("only ratios of weights count, however large or small they are") {
  TrainOptions options = SampleOptions();
  options.epochs = 2;
  const auto trained = [&](float factor, double* best) {
    Dataset data = SampleData(200);
    const Rng rng(3, RandomPurpose::kTest);
    for (Index row = 0; row < data.rows; ++row) {
      data.weights.push_back(factor *
                             static_cast<float>(0.5 + rng.Uniform(row, 0)));
    }
    Model model = SampleModel(data);
    *best = Train(InputsOf(data, options), options, 1, {}, &model).best;
    return WeightsOf(model);
  };
  double best = 0;
  const std::vector<Real> weights = trained(1, &best);
  for (const float factor : {0x1p-100F, 0x1p100F}) {
    double same = 0;
    CHECK(trained(factor, &same) == weights);
    CHECK(same == best);
  }
  for (const float factor : {1e-30F, 1e30F, 1e37F}) {
    CAPTURE(factor);
    double close = 0;
    trained(factor, &close);
    CHECK(close == doctest::Approx(best).epsilon(1e-3));
  }
}

TEST_CASE("a fold is kept out of training and validation") {
  Dataset data = SampleData(100);
  data.splits["fold0"] = {0, 1, 2, 3, 4};
  data.splits["fold1"] = {5, 6, 7, 8, 9};
  TrainOptions options;
  options.fold = 0;
  const TrainInputs inputs = InputsOf(data, options);
  CHECK(inputs.train_rows.front() == 5);
  CHECK(inputs.train_rows.size() == 57);
  CHECK(inputs.valid_rows.front() == 9);
  data.splits.erase("train");
  CHECK(InputsOf(data, options).train_rows ==
        std::vector<Index>{5, 6, 7, 8, 9});
  options.fold = 7;
  CHECK_THROWS_AS(InputsOf(data, options), Error);
}

TEST_CASE("rows that can teach nothing are not visited") {
  Dataset data = SampleData(200);
  const std::vector<Index> train = data.SplitRows("train");
  for (std::size_t i = 1; i < train.size(); ++i) {
    for (Labels& labels : data.labels) {
      labels.values[static_cast<std::size_t>(train[i])] = std::nanf("");
    }
  }
  Model model = SampleModel(SampleData(200));
  Peer peer = {&model, 1, InputsOf(data, {})};
  const auto solo = MakeProtocol({"solo", {}}, 1);
  const auto mutual = MakeProtocol({"mutual", {}}, 2);
  CHECK(Trainee(peer, SampleOptions(), *solo, nullptr).train_rows().size() ==
        1);
  CHECK(Trainee(peer, SampleOptions(), *mutual, nullptr).train_rows() == train);
}

TEST_CASE("extra labels stand in for missing ones and for others") {
  Dataset data = SampleData(9);
  data.labels[2].on_all_rows = false;
  data.labels[2].rows = {1, 4};
  data.labels[2].values = {10, 40};
  const std::vector<ExtraLabels> extra = {{2, {0, 4}, {5, 44}, {0.5F, 2.0F}},
                                          {1, {3}, {1}, {}}};
  const Dataset changed = WithLabels(data, extra);
  CHECK(changed.labels[2].rows == std::vector<Index>{0, 1, 4});
  CHECK(changed.labels[2].values == std::vector<float>{5, 10, 44});
  CHECK(changed.labels[2].weights == std::vector<float>{0.5F, 1, 2});
  CHECK(changed.labels[1].values[3] == 1.0F);
  CHECK(changed.labels[1].weights.empty());
  CHECK(changed.labels[0].values == data.labels[0].values);
}

TEST_CASE("soft targets teach where there are no labels") {
  const Dataset truth = SampleData(400);
  Dataset data = truth;
  SoftTargets soft;
  soft.task = 0;
  for (const Index row : data.SplitRows("train")) {
    LabelCells::Cell label =
        data.labels[0].values[static_cast<std::size_t>(row)];
    if (row < 20) continue;  // each class keeps a few
    soft.rows.push_back(row);
    soft.values.push_back(label > 0.5F ? 0.95F : 0.05F);
    label = std::nanf("");
  }
  TrainOptions options = SampleOptions();
  options.select_on = "sign.roc-auc";
  Model alone = SampleModel(data);
  TrainInputs inputs = InputsOf(data, options);
  const History without = Train(inputs, options, 1, {}, &alone);
  inputs.soft_targets = {soft};
  Model taught = SampleModel(data);
  const History with = Train(inputs, options, 1, {}, &taught);
  CHECK(with.best > without.best + 0.05);
}

TEST_CASE("peers run by every protocol, and solo peers are as if alone") {
  const Dataset data = SampleData(300);
  const TrainOptions options = SampleOptions();
  Model alone = SampleModel(data, 2);
  Train(InputsOf(data, options), options, 2, {}, &alone);
  for (const ProtocolEntry* entry : ProtocolEntries()) {
    CAPTURE(entry->name);
    const bool waits =
        entry->name == "dividemix" || entry->name == "co-teaching-plus";
    const char* arch = entry->traits.of_branches ? "branches" : "shared";
    Model first = SampleModel(data, 1, arch);
    Model second = SampleModel(data, 2, arch);
    std::vector<Peer> peers = {{&first, 1, InputsOf(data, options)},
                               {&second, 2, InputsOf(data, options)}};
    const std::vector<History> histories = TrainPeers(
        peers, options, std::string(entry->name) + (waits ? ":warm-up=1" : ""),
        2, {});
    REQUIRE(histories.size() == 2);
    // Labels are a tenth of what jocor learns from, and a teacher that is the
    // mean of so few epochs lags behind.
    const bool slow = entry->name == "jocor";
    CHECK(histories[0].best < (slow ? 0.95 : 0.75));
    CHECK(histories[1].best <
          (slow || entry->name == "mean-teacher" ? 0.98 : 0.75));
    const bool same = WeightsOf(second) == WeightsOf(alone);
    CHECK(same == (entry->name == "solo"));
  }
}

TEST_CASE("exchanging the places of two peers exchanges their results") {
  const Dataset data = SampleData(200);
  TrainOptions options = SampleOptions();
  options.epochs = 2;
  for (const char* protocol : {"mutual", "co-teaching"}) {
    CAPTURE(protocol);
    std::vector<Model> models;
    for (const bool swapped : {false, true}) {
      Model one = SampleModel(data, 1);
      Model two = SampleModel(data, 2);
      std::vector<Peer> peers = {{&one, 1, InputsOf(data, options)},
                                 {&two, 2, InputsOf(data, options)}};
      if (swapped) std::swap(peers[0], peers[1]);
      TrainPeers(peers, options, protocol, 5, {});
      models.push_back(one);
      models.push_back(two);
    }
    CHECK(WeightsOf(models[0]) == WeightsOf(models[2]));
    CHECK(WeightsOf(models[1]) == WeightsOf(models[3]));
  }
}

TEST_CASE("mutual learning refuses a single peer") {
  CHECK_THROWS_WITH_AS(MakeProtocol({"mutual", {}}, 1),
                       "--method: mutual needs at least 2 peers, not 1", Error);
}

}  // namespace
}  // namespace mtlkit
