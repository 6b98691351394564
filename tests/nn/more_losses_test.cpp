// Losses by values worked out by hand, and what they refuse.
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

constexpr Real kMissing = std::numeric_limits<Real>::quiet_NaN();

struct Result {
  std::vector<double> row_loss;
  std::vector<double> gradient;
};

Result Evaluate(const Loss& loss, std::vector<Real> output,
                std::vector<Real> target, std::vector<Real> weight) {
  const Index rows = static_cast<Index>(weight.size());
  const Index cols = static_cast<Index>(output.size()) / rows;
  std::vector<Real> row_loss(weight.size(), kMissing);
  std::vector<Real> gradient(output.size(), kMissing);
  loss.Evaluate({{output.data(), rows, cols},
                 {target.data(), rows, loss.target_cols()},
                 weight},
                row_loss, {gradient.data(), rows, cols});
  return {{row_loss.begin(), row_loss.end()},
          {gradient.begin(), gradient.end()}};
}

Task Numbers(const std::string& loss) {
  Task task;
  task.name = "visits";
  task.mean = {3};
  task.deviation = {2};
  return ShapeTasks({task}, {"visits=" + loss})[0];
}

Task Classes(const char* type, std::vector<std::string> classes) {
  Task task;
  task.name = "kind";
  task.type = ParseTaskType(type);
  task.classes = std::move(classes);
  return task;
}

std::unique_ptr<Loss> LossOf(const Task& task, const std::string& text) {
  return MakeLoss(task, ParseChoice(text, "test"));
}

TEST_CASE("the loss of directions knows no lengths") {
  Task task = Numbers("squared");
  task.width = 3;
  const auto loss = LossOf(task, "cosine");
  // cos = .8: 2 - 2 cos, and -2 / |z| (y / |y| - cos z / |z|).
  const Result one = Evaluate(*loss, {3, 4, 7}, {0, 2, kMissing}, {2});
  CHECK(one.row_loss[0] == doctest::Approx(0.8).epsilon(1e-5));
  CHECK(one.gradient[0] == doctest::Approx(0.384).epsilon(1e-5));
  CHECK(one.gradient[1] == doctest::Approx(-0.288).epsilon(1e-5));
  CHECK(one.gradient[2] == 0);
  const Result long_one = Evaluate(*loss, {30, 40, 0}, {0, 8, kMissing}, {1});
  CHECK(long_one.row_loss[0] == doctest::Approx(0.4).epsilon(1e-5));
  CHECK(long_one.gradient[0] == doctest::Approx(0.0192).epsilon(1e-5));
  // Nothing has no direction: as an output it is drawn to the label's, as a
  // label it says nothing.
  const Result from_nothing = Evaluate(*loss, {0, 0, 0}, {0, 5, 0}, {1});
  CHECK(from_nothing.row_loss[0] == 1);
  CHECK(from_nothing.gradient[1] < -1);
  const Result to_nothing = Evaluate(*loss, {1, 2, 3}, {0, 0, 0}, {1});
  CHECK(to_nothing.row_loss[0] == 0);
  CHECK(to_nothing.gradient[2] == 0);
  CHECK_THROWS_WITH_AS(LossOf(Numbers("squared"), "cosine"),
                       doctest::Contains("one column"), Error);
}

TEST_CASE("losses of logs of means take nothing off labels") {
  for (const char* name : {"poisson", "gamma", "tweedie"}) {
    CAPTURE(std::string(name));
    const Task task = Numbers(name);
    CHECK(task.mean == std::vector<double>{0});
    CHECK(task.deviation == std::vector<double>{3});
    // Once more, as runs of peers do.
    const Task again = ShapeTasks({task}, {Str("visits=", name)})[0];
    CHECK(again.deviation == std::vector<double>{3});
    std::vector<Real> said = {0};
    task.head().Link(task, {said.data(), 1, 1}, {said.data(), 1, 1});
    CHECK(said[0] == 3);
    CHECK(task.head().Fault(task).empty());
    CHECK(task.output_cols() == 1);
    const auto loss = LossOf(task, name);
    const Real z = std::log(Real{4});
    const Result at_best = Evaluate(*loss, {z, z}, {4, kMissing}, {2, 1});
    CHECK(std::abs(at_best.row_loss[0]) < 1e-5);
    CHECK(std::abs(at_best.gradient[0]) < 1e-5);
    CHECK(at_best.row_loss[1] == 0);
    CHECK(at_best.gradient[1] == 0);
    // Far off, everything stays finite and pulls the right way.
    for (const Real far : {Real{-2000}, Real{-90}, Real{90}, Real{2000}}) {
      const Result result = Evaluate(*loss, {far}, {4}, {1});
      CHECK(std::isfinite(result.row_loss[0]));
      CHECK(std::isfinite(result.gradient[0]));
      CHECK(result.row_loss[0] > 0);
      CHECK((result.gradient[0] > 0) == (far > 0));
    }
  }
}

