#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "eval/report.h"
#include "eval/report_parts.h"
#include "eval/seed_interval.h"
#include "eval/table.h"

namespace mtlkit {
namespace {

// More columns than this do not fit beside each other.
constexpr std::size_t kWidestTable = 5;

// How large the errors of a task are, for as many digits as they need.
double ScaleOf(const MetricResult& result) {
  if (result.metric->perfect != 0) return 1;
  if (result.constant > 0) return result.constant;
  double largest = 0;
  for (const Estimate& model : result.models) {
    if (model.value > largest) largest = model.value;
  }
  return largest > 0 ? largest : 1;
}

std::string WithInterval(const Estimate& estimate, bool sign, double scale) {
  std::string text = TableNumber(estimate.value, sign, scale);
  if (!std::isnan(estimate.low)) {
    text += Str(" [", TableNumber(estimate.low, sign, scale), ", ",
                TableNumber(estimate.high, sign, scale), "]");
  }
  return text;
}

std::string Constant(const MetricResult& result) {
  return TableNumber(result.constant, false, ScaleOf(result));
}

std::string Difference(const MetricResult& result, std::size_t model) {
  return WithInterval(result.differences[model], true, ScaleOf(result));
}

// A model's value; the differences carry the intervals where there are any.
std::string Value(const Evaluation& evaluation, const MetricResult& result,
                  std::size_t model) {
  const Estimate& estimate = result.models[model];
  const double scale = ScaleOf(result);
  return evaluation.baseline < 0 ? WithInterval(estimate, false, scale)
                                 : TableNumber(estimate.value, false, scale);
}

// "95 % bootstrap, 1000 draws, paired by row"; "" without intervals.
std::string Bootstrap(const Evaluation& evaluation) {
  if (evaluation.draws == 0) return "";
  const bool of_blocks = evaluation.blocks > 0;
  return Str(
      FormatNumber(std::round(evaluation.level * 1e9) / 1e7), " % bootstrap, ",
      evaluation.draws, " draws",
      evaluation.groups > 0 ? Str(" of ", evaluation.groups, " groups") : "",
      of_blocks ? Str(evaluation.groups > 0 ? " in " : " of ",
                      evaluation.blocks, " blocks")
                : "",
      evaluation.models.size() > 1 ? ", paired by row" : "");
}

// Of a few rows a gain may have any lower bound; far below it says no more.
std::string Percent(const Estimate& gain) {
  if (std::isnan(gain.value)) return "-";
  const auto number = [](double share) -> std::string {
    if (share < -9.99) return "<-999";
    // Plus 0: a rounded -0.0 has no sign.
    const double percent = std::round(share * 1000) / 10 + 0.0;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%+.1f", percent);
    return std::string(text.data());
  };
  std::string text = number(gain.value) + " %";
  if (!std::isnan(gain.low) && gain.why == NoInterval::kNone) {
    text += Str(" [", number(gain.low), ", ", number(gain.high), "]");
  }
  return text;
}

std::string MetricTitle(const MetricEntry& metric) {
  return Str(metric.label, metric.up ? " (up)" : " (down)");
}

std::string Verdicts(const Gain& gain) {
  if (!gain.is_judged()) return "-";
  return Str("wins ", gain.wins, ", ties ", gain.ties, ", losses ",
             gain.losses);
}

std::string DifferenceName(const Evaluation& evaluation, std::size_t model) {
  return evaluation.models.size() == 2
             ? "difference"
             : Str(evaluation.models[model], " - ",
                   evaluation
                       .models[static_cast<std::size_t>(evaluation.baseline)]);
}

// Tasks beside each other, one metric each.
class WideTable {
 public:
  explicit WideTable(const Evaluation& evaluation) : evaluation_(evaluation) {}

  TextTable Make() {
    AddHeader();
    AddConstants();
    for (std::size_t i = 0; i < evaluation_.models.size(); ++i) {
      AddModel(i);
      if (evaluation_.seeds[i] > 1) AddSpread(i);
    }
    for (std::size_t i = 0; i < evaluation_.models.size(); ++i) {
      if (IsCompared(evaluation_, i)) AddDifference(i);
    }
    AddCounts();
    return std::move(table_);
  }

 private:
  const MetricResult& Of(const TaskResult& task) const {
    return task.metrics.front();
  }

  void AddHeader() {
    std::vector<std::string> names{""};
    std::vector<std::string> metrics{""};
    for (const TaskResult& task : evaluation_.tasks) {
      names.push_back(task.task.name);
      metrics.push_back(MetricTitle(*Of(task).metric));
    }
    if (HasGains(evaluation_)) {
      names.push_back("gain over " + GainBase(evaluation_));
      metrics.emplace_back("mean over tasks");
    }
    table_.AddRow(std::move(names));
    table_.AddRow(std::move(metrics));
  }

