#include "eval/importance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "eval/table.h"

namespace mtlkit {
namespace {

const MetricResult& FirstOf(const TaskResult& task) {
  return task.metrics.front();
}

// The error rises where a value falls, if more is better.
Estimate AsError(const MetricEntry& metric, const Estimate& difference) {
  if (!metric.up) return difference;
  return {0 - difference.value, 0 - difference.high, 0 - difference.low,
          difference.why};
}

double ErrorSizeOf(const TaskResult& task) {
  const MetricResult& result = FirstOf(task);
  if (result.metric->perfect != 0) return 1;
  return result.constant > 0 ? result.constant : result.models[0].value;
}

std::string WithEnds(const std::string& value, const std::string& low,
                     const std::string& high, const Estimate& estimate) {
  if (std::isnan(estimate.low) || estimate.why != NoInterval::kNone) {
    return value;
  }
  return Str(value, " [", low, ", ", high, "]");
}

std::string RiseText(const Estimate& rise, double size) {
  const auto text = [&](double number) {
    return TableNumber(number, true, size);
  };
  return WithEnds(text(rise.value), text(rise.low), text(rise.high), rise);
}

std::string PercentText(const Estimate& share) {
  if (std::isnan(share.value)) return "-";
  const auto text = [](double number) {
    std::array<char, 64> percent{};
    std::snprintf(percent.data(), percent.size(), "%+.1f",
                  std::round(number * 1000) / 10 + 0.0);
    return std::string(percent.data());
  };
  return WithEnds(text(share.value) + " %", text(share.low), text(share.high),
                  share);
}

Json NumberOrNull(double value) {
  return std::isfinite(value) ? Json(value + 0.0) : Json(nullptr);
}

Json EstimateJson(const Estimate& estimate) {
  return {{"value", NumberOrNull(estimate.value)},
          {"low", NumberOrNull(estimate.low)},
          {"high", NumberOrNull(estimate.high)}};
}

std::string CellOf(double value) {
  return std::isfinite(value) ? FormatNumber(value + 0.0) : "";
}

}  // namespace

ColumnImportance ImportanceOf(const std::string& column,
                              const Evaluation& evaluation) {
  ColumnImportance importance;
  importance.column = column;
  for (const TaskResult& task : evaluation.tasks) {
    const MetricResult& result = FirstOf(task);
    importance.rises.push_back(AsError(*result.metric, result.differences[1]));
  }
  const Estimate& log = evaluation.gains[1].log_ratio;
  importance.overall = {std::expm1(log.value), std::expm1(log.low),
                        std::expm1(log.high), log.why};
  return importance;
}

void SortByImportance(Importance* importance) {
  const auto order = [](const ColumnImportance& column) {
    const double value = column.overall.value;
    return std::isnan(value) ? -1e300 : value;
  };
  std::ranges::stable_sort(importance->columns, std::ranges::greater(), order);
}

std::string RenderText(const Importance& importance) {
  const Evaluation& whole = importance.whole;
  TextTable table;
  std::vector<std::string> names = {""};
  std::vector<std::string> metrics = {"error rises by"};
  std::vector<std::string> values = {"as it is"};
  for (const TaskResult& task : whole.tasks) {
    const MetricResult& result = FirstOf(task);
    names.push_back(task.task.name);
    metrics.push_back(result.metric->perfect == 0
                          ? std::string(result.metric->label)
                          : Str(FormatNumber(result.metric->perfect), " - ",
                                result.metric->label));
    values.push_back(
        TableNumber(MetricError(*result.metric, result.models[0].value), false,
                    ErrorSizeOf(task)));
  }
  names.emplace_back("all tasks");
  metrics.emplace_back("share of the error");
  values.emplace_back("");
  table.AddRow(std::move(names));
  table.AddRow(std::move(metrics));
  table.AddRow(std::move(values));
  for (const ColumnImportance& column : importance.columns) {
    std::vector<std::string> row = {column.column};
    for (std::size_t t = 0; t < column.rises.size(); ++t) {
      row.push_back(RiseText(column.rises[t], ErrorSizeOf(whole.tasks[t])));
    }
    row.push_back(PercentText(column.overall));
    table.AddRow(std::move(row));
  }
  std::string text = table.Render();
  text += Str("rows ", whole.rows, "; means over ", importance.repeats,
              " shuffles of each input");
  if (whole.draws > 0) {
    text += Str("; ", FormatNumber(std::round(whole.level * 1e9) / 1e7),
                " % intervals over rows and shuffles");
  }
  text += "\n";
  for (const std::string& warning : whole.warnings) {
    text += Str("warning: ", VisibleText(warning), "\n");
  }
  return text;
}

Json RenderJson(const Importance& importance) {
  const Evaluation& whole = importance.whole;
  Json json{{"schema", 1},
            {"rows", whole.rows},
            {"split", whole.split},
            {"repeats", importance.repeats},
            {"draws", whole.draws},
            {"level", whole.level},
            {"warnings", whole.warnings},
            {"tasks", Json::array()},
            {"columns", Json::array()}};
  for (const TaskResult& task : whole.tasks) {
    const MetricResult& result = FirstOf(task);
    json["tasks"].push_back(
        {{"name", task.task.name},
         {"metric", result.metric->name},
         {"value", NumberOrNull(result.models[0].value)},
         {"error",
          NumberOrNull(MetricError(*result.metric, result.models[0].value))}});
  }
  for (const ColumnImportance& column : importance.columns) {
    Json item{{"name", column.column},
              {"all_tasks", EstimateJson(column.overall)},
              {"tasks", Json::object()}};
    for (std::size_t t = 0; t < column.rises.size(); ++t) {
      item["tasks"][whole.tasks[t].task.name] = EstimateJson(column.rises[t]);
    }
    json["columns"].push_back(std::move(item));
  }
  return json;
}

std::string RenderCsv(const Importance& importance, CsvCells* cells) {
  std::string text = "column,task,metric,rise,low,high\n";
  const auto append = [&](const std::string& column, const std::string& task,
                          std::string_view metric, const Estimate& rise) {
    cells->Append(column, &text);
    text += ',';
    cells->Append(task, &text);
    text += Str(',', metric, ',', CellOf(rise.value), ',', CellOf(rise.low),
                ',', CellOf(rise.high), '\n');
  };
  for (const ColumnImportance& column : importance.columns) {
    for (std::size_t t = 0; t < column.rises.size(); ++t) {
      const TaskResult& task = importance.whole.tasks[t];
      append(column.column, task.task.name, FirstOf(task).metric->name,
             column.rises[t]);
    }
    append(column.column, "", "share of the error", column.overall);
  }
  return text;
}

}  // namespace mtlkit
