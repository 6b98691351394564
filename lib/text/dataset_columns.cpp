#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "base/calendar.h"
#include "base/error.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"
#include "text/date_text.h"
#include "text/text_table.h"

// A dataset as the columns of a text table.

namespace mtlkit {
namespace {

std::string FullName(const InputBlock& block, Index column) {
  const std::string view = ViewOf(block.name);
  std::string name = ColumnName(block, column);
  // Columns without a name have that of the block in it already.
  if (view.empty() || block.columns.empty()) return name;
  return view + "." + name;
}

void PutCode(const std::vector<std::string>& names, std::int32_t code,
             CellWriter* cell) {
  const bool known = code >= 0 && static_cast<std::size_t>(code) < names.size();
  if (!known) return cell->Missing();
  cell->Text(names[static_cast<std::size_t>(code)]);
}

// The value of a sparse row at a column: 0 where none is stored.
float SparseValue(const InputBlock& block, Index row, Index column) {
  const auto indices = block.indices.span();
  const auto begin = indices.begin() + block.row_starts[row];
  const auto end = indices.begin() + block.row_starts[row + 1];
  const auto found = std::lower_bound(begin, end, column);
  return found == end || *found != column
             ? 0
             : block.values[found - indices.begin()];
}

double NumberAt(const InputBlock& block, Index at) {
  return block.wide.empty() ? static_cast<double>(block.dense[at])
                            : block.wide[at];
}

// Dates as ISO 8601 has them; without times where all are whole days.
std::function<void(Index, CellWriter*)> DateCells(const InputBlock& block,
                                                  Index column) {
  const Index cells =
      static_cast<Index>(std::max(block.wide.size(), block.dense.size()));
  bool has_time = false;
  for (Index at = column; at < cells; at += block.cols) {
    const double seconds = NumberAt(block, at);
    has_time |= !std::isnan(seconds) && std::fmod(seconds, kSecondsOfDay) != 0;
  }
  return [&block, column, has_time](Index row, CellWriter* cell) {
    const double seconds = NumberAt(block, row * block.cols + column);
    std::isnan(seconds) ? cell->Missing()
                        : cell->Text(DateText(seconds, has_time));
  };
}

TextColumn InputColumn(const InputBlock& block, Index column) {
  TextColumn text{FullName(block, column), {}};
  switch (block.kind) {
    case InputKind::kDense:
      if (std::ranges::count(block.dates, ColumnName(block, column)) > 0) {
        text.put = DateCells(block, column);
        break;
      }
      text.put = [&block, column](Index row, CellWriter* cell) {
        const Index at = row * block.cols + column;
        block.wide.empty() ? cell->Number(block.dense[at])
                           : cell->Number(block.wide[at]);
      };
      break;
    case InputKind::kCategorical:
      text.put = [&block, column](Index row, CellWriter* cell) {
        PutCode(block.categories[static_cast<std::size_t>(column)],
                block.codes[row * block.cols + column], cell);
      };
      break;
    case InputKind::kSparse:
      text.put = [&block, column](Index row, CellWriter* cell) {
        cell->Number(SparseValue(block, row, column));
      };
      break;
    default:
      Fail(ErrorKind::kBadInput,
           Str("input block '", block.name, "' holds ",
               EntryOf(block.kind).contents,
               ", which a table of text has no columns for"),
           "read it from the HDF5 file (docs/file-format.md)");
  }
  return text;
}

// All columns of a block; of a sparse one with very many only those in use, so
// that a row of one entry does not become a line of millions of zeros.
std::vector<Index> WrittenColumns(const InputBlock& block) {
  constexpr Index kMostColumns = 100000;
  std::vector<Index> columns;
  if (block.kind == InputKind::kSparse && block.cols > kMostColumns) {
    columns.assign(block.indices.begin(), block.indices.end());
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    return columns;
  }
  columns.resize(static_cast<std::size_t>(block.cols));
  std::iota(columns.begin(), columns.end(), Index{0});
  return columns;
}

TextColumn LabelColumn(const LabelView& labels, Index col) {
  const Task& task = labels.task();
  return {task.name + task.head().LabelSuffix(task, col),
          [&task, labels, col](Index row, CellWriter* cell) {
            const Index place = labels.PlaceOf(row);
            if (place < 0) return cell->Missing();
            const float value = labels.Value(place, col);
            if (!task.traits().one_class || std::isnan(value))
              return cell->Number(value);
            PutCode(task.classes, static_cast<std::int32_t>(value), cell);
          }};
}

// The split (or fold) that each row is in.
TextColumn SplitColumn(const Dataset& dataset, bool folds) {
  std::vector<const std::string*> names(static_cast<std::size_t>(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    if (IsFoldName(name) != folds) continue;
    for (const Index row : rows) names[static_cast<std::size_t>(row)] = &name;
  }
  return {folds ? "fold" : "split",
          [names = std::move(names)](Index row, CellWriter* cell) {
            const std::string* name = names[static_cast<std::size_t>(row)];
            name == nullptr ? cell->Missing() : cell->Text(*name);
          }};
}

bool HasSplits(const Dataset& dataset, bool folds) {
  return std::any_of(
      dataset.splits.begin(), dataset.splits.end(),
      [&](const auto& split) { return IsFoldName(split.first) == folds; });
}

// The names of columns that are neither inputs nor labels. An input that has
// one of them is written behind the name of its block.
std::set<std::string> OwnNames(const Dataset& dataset) {
  std::set<std::string> names = {"id"};
  if (!dataset.weights.empty()) names.insert("weight");
  if (!dataset.groups.empty()) names.insert("group");
  if (HasSplits(dataset, false)) names.insert("split");
  if (HasSplits(dataset, true)) names.insert("fold");
  return names;
}

}  // namespace

std::vector<TextColumn> DatasetColumns(const Dataset& dataset) {
  std::vector<TextColumn> columns = {IdColumn(dataset.ids)};
  const std::set<std::string> own = OwnNames(dataset);
  const auto add = [&](const std::string& owner, TextColumn column) {
    if (own.count(column.name) > 0) column.name = owner + "." + column.name;
    columns.push_back(std::move(column));
  };
  for (const InputBlock& block : dataset.inputs) {
    for (const Index col : WrittenColumns(block)) {
      add(block.name, InputColumn(block, col));
    }
  }
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    const LabelView labels(dataset, static_cast<Index>(i));
    for (Index col = 0; col < labels.cols(); ++col) {
      add("task", LabelColumn(labels, col));
    }
  }
  if (!dataset.weights.empty()) {
    columns.push_back({"weight", [&dataset](Index row, CellWriter* cell) {
                         cell->Number(
                             dataset.weights[static_cast<std::size_t>(row)]);
                       }});
  }
  if (!dataset.groups.empty()) {
    columns.push_back({"group", [&dataset](Index row, CellWriter* cell) {
                         cell->Integer(
                             dataset.groups[static_cast<std::size_t>(row)]);
                       }});
  }
  for (const bool folds : {false, true}) {
    if (HasSplits(dataset, folds)) {
      columns.push_back(SplitColumn(dataset, folds));
    }
  }
  return columns;
}

}  // namespace mtlkit
