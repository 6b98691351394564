// Losses against tests/golden/losses.json: torch and numpy.
#include <cmath>
#include <map>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/link.h"
#include "golden/golden.h"
#include "nn/loss.h"

namespace mtlkit {
namespace {

using golden::json;

Task MakeTask(TaskType type, Index cols) {
  Task task;
  task.name = "task";
  task.type = type;
  if (type == TaskType::kRegression) task.width = cols;
  if (type == TaskType::kBinary) cols = 2;
  for (Index k = 0; type.traits().has_classes && k < cols; ++k) {
    task.classes.push_back(Str("class", k));
  }
  return task;
}

std::string List(const json& values) {
  std::vector<std::string> texts;
  for (const double value : golden::Numbers(values)) {
    texts.push_back(FormatNumber(value));
  }
  return Join(texts, "/");
}

// The loss and the task type that a case is about; an empty name if unknown.
struct Subject {
  std::string loss;
  TaskType type = TaskType::kRegression;
  std::vector<std::pair<std::string, std::string>> options;
};

void AddOption(const json& params, const char* golden_name, const char* name,
               Subject* subject) {
  if (params.contains(golden_name)) {
    subject->options.emplace_back(name, List(params.at(golden_name)));
  }
}

// A number alpha is the positives' factor, and 1 - alpha the negatives'.
Subject FocalSubject(const json& params) {
  const json& alpha = params.at("alpha");
  Subject subject = {"focal", TaskType::kMulticlass, {}};
  AddOption(params, "gamma", "gamma", &subject);
  if (alpha.is_array()) {
    AddOption(params, "alpha", "class-weight", &subject);
    return subject;
  }
  subject.type = TaskType::kBinary;
  const auto positive = alpha.get<double>();
  subject.options.emplace_back(
      "class-weight",
      Str(FormatNumber(1 - positive), "/", FormatNumber(positive)));
  return subject;
}

// What the file's loss of a row has more than ours, which is 0 where the output
// is right.
double Extra(const json& item, double label) {
  const std::string method = item.at("method").get<std::string>();
  // Ours is less the loss of the least variance.
  if (method == "gaussian-nll") return std::log(1e-6) / 2;
  if (method == "gamma") return 1 + std::log(label);
  if (method != "poisson") return 0;
  const json& full = item.at("params").at("full");
  const double least = label > 0 ? label - label * std::log(label) : 0;
  if (full == "exact log factorial") return least + std::lgamma(label + 1);
  if (full == "stirling" && label > 1) {
    return 0.5 * std::log(2 * 3.14159265358979323846 * label);
  }
  return least;
}

Subject SubjectOf(const json& item) {
  const std::string method = item.at("method").get<std::string>();
  const std::string id = item.at("id").get<std::string>();
  const json& params = item.at("params");
  Subject subject;
  if (method == "squared" || method == "absolute" || method == "huber") {
    subject.loss = method;
    AddOption(params, "delta", "delta", &subject);
  } else if (method == "smooth-l1" || method == "log-cosh" ||
             method == "poisson" || method == "gamma" ||
             method == "gaussian-nll") {
    subject.loss = method;
    AddOption(params, "beta", "beta", &subject);
  } else if (method == "hinge" || method == "squared-hinge") {
    subject = {method, TaskType::kBinary, {}};
  } else if (method == "multiclass-hinge") {
    subject = {method, TaskType::kMulticlass, {}};
    AddOption(params, "margin", "margin", &subject);
  } else if (method == "focal-binary" || method == "focal-multiclass") {
    subject = FocalSubject(params);
  } else if (method == "coral" || method == "cumulative-link") {
    subject = {method, ParseTaskType("ordinal"), {}};
  } else if (method == "pinball") {
    subject.loss = "quantile";
    AddOption(params, "quantile", "levels", &subject);
  } else if (method == "logit-mse") {
    subject.loss = "squared";
  } else if (method == "bce-logits") {
    subject = {"binary-cross-entropy", TaskType::kBinary, {}};
    AddOption(params, "label_smoothing", "label-smoothing", &subject);
    if (params.contains("pos_weight")) {
      subject.options.emplace_back("class-weight",
                                   "1/" + List(params.at("pos_weight")));
    }
  } else if (method == "multilabel-bce") {
    subject = {"multilabel-cross-entropy", TaskType::kMultilabel, {}};
    AddOption(params, "pos_weight", "positive-weight", &subject);
    if (params.at("labels") == "sum over labels") {
      subject.options.emplace_back("over-labels", "sum");
    }
  } else if (method == "cross-entropy" && params.contains("target")) {
    subject = {
        "distillation", TaskType::kMulticlass, {{"form", "cross-entropy"}}};
  } else if (method == "cross-entropy") {
    subject = {"cross-entropy", TaskType::kMulticlass, {}};
    AddOption(params, "label_smoothing", "label-smoothing", &subject);
    AddOption(params, "class_weight", "class-weight", &subject);
  } else if (method == "distillation" || method == "kl") {
    subject = {"distillation", TaskType::kMulticlass, {}};
    AddOption(params, "temperature", "temperature", &subject);
    if (id.rfind("distill_reverse/", 0) == 0) {
      subject.options.emplace_back("form", "reverse");
    }
  } else if (method == "jensen-shannon") {
    subject = {
        "distillation", TaskType::kMulticlass, {{"form", "jensen-shannon"}}};
  }
  return subject;
}

// A case's inputs as a loss wants them.
struct GoldenLoss {
  Task task;
  std::vector<Real> output;
  std::vector<Real> target;
  std::vector<Real> weight;
  // What the file leaves out of per_row: the rows' weights.
  std::vector<Real> left_out;
  Index rows = 0;
  Index cols = 0;
};

// The outputs of a score are the score less each threshold.
void TakeThresholds(const json& thresholds, GoldenLoss* data) {
  const std::vector<Real> at = golden::Reals(thresholds);
  std::vector<Real> output;
  for (const Real score : data->output) {
    for (const Real threshold : at) output.push_back(score - threshold);
  }
  data->output = output;
  data->cols = static_cast<Index>(at.size());
}

// The slopes of a score and, of each threshold, minus that of its column.
std::vector<double> OfScores(const GoldenLoss& data,
                             const std::vector<double>& gradient,
                             std::vector<double>* of_thresholds) {
  std::vector<double> scores(static_cast<std::size_t>(data.rows));
  of_thresholds->assign(static_cast<std::size_t>(data.cols), 0);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    scores[i / of_thresholds->size()] += gradient[i];
    (*of_thresholds)[i % of_thresholds->size()] -= gradient[i];
  }
  return scores;
}

GoldenLoss Prepare(const json& item, const Subject& subject) {
  const json& inputs = item.at("inputs");
  GoldenLoss prepared;
  prepared.rows = static_cast<Index>(inputs.at("prediction").size());
  prepared.cols = golden::Columns(inputs.at("prediction"));
  const bool has_logits_of_steps = subject.type == ParseTaskType("ordinal");
  prepared.output = golden::Reals(inputs.at("prediction"));
  if (item.at("params").contains("thresholds")) {
    TakeThresholds(item.at("params").at("thresholds"), &prepared);
  }
  // Of a mean and a variance.
  const Index labels = subject.loss == "gaussian-nll" ? 1 : prepared.cols;
  prepared.task =
      MakeTask(subject.type, labels + (has_logits_of_steps ? 1 : 0));
  const Choice choice = {subject.loss, subject.options};
  const LossEntry& entry = FindLoss(subject.loss);
  if (entry.shape != nullptr) entry.shape(choice, "golden", &prepared.task);
  if (inputs.contains("target")) {
    prepared.target = golden::Reals(inputs.at("target"));
  } else {
    prepared.target = golden::Reals(inputs.at("teacher_logits"));
    if (subject.loss == "distillation") {
      const MatView all = {prepared.target.data(), prepared.rows,
                           prepared.cols};
      ApplyLink(prepared.task, all, all);
    }
  }
  // Classes of -1 and 1.
  if (subject.loss.ends_with("hinge") && subject.type == TaskType::kBinary) {
    for (Real& label : prepared.target) label = label > 0 ? Real{1} : Real{0};
  }
  const std::size_t rows = static_cast<std::size_t>(prepared.rows);
  prepared.weight.assign(rows, Real{1});
  if (inputs.contains("weight")) {
    prepared.weight = golden::Reals(inputs.at("weight"));
  }
  if (inputs.contains("mask") && !inputs.at("mask").at(0).is_array()) {
    const std::vector<Real> mask = golden::Reals(inputs.at("mask"));
    for (std::size_t i = 0; i < rows; ++i) prepared.weight[i] *= mask[i];
  }
  prepared.left_out = prepared.weight;
  // There the weights are those of the rows' classes, which the loss knows.
  if (item.at("params").contains("class_weight")) {
    prepared.weight.assign(rows, Real{1});
  }
  return prepared;
}

void CompareCase(const json& item, const Subject& subject) {
  GoldenLoss data = Prepare(item, subject);
  const auto loss = MakeLoss(data.task, {subject.loss, subject.options});
  REQUIRE(static_cast<Index>(data.target.size()) ==
          data.rows * loss->target_cols());
  std::vector<Real> row_loss(static_cast<std::size_t>(data.rows));
  std::vector<Real> gradient(data.output.size());
  loss->Evaluate({{data.output.data(), data.rows, data.cols},
                  {data.target.data(), data.rows, loss->target_cols()},
                  data.weight},
                 row_loss, {gradient.data(), data.rows, data.cols});

  const json& expected = item.at("expected");
  const double tolerance = golden::Tolerance(item);
  // Element masks: the mean is over present cells, our sum over all of a row.
  double normaliser = 0;
  if (expected.contains("normaliser")) {
    normaliser = expected.at("normaliser").get<double>();
  } else {
    for (const double cell : golden::Numbers(item.at("inputs").at("mask"))) {
      normaliser += cell / static_cast<double>(data.cols);
    }
  }
  std::vector<double> scaled(gradient.begin(), gradient.end());
  for (double& value : scaled) {
    value = normaliser > 0 ? value / normaliser : value;
  }
  if (expected.contains("gradient_thresholds")) {
    std::vector<double> thresholds;
    scaled = OfScores(data, scaled, &thresholds);
    golden::CheckClose(expected.at("gradient_thresholds"), thresholds,
                       tolerance);
  }
  golden::CheckClose(expected.at("gradient"), scaled, tolerance);
  double sum = SumRows(row_loss);
  std::vector<double> extra(row_loss.size());
  for (std::size_t i = 0; i < extra.size(); ++i) {
    extra[i] = Extra(item, static_cast<double>(data.target[i]));
    sum += static_cast<double>(data.weight[i]) * extra[i];
  }
  golden::CheckClose(
      expected.at("value"),
      std::vector<double>{normaliser > 0 ? sum / normaliser : sum}, tolerance);
  if (!expected.contains("per_row")) return;
  std::vector<double> rows(row_loss.begin(), row_loss.end());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (data.left_out[i] > 0) rows[i] /= static_cast<double>(data.left_out[i]);
    rows[i] += extra[i];
  }
  golden::CheckClose(expected.at("per_row"), rows, tolerance);
}

