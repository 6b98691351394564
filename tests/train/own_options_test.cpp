#include "train/own_options.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace mtlkit {
namespace {

std::vector<Task> Named(const std::vector<std::string>& names) {
  std::vector<Task> tasks(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) tasks[i].name = names[i];
  return tasks;
}

TEST_CASE("options for tasks that others have are left out") {
  const std::vector<Task> own = Named({"a", "b1"});
  const std::vector<std::string> absent = {"c", "b2", "d*"};
  TrainOptions options;
  options.loss = {"a=huber", "c=huber", "b*=absolute", "d*=huber", "x=huber"};
  options.weighting.task_weight = {"a=2", "c=3", "d*=4", "x=5"};
  const TrainOptions made = OptionsFor(own, absent, options);
  CHECK(made.loss ==
        std::vector<std::string>{"a=huber", "b*=absolute", "x=huber"});
  CHECK(made.weighting.task_weight == std::vector<std::string>{"a=2", "x=5"});
  CHECK(OptionsFor(own, {}, options).loss == options.loss);
}

TEST_CASE("weights cannot be chosen by a task that is not there") {
  const std::vector<Task> own = Named({"a"});
  const std::vector<std::string> absent = {"c.d"};
  TrainOptions options;
  options.select_on = "a.rmse";
  CHECK(OptionsFor(own, absent, options).select_on == "a.rmse");
  options.select_on = "c.d.rmse";
  CHECK_THROWS_WITH_AS(
      OptionsFor(own, absent, options),
      "--select-on c.d.rmse: it has no task 'c.d' (choose by a task that all "
      "peers have, or by loss)",
      Error);
}

}  // namespace
}  // namespace mtlkit
