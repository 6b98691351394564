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
#include "data/tag_labels.h"
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

double NumberAt(const InputBlock& block, Index at) {
  return block.wide.empty() ? static_cast<double>(block.dense[at])
                            : block.wide[at];
}

// Dates as ISO 8601 has them; without times where all are whole days.
void PutDates(const InputBlock& block, Index column, TextColumn* text) {
  const Index cells =
      static_cast<Index>(std::max(block.wide.size(), block.dense.size()));
  bool has_time = false;
  bool has_fraction = false;
  for (Index at = column; at < cells; at += block.cols) {
    const double seconds = NumberAt(block, at);
    if (std::isnan(seconds)) continue;
    has_time |= std::fmod(seconds, kSecondsOfDay) != 0;
    has_fraction |= std::trunc(seconds) != seconds;
  }
  text->type = has_fraction ? CellType::kFraction
               : has_time   ? CellType::kTime
                            : CellType::kDay;
  text->put = [&block, column, has_time](Index row, CellWriter* cell) {
    const double seconds = NumberAt(block, row * block.cols + column);
    std::isnan(seconds) ? cell->Missing()
                        : cell->Text(DateText(seconds, has_time));
  };
}

TextColumn InputColumn(const InputBlock& block, Index column) {
  TextColumn text{{FullName(block, column)}, {}};
  switch (block.kind) {
    case InputKind::kDense:
      if (std::ranges::count(block.dates, ColumnName(block, column)) > 0) {
        PutDates(block, column, &text);
        break;
      }
      text.put = [&block, column](Index row, CellWriter* cell) {
        const Index at = row * block.cols + column;
        block.wide.empty() ? cell->Number(block.dense[at])
                           : cell->Number(block.wide[at]);
      };
      break;
    case InputKind::kCategorical:
      text.type = CellType::kClass;
      text.classes = block.categories[At(column)];
      text.put = [&block, column](Index row, CellWriter* cell) {
        PutCode(block.categories[At(column)],
                block.codes[row * block.cols + column], cell);
      };
      break;
    default:
      Fail(ErrorKind::kBadInput,
           Str("input block '", block.name, "' holds ",
               EntryOf(block.kind).contents,
               ", which a table of text has no columns for"),
           "read it from the HDF5 file (docs/file-format.md), or --to npz");
  }
  return text;
}

// The columns of a sparse block that are written: all, or of very many only
// those in use, so that a row of one entry does not become a line of millions
// of zeros.
std::vector<Index> WrittenColumns(const InputBlock& block) {
  constexpr Index kMostColumns = 100000;
  std::vector<Index> columns;
  if (block.cols > kMostColumns) {
    columns.assign(block.indices.begin(), block.indices.end());
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    return columns;
  }
  columns.resize(At(block.cols));
  std::iota(columns.begin(), columns.end(), Index{0});
  return columns;
}

TextColumn SparseColumns(const InputBlock& block) {
  TextColumn text;
  std::vector<Index> columns = WrittenColumns(block);
  for (const Index column : columns) {
    text.names.push_back(FullName(block, column));
  }
  text.put = [&block, columns = std::move(columns)](Index row,
                                                    CellWriter* cell) {
    auto next = columns.begin();
    for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
         ++at) {
      const auto place =
          std::lower_bound(next, columns.end(), block.indices[at]);
      cell->Zeros(place - next);
      cell->Number(block.values[at]);
      next = place + 1;
    }
    cell->Zeros(columns.end() - next);
  };
  return text;
}

TextColumn LabelColumn(const LabelView& labels, Index col) {
  const Task& task = labels.task();
  TextColumn text = LabelColumnOf(task, task.head().LabelSuffix(task, col));
  if (task.traits().of_tokens) {
    text.type = CellType::kText;
    text.put = [labels](Index row, CellWriter* cell) {
      const std::string tags = TagsText(labels, row);
      tags.empty() ? cell->Missing() : cell->Text(tags);
    };
    return text;
  }
  text.put = [&task, labels, col](Index row, CellWriter* cell) {
    const Index place = labels.PlaceOf(row);
    if (place < 0) return cell->Missing();
    const float value = labels.Value(place, col);
    if (!task.traits().one_class || std::isnan(value))
      return cell->Number(value);
    PutCode(task.classes, static_cast<std::int32_t>(value), cell);
  };
  return text;
}

