// Protocols for labels of which many are wrong, and what chooses weights then.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/head.h"
#include "data/output_distance.h"
#include "train/class_shares.h"
#include "train/loop.h"
#include "train/loss_mixture.h"
#include "train/paper_peers.h"
#include "train/sample.h"
#include "train/select_measure.h"

namespace mtlkit {
namespace {

constexpr Real kMissingLoss = std::numeric_limits<Real>::quiet_NaN();

const Task kSign = TaskOfType(TaskType::kBinary, {"no", "yes"});
const Task kKind = TaskOfType(TaskType::kMulticlass, {"a", "b", "c"});

TEST_CASE("losses of right and of wrong labels, as scikit-learn parts them") {
  // GaussianMixture(2, max_iter=10, tol=1e-2, reg_covar=5e-4) of the same
  // losses, scaled; it begins elsewhere.
  const std::vector<Real> losses = {0.05F, 0.1F, 0.15F, 0.2F, 0.3F,
                                    0.4F,  0.5F, 0.6F,  0.9F, 1.1F,
                                    1.3F,  1.5F, 1.8F,  2.05F};
  const std::vector<double> right = {.9957, .9953, .9946, .9934, .9886,
                                     .9761, .9401, .8313, .0431, .0007,
                                     0,     0,     0,     0};
  LossMixture mixture;
  mixture.Fit(losses);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    CHECK(std::abs(mixture.RightAt(losses[i]) - right[i]) < 0.02);
  }
  CHECK(mixture.RightAt(kMissingLoss) == 0);
}

TEST_CASE("a mixture of losses that are all the same, or of none") {
  LossMixture mixture;
  CHECK(mixture.RightAt(1) == 0);
  mixture.Fit(std::vector<Real>{2, 2, kMissingLoss, 2});
  CHECK(mixture.RightAt(2) == 1);
  mixture.Fit(std::vector<Real>{kMissingLoss});
  CHECK(mixture.RightAt(2) == 0);
  mixture.Fit(std::vector<Real>{1, 3});
  CHECK(mixture.RightAt(1) > 0.99);
  CHECK(mixture.RightAt(3) < 0.01);
}

TEST_CASE("small-loss: a peer keeps the rows on which it loses little itself") {
  PaperPeers peers("small-loss:over=batch,forget=0.5,ramp=0", kSign,
                   {{0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}}, {0, 0, 0, 0, 0},
                   {1, 2, 1, 1, 0});
  peers.losses = {{3, 2, 4, 2, 0}, {1, 8, 2, 9, 0}};
  peers.Meet();
  CHECK(peers.kept[0] == std::vector<Real>{0, 2, 0, 1, 0});
  CHECK(peers.kept[1] == std::vector<Real>{1, 0, 1, 0, 0});
}

TEST_CASE("co-teaching-plus: small losses where the two disagree") {
  // They disagree on rows 0, 1, 3 and 4; row 4 has no label.
  const std::vector<std::vector<Real>> said = {{1, 1, 2, -1, 1},
                                               {-1, -1, 3, 1, -1}};
  PaperPeers peers("co-teaching-plus:forget=0.5,ramp=0,warm-up=2", kSign, said,
                   {0, 0, 0, 0, 0}, {1, 1, 1, 1, 0});
  peers.losses = {{5, 1, 0, 2, 0}, {1, 7, 0, 4, 0}};
  peers.view.epoch = 1;
  peers.Meet();
  CHECK(peers.kept[0] == peers.weight);
  peers.view.epoch = 2;
  peers.Meet();
  // The part of three rows is one; each learns what the other loses least on.
  CHECK(peers.kept[0] == std::vector<Real>{1, 0, 0, 0, 0});
  CHECK(peers.kept[1] == std::vector<Real>{0, 1, 0, 0, 0});
  peers.outputs[1] = peers.outputs[0];
  peers.Meet();
  CHECK(peers.kept[0] == std::vector<Real>(5));
  const Task tags = TaskOfType(TaskType::kMultilabel, {"x", "y"});
  PaperPeers sets("co-teaching-plus:forget=0,warm-up=0", tags,
                  {{1, 1, 1, -1}, {1, 2, 1, 1}}, {0, 0, 0, 0}, {1, 1});
  sets.Meet();
  CHECK(sets.kept[0] == std::vector<Real>{0, 1});
}

// Losses of the epoch before: of peer 1 they say that the label of row 0 is
// right and that of row 1 wrong, of peer 0 the opposite.
PaperPeers DividedPeers(const std::string& options, const Task& task) {
  PaperPeers peers(
      "dividemix:warm-up=1,ramp=0," + options, task,
      {{1, -1, 0.5F, 0, 2, 1, -2, 0, 1}, {0, 1, 0, 2, -1, 0, 1, 1, -1}},
      {1, 2, 0}, {1, 1, 0});
  peers.last = {{2, 0.1F, kMissingLoss}, {0.1F, 2, kMissingLoss}};
  peers.first = {{0, 0, 0, 1, 0, 0, 0, 2, 0}, {0, 1, 0, 0, 0, 0, 2, 0, 0}};
  peers.view.epoch = 1;
  peers.view.progress = 1;
  return peers;
}

TEST_CASE("dividemix: the other's losses say which labels are right") {
  PaperPeers peers = DividedPeers("prior=0,unlabelled=0,sharpen=1", kKind);
  peers.Meet();
  CHECK(peers.kept[0] == std::vector<Real>(3));
  // Peer 0 keeps row 0 alone, whose target is the label: the mean over three
  // rows is the cross-entropy of that one.
  const double sum = std::exp(1.0) + std::exp(-1.0) + std::exp(0.5);
  CHECK(peers.Value(0, 1) ==
        doctest::Approx(3 * (std::exp(-1.0) / sum - 1)).epsilon(1e-3));
  CHECK(static_cast<double>(peers.row_loss[0][0]) ==
        doctest::Approx(3 * (std::log(sum) + 1)).epsilon(1e-3));
  for (const std::size_t i : {3, 4, 5, 6, 7, 8}) CHECK(peers.Value(0, i) == 0);
  // Peer 1 keeps row 1.
  CHECK(peers.Value(1, 0) == 0);
  CHECK(peers.Value(1, 3) > 0);
  peers.view.epoch = 0;
  peers.Meet();
  CHECK(peers.kept[0] == peers.weight);
  CHECK(peers.lessons[0].factor == 0);
}

TEST_CASE("dividemix: what has no right label is guessed by both, and mixed") {
  PaperPeers peers = DividedPeers("prior=0,unlabelled=6,sharpen=0.5", kKind);
  peers.share = 0.75;
  peers.partners = {2, 0, 1};
  peers.Meet();
  // Row 2 of peer 0: the mean of both softmaxes, squared, made to sum to 1;
  // mixed with the guess of row 1.
  const auto softmax = [](const std::vector<Real>& z, std::size_t row) {
    std::vector<double> p;
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      p.push_back(std::exp(static_cast<double>(z[3 * row + k])));
      sum += p.back();
    }
    for (double& share : p) share /= sum;
    return p;
  };
  const auto guess = [&](std::size_t row) {
    const auto one = softmax(peers.first[0], row);
    const auto two = softmax(peers.first[1], row);
    std::vector<double> mean;
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      mean.push_back(std::pow((one[k] + two[k]) / 2, 2));
      sum += mean.back();
    }
    for (double& share : mean) share /= sum;
    return mean;
  };
  const auto said = softmax(peers.outputs[0], 2);
  double apart = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const double target = 0.75 * guess(2)[k] + 0.25 * guess(1)[k];
    apart += (said[k] - target) * (said[k] - target) / 3;
  }
  // Two of three rows are such: weight 6, over their mean.
  CHECK(static_cast<double>(peers.row_loss[0][2]) ==
        doctest::Approx(6 * 3.0 / 2 * apart).epsilon(1e-3));
}

