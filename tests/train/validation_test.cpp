#include "train/validation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"
#include "train/select_measure.h"
#include "train/target_scale.h"
#include "train/unseen_rows.h"

namespace mtlkit {
namespace {

// Keeps what it is told.
class Listener : public SilentReporter {
 public:
  void Note(std::string_view text) override { notes += Str(text, "\n"); }
  void Warn(std::string_view text) override { warnings += Str(text, "\n"); }
  std::string notes;
  std::string warnings;
};

void SetLabels(std::size_t task, const char* split, float value,
               Dataset* data) {
  for (const Index row : data->SplitRows(split)) {
    data->labels[task].values[static_cast<std::size_t>(row)] = value;
  }
}

History TrainOn(const Dataset& data, const TrainOptions& options,
                Listener* listener) {
  TrainEnvironment environment;
  environment.reporter = listener;
  Model model = SampleModel(data);
  return Train(InputsOf(data, options), options, 1, environment, &model);
}

std::string MessageOf(const Dataset& data, const TrainOptions& options) {
  Listener listener;
  try {
    TrainOn(data, options, &listener);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "nothing is wrong";
}

TEST_CASE("tasks of which nothing can be said are left out, with the reason") {
  Dataset data = SampleData(200);
  SetLabels(0, "valid", 1, &data);
  SetLabels(1, "valid", std::nanf(""), &data);
  Listener listener;
  const History history = TrainOn(data, SampleOptions(), &listener);
  CHECK(listener.warnings ==
        "task 'sign' has only one class in the validation rows; it is left out "
        "of the validation measure\n"
        "task 'kind' has no label in the validation rows; it is left out of "
        "the validation measure\n");
  CHECK(history.selected_on == "valid loss");
  CHECK(history.best < 1);
}

TEST_CASE("a task of ordered classes can have only one class, too") {
  Dataset data = SampleData(200);
  data.tasks[1].type = ParseTaskType("ordinal");
  SetLabels(1, "valid", 1, &data);
  Listener listener;
  TrainOn(data, SampleOptions(), &listener);
  CHECK(listener.warnings ==
        "task 'kind' has only one class in the validation rows; it is left out "
        "of the validation measure\n");
}

TEST_CASE("a constant target is said to be constant") {
  Dataset data = SampleData(200);
  SetLabels(2, "valid", 20, &data);
  Listener listener;
  TrainOn(data, SampleOptions(), &listener);
  CHECK(listener.warnings ==
        "task 'value' has the same label everywhere in the validation rows; it "
        "is left out of the validation measure\n");
}

TEST_CASE("where nothing can be measured training runs to its end") {
  Dataset data = SampleData(200);
  SetLabels(0, "valid", 1, &data);
  SetLabels(1, "valid", 2, &data);
  SetLabels(2, "valid", std::nanf(""), &data);
  TrainOptions options = SampleOptions();
  options.patience = 1;
  Listener listener;
  const History history = TrainOn(data, options, &listener);
  CHECK(history.epochs() == 6);
  CHECK(history.best_epoch == 0);
  CHECK(history.selected_on.empty());
  CHECK(history.selected_split.empty());
  CHECK(listener.notes ==
        "nothing to choose the weights by: training runs to the last epoch, "
        "and its weights are kept\n");
}

TEST_CASE("weights cannot be chosen by what can never be defined") {
  Dataset data = SampleData(200);
  SetLabels(0, "valid", 1, &data);
  TrainOptions options = SampleOptions();
  options.select_on = "sign.roc-auc";
  CHECK(MessageOf(data, options) ==
        "--select-on sign.roc-auc: it is undefined on the validation rows, "
        "whatever is predicted: the task has too few labels there, or only one "
        "class");
  options.select_on = "kind.accuracy";
  CHECK(MessageOf(data, options) == "nothing is wrong");
}

TEST_CASE("what chooses the weights is checked without validation rows too") {
  Dataset data = SampleData(200);
  data.splits.erase("valid");
  TrainOptions options = SampleOptions();
  options.select_on = "nonsense.foo";
  CHECK(MessageOf(data, options) ==
        "--select-on: 'nonsense.foo' is not loss or TASK.METRIC");
  options.select_on = "sign.roc-auc";
  CHECK(MessageOf(data, options) ==
        "--select-on sign.roc-auc: there are no validation rows to choose on");
}

TEST_CASE("a comma of a task's name is plain or escaped in --select-on") {
  std::vector<Task> tasks(1);
  tasks[0].name = "a, 1";
  tasks[0].type = TaskType::kBinary;
  tasks[0].classes = {"no", "yes"};
  CHECK_NOTHROW(ParseSelectOn(tasks, "a, 1.roc-auc"));
  CHECK_NOTHROW(ParseSelectOn(tasks, "a\\, 1.roc-auc"));
  CHECK_THROWS_AS(ParseSelectOn(tasks, "a; 1.roc-auc"), Error);
}

TEST_CASE("a split that is not there is refused in a file without splits") {
  Dataset data = SampleData(50);
  data.splits.clear();
  TrainOptions options = SampleOptions();
  CHECK(InputsOf(data, options).train_rows.size() == 50);
  options.train_split = "foo";
  CHECK_THROWS_WITH_AS(InputsOf(data, options),
                       "there is no split 'foo' (this file has no splits: make "
                       "them with mtl-prep --split)",
                       Error);
}

// The last value of what was selected on.
double SelectedOn(const Dataset& data, const std::string& select_on,
                  const std::string& shown = "") {
  TrainOptions options = SampleOptions();
  options.select_on = select_on;
  options.patience = 0;
  Listener listener;
  const History history = TrainOn(data, options, &listener);
  const std::string name = shown.empty() ? select_on : shown;
  CHECK(history.selected_on == "valid " + name);
  const std::vector<double>* values = history.Find("valid." + name);
  REQUIRE(values != nullptr);
  return values->back();
}

TEST_CASE("several measures choose by the mean of their relative errors") {
  const Dataset data = SampleData(200);
  const double auc = SelectedOn(data, "sign.roc-auc");
  const double rmse = SelectedOn(data, "value.rmse");
  const double loss = SelectedOn(data, "kind.loss", "relative kind.loss");
  // A constant has an AUC of 1/2, and the RMSE of the mean (or median) of the
  // training rows.
  const Model model = SampleModel(data);
  double squares[2] = {0, 0};
  const std::vector<Index>& valid = data.SplitRows("valid");
  for (const Index row : valid) {
    const double y = static_cast<double>(data.labels[2].values[At(row)]);
    for (std::size_t i = 0; i < 2; ++i) {
      const double miss = y - model.constants[2][i];
      squares[i] += miss * miss / static_cast<double>(valid.size());
    }
  }
  const double constant = std::sqrt(std::min(squares[0], squares[1]));
  CHECK(SelectedOn(data, "sign.roc-auc=2,value.rmse,kind.loss") ==
        doctest::Approx((2 * (1 - auc) / 0.5 + rmse / constant + loss) / 4)
            .epsilon(1e-5));
  CHECK(SelectedOn(data, "value.rmse=0.5,sign.roc-auc=0.25") ==
        doctest::Approx((0.5 * rmse / constant + 0.25 * (1 - auc) / 0.5) / 0.75)
            .epsilon(1e-5));
}

TEST_CASE("the epoch with the least mean error is the best") {
  const Dataset data = SampleData(200);
  TrainOptions options = SampleOptions();
  options.select_on = "loss,sign.accuracy";
  options.patience = 0;
  Listener listener;
  const History history = TrainOn(data, options, &listener);
  const std::vector<double>& values = *history.Find("valid.loss,sign.accuracy");
  CHECK(history.best == *std::min_element(values.begin(), values.end()));
  CHECK(values[At(history.best_epoch - 1)] == history.best);
}

TEST_CASE("measures that cannot be weighed up are refused") {
  const std::vector<Task> tasks = SampleData(10).tasks;
  const auto message = [&](const std::string& select_on) -> std::string {
    try {
      ParseSelectOn(tasks, select_on);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
      return error.message();
    }
    return "nothing is wrong";
  };
  CHECK(message("loss,sign.roc-auc=1e3") == "nothing is wrong");
  for (const char* list :
       {"sign.roc-auc,loss", "sign.roc-auc=2,loss", "sign.roc-auc=2,loss=1"}) {
    CAPTURE(list);
    CHECK(message(list) == "nothing is wrong");
    CHECK(ParseSelectOn(tasks, list).size() == 2);
  }
  CHECK(message("sign.roc-auc,sign.roc-auc=2") ==
        "--select-on: 'sign.roc-auc' comes twice");
  CHECK(message("sign.roc-auc=0") ==
        "--select-on: the weight '0' of 'sign.roc-auc' is not a number above "
        "0");
  CHECK(message("sign.roc-auc=x") ==
        "--select-on: the weight 'x' of 'sign.roc-auc' is not a number above "
        "0");
  CHECK(message("loss,sign.roc-auc=1e300") ==
        "--select-on: the weight '1e300' of 'sign.roc-auc' is not between "
        "1e-6 and 1e6");
  CHECK(message("loss,signs.roc-auc") ==
        "--select-on: 'signs.roc-auc' is not loss or TASK.METRIC");
  Dataset data = SampleData(200);
  SetLabels(1, "valid", 2, &data);
  TrainOptions options = SampleOptions();
  options.select_on = "loss,kind.loss";
  CHECK(MessageOf(data, options).find("nothing can be said of this loss") !=
        std::string::npos);
}

TEST_CASE("outliers do not move the scale of labels of a robust loss") {
  Dataset data;
  data.rows = 6;
  data.inputs = SampleData(6).inputs;
  data.tasks.resize(1);
  data.tasks[0].name = "y";
  data.tasks[0].mean = {22};
  data.tasks[0].deviation = {39};
  data.labels.resize(1);
  data.labels[0].values = {1, 2, 3, 4, 1e6F, 7};
  const std::vector<Index> train = {0, 1, 2, 3, 4};
  Model model = BuildModel(data, {}, 1, train);
  ScaleTargets(data, train, {"y=squared"}, &model);
  CHECK(model.schema.tasks[0].mean[0] == 22);
  for (const char* loss : {"y=huber:delta=2", "y=absolute", "y=quantile",
                           "y=quantile:levels=0.5"}) {
    CAPTURE(std::string(loss));
    Model scaled = BuildModel(data, {}, 1, train, {loss});
    ScaleTargets(data, train, {loss}, &scaled);
    // Distances from 3 are 0, 1, 1, 2 and many.
    CHECK(scaled.schema.tasks[0].mean[0] == 3);
    CHECK(scaled.schema.tasks[0].deviation[0] == doctest::Approx(1.4826022));
  }
  // More than half the same: the mean distance, 1/5 x 1.2533; constant: 1.
  data.labels[0].values = {3, 3, 3, 3, 4, 7};
  ScaleTargets(data, train, {"y=absolute"}, &model);
  CHECK(model.schema.tasks[0].deviation[0] == doctest::Approx(0.25066283));
  data.labels[0].values = {3, 3, 3, 3, 3, 7};
  ScaleTargets(data, train, {"y=absolute"}, &model);
  CHECK(model.schema.tasks[0].deviation[0] == 1);
  // The same but for rounding: 2/5 x 1e4 x 1.2533.
  data.labels[0].values = {3, 3.0000002F, 3.0000005F, 1e4F, -1e4F, 7};
  ScaleTargets(data, train, {"y=absolute"}, &model);
  CHECK(model.schema.tasks[0].deviation[0] == doctest::Approx(5013.3));
}

TEST_CASE("rows of tables that nobody reads become the mean of the others") {
  Dataset data;
  data.rows = 5;
  InputBlock block;
  block.name = "categorical";
  block.kind = InputKind::kCategorical;
  block.cols = 1;
  block.columns = {"job"};
  block.categories = {{"a", "b", "c"}};
  block.codes = Array<std::int32_t>(std::vector<std::int32_t>{0, 0, 0, 1, 2});
  data.inputs.push_back(block);
  data.tasks.resize(1);
  data.tasks[0].name = "y";
  data.labels.resize(1);
  data.labels[0].values = {1, 2, 3, 4, 5};
  ArchOptions arch;
  arch.layers = {"4"};
  arch.embedding = 2;
  const std::vector<Index> train = {0, 1, 2, 3};
  Model model = BuildModel(data, arch, 1, train);
  const Index slice = model.network->weights()->Find("embedding/table.0");
  REQUIRE(slice >= 0);
  const MatView table = model.params.weights.At(slice);
  REQUIRE(table.rows == 4);
  const std::vector<Real> numbers = {1, 10, 5, 30, 7, 7, 8, 8};
  std::copy(numbers.begin(), numbers.end(), table.data);
  UnseenRows(*model.network, data, train, {}).Fill(&model.params.weights);
  // "a" is read three times and "b" once; "c" and the unseen never.
  const auto flat = table.flat();
  CHECK(std::vector<Real>(flat.begin(), flat.end()) ==
        std::vector<Real>{1, 10, 5, 30, 2, 15, 2, 15});
}

TEST_CASE("a network has trained rows for what it has never seen") {
  Dataset data = SampleData(50);
  InputBlock block;
  block.name = "categorical";
  block.kind = InputKind::kCategorical;
  block.cols = 1;
  block.columns = {"job"};
  block.categories = {{"a", "b"}};
  std::vector<std::int32_t> codes(50);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = i % 2 == 0;
  block.codes = Array<std::int32_t>(std::move(codes));
  data.inputs.push_back(block);
  Model model = SampleModel(data);
  Train(InputsOf(data, SampleOptions()), SampleOptions(), 1, {}, &model);
  const Index slice = model.network->weights()->Find("embedding/table.0");
  REQUIRE(slice >= 0);
  const ConstMatView table = model.params.weights.At(slice);
  for (Index col = 0; col < table.cols; ++col) {
    // 18 rows of "a" and 12 of "b", or the like, are learned from.
    const double low = std::min(table(0, col), table(1, col));
    const double high = std::max(table(0, col), table(1, col));
    CHECK(table(2, col) >= low);
    CHECK(table(2, col) <= high);
  }
}

}  // namespace
}  // namespace mtlkit
