// Losses whose outputs are a distribution, and those of one score with
// thresholds, by values worked out by hand.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/head.h"
#include "nn/loss.h"
#include "nn/model.h"
#include "nn/sample_data.h"

namespace mtlkit {
namespace {

constexpr Real kNoLabel = std::numeric_limits<Real>::quiet_NaN();

struct Said {
  std::vector<double> row_loss;
  std::vector<double> gradient;
};

Said SaidOf(const Loss& loss, std::vector<Real> output,
            std::vector<Real> target) {
  const Index rows = static_cast<Index>(target.size()) / loss.target_cols();
  const Index cols = static_cast<Index>(output.size()) / rows;
  const std::vector<Real> weight(At(rows), Real{1});
  std::vector<Real> row_loss(At(rows));
  std::vector<Real> gradient(output.size());
  loss.Evaluate({{output.data(), rows, cols},
                 {target.data(), rows, loss.target_cols()},
                 weight},
                row_loss, {gradient.data(), rows, cols});
  return {{row_loss.begin(), row_loss.end()},
          {gradient.begin(), gradient.end()}};
}

Task Shaped(Task task, const std::string& loss) {
  return ShapeTasks({task}, {task.name + "=" + loss})[0];
}

Task Amount() {
  Task task;
  task.name = "amount";
  task.mean = {3};
  task.deviation = {2};
  return task;
}

std::unique_ptr<Loss> Made(const Task& task, const std::string& loss) {
  return MakeLoss(task, {loss, {}}, "test");
}

TEST_CASE("a normal distribution is judged by its log likelihood") {
  const Task task = Shaped(Amount(), "gaussian-nll");
  CHECK(task.mean == std::vector<double>{3});
  CHECK(task.output_cols() == 2);
  const auto loss = Made(task, "gaussian-nll");
  // Two off with a variance of 4; the least loss is at a variance of 1e-6.
  const Real log_four = std::log(Real{4});
  const Said said = SaidOf(*loss, {Real(0.5), log_four}, {Real(2.5)});
  CHECK(said.row_loss[0] ==
        doctest::Approx((std::log(4.0) - std::log(1e-6) + 1) / 2));
  CHECK(said.gradient[0] == doctest::Approx(-0.5));
  CHECK(said.gradient[1] == doctest::Approx(0).epsilon(1e-6));
  CHECK(SaidOf(*loss, {1, 0}, {kNoLabel}).gradient ==
        std::vector<double>{0, 0});
  // A variance below the least is the least, and may only rise.
  const Said right = SaidOf(*loss, {1, -99}, {1});
  CHECK(right.row_loss[0] == doctest::Approx(0).epsilon(1e-5));
  CHECK(right.gradient[1] == 0);
  const Said wrong = SaidOf(*loss, {1, -99}, {Real(1.5)});
  CHECK(wrong.gradient[1] < -1e4);
  CHECK(std::isfinite(wrong.row_loss[0]));
  CHECK(std::isfinite(SaidOf(*loss, {1, 999}, {2}).row_loss[0]));
}

// softplus(0.5413) is 1.
TEST_CASE("zeros and amounts above 0 have a loss of their own in ziln") {
  const Task task = Shaped(Amount(), "ziln");
  CHECK(task.mean == std::vector<double>{0});
  CHECK(task.deviation == std::vector<double>{3});
  CHECK(task.output_cols() == 3);
  CHECK(task.prediction_cols() == 2);
  const auto loss = Made(task, "ziln");
  const Real one = std::log(std::expm1(Real{1}));
  const Said zero = SaidOf(*loss, {0, 7, 7}, {0});
  CHECK(zero.row_loss[0] == doctest::Approx(std::log(2.0)));
  CHECK(zero.gradient == std::vector<double>{0.5, 0, 0});
  const Said above = SaidOf(*loss, {0, 0, one}, {std::exp(Real{2})});
  CHECK(above.row_loss[0] ==
        doctest::Approx(std::log(2.0) + std::log(1000.0) + 2));
  CHECK(above.gradient[0] == doctest::Approx(-0.5));
  CHECK(above.gradient[1] == doctest::Approx(-2));
  // (1 - 4) times the slope of softplus there, 1 - 1 / e.
  CHECK(above.gradient[2] == doctest::Approx(-3 * (1 - std::exp(-1.0))));
  const Said far = SaidOf(*loss, {-900, 0, -900}, {1});
  CHECK(std::isfinite(far.row_loss[0]));
  CHECK(far.gradient[0] == doctest::Approx(-1));
}

TEST_CASE("distributions of labels refuse what has changed these") {
  for (const char* loss : {"gaussian-nll", "ziln"}) {
    Task task = Amount();
    TargetCurve curve;
    curve.name = "log1p";
    task.curves = {curve};
    CHECK_THROWS_WITH_AS(
        Shaped(task, loss),
        doctest::Contains("needs labels as they are, and --target-transform "
                          "log1p changes them"),
        Error);
  }
  Dataset data = SampleDataset(20);
  std::vector<float> values;
  for (const float value : data.labels[0].values) {
    values.push_back(std::abs(value));
  }
  values[3] = -1;
  data.labels[0].values = values;
  CHECK_THROWS_WITH_AS(
      BuildModel(data, {}, 1, data.SplitRows("train"), {"score=ziln"}),
      doctest::Contains("task 'score', row 3: label -1 is below 0"), Error);
}

Task Grades() {
  Task task;
  task.name = "grade";
  task.type = ParseTaskType("ordinal");
  task.classes = {"poor", "fair", "good", "best"};
  return task;
}

// s(log 3) = 3/4.
TEST_CASE("losses of a score are of being above each class") {
  const Real z = std::log(Real{3});
  const auto coral = Made(Shaped(Grades(), "coral"), "coral");
  const Said coral_said = SaidOf(*coral, {z, 0, -z}, {1});
  CHECK(coral_said.row_loss[0] ==
        doctest::Approx(std::log(2.0) - 2 * std::log(0.75)));
  CHECK(coral_said.gradient[0] == doctest::Approx(-0.25));
  CHECK(coral_said.gradient[1] == doctest::Approx(0.5));
  CHECK(coral_said.gradient[2] == doctest::Approx(0.25));
  // P(y = 1) = 3/4 - 1/2, of which 3/16 and 1/4 are the slopes.
  const auto link =
      Made(Shaped(Grades(), "cumulative-link"), "cumulative-link");
  const Said link_said = SaidOf(*link, {z, 0, -z}, {1});
  CHECK(link_said.row_loss[0] == doctest::Approx(std::log(4.0)));
  CHECK(link_said.gradient[0] == doctest::Approx(-0.75));
  CHECK(link_said.gradient[1] == doctest::Approx(1));
  CHECK(link_said.gradient[2] == 0);
  // The lowest and the highest class have one threshold.
  CHECK(SaidOf(*link, {z, 0, -z}, {0}).row_loss[0] ==
        doctest::Approx(std::log(4.0)));
  CHECK(SaidOf(*link, {z, 0, -z}, {3}).gradient[2] == doctest::Approx(-0.75));
  // Thresholds that have met are pushed apart.
  const Said met = SaidOf(*link, {1, 1, 0}, {1});
  CHECK(std::isfinite(met.row_loss[0]));
  CHECK(met.gradient[0] < -1e4);
  CHECK(met.gradient[1] > 1e4);
}

// The three outputs of a row are one number less three that rows share.
TEST_CASE("a network has one score and thresholds for all rows") {
  for (const char* loss : {"coral", "cumulative-link"}) {
    Dataset data = SampleDataset(40);
    data.tasks[2].type = ParseTaskType("ordinal");
    const Model model =
        BuildModel(data, {}, 1, data.SplitRows("train"), {Str("kind=", loss)});
    const Layout& layout = model.params.weights.layout();
    CHECK(layout.Find("head.kind.thresholds/value") >= 0);
    CHECK(layout.Find("head.kind/bias") < 0);
    const Index kernel = layout.Find("head.kind/kernel");
    REQUIRE(kernel >= 0);
    CHECK(layout.slice(kernel).spec.cols == 1);
    // A score of 0 says the shares of the classes in the training rows.
    const Task& task = model.schema.tasks[2];
    const ConstMatView value =
        model.params.weights.At(layout.Find("head.kind.thresholds/value"));
    const bool is_ordered = task.form == ParseForm("cumulative-link");
    std::vector<Real> outputs;
    double at = -std::log(2.0) / 2;
    for (Index k = 0; k < 2; ++k) {
      const auto said = static_cast<double>(value.data[k]);
      const double gap =
          is_ordered ? std::log1p(std::exp(said)) : std::log(2.0);
      if (k > 0) at += gap;
      if (is_ordered && k == 0) at += said;
      outputs.push_back(static_cast<Real>(is_ordered ? -at : -at - said));
    }
    std::vector<Real> shares(3);
    task.head().Link(task, {outputs.data(), 1, 2}, {shares.data(), 1, 3});
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(static_cast<double>(shares[k]) ==
            doctest::Approx(model.constants[2][k]).epsilon(1e-5));
    }
    // The others have one matrix together.
    CHECK(layout.Find("heads.trunk/kernel") >= 0);
  }
}

}  // namespace
}  // namespace mtlkit