// The split (or fold) that each row is in.
TextColumn SplitColumn(const Dataset& dataset, bool folds) {
  std::vector<const std::string*> names(static_cast<std::size_t>(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    if (IsFoldName(name) != folds) continue;
    for (const Index row : rows) names[At(row)] = &name;
  }
  TextColumn text{{folds ? "fold" : "split"}, {}, CellType::kClass};
  text.is_split = true;
  for (const auto& split : dataset.splits) {
    if (IsFoldName(split.first) == folds) text.classes.push_back(split.first);
  }
  text.put = [names = std::move(names)](Index row, CellWriter* cell) {
    const std::string* name = names[At(row)];
    name == nullptr ? cell->Missing() : cell->Text(*name);
  };
  return text;
}

bool HasSplits(const Dataset& dataset, bool folds) {
  return std::any_of(
      dataset.splits.begin(), dataset.splits.end(),
      [&](const auto& split) { return IsFoldName(split.first) == folds; });
}

// Of the labels alone: weights of rows have a column of their own.
TextColumn LabelWeightColumn(const Task& task, const Labels& labels) {
  return {{task.name + ".weight"}, [&labels](Index row, CellWriter* cell) {
            const Index place = labels.PlaceOf(row);
            place < 0 ? cell->Missing()
                      : cell->Number(labels.weights[At(place)]);
          }};
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

TextColumn IdColumn(const RowIds& ids) {
  return {{"id"},
          [&ids](Index row, CellWriter* cell) {
            if (const auto* numbers = std::get_if<NumberIds>(&ids)) {
              cell->Integer((*numbers)[At(row)]);
            } else {
              cell->Text(std::get<TextIds>(ids)[At(row)]);
            }
          },
          std::holds_alternative<TextIds>(ids) ? CellType::kText
                                               : CellType::kNumber};
}

TextColumn LabelColumnOf(const Task& task, const std::string& suffix) {
  TextColumn text{{task.name + suffix}, {}};
  text.is_label = true;
  if (task.is_classification()) {
    text.type = CellType::kClass;
    text.classes = task.traits().one_class ? task.classes
                                           : std::vector<std::string>{"0", "1"};
  }
  return text;
}

std::vector<TextColumn> DatasetColumns(const Dataset& dataset) {
  std::vector<TextColumn> columns = {IdColumn(dataset.ids)};
  const std::set<std::string> own = OwnNames(dataset);
  const auto add = [&](const std::string& owner, TextColumn column) {
    for (std::string& name : column.names) {
      if (own.count(name) > 0) name = owner + "." + name;
    }
    columns.push_back(std::move(column));
  };
  for (const InputBlock& block : dataset.inputs) {
    if (block.kind == InputKind::kSparse) {
      add(block.name, SparseColumns(block));
      continue;
    }
    for (Index col = 0; col < block.cols; ++col) {
      add(block.name, InputColumn(block, col));
    }
  }
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    // A map is a picture, and no column of a table.
    if (dataset.tasks[i].traits().is_map) continue;
    const LabelView labels(dataset, static_cast<Index>(i));
    for (Index col = 0; col < labels.cols(); ++col) {
      add("task", LabelColumn(labels, col));
    }
    if (!dataset.labels[i].weights.empty()) {
      add("task", LabelWeightColumn(dataset.tasks[i], dataset.labels[i]));
    }
  }
  if (!dataset.weights.empty()) {
    columns.push_back({{"weight"}, [&dataset](Index row, CellWriter* cell) {
                         cell->Number(dataset.weights[At(row)]);
                       }});
  }
  if (!dataset.groups.empty()) {
    columns.push_back({{"group"}, [&dataset](Index row, CellWriter* cell) {
                         cell->Integer(dataset.groups[At(row)]);
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
