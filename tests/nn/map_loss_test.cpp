#include <doctest/doctest.h>

#include <cmath>

#include "base/choice.h"
#include "nn/loss.h"

namespace mtlkit {
namespace {

constexpr Real kVoid = std::numeric_limits<Real>::quiet_NaN();

Task Lesions(Index pixels, std::vector<std::string> classes) {
  Task task;
  task.name = "mask";
  task.type = ParseTaskType("map");
  task.classes = std::move(classes);
  task.map_height = 1;
  task.map_width = pixels;
  return task;
}

struct Result {
  std::vector<Real> loss;
  std::vector<Real> gradient;
  double divisor = 0;
};

Result Of(const Task& task, const char* text, std::vector<Real> z,
          std::vector<Real> t) {
  const auto loss = MakeLoss(task, ParseChoice(text, "--loss"));
  const Index rows = static_cast<Index>(t.size()) / task.target_cols();
  const std::vector<Real> weight(At(rows), 1);
  Result result = {std::vector<Real>(At(rows)), std::vector<Real>(z.size())};
  LossArgs args = {{z.data(), rows, task.output_cols()},
                   {t.data(), rows, task.target_cols()},
                   weight};
  loss->Evaluate(args, result.loss,
                 {result.gradient.data(), rows, task.output_cols()});
  result.divisor = loss->Divisor(args);
  return result;
}

const Real kThree = std::log(Real{3});  // of probability 3/4

// p = 3/4, 1/2, 1/2; t = 1, 1, 0 and one void pixel: N = 2 5/4 + 1 = 7/2 and
// D = 7/4 + 2 + 1 = 19/4.
TEST_CASE("Dice by hand: half, full, empty and void") {
  const Task task = Lesions(4, {"none", "lesion"});
  const Result result = Of(task, "dice", {kThree, 0, 0, 9}, {1, 1, 0, kVoid});
  const double over = 3.5;
  const double under = 4.75;
  CHECK(result.loss[0] == doctest::Approx(1 - over / under));
  const auto slope = [&](double p, double t) {
    return (over - 2 * t * under) / (under * under) * p * (1 - p);
  };
  CHECK(result.gradient[0] == doctest::Approx(slope(0.75, 1)));
  CHECK(result.gradient[1] == doctest::Approx(slope(0.5, 1)));
  CHECK(result.gradient[2] == doctest::Approx(slope(0.5, 0)));
  CHECK(result.gradient[3] == 0);
  const Result full = Of(task, "dice", {99, 99, -99, -99}, {1, 1, 0, 0});
  CHECK(full.loss[0] == doctest::Approx(0));
  const Result missed = Of(task, "dice", {-99, -99, -99, -99}, {1, 1, 0, 0});
  CHECK(missed.loss[0] == doctest::Approx(1 - 1 / 3.0));
}

TEST_CASE("images without a lesion say nothing of overlap") {
  const Task task = Lesions(2, {"none", "lesion"});
  const Result result = Of(task, "dice", {3, -1, 0, 0}, {0, 0, 1, kVoid});
  CHECK(result.loss[0] == 0);
  CHECK(result.gradient[0] == 0);
  CHECK(result.divisor == 1);
}

// -log 3/4 and -log 1/2 of the two pixels that are known.
TEST_CASE("an image counts as 1 however much of it is void") {
  const Task task = Lesions(4, {"none", "lesion"});
  const Result result =
      Of(task, "cross-entropy", {kThree, 0, 5, 5}, {1, 0, kVoid, kVoid});
  CHECK(result.loss[0] ==
        doctest::Approx((-std::log(0.75) - std::log(0.5)) / 2));
  CHECK(result.gradient[0] == doctest::Approx(-0.25 / 2));
  CHECK(result.gradient[1] == doctest::Approx(0.5 / 2));
  CHECK(result.gradient[2] == 0);
  CHECK(result.divisor == 1);
  const Result focal =
      Of(task, "focal:gamma=2", {kThree, 0, 5, 5}, {1, 0, kVoid, kVoid});
  CHECK(focal.loss[0] ==
        doctest::Approx((-std::log(0.75) / 16 - std::log(0.5) / 4) / 2));
}

TEST_CASE("bce-dice is the sum of both, of several classes too") {
  for (const bool several : {false, true}) {
    const Task task =
        Lesions(2, several ? std::vector<std::string>{"a", "b", "c"}
                           : std::vector<std::string>{"a", "b"});
    std::vector<Real> z = {Real(0.3), Real(-1.2)};
    if (several) z = {Real(0.3), Real(-1.2), 0, 1, Real(0.5), Real(0.1)};
    const std::vector<Real> t = {1, several ? Real{2} : Real{0}};
    const Result entropy = Of(task, "cross-entropy", z, t);
    const Result dice = Of(task, "dice", z, t);
    const Result both = Of(task, "bce-dice:dice=2", z, t);
    CHECK(both.loss[0] == doctest::Approx(static_cast<double>(
                              entropy.loss[0] + 2 * dice.loss[0])));
    CHECK(both.gradient[1] == doctest::Approx(static_cast<double>(
                                  entropy.gradient[1] + 2 * dice.gradient[1])));
  }
}

}  // namespace
}  // namespace mtlkit
