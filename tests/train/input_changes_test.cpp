#include "train/input_changes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

TEST_CASE("numbers from Beta(a, a) have its mean and its variance") {
  for (const double alpha : {0.2, 1.0, 4.0}) {
    CAPTURE(alpha);
    double sum = 0;
    double squares = 0;
    constexpr int kCount = 20000;
    for (std::uint64_t step = 0; step < kCount; ++step) {
      const double x =
          BetaNumber(Rng(1, RandomPurpose::kMixup, step), 0, alpha);
      REQUIRE((x >= 0 && x <= 1));
      sum += x;
      squares += (x - 0.5) * (x - 0.5);
    }
    // 1 / (4 (2 a + 1)).
    const double variance = 0.25 / (2 * alpha + 1);
    CHECK(std::abs(sum / kCount - 0.5) < 4 * std::sqrt(variance / kCount));
    CHECK(squares / kCount == doctest::Approx(variance).epsilon(0.03));
  }
  // However small alpha is, it is a number.
  const double x = BetaNumber(Rng(1, RandomPurpose::kMixup, 5), 0, 1e-6);
  CHECK((x < 1e-9 || x > 1 - 1e-9));
}

struct ChangedBatch {
  explicit ChangedBatch(const InputChangeOptions& options, Index count = 30)
      : data(SampleData(150)),
        batcher(data, count),
        changes(data, options, 7, count) {
    for (Index row = 0; row < count; ++row) rows.push_back(row);
    const ConstMatView plain = batcher.Load(rows).inputs[0].dense;
    before.assign(plain.data, plain.data + plain.size());
  }
  ConstMatView Apply(Index step) {
    return changes.Apply(batcher.Load(rows), step).inputs[0].dense;
  }

  Dataset data;
  std::vector<Index> rows;
  Batcher batcher;
  InputChanges changes;
  std::vector<Real> before;
};

TEST_CASE("a mixed row is the shares of two rows, with both rows' labels") {
  InputChangeOptions options;
  options.mixup = 1;
  ChangedBatch batch(options);
  const ConstMatView mixed = batch.Apply(3);
  const Partners& partners = *batch.changes.partners();
  CHECK((partners.share > 0 && partners.share < 1));
  std::vector<Index> places = partners.places;
  CHECK(std::ranges::adjacent_find(places, [](Index a, Index b) {
          return b == a + 1;
        }) != places.end() - 1);
  std::ranges::sort(places);
  for (Index row = 0; row < 30; ++row) {
    CHECK(places[At(row)] == row);
    const Index other = partners.places[At(row)];
    for (Index col = 0; col < mixed.cols; ++col) {
      const auto at = [&](Index r) {
        return static_cast<double>(batch.before[At(r * mixed.cols + col)]);
      };
      CHECK(static_cast<double>(mixed(row, col)) ==
            doctest::Approx(partners.share * at(row) +
                            (1 - partners.share) * at(other))
                .epsilon(1e-5));
    }
    const Batch& plain = batch.batcher.Load(batch.rows);
    for (std::size_t t = 0; t < 3; ++t) {
      CHECK(partners.targets[t].weight[At(row)] ==
            plain.targets[t].weight[At(other)]);
    }
    CHECK(partners.targets[0].target(row, 0) ==
          plain.targets[0].target(other, 0));
  }
}

TEST_CASE("noise on inputs has the deviation that is asked for") {
  InputChangeOptions options;
  options.noise = 0.3;
  ChangedBatch batch(options, 120);
  std::vector<double> noise;
  for (const Index step : {0, 1}) {
    const ConstMatView noisy = batch.Apply(step);
    for (std::size_t i = 0; i < batch.before.size(); ++i) {
      noise.push_back(static_cast<double>(noisy.data[i] - batch.before[i]));
    }
  }
  double sum = 0;
  double squares = 0;
  for (const double x : noise) {
    sum += x;
    squares += x * x;
  }
  const double count = static_cast<double>(noise.size());
  CHECK(std::abs(sum / count) < 4 * 0.3 / std::sqrt(count));
  CHECK(std::sqrt(squares / count) == doctest::Approx(0.3).epsilon(0.05));
  // Neither numbers side by side nor steps are alike.
  double products = 0;
  double across = 0;
  const std::size_t half = noise.size() / 2;
  for (std::size_t i = 0; i + 1 < half; ++i) {
    products += noise[i] * noise[i + 1];
    across += noise[i] * noise[half + i];
  }
  const double bound = 4 * 0.09 / std::sqrt(count / 2);
  CHECK(std::abs(products / (count / 2)) < bound);
  CHECK(std::abs(across / (count / 2)) < bound);
}

