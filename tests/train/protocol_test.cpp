// Protocols against values worked out by hand.
#include "train/protocol.h"

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "base/error.h"
#include "train/divergence.h"
#include "train/loop.h"
#include "train/sample.h"
#include "train/small_loss.h"

namespace mtlkit {
namespace {

Task BinaryTask() {
  Task task;
  task.name = "sign";
  task.type = TaskType::kBinary;
  task.classes = {"no", "yes"};
  return task;
}

double NumberAt(std::span<const Real> values, std::size_t i) {
  return static_cast<double>(values[i]);
}

TEST_CASE("the teacher is the running mean of the student, buffers too") {
  const auto protocol = MakeProtocol({"mean-teacher", {{"decay", "0.7"}}}, 2);
  std::vector<Real> student = {8, 4};
  std::vector<Real> teacher = {1, 1};
  std::vector<Real> own_buffers = {2};
  std::vector<Real> buffers = {9};
  const std::vector<PeerParams> peers = {{student, own_buffers, 1},
                                         {teacher, buffers, 1}};
  protocol->Prepare(2, {}, 4);
  protocol->Begin(peers);
  CHECK(teacher == student);
  CHECK(buffers == own_buffers);
  // a = 1 - 1/2 after the first step, 2/3 after the second, then the decay.
  student = {4, 8};
  own_buffers = {4};
  buffers = {77};  // what the teacher's own pass made of them
  protocol->Exchange({0, 0, false}, peers);
  CHECK(NumberAt(teacher, 0) == doctest::Approx(6));
  CHECK(NumberAt(teacher, 1) == doctest::Approx(6));
  CHECK(NumberAt(buffers, 0) == doctest::Approx(3));
  student = {3, 9};
  protocol->Exchange({1, 0, false}, peers);
  CHECK(NumberAt(teacher, 0) == doctest::Approx(5));
  CHECK(NumberAt(teacher, 1) == doctest::Approx(7));
  student = {15, 7};
  protocol->Exchange({2, 0, true}, peers);
  CHECK(NumberAt(teacher, 0) == doctest::Approx(0.7 * 5 + 0.3 * 15));
  CHECK(protocol->learns(0));
  CHECK_FALSE(protocol->learns(1));
}

TEST_CASE("the student is taught the teacher's probabilities, more and more") {
  const auto protocol =
      MakeProtocol({"mean-teacher", {{"weight", "8"}, {"ramp", "4"}}}, 2);
  const std::vector<Task> tasks = {BinaryTask()};
  std::vector<Real> student = {0, 3};
  std::vector<Real> teacher = {0, std::log(Real{3})};
  std::vector<Real> target(2), weight(2), row_loss(2);
  const std::vector<PeerTask> seen = {{{student.data(), 2, 1}, {}, {}, {}},
                                      {{teacher.data(), 2, 1}, {}, {}, {}}};
  std::vector<Lesson> lessons(2);
  lessons[0] = {{target.data(), 2, 1}, {}, row_loss, weight, 0};
  PeerView view;
  view.peers = 2;
  view.rows = 2;
  view.tasks = tasks;
  view.seen = seen;
  protocol->Prepare(2, tasks, 2);
  view.progress = 0;
  protocol->Teach(view, lessons);
  CHECK(lessons[0].factor == doctest::Approx(8 * std::exp(-5.0)));
  CHECK(NumberAt(target, 0) == doctest::Approx(0.5));
  CHECK(NumberAt(target, 1) == doctest::Approx(0.75));
  CHECK(NumberAt(weight, 1) == 1);
  view.progress = 2;
  protocol->Teach(view, lessons);
  CHECK(lessons[0].factor == doctest::Approx(8 * std::exp(-1.25)));
  view.progress = 9;
  protocol->Teach(view, lessons);
  CHECK(lessons[0].factor == 8);
  CHECK(lessons[1].factor == 0);
}

TEST_CASE("student and teacher must be one network") {
  const Dataset data = SampleData(60);
  Model one = SampleModel(data, 1);
  Model two = SampleModel(data, 2, "mmoe");
  std::vector<Peer> peers = {{&one, 1, InputsOf(data, {})},
                             {&two, 2, InputsOf(data, {})}};
  CHECK_THROWS_WITH_AS(
      TrainPeers(peers, SampleOptions(), "mean-teacher", 1, {}),
      "mean-teacher: student and teacher are one network at two times (give "
      "both peers the same architecture, inputs and tasks)",
      Error);
  CHECK_THROWS_WITH_AS(MakeProtocol({"jocor", {}}, 3),
                       "--method: jocor is for 2 peers, not 3", Error);
}

TEST_CASE("the divergence both ways, and its slope") {
  // p = (1/2, 1/2), q = (3/4, 1/4): KL(p||q) = ln(2/sqrt(3)),
  // KL(q||p) = 3/4 ln 3 - ln 2; together 1/4 ln 3.
  Task kind;
  kind.type = TaskType::kMulticlass;
  kind.classes = {"a", "b"};
  std::vector<Real> p = {1, 1};
  std::vector<Real> q = {std::log(Real{3}), 0};
  std::vector<Real> value(1), slope(2);
  SymmetricDivergence(kind, {p.data(), 1, 2}, {q.data(), 1, 2}, value,
                      {slope.data(), 1, 2});
  const double third = std::log(3.0);
  CHECK(NumberAt(value, 0) == doctest::Approx(0.25 * third));
  // p_0 (ln(2/3) - KL(p||q)) + p_0 - q_0 = -ln(3)/4 - 1/4.
  CHECK(NumberAt(slope, 0) == doctest::Approx(-0.25 * third - 0.25));
  CHECK(NumberAt(slope, 1) == doctest::Approx(0.25 * third + 0.25));
  // The same two as one logit each.
  SymmetricDivergence(BinaryTask(), {p.data() + 1, 1, 1}, {q.data(), 1, 1},
                      value, {slope.data(), 1, 1});
  const double s = 1 / (1 + std::exp(-1.0));
  CHECK(NumberAt(value, 0) == doctest::Approx((s - 0.75) * (1 - third)));
  CHECK(NumberAt(slope, 0) ==
        doctest::Approx(s * (1 - s) * (1 - third) + s - 0.75));
  Task number;
  SymmetricDivergence(number, {q.data(), 1, 1}, {p.data(), 1, 1}, value,
                      {slope.data(), 1, 1});
  CHECK(NumberAt(value, 0) == doctest::Approx((third - 1) * (third - 1)));
  CHECK(NumberAt(slope, 0) == doctest::Approx(2 * (third - 1)));
}

// Four labelled rows, half of them thought wrong; agreement counts half.
TEST_CASE("jocor: both peers learn the rows of smallest joint loss") {
  const auto protocol = MakeProtocol(
      {"jocor", {{"agreement", "0.5"}, {"forget", "0.5"}, {"ramp", "0"}}}, 2);
  const std::vector<Task> tasks = {BinaryTask()};
  protocol->Prepare(2, tasks, 5);
  // They agree on all rows but row 1, where losses are small.
  std::vector<Real> one = {1, 4, 2, 0, 0};
  std::vector<Real> two = {1, -4, 2, 0, 0};
  const std::vector<Real> weight = {1, 1, 2, 1, 0};
  std::vector<Real> loss_one = {0.3F, 0.1F, 0.4F, 0.6F, 0};
  std::vector<Real> loss_two = {0.2F, 0.1F, 1.0F, 0.1F, 0};
  const std::vector<PeerTask> seen = {
      {{one.data(), 5, 1}, loss_one, weight, {}},
      {{two.data(), 5, 1}, loss_two, weight, {}}};
  PeerView view;
  view.peers = 2;
  view.rows = 5;
  view.tasks = tasks;
  view.seen = seen;
  // Joint losses of rows 0, 2, 3: .5 x (.5, .7, .7); row 1: large. A tie goes
  // to the earlier row.
  std::vector<std::vector<Real>> kept = {weight, weight};
  const std::vector<std::span<Real>> spans = {kept[0], kept[1]};
  protocol->Select(view, spans);
  CHECK(kept[0] == std::vector<Real>{1, 0, 2, 0, 0});
  CHECK(kept[1] == kept[0]);
  std::vector<std::vector<Real>> slopes(2, std::vector<Real>(5));
  std::vector<std::vector<Real>> row_loss = slopes;
  std::vector<std::vector<Real>> weights = slopes;
  std::vector<Lesson> lessons;
  for (std::size_t k = 0; k < 2; ++k) {
    lessons.push_back(
        {{}, {slopes[k].data(), 5, 1}, row_loss[k], weights[k], 0});
  }
  one[2] = 3;
  loss_one[3] = 0.9F;
  protocol->Select(view, spans);
  protocol->Teach(view, lessons);
  CHECK(lessons[0].factor == 0.5);
  CHECK(weights[0] == kept[0]);
  const double p = 1 / (1 + std::exp(-3.0));
  const double q = 1 / (1 + std::exp(-2.0));
  CHECK(NumberAt(row_loss[0], 2) == doctest::Approx(2 * (p - q)));
  CHECK(NumberAt(slopes[0], 2) == doctest::Approx(2 * (p * (1 - p) + p - q)));
  CHECK(NumberAt(slopes[1], 2) == doctest::Approx(2 * (-q * (1 - q) + q - p)));
  CHECK(NumberAt(slopes[0], 1) == 0);
  CHECK(protocol->label_share() == 0.5);
}

TEST_CASE("the part of small losses, and its last row") {
  SmallLossOptions options;
  CHECK(options.KeepRate(0) == 1);
  CHECK(options.KeepRate(5) == doctest::Approx(0.9));
  CHECK(options.KeepRate(30) == doctest::Approx(0.8));
  SmallLoss rows;
  rows.Reserve(5);
  for (const auto& [loss, row] :
       {std::pair(3.0F, 0), {1.0F, 1}, {2.0F, 2}, {2.0F, 3}, {9.0F, 4}}) {
    rows.Add(static_cast<Real>(loss), static_cast<std::size_t>(row));
  }
  CHECK(rows.Limit(0.6) == std::pair(Real{2}, std::size_t{3}));
  CHECK(rows.Limit(0.1) == std::pair(Real{1}, std::size_t{1}));
  CHECK(rows.Limit(1) == std::pair(Real{9}, std::size_t{4}));
}

TEST_CASE("co-teaching over the epoch: the part is taken of all rows") {
  const auto protocol = MakeProtocol(
      {"co-teaching", {{"forget", "0.5"}, {"ramp", "0"}, {"over", "epoch"}}},
      2);
  const std::vector<Task> tasks = {BinaryTask()};
  protocol->Prepare(2, tasks, 2);
  const Real none = std::nanf("");
  // Rows of the dataset, in the epoch before; row 2 has no label.
  const std::vector<Real> judged = {5, 1, none, 3, 2};
  std::vector<Real> output = {0, 0};
  const std::vector<Real> weight = {1, 1};
  const std::vector<Real> loss = {0, 0};
  const std::vector<PeerTask> seen = {
      {{output.data(), 2, 1}, loss, weight, judged},
      {{output.data(), 2, 1}, loss, weight, judged}};
  const std::vector<Index> numbers = {3, 4};
  PeerView view;
  view.peers = 2;
  view.rows = 2;
  view.epoch = 1;
  view.row_numbers = numbers;
  view.tasks = tasks;
  view.seen = seen;
  std::vector<std::vector<Real>> kept = {weight, weight};
  const std::vector<std::span<Real>> spans = {kept[0], kept[1]};
  protocol->Select(view, spans);
  // Rows 1 and 4 are the smaller half of the four.
  CHECK(kept[0] == std::vector<Real>{0, 1});
}

TEST_CASE("labels of rows that are not a peer's own do not count for it") {
  const Dataset data = SampleData(100);
  TrainOptions options = SampleOptions();
  options.epochs = 2;
  const std::vector<Index> rows = data.SplitRows("train");
  const std::vector<Index> half(rows.begin(), rows.begin() + 30);
  // With the labels of the other half spoilt, nothing changes.
  std::vector<std::vector<Real>> results;
  for (const bool spoilt : {false, true}) {
    Dataset own = data;
    for (std::size_t i = 30; spoilt && i < rows.size(); ++i) {
      own.labels[2].values[static_cast<std::size_t>(rows[i])] = 1e6F;
    }
    Model one = SampleModel(data, 1);
    Model two = SampleModel(data, 2);
    std::vector<Peer> peers = {{&one, 1, InputsOf(data, options)},
                               {&two, 2, InputsOf(own, options)}};
    peers[1].inputs.train_rows = half;
    TrainPeers(peers, options, "solo", 4, {});
    results.push_back(WeightsOf(two));
  }
  CHECK(results[0] == results[1]);
}

// The task alone.
Dataset OnlyTask(const Dataset& data, std::size_t task) {
  Dataset own = data;
  own.tasks = {data.tasks[task]};
  own.labels = {data.labels[task]};
  return own;
}

TEST_CASE("the first peer's tasks are not all that a sampler counts") {
  Dataset data = SampleData(120);
  for (std::size_t row = 20; row < 120; ++row) {
    data.labels[1].values[row] = std::nanf("");
  }
  const Dataset values = OnlyTask(data, 2);
  const Dataset kinds = OnlyTask(data, 1);
  TrainOptions options = SampleOptions();
  options.epochs = 2;
  options.sampler = "by-task:alpha=0";
  options.schedule = "constant";
  std::vector<std::vector<Real>> results;
  for (const bool swapped : {false, true}) {
    Model one = SampleModel(values, 1);
    Model two = SampleModel(kinds, 2);
    std::vector<Peer> peers = {{&one, 1, InputsOf(values, options)},
                               {&two, 2, InputsOf(kinds, options)}};
    if (swapped) std::swap(peers[0], peers[1]);
    TrainPeers(peers, options, "solo", 4, {});
    results.push_back(WeightsOf(one));
  }
  CHECK(results[0] == results[1]);
}

TEST_CASE("a first peer without validation rows does not wait for ever") {
  const Dataset data = SampleData(100);
  TrainOptions options = SampleOptions();
  options.epochs = 60;
  options.patience = 1;
  Model one = SampleModel(data, 1);
  Model two = SampleModel(data, 2);
  std::vector<Peer> peers = {{&one, 1, InputsOf(data, options)},
                             {&two, 2, InputsOf(data, options)}};
  peers[0].inputs.valid_rows.clear();
  CHECK(TrainPeers(peers, options, "solo", 4, {})[1].epochs() < 60);
}

TEST_CASE("mean teacher learns where few rows have labels") {
  Dataset data = SampleData(600);
  Index seen = 0;
  for (const Index row : data.SplitRows("train")) {
    if (++seen > 40) {
      data.labels[0].values[static_cast<std::size_t>(row)] = std::nanf("");
    }
  }
  TrainOptions options = SampleOptions();
  options.epochs = 20;
  options.select_on = "sign.roc-auc";
  Model student = SampleModel(data, 1);
  Model teacher = SampleModel(data, 2);
  std::vector<Peer> peers = {{&student, 1, InputsOf(data, options)},
                             {&teacher, 2, InputsOf(data, options)}};
  const auto histories =
      TrainPeers(peers, options, "mean-teacher:weight=1,decay=0.9", 3, {});
  CHECK(histories[1].best > 0.8);
  CHECK(WeightsOf(student) != WeightsOf(teacher));
}

}  // namespace
}  // namespace mtlkit