// The value and the gradient of a loss that couples rows, divided as in a step.
void CompareCoupled(const json& item, const Task& task, const Choice& choice,
                    LossArgs args, Index every) {
  RowRoom room;
  args.room = &room;
  const auto loss = MakeLoss(task, choice);
  std::vector<Real> row_loss(static_cast<std::size_t>(args.output.rows));
  std::vector<Real> slopes(row_loss.size());
  loss->Evaluate(args, row_loss, {slopes.data(), args.output.rows, 1});
  const double divisor = loss->Divisor(args);
  std::vector<double> gradient;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    if (static_cast<Index>(i) % every > 0) continue;
    gradient.push_back(static_cast<double>(slopes[i]) / divisor);
  }
  const double tolerance = golden::Tolerance(item);
  golden::CheckClose(item.at("expected").at("gradient"), gradient, tolerance);
  golden::CheckClose(item.at("expected").at("value"),
                     std::vector<double>{SumRows(row_loss) / divisor},
                     tolerance);
}

void CompareCox(const json& item) {
  const json& inputs = item.at("inputs");
  const std::vector<Real> output = golden::Reals(inputs.at("prediction"));
  const std::vector<Real> time = golden::Reals(inputs.at("time"));
  const std::vector<Real> event = golden::Reals(inputs.at("event"));
  std::vector<Real> target;
  for (std::size_t i = 0; i < time.size(); ++i) {
    target.push_back(time[i]);
    target.push_back(event[i]);
  }
  const std::vector<Real> weight(output.size(), Real{1});
  Task task = MakeTask(ParseTaskType("survival"), 1);
  task.width = 2;
  const Index rows = std::ssize(output);
  CompareCoupled(item, task, {"cox", {}},
                 {{output.data(), rows, 1}, {target.data(), rows, 2}, weight},
                 1);
}

