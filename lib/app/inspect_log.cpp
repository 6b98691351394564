#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/inspect.h"
#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "eval/table.h"
#include "h5/provenance.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

// Of more tasks than this only the common columns are shown.
constexpr std::size_t kFewTasks = 5;

// One column of the table: what stands above it, and where its numbers are.
struct LogColumn {
  std::string task;  // "" for what concerns all of them
  std::string title;
  const std::vector<double>* values;
};

// The tasks whose losses were logged, in order.
std::vector<std::string> TasksOf(const History& log) {
  constexpr std::string_view kBefore = "train.";
  constexpr std::string_view kAfter = ".loss";
  std::vector<std::string> tasks;
  for (const std::string& name : log.columns) {
    const std::size_t around = kBefore.size() + kAfter.size();
    if (name.size() <= around || name.rfind(kBefore, 0) != 0) continue;
    tasks.push_back(name.substr(kBefore.size(), name.size() - around));
  }
  return tasks;
}

// Weights that a method leaves alone say nothing.
bool IsOne(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return value == 1; });
}

// What is known of each task, side by side: "train.income.loss",
// "valid.income.loss" and "weight.income" under "income".
std::vector<LogColumn> ColumnsOf(const History& log,
                                 const std::vector<std::string>& tasks) {
  std::vector<LogColumn> columns;
  std::vector<bool> used(log.columns.size());
  const auto add = [&](const std::string& name, const std::string& task,
                       const std::string& title) {
    for (std::size_t i = 0; i < log.columns.size(); ++i) {
      if (used[i] || log.columns[i] != name) continue;
      used[i] = true;
      if (title == "weight" && IsOne(log.values[i])) return;
      columns.push_back({task, title, &log.values[i]});
      return;
    }
  };
  add("epoch", "", "epoch");
  add("rate", "", "rate");
  add("valid", "", "valid");
  for (const std::string& task : tasks) {
    add("train." + task + ".loss", task, "train");
    add("valid." + task + ".loss", task, "valid");
    add("weight." + task, task, "weight");
  }
  for (std::size_t i = 0; i < log.columns.size(); ++i) {
    if (!used[i]) columns.push_back({"", log.columns[i], &log.values[i]});
  }
  return columns;
}

// Rates fall over orders of magnitude.
std::string Significant(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.3g", value);
  return text.data();
}

std::string LogCellText(const LogColumn& column, std::size_t row) {
  const double value = (*column.values)[row];
  if (column.title == "epoch") return FormatNumber(value);
  return column.title == "rate" ? Significant(value) : TableNumber(value);
}

std::string RenderLog(const History& log, const std::vector<LogColumn>& columns,
                      bool with_tasks, bool has_best) {
  TextTable table;
  std::vector<std::string> above;
  std::vector<std::string> titles;
  std::string last;
  for (const LogColumn& column : columns) {
    if (!with_tasks && !column.task.empty()) continue;
    above.push_back(column.task == last ? "" : column.task);
    titles.push_back(column.title);
    last = column.task;
  }
  if (with_tasks) table.AddRow(std::move(above));
  table.AddRow(std::move(titles));
  const std::vector<double>* epochs = log.Find("epoch");
  for (std::size_t row = 0; row < static_cast<std::size_t>(log.epochs());
       ++row) {
    std::vector<std::string> cells;
    for (const LogColumn& column : columns) {
      if (with_tasks || column.task.empty())
        cells.push_back(LogCellText(column, row));
    }
    if (has_best && epochs != nullptr &&
        (*epochs)[row] == static_cast<double>(log.best_epoch)) {
      cells.emplace_back("<- best");
    }
    table.AddRow(std::move(cells));
  }
  return table.Render();
}

