// select: the columns of a raw table as inputs of the graph. Numbers are
// double, NaN for missing; categories are texts, in which the usual markers and
// nothing at all are missing, unless they are categories.
#include <map>
#include <set>

#include "base/error.h"
#include "data/schema.h"
#include "interop/selected_columns.h"
#include "interop/transform_export.h"

namespace mtlkit {
namespace {

// Of more columns than this of a block calls would be slow: it is one input.
constexpr Index kMostInputs = 256;
constexpr Index kUnknownMissing = -1;
// What mtl-convert takes for missing unless it is told otherwise.
constexpr const char* kMissingTexts[] = {"",    "?",   "NA",   "N/A",
                                         "NaN", "nan", "null", "NULL"};

// "VIEW.COLUMN" where several blocks have a column of that name.
std::map<std::string, int> CountColumns(const std::vector<InputSpec>& blocks) {
  std::map<std::string, int> counts;
  for (const InputSpec& block : blocks) {
    for (Index i = 0; i < block.cols && block.cols <= kMostInputs; ++i) {
      ++counts[ColumnName(block, i)];
    }
  }
  return counts;
}

std::string CodesOf(const std::vector<std::string>& categories,
                    const std::string& texts, OnnxGraph* graph) {
  std::vector<std::string> keys = categories;
  std::vector<Index> values;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    values.push_back(static_cast<Index>(i));
  }
  const std::set<std::string> known(keys.begin(), keys.end());
  for (const char* text : kMissingTexts) {
    if (known.count(text) > 0) continue;
    keys.emplace_back(text);
    values.push_back(kUnknownMissing);
  }
  return graph->Node("LabelEncoder", {texts},
                     {{"default_int64", std::ssize(categories)},
                      {"keys_strings", keys},
                      {"values_int64s", values}},
                     "ai.onnx.ml");
}

std::string Joined(const std::vector<std::string>& columns, OnnxGraph* graph) {
  if (columns.size() == 1) return columns[0];
  return graph->Node("Concat", columns, {{"axis", Index{1}}});
}

std::string TableColumns(const InputSpec& block,
                         const std::map<std::string, int>& counts,
                         OnnxGraph* graph) {
  const bool is_text = block.kind == InputKind::kCategorical;
  const OnnxType type = is_text ? OnnxType::kString : OnnxType::kDouble;
  std::vector<std::string> columns;
  std::string whole;
  if (block.cols > kMostInputs) {
    whole = graph->Input(block.name, type, {"N", block.cols}, block.columns);
    if (!is_text) return whole;
  }
  for (Index i = 0; i < block.cols; ++i) {
    std::string column;
    if (whole.empty()) {
      std::string name = ColumnName(block, i);
      if (counts.at(name) > 1) name = Str(block.name, ".", name);
      column =
          graph->Input(name, type, {"N", Index{1}}, {ColumnName(block, i)});
    } else {
      column = graph->Columns(whole, i, 1);
    }
    if (is_text) column = CodesOf(block.categories[At(i)], column, graph);
    columns.push_back(std::move(column));
  }
  return Joined(columns, graph);
}

// Of columns that are there already, some. A category that this step does not
// know becomes its unknown code; -1, at the end of the list, stays.
std::vector<std::string> SelectAgain(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  std::vector<std::string> values;
  for (const SelectedColumns& taken : ColumnsTaken(step.before, step.after)) {
    const std::string chosen = graph.Node(
        "Gather", {step.values[At(taken.block)], graph.Integers(taken.columns)},
        {{"axis", Index{1}}});
    if (taken.codes.empty()) {
      values.push_back(chosen);
      continue;
    }
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < taken.codes.size(); ++i) {
      columns.push_back(
          graph.Node("Gather",
                     {graph.Integers(taken.codes[i]),
                      graph.Columns(chosen, static_cast<Index>(i), 1)},
                     {{"axis", Index{0}}}));
    }
    values.push_back(Joined(columns, &graph));
  }
  return values;
}

std::vector<std::string> SelectNodes(const OnnxStep& step) {
  if (!step.before.empty()) return SelectAgain(step);
  const auto counts = CountColumns(step.after);
  std::vector<std::string> values;
  for (const InputSpec& block : step.after) {
    if (block.kind == InputKind::kSparse) {
      values.push_back(
          step.graph.Input(block.name, OnnxType::kFloat, {"N", block.cols}));
    } else {
      values.push_back(TableColumns(block, counts, &step.graph));
    }
  }
  return values;
}

}  // namespace

extern const TransformExport kSelectExport;
const TransformExport kSelectExport = {"select", SelectNodes};

}  // namespace mtlkit