// Of y = 1 and a mean of 4: 4 - 1 - log 4; 1/4 - 1 + log 4; and with p = 3/2,
// 2 sqrt 4 + 2 / sqrt 4 - 4.
TEST_CASE("deviances are those of their distributions") {
  const Real z = std::log(Real{4});
  const auto value = [&](const std::string& text) {
    return Evaluate(*LossOf(Numbers(text), text), {z}, {1}, {1}).row_loss[0];
  };
  CHECK(value("poisson") == doctest::Approx(3 - std::log(4.0)));
  CHECK(value("gamma") == doctest::Approx(std::log(4.0) - 0.75));
  CHECK(value("tweedie") == doctest::Approx(1));
  const auto zero = LossOf(Numbers("poisson"), "poisson");
  CHECK(Evaluate(*zero, {z}, {0}, {1}).row_loss[0] == doctest::Approx(4));
  const auto tweedie = LossOf(Numbers("tweedie"), "tweedie");
  CHECK(Evaluate(*tweedie, {z}, {0}, {1}).row_loss[0] == doctest::Approx(4));
  CHECK_THROWS_AS(LossOf(Numbers("tweedie"), "tweedie:power=2"), Error);
}

std::string RefusalOfLabel(float label, const std::string& loss) {
  Dataset data = SampleDataset(20);
  std::vector<float> values;
  for (const float value : data.labels[0].values) {
    values.push_back(std::abs(value) + 1);
  }
  values[3] = label;
  data.labels[0].values = values;
  try {
    BuildModel(data, {}, 1, data.SplitRows("train"), {"score=" + loss});
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.what();
  }
  return "no error";
}

TEST_CASE("labels that a log cannot have are refused by task and row") {
  CHECK(RefusalOfLabel(0, "poisson") == "no error");
  CHECK(RefusalOfLabel(0, "tweedie") == "no error");
  CHECK(RefusalOfLabel(std::nanf(""), "gamma") == "no error");
  CHECK(RefusalOfLabel(-1, "squared") == "no error");
  CHECK(RefusalOfLabel(-1, "poisson") ==
        "task 'score', row 3: label -1 is below 0, and its loss has a log of "
        "it (choose another loss (--loss), or leave such labels out)");
  CHECK(RefusalOfLabel(0, "gamma") ==
        "task 'score', row 3: label 0 is not above 0, and its loss has a log "
        "of it (choose another loss (--loss), or leave such labels out)");
}

TEST_CASE("classes weigh by the rows that they have") {
  Task task = Classes("multiclass", {"a", "b", "c"});
  const auto losses = [&](const std::string& text) {
    return Evaluate(*LossOf(task, text), {0, 0, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 2},
                    {1, 1, 1})
        .row_loss;
  };
  const std::string balanced = "cross-entropy:class-weighting=balanced";
  const double alone = std::log(3.0);
  CHECK(losses(balanced)[0] == doctest::Approx(alone));
  task.class_rows = {6, 2, 0};
  // 9 rows, since a class without one has 1; 9 / (3 n).
  CHECK(losses(balanced)[0] == doctest::Approx(0.5 * alone));
  CHECK(losses(balanced)[1] == doctest::Approx(1.5 * alone));
  CHECK(losses(balanced)[2] == doctest::Approx(3 * alone));
  // Effective numbers with beta = 1/2: 63/32, 3/2, 1.
  const std::string effective =
      "cross-entropy:class-weighting=effective-number,beta=0.5";
  const double sum = 32.0 / 63 + 2.0 / 3 + 1;
  CHECK(losses(effective)[0] == doctest::Approx(3 * 32 / 63.0 / sum * alone));
  CHECK(losses(effective)[2] == doctest::Approx(3 / sum * alone));
  CHECK_THROWS_WITH_AS(losses(balanced + ",class-weight=1/2/3"),
                       doctest::Contains("given beside"), Error);
}

