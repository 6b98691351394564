// Texts that are made of texts: what a batch holds of them, gradients of the
// whole network, no leak of what is to be written, learning beside another
// task, and several networks that write together.
#include "allocations.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "base/rng.h"
#include "data/small_table.h"
#include "data/space_blocks.h"
#include "nn/plan.h"
#include "nn/plan_size.h"
#include "train/loop.h"
#include "train/meeting.h"
#include "train/predict.h"
#include "train/sampler.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

constexpr bool kDouble = sizeof(Real) == sizeof(double);
constexpr int kWordsOfBack = 3;
constexpr int kBeginOfBack = 3;  // <s>
constexpr int kEndOfBack = 4;

// The words the other way round, of lengths 1, 2, 4 and 7, beside whether the
// first is the word of number 0. Each fifth row has no text to be written, and
// each seventh one with a word that has no code.
Dataset TextsBackwards(Index rows) {
  constexpr Index kLengths[] = {1, 2, 4, 7};
  const Rng random(5, RandomPurpose::kTest);
  std::vector<std::vector<int>> texts;
  std::vector<std::vector<int>> back;
  std::vector<float> first;
  std::vector<float> there;
  for (Index row = 0; row < rows; ++row) {
    std::vector<int>& text = texts.emplace_back();
    for (Index i = 0; i < kLengths[row % 4]; ++i) {
      text.push_back(static_cast<int>(random.Below(row, i, kWordsOfBack)));
    }
    first.push_back(text[0] == 0 ? 1.0F : 0.0F);
    const bool is_missing = row % 5 == 4;
    there.push_back(is_missing ? kNan : 1.0F);
    std::vector<int>& written = back.emplace_back(1, kBeginOfBack);
    if (is_missing) continue;
    written.insert(written.end(), text.rbegin(), text.rend());
    if (row % 7 == 6) written.back() = -1;
  }
  Dataset data =
      TableOf(rows, {TokenBlock("text", {"a", "b", "c"}, texts),
                     TokenBlock("back", {"a", "b", "c", "<s>"}, back)});
  AddTask(&data, "first", TaskType::kBinary, {"no", "yes"}, first);
  AddTask(&data, "back", ParseTaskType("sequence"), {}, there);
  data.tasks[1].tokens = "back";
  data.tasks[1].from = "text";
  data.tasks[1].codes = kEndOfBack + 1;
  for (Index row = 0; row < rows; ++row) {
    data.splits[row / 4 % 4 == 3 ? "valid" : "train"].push_back(row);
  }
  return data;
}

Model WriterOf(const Dataset& data, Seed seed = 1) {
  ArchOptions arch;
  arch.layers = {"none"};
  arch.texts = "transformer:width=16,heads=2,ff=32,layers=1,dropout=0";
  return BuildModel(data, arch, seed, data.SplitRows("train"));
}

TEST_CASE("a batch has what comes behind each token of the texts there are") {
  const Dataset data = TextsBackwards(8);
  Batcher batcher(data, 8);
  const std::vector<Index> rows = {1, 4,
                                   6};  // two words, none, unknown at last
  const Batch& batch = batcher.Load(rows);
  const TargetBatch& target = batch.targets[1];
  const std::span<const Index> starts = target.row_starts;
  REQUIRE(std::vector(starts.begin(), starts.end()) ==
          std::vector<Index>{0, 3, 4, 9});
  const auto next = [&](Index token) { return target.target.data[token]; };
  const auto word = [&](Index token) {
    return static_cast<Real>(batch.inputs[1].codes.data[token]);
  };
  CHECK(next(0) == word(1));
  CHECK(next(1) == word(2));
  CHECK(next(2) == kEndOfBack);
  CHECK(std::isnan(next(3)));
  CHECK(next(4) == word(5));
  CHECK(next(6) == word(7));
  CHECK(std::isnan(next(7)));    // a word without a code is not learned,
  CHECK(next(8) == kEndOfBack);  // but what comes behind it
  const std::vector<Real> weights = {1, 1, 1, 0, 1, 1, 1, 0, 1};
  CHECK(std::ranges::equal(target.weight, weights));
  CHECK(target.labelled == 7);
  CHECK(target.weight_sum == 7);
}