// One network's curve.
std::string LogText(const History& log, bool all, bool keeps_each, Json* json) {
  (*json)["best_epoch"] = log.best_epoch;
  (*json)["selected_on"] = log.selected_on;
  for (std::size_t i = 0; i < log.columns.size(); ++i) {
    Json& column = (*json)["log"][log.columns[i]];
    column = Json::array();
    for (const double value : log.values[i]) {
      column.push_back(std::isnan(value) ? Json(nullptr) : Json(value));
    }
  }
  if (!log.diagnostics.empty()) {
    (*json)["diagnostics"] = DiagnosticsJson(log.diagnostics);
  }
  const std::vector<std::string> tasks = TasksOf(log);
  const bool with_tasks = all || tasks.size() <= kFewTasks;
  std::string text =
      RenderLog(log, ColumnsOf(log, tasks), with_tasks, !keeps_each);
  if (!with_tasks) {
    text += Str("each of ", tasks.size(), " tasks: --verbose or --json\n");
  }
  if (log.best_epoch > 0 && keeps_each) {
    text += VisibleText(Str("weights are those of each task's own best epoch: ",
                            OwnEpochsText(log))) +
            "\n";
  } else if (log.best_epoch > 0) {
    text += VisibleText(Str("weights are those of epoch ", log.best_epoch,
                            ", chosen on ", log.selected_on)) +
            "\n";
  }
  return text + DiagnosticsText(log.diagnostics, all);
}

}  // namespace

bool KeepsEach(const std::string& provenance) {
  if (provenance.empty()) return false;
  const auto records = ParseProvenance(provenance);
  if (records.empty()) return false;
  const Json settings = ParseJson(records.back().settings);
  return settings.is_object() &&
         settings.value("keep-best", "together") == "each-task";
}

Index BestEpochOf(const History& log, const std::string& task) {
  const std::vector<double>* losses = log.Find("valid." + task + ".loss");
  Index best = 0;
  double least = 0;
  for (std::size_t i = 0; losses != nullptr && i < losses->size(); ++i) {
    const double loss = (*losses)[i];
    if (!std::isfinite(loss) || (best > 0 && loss >= least)) continue;
    best = static_cast<Index>(i) + 1;
    least = loss;
  }
  return best;
}

std::string OwnEpochsText(const History& log) {
  constexpr std::size_t kMostNamed = 24;
  std::vector<std::string> texts;
  Index first = 0;
  Index last = 0;
  for (const std::string& task : TasksOf(log)) {
    const Index epoch = BestEpochOf(log, task);
    if (epoch == 0) continue;
    first = texts.empty() ? epoch : std::min(first, epoch);
    last = std::max(last, epoch);
    texts.push_back(Str(task, " ", epoch));
  }
  if (texts.size() <= kMostNamed) return Join(texts, ", ");
  return Str(first, " to ", last, " (--json has each)");
}

void RequireLog(const FileReader& file) {
  Require(file.kind() == FileKind::kModel, ErrorKind::kUsage,
          Str(file.name(), ": ", FileKindName(file.kind()),
              " files have no training log"),
          "give a model");
  Require(file.Has("log"), ErrorKind::kBadInput,
          Str(file.name(), ": it has no training log"),
          "it was merged or is untrained");
}

std::string InspectLog(const FileReader& file, bool all, Json* json) {
  RequireLog(file);
  const History log = ReadHistory(file);
  *json = HeadingJson(file);
  const bool keeps_each = KeepsEach(file.provenance());
  const std::string text = LogText(log, all, keeps_each, json);
  if (!file.Has("networks")) return text;
  std::string texts = "network 1\n" + text;
  (*json)["other_networks"] = Json::array();
  const std::size_t others = file.Children("networks").size();
  for (std::size_t number = 2; number < others + 2; ++number) {
    Json& own = (*json)["other_networks"].emplace_back(Json::object());
    texts += Str("\nnetwork ", number, "\n",
                 LogText(ReadHistory(file, Str("networks/", number, "/log")),
                         all, keeps_each, &own));
  }
  return texts;
}

}  // namespace mtlkit
