#include "nn/loss.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"

namespace mtlkit {
namespace {

constexpr Real kNotANumber = std::numeric_limits<Real>::quiet_NaN();

std::vector<Task> SampleTasks() {
  Task hours;
  hours.name = "hours";
  Task income;
  income.name = "income";
  income.type = TaskType::kBinary;
  income.classes = {"no", "yes"};
  Task status;
  status.name = "status";
  status.type = TaskType::kMulticlass;
  status.classes = {"a", "b", "c"};
  return {hours, income, status};
}

std::string Render(const std::vector<Real>& values) {
  std::vector<std::string> texts;
  for (const Real value : values) texts.push_back(FormatNumber(value));
  return Join(texts, " ");
}

struct Result {
  std::vector<Real> row_loss;
  std::vector<Real> gradient;
};

Result Evaluate(const Loss& loss, std::vector<Real> output,
                std::vector<Real> target, std::vector<Real> weight) {
  const Index rows = static_cast<Index>(weight.size());
  const Index cols = static_cast<Index>(output.size()) / rows;
  Result result{std::vector<Real>(weight.size(), kNotANumber),
                std::vector<Real>(output.size(), kNotANumber)};
  loss.Evaluate({{output.data(), rows, cols},
                 {target.data(), rows, loss.target_cols()},
                 weight},
                result.row_loss, {result.gradient.data(), rows, cols});
  return result;
}

std::string RefusalOfLoss(const std::vector<std::string>& texts) {
  try {
    MakeLosses(SampleTasks(), texts);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.what();
  }
  return "no error";
}

TEST_CASE("a row without a weight adds nothing to the loss") {
  Task task;
  task.width = 2;
  const auto huber = MakeLoss(task, {"huber", {}});
  const Result result = Evaluate(*huber, {1, 2, 9, 9}, {1, 1, 0, 0}, {1, 0});
  CHECK(Render(result.row_loss) == "0.25 0");
  CHECK(Render(result.gradient) == "0 0.5 0 0");
}

TEST_CASE("a missing cell adds nothing and the others count as before") {
  Task task;
  task.width = 2;
  const auto squared = MakeLoss(task, {"squared", {}});
  const Result result =
      Evaluate(*squared, {3, 5, 3, 5}, {1, kNotANumber, 1, 4}, {1, 1});
  CHECK(Render(result.row_loss) == "2 2.5");
  CHECK(Render(result.gradient) == "2 0 2 1");
}

TEST_CASE("a missing class adds nothing whatever the row's weight") {
  const auto loss = MakeLoss(SampleTasks()[2], {"cross-entropy", {}});
  const Result result =
      Evaluate(*loss, {0, 0, 0, 1, 1, 1}, {kNotANumber, 2}, {1, 1});
  CHECK(result.row_loss[0] == 0);
  CHECK(result.gradient[1] == 0);
  CHECK(static_cast<double>(result.row_loss[1]) ==
        doctest::Approx(1.0986123).epsilon(1e-6));
}

TEST_CASE("losses are what the flags name, and the default elsewhere") {
  const auto losses =
      MakeLosses(SampleTasks(), {"hours=huber:delta=2", "s*=cross-entropy"});
  CHECK(losses.size() == 3);
  const Result huber = Evaluate(*losses[0], {10}, {0}, {1});
  CHECK(Render(huber.row_loss) == "18");
  CHECK(losses[1]->target_cols() == 1);
}

TEST_CASE("a mistake in a loss flag is named with what would be right") {
  CHECK(RefusalOfLoss({"hour=huber"}) ==
        "--loss: there is no task 'hour'; did you mean 'hours'? (tasks: hours, "
        "income, status)");
  CHECK(RefusalOfLoss({"hours=hubr"}).find("did you mean 'huber'?") !=
        std::string::npos);
  CHECK(RefusalOfLoss({"hours=huber:delta=0"}).find("more than 0") !=
        std::string::npos);
  CHECK(RefusalOfLoss({"hours=huber:dela=1"}).find("did you mean 'delta'?") !=
        std::string::npos);
  CHECK(RefusalOfLoss({"income=squared"}) ==
        "--loss: 'squared' does not fit task 'income', which is binary "
        "(fitting: binary-cross-entropy, focal, logit-adjusted, hinge, "
        "squared-hinge)");
  CHECK(
      RefusalOfLoss({"income=distillation"}).find("another model's outputs") !=
      std::string::npos);
  CHECK(RefusalOfLoss({"status=cross-entropy:class-weight=1/2"})
            .find("there are 3 classes") != std::string::npos);
  CHECK(RefusalOfLoss({"hours"}).find("is not TASK=NAME") != std::string::npos);
}

Task Ratings() {
  Task task;
  task.name = "rating";
  task.type = ParseTaskType("ordinal");
  task.classes = {"poor", "fair", "good"};
  return task;
}

// s(0) = 1/2, s(log 3) = 3/4: probabilities 1/2, 1/8, 3/8.
TEST_CASE("corn is minus the log of the probability of the label's class") {
  const auto loss = MakeLoss(Ratings(), {"corn", {}});
  const Real z = std::log(Real{3});
  const Result result = Evaluate(*loss, {0, z, 0, z, 0, z, 0, z},
                                 {0, 1, 2, kNotANumber}, {1, 2, 1, 1});
  CHECK(static_cast<double>(result.row_loss[0]) ==
        doctest::Approx(std::log(2.0)));
  CHECK(static_cast<double>(result.row_loss[1]) ==
        doctest::Approx(2 * std::log(8.0)));
  CHECK(static_cast<double>(result.row_loss[2]) ==
        doctest::Approx(-std::log(0.375)));
  CHECK(result.row_loss[3] == 0);
  const double slopes[] = {0.5, 0, -1, 1.5, -0.5, -0.25, 0, 0};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(static_cast<double>(result.gradient[i]) ==
          doctest::Approx(slopes[i]));
  }
}

// KL of (.2, .3, .5) from (.5, .125, .375).
TEST_CASE("ordinal distillation is the divergence over classes") {
  const auto loss = MakeLoss(Ratings(), {"distillation", {}});
  const Result result =
      Evaluate(*loss, {0, std::log(Real{3})}, {Real(0.8), Real(0.5)}, {1});
  const double divergence = 0.2 * std::log(0.2 / 0.5) +
                            0.3 * std::log(0.3 / 0.125) +
                            0.5 * std::log(0.5 / 0.375);
  CHECK(static_cast<double>(result.row_loss[0]) ==
        doctest::Approx(divergence).epsilon(1e-5));
  CHECK(static_cast<double>(result.gradient[0]) == doctest::Approx(-0.3));
  CHECK(static_cast<double>(result.gradient[1]) == doctest::Approx(0.1));
}

TEST_CASE("the quantile loss weighs by its level what lies above") {
  const std::vector<Task> tasks =
      ShapeTasks(SampleTasks(), {"hours=quantile:levels=0.9/0.1/0.5"});
  CHECK(tasks[0].output_cols() == 3);
  CHECK(tasks[0].levels == std::vector<double>{0.1, 0.5, 0.9});
  const auto losses = MakeLosses(tasks, {"hours=quantile:levels=0.1/0.5/0.9"});
  const Result result =
      Evaluate(*losses[0], {0, 1, 3, 0, 0, 0}, {1, kNotANumber}, {3, 1});
  CHECK(static_cast<double>(result.row_loss[0]) == doctest::Approx(0.3));
  CHECK(static_cast<double>(result.gradient[0]) == doctest::Approx(-0.1));
  CHECK(result.gradient[1] == 0);
  CHECK(static_cast<double>(result.gradient[2]) == doctest::Approx(0.1));
  CHECK(result.row_loss[1] == 0);
  CHECK(result.gradient[4] == 0);
}

TEST_CASE("a loss must want the outputs that the network has") {
  CHECK(RefusalOfLoss({"hours=quantile"}).find("wants other outputs of task") !=
        std::string::npos);
  const std::vector<Task> tasks = ShapeTasks(SampleTasks(), {"hours=quantile"});
  CHECK_THROWS_WITH_AS(MakeLosses(tasks, {}),
                       doctest::Contains("quantile 0.1/0.5/0.9"), Error);
  CHECK_THROWS_WITH_AS(
      ShapeTasks(SampleTasks(), {"hours=quantile:levels=0.5/0.5"}),
      doctest::Contains("level 0.5 is given twice"), Error);
  CHECK_THROWS_AS(ShapeTasks(SampleTasks(), {"hours=quantile:levels=1.5"}),
                  Error);
  CHECK_THROWS_WITH_AS(ShapeTasks(SampleTasks(), {"income=quantile"}),
                       doctest::Contains("does not fit task 'income'"), Error);
}

TEST_CASE("distillation does not move a student that agrees") {
  const auto loss =
      MakeLoss(SampleTasks()[2], {"distillation", {{"temperature", "2"}}});
  const Real third = Real{1} / 3;
  const Result result = Evaluate(*loss, {5, 5, 5}, {third, third, third}, {1});
  CHECK(static_cast<double>(result.row_loss[0]) == doctest::Approx(0));
  CHECK(static_cast<double>(result.gradient[0]) == doctest::Approx(0));
}

}  // namespace
}  // namespace mtlkit
