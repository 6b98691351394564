// Losses that compare the rows of a batch, by hand.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/head.h"
#include "nn/loss.h"

namespace mtlkit {
namespace {

struct Learned {
  std::vector<Real> row_loss;
  std::vector<Real> gradient;
  double divisor = 0;
};

struct Rows {
  std::vector<Real> output;
  std::vector<Real> target;
  std::vector<Real> weight;
  std::vector<std::int64_t> groups = {};
};

Task TaskOf(std::string_view type) {
  Task task;
  task.name = "task";
  task.type = ParseTaskType(type);
  task.width = task.traits().is_censored ? 2 : 1;
  return task;
}

Learned Learn(const Task& task, const char* loss, const Rows& rows) {
  const auto made = MakeLoss(task, ParseChoice(loss, "test"));
  const Index count = std::ssize(rows.output);
  Learned learned;
  learned.row_loss.resize(rows.output.size());
  learned.gradient.resize(rows.output.size());
  RowRoom room;
  LossArgs args = {{rows.output.data(), count, 1},
                   {rows.target.data(), count, task.target_cols()},
                   rows.weight};
  args.groups = rows.groups;
  args.room = &room;
  made->Evaluate(args, learned.row_loss, {learned.gradient.data(), count, 1});
  learned.divisor = made->Divisor(args);
  return learned;
}

// Two events at time 1 and a row that is seen until 2; all risks are alike.
TEST_CASE("of tied events Breslow has all at risk, and Efron fewer") {
  const Rows rows = {{0, 0, 0}, {1, 1, 2, 0, 1, 1}, {1, 1, 1}};
  const Learned all = Learn(TaskOf("survival"), "cox", rows);
  CHECK(all.divisor == 2);
  CHECK(SumRows(all.row_loss) == doctest::Approx(2 * std::log(3.0)));
  CHECK(all.gradient[0] == doctest::Approx(2.0 / 3 - 1));
  CHECK(all.gradient[1] == doctest::Approx(2.0 / 3));
  const Learned fewer = Learn(TaskOf("survival"), "cox:ties=efron", rows);
  CHECK(SumRows(fewer.row_loss) ==
        doctest::Approx(std::log(3.0) + std::log(2.0)));
  // 1/3 + 1/2 on the one that is left, 1/3 + 1/4 - 1 on each event.
  CHECK(fewer.gradient[1] == doctest::Approx(5.0 / 6));
  CHECK(fewer.gradient[0] == doctest::Approx(7.0 / 12 - 1));
}

TEST_CASE("rows without an event, or without anybody else, pull nothing") {
  const Learned none =
      Learn(TaskOf("survival"), "cox", {{1, 2}, {1, 0, 2, 0}, {1, 1}});
  CHECK(none.divisor == 0);
  CHECK(SumRows(none.row_loss) == 0);
  CHECK(none.gradient == std::vector<Real>{0, 0});
  const Learned last =
      Learn(TaskOf("survival"), "cox", {{1, 2}, {1, 0, 2, 1}, {1, 1}});
  CHECK(last.divisor == 1);
  CHECK(std::abs(last.gradient[1]) < 1e-6);
}

TEST_CASE("scores of any size leave the likelihood finite") {
  for (const char* loss : {"cox", "cox:ties=efron"}) {
    const Learned far =
        Learn(TaskOf("survival"), loss,
              {{900, -900, 900, -900}, {1, 1, 1, 1, 2, 1, 3, 1}, {1, 1, 1, 1}});
    CHECK(std::isfinite(SumRows(far.row_loss)));
    for (const Real slope : far.gradient) CHECK(std::isfinite(slope));
  }
}

TEST_CASE("only rows of a group with different labels are compared") {
  const Real log_three = std::log(Real{3});
  const Rows rows = {{0, log_three, 5, 1, 1},
                     {2, 1, 0, 4, 4},
                     {1, 1, 1, 1, 1},
                     {3, 3, 8, 4, 4}};
  const Learned pairs = Learn(TaskOf("ranking"), "pairwise-logistic", rows);
  // log(1 + 3), half of it of each; one pair, and two rows.
  CHECK(pairs.divisor == 2);
  CHECK(pairs.row_loss[0] == doctest::Approx(std::log(4.0)));
  CHECK(pairs.row_loss[1] == doctest::Approx(std::log(4.0)));
  CHECK(pairs.gradient[0] == doctest::Approx(-2 * 0.75));
  CHECK(pairs.gradient[1] == doctest::Approx(2 * 0.75));
  for (std::size_t i = 2; i < 5; ++i) CHECK(pairs.gradient[i] == 0);
  const Learned hinge =
      Learn(TaskOf("ranking"), "pairwise-hinge:margin=2", rows);
  CHECK(SumRows(hinge.row_loss) == doctest::Approx(2 * (2 + std::log(3.0))));
}

// Group 1 has three pairs, group 2 one: each counts by its rows.
TEST_CASE("a group counts by its rows, not by its pairs") {
  const Rows rows = {
      {0, 0, 0, 0, 0}, {2, 1, 0, 1, 0}, {1, 1, 1, 1, 1}, {1, 1, 1, 2, 2}};
  const Learned all = Learn(TaskOf("ranking"), "pairwise-logistic", rows);
  CHECK(all.divisor == 5);
  CHECK(SumRows(all.row_loss) == doctest::Approx(5 * std::log(2.0)));
}

// A weight of 2 is the row twice.
TEST_CASE("weights of ranked rows count them") {
  const Learned weighed = Learn(TaskOf("ranking"), "pairwise-logistic",
                                {{1, 0, 2}, {2, 1, 0}, {2, 1, 1}, {1, 1, 1}});
  const Learned twice =
      Learn(TaskOf("ranking"), "pairwise-logistic",
            {{1, 1, 0, 2}, {2, 2, 1, 0}, {1, 1, 1, 1}, {1, 1, 1, 1}});
  CHECK(weighed.divisor == twice.divisor);
  CHECK(SumRows(weighed.row_loss) == doctest::Approx(SumRows(twice.row_loss)));
  CHECK(weighed.gradient[0] ==
        doctest::Approx(twice.gradient[0] + twice.gradient[1]));
}

Dataset Queries(std::vector<std::int64_t> groups) {
  Dataset data;
  data.rows = std::ssize(groups);
  data.ids = RunningIds(data.rows);
  data.groups = std::move(groups);
  data.tasks = {TaskOf("ranking")};
  data.labels.resize(1);
  for (Index row = 0; row < data.rows; ++row) {
    data.labels[0].values.push_back(static_cast<float>(row));
  }
  return data;
}

std::string Refusal(const Dataset& data) {
  try {
    RequireLearnable(data, data.tasks, {});
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.message();
  }
  return "";
}

TEST_CASE("a group of one is refused before training, as is having none") {
  CHECK(Refusal(Queries({4, 4, 5, 5})).empty());
  CHECK(Refusal(Queries({4, 4, 5})) ==
        "task 'task', row '2': a group of one for ranking: there is no other "
        "row to compare it with");
  Dataset data = Queries({4, 4, 5});
  data.labels[0].values[2] = std::numeric_limits<float>::quiet_NaN();
  CHECK(Refusal(data).empty());
  data.groups.clear();
  CHECK(Refusal(data) ==
        "task 'task' is ranked within groups of rows, and there are none");
}

}  // namespace
}  // namespace mtlkit
