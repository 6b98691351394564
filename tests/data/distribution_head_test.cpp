// What the outputs of losses say that predict more than a value.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "data/head.h"
#include "data/output_distance.h"

namespace mtlkit {
namespace {

std::vector<Real> Linked(const Task& task, std::vector<Real> outputs) {
  const Index rows = static_cast<Index>(outputs.size()) / task.output_cols();
  std::vector<Real> said(At(rows * task.prediction_cols()));
  task.head().Link(task, {outputs.data(), rows, task.output_cols()},
                   {said.data(), rows, task.prediction_cols()});
  return said;
}

Task Weights(const char* form) {
  Task task;
  task.name = "weight";
  task.width = 2;
  task.mean = {10, -1};
  task.deviation = {2, 10};
  task.form = ParseForm(form);
  return task;
}

TEST_CASE("a normal distribution is told in the units of its column") {
  const Task task = Weights("gaussian");
  const std::vector<Real> said =
      Linked(task, {1, 2 * std::log(Real{3}), 0, -999});
  CHECK(said[0] == 12);
  CHECK(said[1] == doctest::Approx(6));
  CHECK(said[2] == -1);
  CHECK(said[3] == doctest::Approx(0.01));  // the least
  CHECK(task.head().PredictionSuffix(task, 2) == ".2");
  CHECK(task.head().PredictionSuffix(task, 3) == ".2:deviation");
}

// P = 3/4, mu = log 2, sigma = 1.
TEST_CASE("the mean of what is often 0 counts zeros") {
  Task task = Weights("ziln");
  CHECK(task.head().Fault(task) == " has a log, and a mean of 10 before it");
  task.mean = {0, 0};
  CHECK(task.head().Fault(task).empty());
  const Real one = std::log(std::expm1(Real{1}));
  const std::vector<Real> said =
      Linked(task, {std::log(Real{3}), std::log(Real{2}), one, -999, 0, one});
  CHECK(said[0] == doctest::Approx(2 * 0.75 * 2 * std::exp(0.5)));
  CHECK(said[1] == doctest::Approx(0.75));
  CHECK(said[2] == 0);
  CHECK(said[3] == 0);
  CHECK(task.head().PredictionSuffix(task, 1) == ".1:positive");
}

TEST_CASE("probabilities of being above a class that rise are put in order") {
  for (const char* form : {"coral", "cumulative-link"}) {
    Task task;
    task.name = "grade";
    task.type = ParseTaskType("ordinal");
    task.classes = {"poor", "fair", "good"};
    task.form = ParseForm(form);
    const Real z = std::log(Real{3});
    for (const std::vector<Real>& outputs :
         std::vector<std::vector<Real>>{{z, 0}, {0, z}}) {
      const std::vector<Real> said = Linked(task, outputs);
      CHECK(said[0] == doctest::Approx(0.25));
      CHECK(said[1] == doctest::Approx(0.25));
      CHECK(said[2] == doctest::Approx(0.5));
    }
    // With all their digits where a class is nearly sure.
    CHECK(Linked(task, {30, 20})[1] == doctest::Approx(std::exp(-20.0)));
  }
}

// By sums of the definitions: of N(1, 2^2) from N(0, 1) it is (4 + 1 - 1) / 2 -
// log 2.
TEST_CASE("normal distributions are apart by their divergence") {
  Task task = Weights("gaussian");
  task.width = 1;
  const std::vector<Real> output = {0, 0};
  const std::vector<Real> target = {1, 2};
  const std::vector<Real> weight = {1};
  std::vector<Real> loss = {0};
  std::vector<Real> slope = {0, 0};
  const OutputDistance& distance = task.head().distance();
  distance.Distill({}, {{output.data(), 1, 2},
                        {target.data(), 1, 2},
                        weight,
                        loss,
                        {slope.data(), 1, 2}});
  CHECK(static_cast<double>(loss[0]) == doctest::Approx(2 - std::log(2.0)));
  CHECK(slope[0] == doctest::Approx(-1));
  CHECK(slope[1] == doctest::Approx(-2));
  // Both ways: that, and (1 + 1) / 8 - 1/2 + log 2.
  const std::vector<Real> other = {1, 2 * std::log(Real{2})};
  distance.Diverge({output.data(), 1, 2}, {other.data(), 1, 2}, loss,
                   {slope.data(), 1, 2});
  CHECK(static_cast<double>(loss[0]) == doctest::Approx(1.75));
}

// Of every head, by finite differences.
TEST_CASE("slopes of distances are those of finite differences") {
  const double step = sizeof(Real) == sizeof(double) ? 1e-6 : 1e-2;
  const double tolerance = sizeof(Real) == sizeof(double) ? 1e-7 : 4e-3;
  for (const char* form : {"gaussian", "ziln"}) {
    CAPTURE(std::string(form));
    Task task = Weights(form);
    if (task.prediction_cols() < task.output_cols()) task.mean = {0, 0};
    const Index cols = task.output_cols();
    std::vector<Real> output;
    std::vector<Real> other;
    for (Index i = 0; i < cols; ++i) {
      output.push_back(static_cast<Real>(0.3 * static_cast<double>(i) - 0.5));
      other.push_back(static_cast<Real>(0.4 - 0.2 * static_cast<double>(i)));
    }
    std::vector<Real> target(At(cols));
    task.head().SoftTargets(task, {other.data(), 1, cols},
                            {target.data(), 1, cols});
    const std::vector<Real> weight = {1};
    const OutputDistance& distance = task.head().distance();
    const auto measure = [&](Index way, const std::vector<Real>& at,
                             std::vector<Real>* slope) {
      std::vector<Real> loss = {0};
      const SoftRows rows = {{at.data(), 1, cols},
                             {target.data(), 1, cols},
                             weight,
                             loss,
                             {slope->data(), 1, cols}};
      if (way == 0) distance.Distill({}, rows);
      if (way == 1) distance.Compare(rows);
      if (way == 2) {
        distance.Diverge(rows.output, {other.data(), 1, cols}, loss,
                         rows.gradient);
      }
      return static_cast<double>(loss[0]);
    };
    for (Index way = 0; way < (distance.has_divergence() ? 3 : 2); ++way) {
      std::vector<Real> slope(At(cols));
      std::vector<Real> unused(At(cols));
      measure(way, output, &slope);
      for (std::size_t i = 0; i < output.size(); ++i) {
        std::vector<Real> above = output;
        std::vector<Real> below = output;
        above[i] += static_cast<Real>(step);
        below[i] -= static_cast<Real>(step);
        const double difference =
            (measure(way, above, &unused) - measure(way, below, &unused)) /
            (static_cast<double>(above[i]) - static_cast<double>(below[i]));
        CHECK(std::abs(static_cast<double>(slope[i]) - difference) < tolerance);
      }
    }
  }
}

}  // namespace
}  // namespace mtlkit
