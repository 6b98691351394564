#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/inspect.h"
#include "base/error.h"
#include "base/terminal_text.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"
#include "eval/table.h"
#include "text/date_text.h"

namespace mtlkit {
namespace {

constexpr Index kFewColumns = 24;

// A line is for looking over: names that are whole texts are cut.
std::string CutName(const std::string& name) {
  constexpr std::size_t kMostWidth = 40;
  if (TextWidth(name) <= kMostWidth) return name;
  std::string cut = name.substr(0, kMostWidth - 3);
  cut.resize(cut.size() - CutCharacter(cut));
  return cut + "...";
}

// "a, b, c, d, ...": the first, with `mark` behind the last of them.
std::string FirstNames(const std::vector<std::string>& names,
                       std::string_view mark) {
  constexpr std::size_t kShown = 4;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    list += (i > 0 ? ", " : "") + CutName(names[i]);
  }
  list += mark;
  return names.size() > kShown ? list + ", ..." : list;
}

// What a column of numbers holds.
struct NumberSummary {
  Index missing = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  double sum = 0;
  Index known = 0;

  void Add(double value) {
    if (std::isnan(value)) {
      ++missing;
      return;
    }
    low = std::min(low, value);
    high = std::max(high, value);
    sum += value;
    ++known;
  }
};

void DescribeNumbers(const InputBlock& block, Index col, TextTable* table,
                     Json* json) {
  NumberSummary summary;
  const Index rows =
      (block.wide.empty() ? block.dense.size() : block.wide.size()) /
      std::max<Index>(block.cols, 1);
  for (Index row = 0; row < rows; ++row) {
    const Index at = row * block.cols + col;
    summary.Add(block.wide.empty() ? static_cast<double>(block.dense[at])
                                   : block.wide[at]);
  }
  const std::string name = ColumnName(block, col);
  const bool any = summary.known > 0;
  const double mean =
      any ? summary.sum / static_cast<double>(summary.known) : 0;
  const double scale = std::max(std::abs(summary.low), std::abs(summary.high));
  const auto shown = [scale](double value) {
    return TableNumber(value, false, scale);
  };
  const bool is_date = std::ranges::count(block.dates, name) > 0;
  const std::string type = is_date ? "date" : "number";
  table->AddRow({"  " + name, type, Str(summary.missing),
                 !any      ? "-"
                 : is_date ? Str(DateText(summary.low, true), " .. ",
                                 DateText(summary.high, true))
                           : Str(shown(summary.low), " .. ",
                                 shown(summary.high), ", mean ", shown(mean))});
  Json item{{"name", name}, {"type", type}, {"missing", summary.missing}};
  if (any) {
    item["min"] = summary.low;
    item["max"] = summary.high;
    item["mean"] = mean;
  }
  json->push_back(std::move(item));
}

void DescribeCategories(const InputBlock& block, Index col, TextTable* table,
                        Json* json) {
  const auto& names = block.categories[static_cast<std::size_t>(col)];
  Index missing = 0;
  const auto codes = block.codes.AsRows(block.cols);
  for (Index row = 0; row < codes.rows; ++row) {
    const std::int32_t code = codes(row, col);
    missing += code < 0 || code >= static_cast<Index>(names.size());
  }
  const std::string list = FirstNames(names, "");
  const std::string name = ColumnName(block, col);
  table->AddRow(
      {"  " + name, "category", Str(missing), Str(names.size(), ": ", list)});
  json->push_back({{"name", name},
                   {"type", "category"},
                   {"missing", missing},
                   {"categories", names}});
}

void DescribeSparse(const InputBlock& block, TextTable* table, Json* item) {
  table->AddRow({block.name, Counted(block.cols, "column", "columns"), "sparse",
                 Str(Counted(block.values.size(), "value", "values"),
                     block.index_base < 0 ? "" : ",", NumberedFrom(block))});
  if (block.index_base >= 0) {
    (*item)["index_base"] = block.index_base;
    (*item)["index_base_guessed"] = block.base_is_guessed;
  }
  (*item)["values"] = block.values.size();
}

void DescribeImages(const InputBlock& block, TextTable* table, Json* item) {
  table->AddRow({block.name, Str(block.height, " x ", block.width), "image",
                 Counted(block.cols, "channel", "channels")});
  (*item)["height"] = block.height;
  (*item)["width"] = block.width;
  (*item)["mean"] = block.mean;
  (*item)["deviation"] = block.deviation;
}

void DescribeTokens(const InputBlock& block, TextTable* table, Json* item) {
  const Index words = std::ssize(block.categories[0]);
  table->AddRow({block.name, Counted(words, "word", "words"), "tokens",
                 Counted(block.codes.size(), "value", "values")});
  (*item)["values"] = block.codes.size();
  (*item)["words"] = words;
}

// Of a kind that nothing else is known of.
void DescribeBlock(const InputBlock& block, TextTable* table) {
  const BlockKindEntry& kind = EntryOf(block.kind);
  table->AddRow({block.name, Counted(block.cols, "column", "columns"),
                 std::string(kind.name), std::string(kind.contents)});
}

using DescribeColumn = void (*)(const InputBlock& block, Index col,
                                TextTable* table, Json* json);

void DescribeColumns(const InputBlock& block, bool all,
                     std::string_view contents, DescribeColumn describe,
                     TextTable* table, Json* item) {
  table->AddRow({block.name, Counted(block.cols, "column", "columns"),
                 "missing", std::string(contents)});
  (*item)["columns"] = Json::array();
  const Index shown = all ? block.cols : std::min(block.cols, kFewColumns);
  for (Index col = 0; col < shown; ++col) {
    describe(block, col, table, &(*item)["columns"]);
  }
  if (shown < block.cols) {
    table->AddRow({Str("  ... ", block.cols - shown, " more (--verbose)")});
  }
}

void DescribeInput(const InputBlock& block, bool all, TextTable* table,
                   Json* json) {
  Json item{{"name", block.name},
            {"cols", block.cols},
            {"kind", std::string(InputKindName(block.kind))}};
  switch (block.kind) {
    case InputKind::kSparse:
      DescribeSparse(block, table, &item);
      break;
    case InputKind::kImage:
      DescribeImages(block, table, &item);
      break;
    case InputKind::kTokens:
      DescribeTokens(block, table, &item);
      break;
    case InputKind::kDense:
      DescribeColumns(block, all, "numbers", DescribeNumbers, table, &item);
      break;
    case InputKind::kCategorical:
      DescribeColumns(block, all, "codes", DescribeCategories, table, &item);
      break;
    default:
      DescribeBlock(block, table);
  }
  json->push_back(std::move(item));
}

// Labelled places of a task among rows, ascending.
Index CountLabelled(const LabelView& labels, const std::vector<Index>* rows) {
  Index count = 0;
  for (Index place = 0; place < labels.places(); ++place) {
    const bool chosen =
        rows == nullptr ||
        std::binary_search(rows->begin(), rows->end(), labels.RowOf(place));
    count += chosen && labels.HasLabel(place);
  }
  return count;
}

std::string ClassList(const Task& task) {
  if (!task.is_classification()) {
    return task.width > 1 ? Str(task.width, " columns") : "";
  }
  return Str(task.classes.size(), ": ",
             FirstNames(task.classes,
                        task.traits().has_positive ? " (positive)" : ""));
}

void DescribeTasks(const Dataset& dataset, bool all, std::string* text,
                   Json* json) {
  (*json)["tasks"] = Json::array();
  if (dataset.tasks.empty()) {
    *text += "no tasks yet: mtl-prep --task makes them of columns\n";
    return;
  }
  TextTable table;
  std::vector<std::string> header{"task", "type", "labelled"};
  const std::vector<std::string> splits = dataset.SplitNames();
  header.insert(header.end(), splits.begin(), splits.end());
  header.emplace_back("classes");
  table.AddRow(std::move(header));
  for (std::size_t t = 0; t < dataset.tasks.size(); ++t) {
    const Task& task = dataset.tasks[t];
    const LabelView labels(dataset, static_cast<Index>(t));
    const Index labelled = CountLabelled(labels, nullptr);
    std::vector<std::string> row{
        task.name, std::string(TaskTypeName(task.type)), Str(labelled)};
    Json item{{"name", task.name},
              {"type", TaskTypeName(task.type)},
              {"classes", task.classes},
              {"width", task.width},
              {"labelled", labelled},
              {"weights", !dataset.labels[t].weights.empty()}};
    for (const std::string& name : splits) {
      const Index count = CountLabelled(labels, &dataset.SplitRows(name));
      row.push_back(Str(count));
      item["labelled_in"][name] = count;
    }
    row.push_back(ClassList(task));
    if (all || static_cast<Index>(t) < kFewColumns) {
      table.AddRow(std::move(row));
    }
    (*json)["tasks"].push_back(std::move(item));
  }
  *text += table.Render();
  const Index more = static_cast<Index>(dataset.tasks.size()) - kFewColumns;
  if (!all && more > 0) {
    *text += Str("... ", more, " more tasks (--verbose)\n");
  }
}

}  // namespace