// The summed loss of all tasks; with `plan` of a route, its gradient, too.
double LossAndGradient(const Model& model, const Batch& batch,
                       const Params& params, Plan* plan) {
  const auto losses = MakeLosses(model.schema.tasks,
                                 {"back=cross-entropy:label-smoothing=0.2"});
  Block buffers = params.buffers;
  Pass pass;
  pass.weights = &params.weights;
  pass.buffers = &buffers;
  pass.mode = Mode::kTraining;
  plan->Forward(pass, batch);
  double sum = 0;
  for (std::size_t task = 0; task < losses.size(); ++task) {
    const TargetBatch& target = batch.targets[task];
    std::vector<Real> row_loss(target.weight.size());
    const auto number = static_cast<Index>(task);
    losses[task]->Evaluate({plan->Output(number), target.target, target.weight},
                           row_loss, plan->OutputGradient(number));
    sum += SumRows(row_loss);
  }
  plan->Backward(pass);
  return sum;
}

TEST_CASE("gradients of a network that writes are those of differences") {
  const Dataset data = TextsBackwards(9);
  const Model model = WriterOf(data);
  PlanOptions options = PlanFor(data, 9);
  options.route = Route::kPlain;
  Plan plan(*model.network, options);
  Batcher batcher(data, 9);
  const Batch& batch =
      batcher.Load(std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7, 8});
  Params params = model.params;
  LossAndGradient(model, batch, params, &plan);
  const std::vector<Real> gradient(plan.gradient().begin(),
                                   plan.gradient().end());
  const double step = kDouble ? 1e-7 : 2e-4;
  const Rng random(2, RandomPurpose::kTest);
  for (Index draw = 0; draw < 3; ++draw) {
    double expected = 0;
    const auto at = [&](double factor) {
      params = model.params;
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        const double way = random.Normal(draw, static_cast<Index>(i));
        if (factor > 0) expected += way * static_cast<double>(gradient[i]);
        params.weights.all()[i] += static_cast<Real>(factor * step * way);
      }
      return LossAndGradient(model, batch, params, &plan);
    };
    const double difference = (at(1) - at(-1)) / (2 * step);
    CHECK(std::abs(expected) > 1);
    CHECK(std::abs(difference - expected) <=
          (kDouble ? 1e-6 : 2e-2) * (std::abs(expected) + 10));
  }
}

TEST_CASE("what is to be written is no input, nor what comes behind a token") {
  const Dataset data = TextsBackwards(12);
  const Model model = WriterOf(data);
  Plan plan(*model.network, PlanFor(data, 12));
  Pass pass;
  Block buffers = model.params.buffers;
  pass.weights = &model.params.weights;
  pass.buffers = &buffers;
  const auto outputs = [&](const Dataset& of, Index task) {
    Batcher batcher(of, 12);
    std::vector<Index> rows(12);
    for (Index row = 0; row < 12; ++row) rows[At(row)] = row;
    plan.Forward(pass, batcher.Load(rows));
    const ConstMatView y = plan.Output(task);
    return std::vector<Real>(y.data, y.data + y.size());
  };
  // The last word of the last text, of seven.
  Dataset other = data;
  std::vector<std::int32_t> codes(data.inputs[1].codes.begin(),
                                  data.inputs[1].codes.end());
  codes.back() = (codes.back() + 1) % kWordsOfBack;
  other.inputs[1].codes = Array<std::int32_t>(std::move(codes));
  CHECK(outputs(data, 0) == outputs(other, 0));
  const std::vector<Real> before = outputs(data, 1);
  const std::vector<Real> after = outputs(other, 1);
  const auto same = before.size() - kEndOfBack - 1;
  CHECK(std::equal(before.begin(), before.begin() + static_cast<Index>(same),
                   after.begin()));
  CHECK(before != after);
}