TEST_CASE("a mask leaves out numbers of rows that lack a label") {
  ChangedBatch batch({.mask = 0.4, .spares_labelled = true}, 120);
  const ConstMatView masked = batch.Apply(2);
  double gone = 0;
  double numbers = 0;
  for (Index row = 0; row < 120; ++row) {
    const bool lacks = row % 3 == 0;  // SampleData's `kind`
    for (Index col = 0; col < masked.cols; ++col) {
      const Real before = batch.before[At(row * masked.cols + col)];
      const Real now = masked(row, col);
      CHECK((now == before || (lacks && now == 0)));
      numbers += lacks;
      gone += now != before;
    }
  }
  CHECK(std::abs(gone / numbers - 0.4) < 4 * std::sqrt(0.4 * 0.6 / numbers));
}

TEST_CASE("of an image a square is left out, all channels of it") {
  Dataset data = SampleData(2);
  data.inputs[0].kind = InputKind::kImage;
  data.inputs[0].height = 8;
  data.inputs[0].width = 6;
  data.inputs[0].cols = 2;
  InputChanges changes(data, {.mask = 0.25}, 3, 2);
  std::vector<Real> pixels(2 * 8 * 6 * 2, Real{1});
  Batch batch;
  batch.rows = 2;
  batch.inputs.resize(1);
  batch.inputs[0].dense = {pixels.data(), 2 * 8 * 6, 2};
  Index largest = 0;
  for (Index step = 0; step < 40; ++step) {
    const ConstMatView seen = changes.Apply(batch, step).inputs[0].dense;
    // Of the first image: rows and columns of pixels that are left out.
    Index gone = 0;
    std::vector<Index> ys(8);
    std::vector<Index> xs(6);
    for (Index y = 0; y < 8; ++y) {
      for (Index x = 0; x < 6; ++x) {
        const bool is_out = seen(y * 6 + x, 0) == 0;
        CHECK((seen(y * 6 + x, 1) == 0) == is_out);
        gone += is_out;
        ys[At(y)] += is_out;
        xs[At(x)] += is_out;
      }
    }
    const auto used = [](const std::vector<Index>& counts) {
      return std::ranges::count_if(counts, [](Index n) { return n > 0; });
    };
    CHECK(gone == used(ys) * used(xs));
    largest = std::max(largest, gone);
  }
  CHECK(largest == 4 * 3);
}

// One plain step of sgd at rate 1 on rows of a linear model of one task; what
// it takes off the bias is the mean slope of the loss.
struct MixedStep {
  explicit MixedStep(Dataset given) : data(std::move(given)) {
    ArchOptions arch;
    arch.layers = {"none"};
    model = BuildModel(data, arch, 1, data.SplitRows("train"));
    options.optimizer.optimizer = "sgd:momentum=0";
    options.mixup = 1;
    options.loss = {"value=squared"};
    for (const Index row : data.SplitRows("train")) {
      if (rows.size() < 12) rows.push_back(row);
    }
  }

  double BiasStep() {
    const auto protocol = MakeProtocol({"solo", {}}, 1);
    Trainee trainee({&model, 5, InputsOf(data, options)}, options, *protocol,
                    nullptr);
    trainee.Forward(rows, 4);
    REQUIRE(trainee.Learn(4, 1, 0) == -1);
    const Index bias = model.network->weights()->Find("head.value/bias");
    return static_cast<double>(
        model.params.weights.At(bias)(0, 0) -
        trainee.state().learner.params.weights.At(bias)(0, 0));
  }

  Dataset data;
  Model model;
  TrainOptions options;
  std::vector<Index> rows;
};