  void AddConstants() {
    std::vector<std::string> row{"constant"};
    for (const TaskResult& task : evaluation_.tasks) {
      row.push_back(Constant(Of(task)));
    }
    if (HasGains(evaluation_)) row.emplace_back("-");
    table_.AddRow(std::move(row));
  }

  void AddModel(std::size_t model) {
    std::vector<std::string> row{evaluation_.models[model]};
    for (const TaskResult& task : evaluation_.tasks) {
      row.push_back(Value(evaluation_, Of(task), model));
    }
    if (HasGains(evaluation_)) {
      row.push_back(HasGain(evaluation_, model)
                        ? Percent(GainShown(evaluation_, model).share())
                        : "-");
    }
    table_.AddRow(std::move(row));
  }

  // The standard deviation of the seeds' values.
  void AddSpread(std::size_t model) {
    std::vector<std::string> row{
        Str("  sd of ", evaluation_.seeds[model], " seeds")};
    for (const TaskResult& task : evaluation_.tasks) {
      const double deviation = DeviationOf(Of(task).seeds[model]);
      row.push_back(
          TableNumber(deviation, false, deviation > 0 ? deviation : 1));
    }
    if (HasGains(evaluation_)) row.emplace_back("");
    table_.AddRow(std::move(row));
  }

  void AddDifference(std::size_t model) {
    std::vector<std::string> row{DifferenceName(evaluation_, model)};
    for (const TaskResult& task : evaluation_.tasks) {
      row.push_back(Difference(Of(task), model));
    }
    row.push_back(Verdicts(evaluation_.gains[model]));
    table_.AddRow(std::move(row));
  }

  void AddCounts() {
    std::vector<std::string> row{Str("rows ", evaluation_.rows)};
    for (const TaskResult& task : evaluation_.tasks) {
      row.push_back(Str(task.labelled, " labelled"));
    }
    row.push_back(Bootstrap(evaluation_));
    table_.AddRow(std::move(row));
  }

  const Evaluation& evaluation_;
  TextTable table_;
};

std::vector<std::string> TallRow(const Evaluation& evaluation,
                                 const TaskResult& task,
                                 const MetricResult& result) {
  std::vector<std::string> row{task.task.name, MetricTitle(*result.metric),
                               Str(task.labelled), Constant(result)};
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    row.push_back(Value(evaluation, result, i));
    if (!IsCompared(evaluation, i)) continue;
    row.push_back(Difference(result, i));
    row.emplace_back(evaluation.draws > 0 ? VerdictName(result.verdicts[i])
                                          : "-");
  }
  return row;
}

// One line a task and metric, models beside each other.
TextTable TallTable(const Evaluation& evaluation) {
  TextTable table;
  std::vector<std::string> header{"task", "metric", "labelled", "constant"};
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    header.push_back(evaluation.models[i]);
    if (IsCompared(evaluation, i)) {
      header.push_back(DifferenceName(evaluation, i));
      header.emplace_back("");
    }
  }
  table.AddRow(std::move(header));
  for (const TaskResult& task : evaluation.tasks) {
    for (const MetricResult& result : task.metrics) {
      table.AddRow(TallRow(evaluation, task, result));
    }
  }
  return table;
}

// What the columns of a wide table say, of a tall one.
std::string TallNotes(const Evaluation& evaluation) {
  std::string text;
  for (std::size_t i = 0; i < evaluation.models.size(); ++i) {
    if (!HasGain(evaluation, i)) continue;
    const Gain& gain = GainShown(evaluation, i);
    text += Str("gain of ", ModelName(evaluation, i), " over ",
                VisibleText(GainBase(evaluation)), ", mean over ",
                TasksOf(evaluation, gain), ": ", Percent(gain.share()),
                gain.is_judged() ? "; " + Verdicts(gain) : "", "\n");
  }
  const std::string bootstrap = Bootstrap(evaluation);
  text += Str("rows ", evaluation.rows, bootstrap.empty() ? "" : "  ",
              bootstrap, "\n");
  return text;
}

// Whether tasks stand beside each other.
bool IsWide(const Evaluation& evaluation) {
  return evaluation.tasks.size() <= kWidestTable &&
         std::ranges::all_of(evaluation.tasks, [](const TaskResult& task) {
           return task.metrics.size() == 1;
         });
}

}  // namespace

TextTable ReportTable(const Evaluation& evaluation) {
  return IsWide(evaluation) ? WideTable(evaluation).Make()
                            : TallTable(evaluation);
}

Index ReportHeaders(const Evaluation& evaluation) {
  return IsWide(evaluation) ? 2 : 1;
}

std::string ReportNotes(const Evaluation& evaluation) {
  return (IsWide(evaluation) ? "" : TallNotes(evaluation)) +
         ClosingText(evaluation);
}

std::string RenderText(const Evaluation& evaluation) {
  return ReportTable(evaluation).Render() + ReportNotes(evaluation);
}

}  // namespace mtlkit