TrainOptions WriterOptions() {
  TrainOptions options;
  options.epochs = 30;
  options.batch = 32;
  options.optimizer.rate = 0.01;
  return options;
}

Model LearnedWriter(const Dataset& data, Seed seed, int threads, Index epochs,
                    double* loss) {
  Model model = WriterOf(data, seed);
  TrainOptions options = WriterOptions();
  options.epochs = epochs;
  ThreadPool pool(threads, 1);
  SilentReporter reporter;
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &reporter;
  *loss =
      Train(InputsOf(data, options), options, seed, environment, &model).best;
  return model;
}

TEST_CASE("texts are learned beside a class, the same for any threads") {
  const Dataset data = TextsBackwards(400);
  double loss = 0;
  LearnedWriter(data, 1, 1, 30, &loss);
  CHECK(loss < 0.3);  // 1 is the best constant
  const Dataset few = TextsBackwards(90);
  const Model one = LearnedWriter(few, 1, 1, 2, &loss);
  const Model three = LearnedWriter(few, 1, 3, 2, &loss);
  CHECK(std::ranges::equal(std::as_const(one.params.weights).all(),
                           std::as_const(three.params.weights).all()));
}

TEST_CASE("a step that learns texts allocates nothing") {
  const Dataset data = TextsBackwards(120);
  for (const char* weighting : {"equal", "uncertainty", "pcgrad", "famo"}) {
    CAPTURE(weighting);
    Model model = WriterOf(data);
    TrainOptions options = WriterOptions();
    options.loss = {"back=cross-entropy:label-smoothing=0.1"};
    options.weighting.weighting = weighting;
    const Peer peer = {&model, 1, InputsOf(data, options)};
    const auto protocol = MakeProtocol({"solo", {}}, 1);
    Trainee trainee(peer, options, *protocol, nullptr);
    const auto sampler =
        MakeSampler({"proportional", {}},
                    {trainee.data(), trainee.train_rows(), options.batch});
    EpochRows order;
    sampler->Draw(1, 0, &order);
    trainee.learner().ExpectSteps(2 * order.batch_count(), order.batch_count());
    Index step = 0;
    long long before = 0;
    for (int epoch = 0; epoch < 2; ++epoch) {
      before = AllocationCount();
      for (Index i = 0; i < order.batch_count(); ++i) {
        trainee.Forward(order.Batch(i), step);
        REQUIRE(trainee.Learn(step++, 0.01, 0.5) == -1);
      }
    }
    CHECK(AllocationCount() == before);
  }
}

TEST_CASE("texts and codes that do not go together are refused") {
  Dataset data = TextsBackwards(16);
  Task& task = data.tasks[1];
  ArchOptions arch;
  const auto build = [&] {
    BuildModel(data, arch, 1, data.SplitRows("train"));
  };
  task.codes = kEndOfBack + 2;
  CHECK_THROWS_WITH_AS(build(), doctest::Contains("prepare the texts again"),
                       Error);
  task.codes = kEndOfBack + 1;
  task.from = "elsewhere";
  CHECK_THROWS_WITH_AS(build(), doctest::Contains("does not read"), Error);
  task.from = "text";
  data.tasks.erase(data.tasks.begin());
  data.labels.erase(data.labels.begin());
  arch.arch = "pooled";
  CHECK_THROWS_WITH_AS(build(), doctest::Contains("has a decoder"), Error);
}

TEST_CASE("texts and codes that do not go together are refused") {
  Dataset data = TextsBackwards(20);
  const auto refused = [&](const std::string& arch) {
    ArchOptions options;
    options.arch = arch;
    return MessageOf(
        [&] { BuildModel(data, options, 1, data.SplitRows("train")); });
  };
  CHECK(refused("pooled").find("has a decoder") != std::string::npos);
  data.tasks[1].codes = kEndOfBack + 2;
  CHECK(refused("shared").find("and the end") != std::string::npos);
  data.tasks[1].codes = kEndOfBack + 1;
  data.tasks[1].from = "elsewhere";
  CHECK(refused("shared").find("does not read") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