// Shares 3/4 and 1/4: an output of 0 stands for a probability of 1/4.
TEST_CASE("adjusted logits know how frequent classes are") {
  Task task = Classes("binary", {"no", "yes"});
  task.class_rows = {30, 10};
  const auto binary = LossOf(task, "logit-adjusted");
  const Result two = Evaluate(*binary, {0, 0}, {1, 0}, {1, 1});
  CHECK(two.row_loss[0] == doctest::Approx(std::log(4.0)));
  CHECK(two.row_loss[1] == doctest::Approx(-std::log(0.75)));
  CHECK(two.gradient[0] == doctest::Approx(-0.75));
  task = Classes("multiclass", {"a", "b", "c"});
  task.class_rows = {50, 30, 20};
  const auto many = LossOf(task, "logit-adjusted:tau=2");
  const Result three = Evaluate(*many, {0, 0, 0}, {2}, {1});
  CHECK(three.row_loss[0] == doctest::Approx(-std::log(4.0 / 38)));
  CHECK(three.gradient[1] == doctest::Approx(9.0 / 38));
  CHECK(three.gradient[2] == doctest::Approx(4.0 / 38 - 1));
}

TEST_CASE("focal losses stay finite and are cross-entropy without focus") {
  const Task two = Classes("binary", {"no", "yes"});
  const Task three = Classes("multiclass", {"a", "b", "c"});
  const auto plain = LossOf(three, "focal:gamma=0");
  CHECK(Evaluate(*plain, {0, 0, 0}, {1}, {1}).row_loss[0] ==
        doctest::Approx(std::log(3.0)));
  for (const char* text : {"focal", "focal:gamma=0.5"}) {
    for (const Real far : {Real{-500}, Real{500}}) {
      const Result a = Evaluate(*LossOf(two, text), {far}, {1}, {1});
      const Result b = Evaluate(*LossOf(three, text), {far, 0, 0}, {0}, {1});
      for (const Result& result : {a, b}) {
        CHECK(result.row_loss[0] ==
              doctest::Approx(far < 0 ? 500 : 0).epsilon(0.01));
        CHECK(result.gradient[0] == doctest::Approx(far < 0 ? -1 : 0));
      }
    }
  }
}

// p = 1/2: set (1/2)^2 log 2; unset with m = 1/4, q = 1/4: (1/4) (-log 3/4).
TEST_CASE("the asymmetric loss treats set and unset labels apart") {
  const Task task = Classes("multilabel", {"a", "b", "c"});
  const auto loss =
      LossOf(task, "asymmetric:gamma-positive=2,gamma-negative=1,shift=0.25");
  const Result result = Evaluate(*loss, {0, 0, -9, 0, 0, 0},
                                 {1, 0, 0, 1, kMissing, kMissing}, {3, 1});
  const double set = 0.25 * std::log(2.0);
  const double unset = -0.25 * std::log(0.75);
  CHECK(result.row_loss[0] == doctest::Approx(set + unset));
  CHECK(result.gradient[2] == 0);
  CHECK(result.row_loss[1] == doctest::Approx(set / 3));
  CHECK(result.gradient[4] == 0);
  const auto plain =
      LossOf(task, "asymmetric:gamma-positive=0,gamma-negative=0,shift=0");
  const auto usual = LossOf(task, "multilabel-cross-entropy");
  const std::vector<Real> outputs = {-200, 200, 3};
  const Result ours = Evaluate(*plain, outputs, {1, 0, 0}, {1});
  const Result theirs = Evaluate(*usual, outputs, {1, 0, 0}, {1});
  CHECK(ours.row_loss[0] == doctest::Approx(theirs.row_loss[0]));
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(ours.gradient[k] == doctest::Approx(theirs.gradient[k]));
  }
}

TEST_CASE("hinges end at the margin") {
  const Task two = Classes("binary", {"no", "yes"});
  const Result one =
      Evaluate(*LossOf(two, "hinge"), {2, -3, Real(0.5)}, {1, 1, 0}, {1, 1, 2});
  CHECK(one.row_loss == std::vector<double>{0, 4, 3});
  CHECK(one.gradient == std::vector<double>{0, -1, 2});
  const Task three = Classes("multiclass", {"a", "b", "c"});
  const std::vector<Real> outputs = {1, Real(1.5), Real(0.5)};
  const Result all =
      Evaluate(*LossOf(three, "multiclass-hinge"), outputs, {0}, {3});
  CHECK(all.row_loss[0] == doctest::Approx(2));
  CHECK(all.gradient[0] == doctest::Approx(-2));
  CHECK(all.gradient[2] == doctest::Approx(1));
  const Result worst = Evaluate(
      *LossOf(three, "multiclass-hinge:over-classes=max"), outputs, {0}, {1});
  CHECK(worst.row_loss[0] == doctest::Approx(1.5));
  CHECK(worst.gradient == std::vector<double>{-1, 1, 0});
}

}  // namespace
}  // namespace mtlkit