TEST_CASE("dividemix: gradients are those of its row losses") {
  for (const Task& task : {kKind, kSign}) {
    PaperPeers peers = DividedPeers("prior=2,unlabelled=3", task);
    if (task.traits().has_positive) {
      for (auto* values : {&peers.outputs, &peers.first}) {
        for (auto& of_peer : *values) of_peer.resize(3);
      }
    }
    peers.partners = {1, 2, 0};
    peers.share = 0.6;
    const Real step = sizeof(Real) == 8 ? Real(1e-5) : Real(4e-3);
    peers.Meet();
    const std::vector<Real> given = peers.values[0];
    const auto sum = [&] {
      peers.Meet();
      double all = 0;
      for (const Real loss : peers.row_loss[0])
        all += static_cast<double>(loss);
      return all;
    };
    for (std::size_t i = 0; i < given.size(); ++i) {
      const Real kept = peers.outputs[0][i];
      peers.outputs[0][i] = kept + step;
      const double above = sum();
      peers.outputs[0][i] = kept - step;
      const double slope = (above - sum()) / (2 * static_cast<double>(step));
      peers.outputs[0][i] = kept;
      CHECK(static_cast<double>(given[i]) ==
            doctest::Approx(slope).epsilon(0.01).scale(0.1));
    }
  }
}

