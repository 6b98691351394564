// Protocols in which peers teach each other or themselves, against values
// worked out by hand and elsewhere.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "golden/golden.h"
#include "nn/plan.h"
#include "train/divergence.h"
#include "train/error_weights.h"
#include "train/loop.h"
#include "train/paper_peers.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

using golden::json;

const Task kSign = TaskOfType(TaskType::kBinary, {"no", "yes"});
const Task kKind = TaskOfType(TaskType::kMulticlass, {"a", "b", "c"});

double Sigmoid(double z) {
  return 1 / (1 + std::exp(-z));
}

TEST_CASE("the reverse divergence, softened, is that of torch") {
  int count = 0;
  const json root = golden::Load("losses");
  for (const json& entry : root.at("cases")) {
    if (entry["id"].get<std::string>().rfind("distill_reverse", 0) != 0) {
      continue;
    }
    ++count;
    std::vector<Real> own = golden::Reals(entry["inputs"]["prediction"]);
    std::vector<Real> other = golden::Reals(entry["inputs"]["teacher_logits"]);
    const std::vector<double> per_row =
        golden::Numbers(entry["expected"]["per_row"]);
    const auto rows = static_cast<Index>(per_row.size());
    const Index cols = static_cast<Index>(own.size()) / rows;
    PairDivergence pair(Direction::kReverse, entry["params"]["temperature"],
                        true);
    pair.Reserve(rows, cols);
    std::vector<Real> values(per_row.size());
    std::vector<Real> slopes(own.size());
    const Task kind = TaskOfType(TaskType::kMulticlass, {"a", "b", "c", "d"});
    pair.Add(kind, {own.data(), rows, cols}, {other.data(), rows, cols}, 0.5,
             values, {slopes.data(), rows, cols});
    for (std::size_t i = 0; i < per_row.size(); ++i) {
      CHECK(static_cast<double>(values[i]) ==
            doctest::Approx(per_row[i] / 2).epsilon(1e-4));
    }
    // Outputs may all grow alike.
    const Real sum = std::accumulate(slopes.begin(), slopes.end(), Real{0});
    CHECK(std::abs(sum) < Real(1e-5));
  }
  CHECK(count == 2);
}

TEST_CASE("mutual: directions, the temperature's square, and when") {
  const std::vector<std::vector<Real>> said = {{2, -1}, {0, 1}};
  const auto slope = [&](const std::string& options) {
    PaperPeers peers("mutual:" + options, kSign, said, {0, 0}, {0, 1});
    peers.Meet();
    CHECK(peers.lesson_weight[0] == std::vector<Real>{1, 1});
    return peers.Value(0, 0);
  };
  const double p = Sigmoid(2);
  const double q = 0.5;
  // Of KL(p || q) = p log p/q + (1 - p) log (1 - p)/(1 - q) by the logit of p.
  const double reverse = p * (1 - p) * 2;
  CHECK(slope("direction=reverse") == doctest::Approx(reverse));
  CHECK(slope("direction=both") == doctest::Approx(reverse + p - q));
  const double soft = Sigmoid(1);
  const double softened = soft * (1 - soft) * 1 / 2;
  CHECK(slope("direction=reverse,temperature=2") ==
        doctest::Approx(4 * softened));
  CHECK(slope("direction=reverse,temperature=2,scale-by-square=no") ==
        doctest::Approx(softened));
  // Forward: the target is the other's probability.
  CHECK(slope("weight=3") == doctest::Approx(0.5));
  PaperPeers sparse("mutual:every=2,burn-in=1.5", kSign, said, {0, 0}, {0, 1});
  const auto factor = [&](Index step, double progress) {
    sparse.view.step = step;
    sparse.view.progress = progress;
    sparse.Meet();
    return sparse.lessons[0].factor;
  };
  CHECK(factor(2, 1.4) == 0);
  CHECK(factor(4, 1.5) == 1);
  CHECK(factor(5, 2) == 0);
}

TEST_CASE("mutual: values are a squared difference apart in any direction") {
  const Task number = TaskOfType(TaskType::kRegression, {});
  for (const char* direction : {"reverse", "both"}) {
    PaperPeers peers(std::string("mutual:direction=") + direction, number,
                     {{3}, {1}}, {0}, {0});
    peers.Meet();
    CHECK(peers.Value(0, 0) == 4);
    CHECK(peers.row_loss[0][0] == 4);
  }
}

TEST_CASE("mutual: the mean over the other peers of a divergence") {
  const std::vector<std::vector<Real>> said = {{2}, {0}, {-1}};
  PaperPeers peers("mutual:direction=reverse", kSign, said, {0}, {0});
  peers.Meet();
  const double p = Sigmoid(2);
  CHECK(peers.Value(0, 0) == doctest::Approx(p * (1 - p) * (2 + 3) / 2));
}

