#include "data/target_curve.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/head.h"

namespace mtlkit {
namespace {

const std::vector<double> kLabels = {0.3, 1.2, 2.5, 4.1, 8.8, 20.5};

// scipy.stats.boxcox of the same labels.
TEST_CASE("box-cox has the power of the largest likelihood") {
  const TargetCurve curve = FitTargetCurve("box-cox", kLabels);
  const double power = curve.numbers.at(0);
  CHECK(power == doctest::Approx(0.1058937).epsilon(1e-5));
  // SciPy's has the labels' own unit.
  double log_mean = 0;
  for (const double label : kLabels) log_mean += std::log(label) / 6;
  CHECK(curve.numbers.at(1) == doctest::Approx(log_mean));
  const double unit = std::exp(power * log_mean);
  const double middle = std::expm1(power * log_mean) / power;
  CHECK(unit * curve.Apply(0.3) + middle ==
        doctest::Approx(-1.130384).epsilon(1e-6));
  CHECK(unit * curve.Apply(20.5) + middle ==
        doctest::Approx(3.559351).epsilon(1e-6));
}

TEST_CASE(
    "box-cox keeps labels apart whose spread is small beside their size") {
  std::vector<double> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(10000 + std::exp(0.05 * i));
  const TargetCurve curve = FitTargetCurve("box-cox", labels);
  CHECK(curve.numbers.at(0) == doctest::Approx(-2));
  const double range = curve.Apply(labels[99]) - curve.Apply(labels[0]);
  CHECK(range > 0.01);
  CHECK((curve.Apply(labels[1]) - curve.Apply(labels[0])) / range > 1e-5);
  CHECK(curve.Undo(curve.Apply(labels[50])) ==
        doctest::Approx(labels[50]).epsilon(1e-12));
}

TEST_CASE("the unit of labels does not move the power") {
  const double power = FitTargetCurve("box-cox", kLabels).numbers.at(0);
  for (const double unit : {1e-30, 1e-6, 1e9, 1e30}) {
    std::vector<double> labels;
    for (const double label : kLabels) labels.push_back(unit * label);
    CHECK(FitTargetCurve("box-cox", labels).numbers.at(0) ==
          doctest::Approx(power).epsilon(1e-5));
  }
}

TEST_CASE("every curve ascends and is undone") {
  for (const std::string& name : TargetCurveNames()) {
    CAPTURE(name);
    const TargetCurve curve = FitTargetCurve(name, kLabels);
    CHECK(CurveFault(curve).empty());
    double last = -std::numeric_limits<double>::infinity();
    for (double label = 0.2; label < 25; label *= 1.1) {
      CHECK(curve.Apply(label) > last);
      last = curve.Apply(label);
      CHECK(curve.Undo(last) == doctest::Approx(label).epsilon(1e-9));
    }
    CHECK(std::isnan(curve.Apply(NAN)));
    CHECK(std::isnan(curve.Undo(NAN)));
    // However far a network goes.
    for (const double value : {-1e30, -60.0, 60.0, 1e30}) {
      CHECK(std::isfinite(curve.Undo(value)));
    }
    const auto again = ParseTargetCurves(TargetCurvesText({curve, curve}));
    CHECK(again == std::vector<TargetCurve>{curve, curve});
  }
}

TEST_CASE("curves of powers below 0 end where no label is") {
  // Reciprocals of 1 .. 6: the power that makes them even is -1.
  const TargetCurve curve = FitTargetCurve(
      "box-cox", {1, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6});
  CHECK(curve.numbers.at(0) < 0);
  CHECK(curve.high < -1 / curve.numbers.at(0));
  CHECK(std::isfinite(curve.Undo(1e9)));
}

TEST_CASE("log, log1p and quantile by hand") {
  CHECK(FitTargetCurve("log", kLabels).Apply(std::exp(2.0)) ==
        doctest::Approx(2));
  CHECK(FitTargetCurve("log1p", kLabels).Apply(std::exp(2.0) - 1) ==
        doctest::Approx(2));
  // Three labels are at the shares 1/6, 3/6 and 5/6, and two equal ones of four
  // in the middle of theirs.
  const TargetCurve three = FitTargetCurve("quantile", {1, 2, 9});
  CHECK(three.Apply(2) == doctest::Approx(0).epsilon(1e-12));
  CHECK(three.Apply(9) == doctest::Approx(0.9674216).epsilon(1e-6));
  CHECK(three.Apply(5.5) == doctest::Approx(0.4837108).epsilon(1e-6));
  const TargetCurve ties = FitTargetCurve("quantile", {1, 5, 5, 6});
  CHECK(ties.Apply(5) == doctest::Approx(0).epsilon(1e-12));
}

TEST_CASE("predictions come back in the units of labels") {
  Task task;
  task.curves = {FitTargetCurve("log", kLabels)};
  task.mean = {1};
  task.deviation = {2};
  const std::vector<Real> outputs = {0, 1};
  std::vector<Real> said(2);
  task.head().Link(task, {outputs.data(), 2, 1}, {said.data(), 2, 1});
  CHECK(static_cast<double>(said[0]) == doctest::Approx(std::exp(1.0)));
  CHECK(static_cast<double>(said[1]) == doctest::Approx(std::exp(3.0)));
  std::vector<Real> back(2);
  task.head().TargetsOf(task, {said.data(), 2, 1}, {back.data(), 2, 1});
  CHECK(static_cast<double>(back[0]) == doctest::Approx(0).epsilon(1e-5));
  CHECK(static_cast<double>(back[1]) == doctest::Approx(1).epsilon(1e-5));
  const auto constant = task.head().ConstantOutputs(
      task, std::vector<double>{std::exp(1.0), std::exp(3.0)});
  CHECK(static_cast<double>(constant.at(0).at(0)) ==
        doctest::Approx(0).epsilon(1e-5));
  CHECK(static_cast<double>(constant.at(1).at(0)) == doctest::Approx(1));
  task.width = 2;
  CHECK(task.head().Fault(task) ==
        " has 1 means and 1 deviations for 2 columns");
}

TEST_CASE("what members say is averaged in the units of labels") {
  Task task;
  task.curves = {FitTargetCurve("log", kLabels)};
  task.mean = {1};
  task.deviation = {2};
  const std::vector<Real> outputs = {0, 1};
  const double mean = (std::exp(1.0) + std::exp(3.0)) / 2;
  std::vector<Real> merged(1);
  task.head().Merge(task, {outputs.data(), 2, 1}, {merged.data(), 1, 1});
  task.head().Link(task, {merged.data(), 1, 1}, {merged.data(), 1, 1});
  CHECK(static_cast<double>(merged[0]) == doctest::Approx(mean));
}

TEST_CASE("damaged curves are refused") {
  const auto refuses = [](const std::string& text) {
    try {
      ParseTargetCurves(text);
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kBadInput;
    }
    return false;
  };
  CHECK(refuses("{"));
  CHECK(refuses("{}"));
  CHECK(refuses("[{}]"));
  CHECK(refuses(R"([{"name":"cube","low":0,"high":1,"numbers":[]}])"));
  CHECK(refuses(R"([{"name":"log","low":2,"high":1,"numbers":[]}])"));
  CHECK(refuses(R"([{"name":"log","low":0,"high":1,"numbers":[1]}])"));
  CHECK(refuses(R"([{"name":"box-cox","low":0,"high":1,"numbers":[1]}])"));
  CHECK(refuses(R"([{"name":"quantile","low":0,"high":1,"numbers":[1,2,3]}])"));
  CHECK(
      refuses(R"([{"name":"quantile","low":0,"high":1,"numbers":[2,1,3,4]}])"));
}

}  // namespace
}  // namespace mtlkit
