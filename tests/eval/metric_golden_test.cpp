// Metrics against tests/golden/metrics.json: values of scikit-learn and of
// slow code of its own.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "eval/metric.h"
#include "paths.h"

namespace mtlkit {
namespace {

using nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

json ReadCases() {
  std::ifstream file(SourceDir() + "/tests/golden/metrics.json");
  REQUIRE(file.good());
  return json::parse(file).at("cases");
}

void Append(const json& values, std::vector<double>* out) {
  for (const json& value : values) {
    if (value.is_array()) {
      Append(value, out);
    } else {
      out->push_back(value.is_null() ? kNan : value.get<double>());
    }
  }
}

std::vector<double> Flat(const json& values) {
  std::vector<double> out;
  Append(values, &out);
  return out;
}

Index Columns(const json& values) {
  return !values.empty() && values[0].is_array()
             ? static_cast<Index>(values[0].size())
             : 1;
}

MetricRows RowsOf(const json& inputs, const char* output, TaskType type) {
  MetricRows rows;
  rows.type = type;
  rows.rows = static_cast<Index>(inputs.at("y").size());
  rows.target_cols = Columns(inputs.at("y"));
  rows.output_cols = Columns(inputs.at(output));
  rows.y = Flat(inputs.at("y"));
  rows.output = Flat(inputs.at(output));
  return rows;
}

// Names in the file and ours, and where ours reads another input.
struct Alias {
  const char* golden;
  const char* metric;
  const char* output;
  bool weighted = true;
};

void CheckCase(const json& test_case, TaskType type,
               const std::vector<Alias>& aliases, int* compared) {
  const json& inputs = test_case.at("inputs");
  for (const Alias& alias : aliases) {
    const json& expected = test_case.at("expected");
    if (!expected.contains(alias.golden)) continue;
    const MetricRows rows = RowsOf(inputs, alias.output, type);
    std::vector<double> weights(static_cast<std::size_t>(rows.rows), 1.0);
    if (alias.weighted && inputs.contains("weight")) {
      weights = Flat(inputs.at("weight"));
    }
    const auto metric = FindMetric(alias.metric).prepare(rows);
    const double value = metric->Value(weights);
    const json& wanted = expected.at(alias.golden).at("value");
    CAPTURE(test_case.at("id").get<std::string>());
    CAPTURE(alias.golden);
    if (wanted.is_null()) {
      // The reference gives up where one part is undefined; we say over how
      // many the mean is taken.
      const PartCount parts = metric->Parts(weights);
      CHECK(std::isnan(value) == (parts.defined == 0));
      CHECK(parts.defined < std::max<Index>(parts.all, 1));
    } else {
      const double reference = wanted.get<double>();
      const double tolerance = test_case.at("tolerance").at("float64");
      CHECK(std::abs(value - reference) <=
            tolerance * std::max(1.0, std::abs(reference)));
    }
    ++*compared;
  }
}

TEST_CASE("metrics of every task type agree with the reference values") {
  const std::vector<Alias> binary = {
      {"accuracy", "accuracy", "p1"},
      {"balanced_accuracy", "balanced-accuracy", "p1"},
      {"f1_macro", "macro-f1", "p1"},
      {"f1_micro", "micro-f1", "p1"},
      {"roc_auc", "roc-auc", "score"},
      {"average_precision", "pr-auc", "score"},
      {"log_loss", "log-loss", "p1"},
      {"brier", "brier", "p1"}};
  const std::vector<Alias> multiclass = {
      {"accuracy", "accuracy", "p"},
      {"balanced_accuracy", "balanced-accuracy", "p"},
      {"f1_macro", "macro-f1", "p"},
      {"f1_micro", "micro-f1", "p"},
      {"roc_auc_ovr_macro", "roc-auc", "p", false},
      {"log_loss", "log-loss", "p"},
      {"brier", "brier", "p"}};
  const std::vector<Alias> regression = {
      {"rmse", "rmse", "predicted"},
      {"armse", "rmse", "predicted"},
      {"mae", "mae", "predicted"},
      {"r2", "r2", "predicted"},
      {"r2_uniform_average", "r2", "predicted"},
      {"explained_variance", "explained-variance", "predicted"}};
  const std::vector<Alias> multilabel = {
      {"hamming_loss", "hamming-loss", "score"},
      {"subset_accuracy", "subset-accuracy", "score"},
      {"f1_micro", "micro-f1", "score"},
      {"f1_macro", "macro-f1", "score"},
      {"ranking_loss", "ranking-loss", "score"},
      {"coverage", "coverage", "score"},
      {"one_error", "one-error", "score"},
      {"lrap", "ranking-precision", "score"},
      {"roc_auc_macro", "roc-auc", "score"},
      {"average_precision_macro", "pr-auc", "score"}};
  int compared = 0;
  for (const json& test_case : ReadCases()) {
    const std::string kind = test_case.value("kind", "");
    if (kind == "binary") {
      CheckCase(test_case, TaskType::kBinary, binary, &compared);
    } else if (kind == "multiclass") {
      CheckCase(test_case, TaskType::kMulticlass, multiclass, &compared);
    } else if (kind == "regression") {
      CheckCase(test_case, TaskType::kRegression, regression, &compared);
    } else if (kind == "multilabel") {
      CheckCase(test_case, TaskType::kMultilabel, multilabel, &compared);
    }
  }
  CHECK(compared > 200);
}

}  // namespace
}  // namespace mtlkit