std::string InspectDataset(const FileReader& file, bool all, Json* json) {
  const Dataset dataset = ReadDataset(file);
  std::string text;
  (*json)["rows"] = dataset.rows;
  text = Str("rows ", dataset.rows);
  if (dataset.rows > 0) {
    text += VisibleText(Str(", ids ", IdText(dataset.ids, 0), " .. ",
                            IdText(dataset.ids, dataset.rows - 1)));
  }
  if (!dataset.weights.empty()) text += ", weighted";
  if (!dataset.groups.empty()) text += ", in groups";
  text += "\n";
  (*json)["weights"] = !dataset.weights.empty();
  (*json)["groups"] = !dataset.groups.empty();

  TextTable inputs;
  (*json)["inputs"] = Json::array();
  for (const InputBlock& block : dataset.inputs) {
    DescribeInput(block, all, &inputs, &(*json)["inputs"]);
  }
  text += inputs.Render();
  std::vector<std::string> splits;
  for (const std::string& name : dataset.SplitNames()) {
    const std::size_t rows = dataset.SplitRows(name).size();
    splits.push_back(Str(name, " ", rows));
    (*json)["splits"][name] = rows;
  }
  text += splits.empty() ? "no splits\n"
                         : VisibleText("splits " + Join(splits, ", ")) + "\n";
  DescribeTasks(dataset, all, &text, json);
  std::vector<std::string> steps;
  for (const TransformRecord& transform : dataset.transforms) {
    steps.push_back(transform.name);
  }
  (*json)["transforms"] = steps;
  if (!steps.empty()) {
    text += VisibleText("prepared by " + Join(steps, ", ")) + "\n";
  }
  return text;
}

}  // namespace mtlkit
