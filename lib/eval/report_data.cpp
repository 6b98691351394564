#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "eval/report.h"
#include "eval/seed_interval.h"

namespace mtlkit {
namespace {

Json Number(double value) {
  // Plus 0: a -0.0 has no sign.
  return std::isfinite(value) ? Json(value + 0.0) : Json(nullptr);
}

Json KnownCount(Index count) {
  return count < 0 ? Json(nullptr) : Json(count);
}

// A number that is made of `rows` rows.
Json ToJson(const Estimate& estimate, Index rows) {
  Json json{{"value", Number(estimate.value)},
            {"low", Number(estimate.low)},
            {"high", Number(estimate.high)}};
  const std::string why = NoIntervalText(estimate.why, rows);
  if (!why.empty()) json["no_interval"] = why;
  return json;
}

Json ToJson(const MetricResult& result, Index rows,
            const Evaluation& evaluation) {
  Json json{{"name", result.metric->name},
            {"better", result.metric->up ? "up" : "down"},
            {"constant", Number(result.constant)},
            {"models", Json::object()}};
  if (result.parts.all > 0) {
    json["mean_over"] = {{"defined", result.parts.defined},
                         {"all", result.parts.all}};
  }
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    Json model = ToJson(result.models[i], rows);
    if (!result.differences.empty()) {
      model["difference"] = ToJson(result.differences[i], rows);
      // Without intervals nothing is judged.
      model["verdict"] = evaluation.draws > 0
                             ? Json(VerdictName(result.verdicts[i]))
                             : Json(nullptr);
    }
    if (!result.seeds[i].empty()) {
      for (const double value : result.seeds[i]) {
        model["seeds"].push_back(Number(value));
      }
      model["seed_deviation"] = Number(DeviationOf(result.seeds[i]));
    }
    json["models"][evaluation.models[i]] = std::move(model);
  }
  return json;
}

Json ToJson(const Gain& gain, Index rows) {
  Json item = ToJson(gain.share(), rows);
  item["log_ratio"] = ToJson(gain.log_ratio, rows);
  item["tasks"] = gain.tasks;
  item["left_out"] = Json::array();
  for (const LeftOutTask& task : gain.left_out) {
    item["left_out"].push_back({{"task", task.task}, {"reason", task.reason}});
  }
  const auto count = [&gain](Index verdicts) {
    return gain.is_judged() ? Json(verdicts) : Json(nullptr);
  };
  item["wins"] = count(gain.wins);
  item["ties"] = count(gain.ties);
  item["losses"] = count(gain.losses);
  return item;
}

std::string Cell(double value) {
  return std::isnan(value) ? "" : FormatNumber(value + 0.0);
}

// Empty if it is not known.
std::string CountCell(Index count) {
  return count < 0 ? "" : Str(count);
}

// What follows the model in a line of CSV, up to the counts.
std::string NumberCells(const Evaluation& evaluation,
                        const MetricResult& result, std::size_t i) {
  const Estimate& model = result.models[i];
  std::string text = Str(',', Cell(model.value), ',', Cell(model.low), ',',
                         Cell(model.high), ',', Cell(result.constant));
  if (result.differences.empty()) return text + ",,,,";
  const Estimate& difference = result.differences[i];
  return text +
         Str(',', Cell(difference.value), ',', Cell(difference.low), ',',
             Cell(difference.high), ',',
             evaluation.draws > 0 ? VerdictName(result.verdicts[i]) : "");
}

}  // namespace

Json RenderJson(const Evaluation& evaluation) {
  Json json{{"schema", 1},
            {"models", evaluation.models},
            {"rows", evaluation.rows},
            {"split", evaluation.split},
            {"draws", evaluation.draws},
            {"groups", evaluation.groups},
            {"blocks", evaluation.blocks},
            {"level", evaluation.level},
            {"selected_on", evaluation.selected_on},
            {"seeds", evaluation.seeds},
            {"trained_on", Json::array()},
            {"chosen_on", Json::array()},
            {"warnings", evaluation.warnings},
            {"tasks", Json::array()}};
  if (!evaluation.adjustments.empty()) {
    json["adjusted"] = AdjustmentJson(evaluation.adjustments);
  }
  for (const SeenCount& seen : evaluation.seen) {
    json["trained_on"].push_back(KnownCount(seen.trained));
    json["chosen_on"].push_back(KnownCount(seen.chosen));
  }
  for (const TaskResult& task : evaluation.tasks) {
    Json item{
        {"name", task.task.name},        {"type", TaskTypeName(task.task.type)},
        {"labelled", task.labelled},     {"missing", task.missing},
        {"weighted", task.weighted},     {"weight_0", task.weightless},
        {"unknown_class", task.unknown}, {"metrics", Json::array()}};
    if (task.is_part) item["part"] = true;
    if (task.task.form) item["form"] = TaskTypeName(*task.task.form);
    for (const MetricResult& result : task.metrics) {
      item["metrics"].push_back(ToJson(result, task.counted(), evaluation));
    }
    json["tasks"].push_back(std::move(item));
  }
  const bool compares = evaluation.baseline >= 0;
  if (compares) json["against"] = evaluation.models[At(evaluation.baseline)];
  const std::vector<Gain>& gains =
      compares ? evaluation.gains : evaluation.over_constants;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    json[compares ? "gain" : "gain_over_constants"][evaluation.models[i]] =
        ToJson(gains[i], evaluation.rows);
  }
  return json;
}

std::string RenderCsv(const Evaluation& evaluation, CsvCells* cells) {
  std::string text =
      "task,type,metric,better,model,value,low,high,constant,difference,"
      "difference_low,difference_high,verdict,labelled,missing,"
      "trained_on,chosen_on,seeds,seed_deviation\n";
  for (const TaskResult& task : evaluation.tasks) {
    for (const MetricResult& result : task.metrics) {
      for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
        cells->Append(task.task.name, &text);
        text += Str(',', TaskTypeName(task.task.type), ',', result.metric->name,
                    ',', result.metric->up ? "up" : "down", ',');
        cells->Append(evaluation.models[i], &text);
        text +=
            Str(NumberCells(evaluation, result, i), ',', task.labelled, ',',
                task.missing, ',', CountCell(evaluation.seen[i].trained), ',',
                CountCell(evaluation.seen[i].chosen), ',', evaluation.seeds[i],
                ',', Cell(DeviationOf(result.seeds[i])), '\n');
      }
    }
  }
  return text;
}

}  // namespace mtlkit