TEST_CASE("kdcl naive: of each row the peer with the smallest loss teaches") {
  // Row 0 is 'yes', row 1 'no', row 2 has no label: the mean teaches.
  PaperPeers peers("kdcl", kSign, {{1, -2, 4}, {3, 0, 0}}, {1, 0, 0},
                   {1, 2, 0});
  peers.Meet();
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(peers.Value(k, 0) == doctest::Approx(Sigmoid(3)));
    CHECK(peers.Value(k, 1) == doctest::Approx(Sigmoid(-2)));
    CHECK(peers.Value(k, 2) == doctest::Approx(Sigmoid(2)));
    CHECK(peers.lessons[k].factor == 1);
  }
}

TEST_CASE("kdcl min-logit: every other class has the least lead") {
  PaperPeers peers("kdcl:rule=min-logit", kKind, {{1, 0, 3}, {2, 2.5, 1}}, {1},
                   {1});
  peers.Meet();
  // Leads over class b: (1, 0, 3) and (-.5, 0, -1.5).
  const double sum = std::exp(-0.5) + 1 + std::exp(-1.5);
  CHECK(peers.Value(0, 0) == doctest::Approx(std::exp(-0.5) / sum));
  CHECK(peers.Value(0, 1) == doctest::Approx(1 / sum));
  CHECK(peers.Value(1, 2) == doctest::Approx(std::exp(-1.5) / sum));
  PaperPeers sign("kdcl:rule=min-logit", kSign, {{1, 1}, {3, 3}}, {1, 0},
                  {1, 1});
  sign.Meet();
  CHECK(sign.Value(0, 0) == doctest::Approx(Sigmoid(3)));
  CHECK(sign.Value(0, 1) == doctest::Approx(Sigmoid(1)));
  const Task number = TaskOfType(TaskType::kRegression, {});
  PaperPeers numbers("kdcl:rule=min-logit", number, {{1}, {2}}, {1}, {1});
  numbers.Meet();
  CHECK(numbers.Value(0, 0) == doctest::Approx(1.5));
  const Task quantiles = [] {
    Task task = TaskOfType(TaskType::kRegression, {});
    task.form = ParseForm("quantile");
    task.levels = {0.1, 0.5};
    return task;
  }();
  CHECK_THROWS_WITH_AS(
      PaperPeers("kdcl:rule=general", quantiles, {{1, 2}, {2, 3}}, {1}, {1}),
      doctest::Contains("whose labels are no predictions"), Error);
}

TEST_CASE("kdcl linear: the combination that has the smallest loss") {
  // One is right about row 0, the other about row 1, both too sure.
  const Task number = TaskOfType(TaskType::kRegression, {});
  PaperPeers peers("kdcl:rule=linear", number, {{1, 4, 9}, {5, 2, 1}},
                   {3, 3.5, 0}, {1, 1, 0});
  peers.Meet();
  // a z_1 + (1 - a) z_2: (5 - 4 a, 2 + 2 a), nearest to (3, 3.5) where
  // -4 (2 - 4 a) + 2 (2 a - 1.5) = 0.
  const double a = 11.0 / 20;
  CHECK(peers.Value(0, 0) == doctest::Approx(5 - 4 * a).epsilon(1e-4));
  CHECK(peers.Value(1, 1) == doctest::Approx(2 + 2 * a).epsilon(1e-4));
  CHECK(peers.Value(1, 2) == doctest::Approx(1 + 8 * a).epsilon(1e-4));
}

TEST_CASE("kdcl general: weights by the errors of the epoch before") {
  const Task number = TaskOfType(TaskType::kRegression, {});
  PaperPeers peers("kdcl:rule=general", number, {{1, 0}, {0, 3}}, {0, 0},
                   {1, 1});
  peers.Meet();
  CHECK(peers.Value(0, 1) == doctest::Approx(1.5));  // equal at first
  peers.view.epoch = 1;
  peers.Meet();
  // Errors are (1, 0) and (0, 3): weights 9 to 1.
  CHECK(peers.Value(0, 1) == doctest::Approx(0.3));
  ErrorWeights weights(3);
  weights.Of(0, 2);
  weights.Add(std::vector<double>{2, 4});
  // The second is twice as wrong in the same way: it has no part.
  CHECK(weights.Of(1, 2)[0] == 1);
  CHECK(weights.Of(2, 2)[0] == Real(0.5));  // nothing was added
}