TEST_CASE("shares are sharpened, and labels said as shares") {
  std::vector<Real> row = {0.2F, 0.3F, 0.5F};
  Sharpen(kKind, 0.5, row);
  CHECK(static_cast<double>(row[2]) == doctest::Approx(0.25 / 0.38));
  std::vector<Real> yes = {0.8F};
  Sharpen(kSign, 0.5, yes);
  CHECK(static_cast<double>(yes[0]) == doctest::Approx(0.64 / 0.68));
  SureOf(kKind, 1, row);
  CHECK(row == std::vector<Real>{0, 1, 0});
  const Task grade = TaskOfType(ParseTaskType("ordinal"), {"a", "b", "c"});
  std::vector<Real> higher(2);
  const Real label = 1;
  TruthAsTarget(grade, &label, higher);
  CHECK(higher == std::vector<Real>{1, 0});
}

TEST_CASE("decisions: one measure a task, left out where there is none") {
  Dataset data = SampleData(100);
  const auto terms = ParseSelectOn(data.tasks, "decisions");
  REQUIRE(terms.size() == 3);
  CHECK(terms[0].text == "sign.accuracy");
  CHECK(terms[2].text == "value.mae");
  for (const Index row : data.SplitRows("valid")) {
    data.labels[1].values[At(row)] = std::nanf("");
  }
  TrainOptions options = SampleOptions();
  options.select_on = "decisions";
  Model model = SampleModel(data);
  const History history =
      Train(InputsOf(data, options), options, 1, {}, &model);
  CHECK(history.selected_on == "valid sign.accuracy,value.mae");
  for (const Index row : data.SplitRows("valid")) {
    for (Labels& labels : data.labels) {
      labels.values[At(row)] = std::nanf("");
    }
  }
  CHECK(Train(InputsOf(data, options), options, 1, {}, &model).best_epoch == 0);
}

// Half of the labels are drawn anew, those of the validation rows, too.
TEST_CASE("wrong labels turn a choice by the loss, and not one by decisions") {
  Dataset data = SampleData(1500);
  data.tasks.resize(1);
  data.labels.resize(1);
  const std::vector<float> truth(data.labels[0].values.begin(),
                                 data.labels[0].values.end());
  const Rng rng(5, RandomPurpose::kTest);
  for (Index row = 0; row < data.rows; ++row) {
    if (rng.Uniform(row, 0) < 0.35) {
      data.labels[0].values[At(row)] = 1 - truth[At(row)];
    }
  }
  TrainOptions options = SampleOptions();
  options.epochs = 25;
  options.patience = 0;
  options.schedule = "constant";
  options.optimizer.rate = 0.01;
  const auto chosen = [&](const std::string& select_on) {
    options.select_on = select_on;
    Model one = SampleModel(data, 1);
    Model two = SampleModel(data, 2);
    std::vector<Peer> peers = {{&one, 1, InputsOf(data, options)},
                               {&two, 2, InputsOf(data, options)}};
    return TrainPeers(peers, options, "co-teaching:forget=0.35,ramp=3", 1,
                      {})[0]
        .best_epoch;
  };
  CHECK(chosen("decisions") > chosen("loss"));
}

}  // namespace
}  // namespace mtlkit
