// What was measured in some steps of a training: as a table, and as lines of
// JSON beside the epochs.
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/inspect.h"
#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "eval/table.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

// Of more tasks than this there are only the means.
constexpr std::size_t kFewForCosines = 8;

Json NumberOrNull(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

// The mean of a column over the measured steps of an epoch.
double EpochMean(const Diagnostics& d, Index column, double epoch) {
  const Index at = d.Find("epoch");
  double sum = 0;
  double count = 0;
  for (Index step = 0; step < d.step_count(); ++step) {
    if (d.Step(step, at) != epoch || !std::isfinite(d.Step(step, column))) {
      continue;
    }
    sum += d.Step(step, column);
    count += 1;
  }
  return count > 0 ? sum / count : std::nan("");
}

std::vector<double> EpochsOf(const Diagnostics& d) {
  std::vector<double> epochs;
  const Index at = d.Find("epoch");
  for (Index step = 0; step < d.step_count(); ++step) {
    if (epochs.empty() || epochs.back() != d.Step(step, at)) {
      epochs.push_back(d.Step(step, at));
    }
  }
  return epochs;
}

// The columns that a table of epochs has.
std::vector<Index> ShownColumns(const Diagnostics& d, bool all) {
  std::vector<Index> shown;
  const bool few = all || d.tasks.size() <= kFewForCosines;
  for (Index i = 0; i < std::ssize(d.columns); ++i) {
    const std::string& name = d.columns[At(i)];
    const bool is_mean =
        name == "gradient" || name == "cosine" || name == "conflicts";
    const bool of_task =
        name.starts_with("norm.") || name.starts_with("entropy.");
    if (is_mean || (few && of_task)) shown.push_back(i);
  }
  return shown;
}

Json PairsJson(const Diagnostics& d, Index epoch) {
  Json pairs = Json::array();
  for (Index a = 0; a < std::ssize(d.tasks); ++a) {
    for (Index b = a + 1; b < std::ssize(d.tasks); ++b) {
      pairs.push_back({{"tasks", {d.tasks[At(a)], d.tasks[At(b)]}},
                       {"cosine", NumberOrNull(d.Cosine(epoch, a, b))}});
    }
  }
  return pairs;
}

std::string CosineTable(const Diagnostics& d) {
  const Index last = d.epoch_count() - 1;
  TextTable table;
  std::vector<std::string> head = {"cosine"};
  head.insert(head.end(), d.tasks.begin(), d.tasks.end());
  table.AddRow(std::move(head));
  for (Index a = 0; a < std::ssize(d.tasks); ++a) {
    std::vector<std::string> row = {d.tasks[At(a)]};
    for (Index b = 0; b < std::ssize(d.tasks); ++b) {
      row.push_back(a == b ? "" : TableNumber(d.Cosine(last, a, b)));
    }
    table.AddRow(std::move(row));
  }
  return Str("\nof the last epoch, between the tasks' gradients\n",
             table.Render());
}

std::string Line(Json record) {
  record["schema"] = 1;
  return JsonText(record) + "\n";
}

// A network's lines; `network` counts from 1.
std::string LogLines(const History& log, Index network) {
  std::string text;
  for (Index row = 0; row < log.epochs(); ++row) {
    Json record = {{"record", "epoch"}, {"network", network}};
    for (std::size_t i = 0; i < log.columns.size(); ++i) {
      record["values"][log.columns[i]] = NumberOrNull(log.values[i][At(row)]);
    }
    if (row < log.diagnostics.epoch_count()) {
      record["cosines"] = PairsJson(log.diagnostics, row);
    }
    text += Line(std::move(record));
  }
  const Diagnostics& d = log.diagnostics;
  for (Index step = 0; step < d.step_count(); ++step) {
    Json record = {{"record", "step"}, {"network", network}};
    for (Index i = 0; i < std::ssize(d.columns); ++i) {
      record["values"][d.columns[At(i)]] = NumberOrNull(d.Step(step, i));
    }
    text += Line(std::move(record));
  }
  return text;
}

}  // namespace

Json DiagnosticsJson(const Diagnostics& d) {
  Json json;
  for (Index i = 0; i < std::ssize(d.columns); ++i) {
    Json& column = json["steps"][d.columns[At(i)]];
    column = Json::array();
    for (Index step = 0; step < d.step_count(); ++step) {
      column.push_back(NumberOrNull(d.Step(step, i)));
    }
  }
  json["tasks"] = d.tasks;
  json["cosines"] = Json::array();
  for (Index epoch = 0; epoch < d.epoch_count(); ++epoch) {
    Json matrix = Json::array();
    for (Index a = 0; a < std::ssize(d.tasks); ++a) {
      Json row = Json::array();
      for (Index b = 0; b < std::ssize(d.tasks); ++b) {
        row.push_back(NumberOrNull(d.Cosine(epoch, a, b)));
      }
      matrix.push_back(std::move(row));
    }
    json["cosines"].push_back(std::move(matrix));
  }
  return json;
}

std::string DiagnosticsText(const Diagnostics& d, bool all) {
  if (d.step_count() == 0) return "";
  TextTable table;
  const std::vector<Index> shown = ShownColumns(d, all);
  std::vector<std::string> titles = {"epoch"};
  for (const Index i : shown) titles.push_back(d.columns[At(i)]);
  table.AddRow(std::move(titles));
  for (const double epoch : EpochsOf(d)) {
    std::vector<std::string> row = {FormatNumber(epoch)};
    for (const Index i : shown) {
      row.push_back(TableNumber(EpochMean(d, i, epoch)));
    }
    table.AddRow(std::move(row));
  }
  std::string text = Str(
      "\nmeans of ", Counted(d.step_count(), "measured step", "measured steps"),
      "\n", table.Render());
  if (d.epoch_count() > 0 && d.tasks.size() <= kFewForCosines) {
    text += CosineTable(d);
  }
  return text;
}

std::string InspectLogLines(const FileReader& file) {
  RequireLog(file);
  std::string text = LogLines(ReadHistory(file), 1);
  if (!file.Has("networks")) return text;
  const std::size_t others = file.Children("networks").size();
  for (std::size_t number = 2; number < others + 2; ++number) {
    text += LogLines(ReadHistory(file, Str("networks/", number, "/log")),
                     static_cast<Index>(number));
  }
  return text;
}

}  // namespace mtlkit