TEST_CASE("fixmatch: what was sure at first is learned without a label") {
  // Rows 0 and 1 have labels; of the other three one is unsure.
  PaperPeers peers("fixmatch:threshold=0.9,weight=2", kKind,
                   {std::vector<Real>(15)}, {0, 0, 0, 0, 0}, {1, 1, 0, 0, 0});
  peers.first[0] = {9, 0, 0, 0, 9, 0, 0, 0, 9, 1, 1, 0, 9, 0, 0};
  peers.Meet();
  CHECK(peers.lesson_weight[0] == std::vector<Real>{0, 0, 1, 0, 1});
  CHECK(peers.lessons[0].factor == doctest::Approx(2.0 * 2 / 3));
  CHECK(peers.Value(0, 8) == 1);
  CHECK(peers.Value(0, 6) == 0);
  CHECK(peers.Value(0, 12) == 1);
  const Task tags = TaskOfType(TaskType::kMultilabel, {"x", "y"});
  PaperPeers sets("fixmatch:threshold=0.9", tags, {std::vector<Real>(4)},
                  {0, 0, 0, 0}, {0, 0});
  sets.first[0] = {-5, 0.1, 0.2, 0.3};
  sets.Meet();
  CHECK(sets.Value(0, 0) == 0);
  CHECK(std::isnan(sets.Value(0, 1)));
  CHECK(sets.lessons[0].factor == doctest::Approx(0.5));
}

std::vector<Real> TrainedTwo(const std::string& method,
                             const TrainOptions& options) {
  const Dataset data = SampleData(120);
  ArchOptions arch;
  arch.layers = {"8"};
  arch.norm = "batch";
  arch.dropout = 0.2;
  std::vector<Model> models;
  for (Seed seed = 1; seed < 3; ++seed) {
    models.push_back(BuildModel(data, arch, seed, data.SplitRows("train")));
  }
  std::vector<Peer> peers = {{&models[0], 1, InputsOf(data, options)},
                             {&models[1], 2, InputsOf(data, options)}};
  for (Peer& peer : peers) {
    peer.inputs.valid_rows.clear();
    peer.inputs.keeps_last = true;
  }
  TrainPeers(peers, options, method, 3, {});
  std::vector<Real> all = WeightsOf(models[0]);
  const auto buffers = models[0].params.buffers.all();
  all.insert(all.end(), buffers.begin(), buffers.end());
  return all;
}

TEST_CASE("a first look leaves no trace") {
  TrainOptions options = SampleOptions();
  options.epochs = 2;
  options.input_noise = 0.1;
  const std::vector<Real> solo = TrainedTwo("solo", options);
  CHECK(TrainedTwo("fixmatch:weight=0,noise=0,mask=0", options) == solo);
  CHECK(TrainedTwo("fixmatch:weight=0,noise=0.5,mask=0", options) != solo);
  CHECK(TrainedTwo("fixmatch:weight=0,noise=0,mask=0.5", options) != solo);
  CHECK(TrainedTwo("dividemix:warm-up=2", options) == solo);
}

TEST_CASE("branches learn from their mixture, which weighs them by a gate") {
  const Dataset data = SampleData(60);
  Model model = SampleModel(data, 1, "branches:count=2");
  const Network& network = *model.network;
  REQUIRE(network.members(0) == 3);
  const std::vector<Index> rows = {0, 1, 2, 3};
  Batcher batcher(data, 4);
  PlanOptions options;
  options.capacity = 4;
  Plan plan(network, options);
  Pass pass;
  pass.weights = &model.params.weights;
  pass.buffers = &model.params.buffers;
  plan.Forward(pass, batcher.Load(rows));
  // The last member lies between the branches, for `value` has one output.
  const ConstMatView said = plan.Output(2);
  REQUIRE(said.rows == 12);
  for (Index row = 0; row < 4; ++row) {
    const Real* z = said.Row(3 * row);
    CHECK(z[2] > std::min(z[0], z[1]));
    CHECK(z[2] < std::max(z[0], z[1]));
  }
  const auto protocol =
      MakeProtocol(ParseChoice("one:ramp=4,weight=2", "--method"), 1);
  protocol->Prepare(1, data.tasks, 4);
  std::vector<PeerTask> seen(3);
  std::vector<Lesson> lessons(3);
  std::vector<Real> target(4), weight(4);
  seen[2].member_output = said;
  lessons[2].target = {target.data(), 4, 1};
  lessons[2].weight = weight;
  PeerView view;
  view.peers = 1;
  view.rows = 4;
  view.progress = 2;
  view.tasks = data.tasks;
  view.seen = seen;
  protocol->Teach(view, lessons);
  for (std::size_t row = 0; row < 4; ++row) {
    CHECK(target[row] == said(3 * static_cast<Index>(row) + 2, 0));
  }
  CHECK(lessons[2].factor == doctest::Approx(2 * std::exp(-1.25)));
  CHECK(lessons[0].factor == 0);
}

TEST_CASE("one needs branches") {
  const Dataset data = SampleData(60);
  Model model = SampleModel(data);
  Peer peer = {&model, 1, InputsOf(data, {})};
  CHECK_THROWS_WITH_AS(TrainPeers({&peer, 1}, SampleOptions(), "one", 1, {}),
                       doctest::Contains("give --arch branches"), Error);
}

}  // namespace
}  // namespace mtlkit