Dataset OnlyValue(bool with_gaps) {
  Dataset data = SampleData(60);
  data.tasks = {data.tasks[2]};
  data.labels = {data.labels[2]};
  if (!with_gaps) return data;
  for (std::size_t row = 0; row < 60; row += 2) {
    data.labels[0].values[row] = std::numeric_limits<float>::quiet_NaN();
  }
  return data;
}

TEST_CASE("a mixed loss is that of both labels, each by its share") {
  for (const bool with_gaps : {false, true}) {
    CAPTURE(with_gaps);
    MixedStep step(OnlyValue(with_gaps));
    InputChanges changes(step.data, {.mixup = step.options.mixup}, 5, 12);
    Batcher batcher(step.data, 12);
    const Batch& batch = changes.Apply(batcher.Load(step.rows), 4);
    const Partners& partners = *changes.partners();
    const Layout& layout = *step.model.network->weights();
    const ConstMatView kernel =
        step.model.params.weights.At(layout.Find("head.value/kernel"));
    double slope = 0;
    double weight = 0;
    for (Index row = 0; row < 12; ++row) {
      double z = 0;
      for (Index i = 0; i < kernel.rows; ++i) {
        z += static_cast<double>(batch.inputs[0].dense(row, i)) *
             static_cast<double>(kernel(i, 0));
      }
      const auto add = [&](const TargetBatch& target, double share) {
        const double w = static_cast<double>(target.weight[At(row)]);
        weight += share * w;
        if (w == 0) return;
        const double away = z - static_cast<double>(target.target(row, 0));
        slope += share * w * 2 * away;
      };
      add(batch.targets[0], partners.share);
      add(partners.targets[0], 1 - partners.share);
    }
    CHECK(weight == doctest::Approx(with_gaps ? 6 : 12).epsilon(0.2));
    CHECK(step.BiasStep() == doctest::Approx(slope / weight).epsilon(1e-4));
  }
}

TEST_CASE("only what is learned from is changed") {
  const Dataset data = SampleData(150);
  TrainOptions options = SampleOptions();
  options.epochs = 2;
  options.optimizer.rate = 1e-30;
  const auto logged = [&](double noise, double mixup, const char* column) {
    options.input_noise = noise;
    options.mixup = mixup;
    Model model = SampleModel(data);
    const History history =
        Train(InputsOf(data, options), options, 1, {}, &model);
    return history.Find(column)->back();
  };
  CHECK(logged(0, 0, "valid") == logged(0.5, 0, "valid"));
  CHECK(logged(0, 0, "valid") == logged(0, 1, "valid"));
  CHECK(logged(0, 0, "train.sign.loss") != logged(0.5, 0, "train.sign.loss"));
  CHECK(logged(0, 0, "train.sign.loss") != logged(0, 1, "train.sign.loss"));
}

TEST_CASE("inputs that cannot be mixed are refused") {
  Dataset data = SampleData(60);
  InputBlock words;
  words.name = "words";
  words.kind = InputKind::kCategorical;
  data.inputs.push_back(words);
  InputChangeOptions options;
  options.mixup = 0.2;
  CHECK_THROWS_WITH_AS(InputChanges(data, options, 1, 10),
                       doctest::Contains("--mixup: the input 'words'"), Error);
  options.mixup = 0;
  options.noise = 0.1;
  InputChanges(data, options, 1, 10);
  data.inputs.erase(data.inputs.begin());
  CHECK_THROWS_WITH_AS(InputChanges(data, options, 1, 10),
                       doctest::Contains("--input-noise has no effect"), Error);
  const Dataset numbers = SampleData(60);
  std::vector<Model> models(2, SampleModel(numbers));
  TrainOptions mixing = SampleOptions();
  mixing.mixup = 0.2;
  std::vector<Peer> peers = {{&models[0], 1, InputsOf(numbers, mixing)},
                             {&models[1], 2, InputsOf(numbers, mixing)}};
  CHECK_THROWS_AS(TrainPeers(peers, mixing, "mutual", 1, {}), Error);
}

}  // namespace
}  // namespace mtlkit