// Each pair is a group of its own, whose first row is the better one.
void ComparePairs(const json& item) {
  const json& inputs = item.at("inputs");
  const std::vector<Real> first = golden::Reals(inputs.at("prediction"));
  const std::vector<Real> second = golden::Reals(inputs.at("other"));
  std::vector<Real> output;
  std::vector<Real> target;
  std::vector<std::int64_t> groups;
  for (std::size_t i = 0; i < first.size(); ++i) {
    output.insert(output.end(), {first[i], second[i]});
    target.insert(target.end(), {Real{1}, Real{0}});
    groups.insert(groups.end(), 2, static_cast<std::int64_t>(i));
  }
  const std::vector<Real> weight(output.size(), Real{1});
  const Index rows = std::ssize(output);
  LossArgs args = {{output.data(), rows, 1}, {target.data(), rows, 1}, weight};
  args.groups = groups;
  CompareCoupled(item, MakeTask(ParseTaskType("ranking"), 1),
                 {"pairwise-logistic", {}}, args, 2);
}

TEST_CASE("losses and their gradients agree with the reference values") {
  golden::ForEachCase("losses", [](const json& item) {
    const std::string method = item.at("method").get<std::string>();
    if (method == "cox") return CompareCox(item), true;
    if (method == "pairwise-logistic") return ComparePairs(item), true;
    const Subject subject = SubjectOf(item);
    if (subject.loss.empty()) return false;
    CompareCase(item, subject);
    return true;
  });
}

}  // namespace
}  // namespace mtlkit
