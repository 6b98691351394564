#include "eval/foreign_predictions.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/blocks.h"
#include "data/head.h"
#include "data/id_index.h"
#include "data/label_view.h"
#include "data/link.h"
#include "data/task_places.h"
#include "eval/foreign_columns.h"

namespace mtlkit {
namespace {

struct ForeignTask {
  Index number = 0;  // in the dataset with the labels
  TaskColumns columns;
};

// Rows of the dataset with the labels, ascending, and of the table.
struct RowPairs {
  std::vector<Index> truth;
  std::vector<Index> table;
  bool by_id = true;
};

Index TaskSaid(const Dataset& truth, std::string_view name) {
  const Index number = FindTask(truth.tasks, name);
  if (number < 0) {
    std::string known;
    for (const Task& task : truth.tasks) {
      known += (known.empty() ? "" : ", ") + task.name;
    }
    Fail(ErrorKind::kUsage, Str("--task: there is no task '", name, "'"),
         Str("known: ", known));
  }
  return number;
}

// "TASK=COLUMNS": a task's own name may hold '='.
ForeignTask ReadTask(const Dataset& table, const Dataset& truth,
                     const std::string& said) {
  ForeignTask found;
  const std::size_t mark = said.find('=');
  if (mark == said.npos || FindTask(truth.tasks, said) >= 0) {
    found.number = TaskSaid(truth, said);
    found.columns = ColumnsByName(table, truth.tasks[At(found.number)]);
    Require(
        !found.columns.empty(), ErrorKind::kUsage,
        Str("--task ", said, ": the table has no column of its predictions"),
        Str("name them: --task ", said, "=COLUMN,COLUMN"));
    return found;
  }
  found.number = TaskSaid(truth, said.substr(0, mark));
  found.columns =
      ColumnsSaid(table, truth.tasks[At(found.number)], said.substr(mark + 1));
  return found;
}

std::vector<ForeignTask> TasksOf(const Dataset& table, const Dataset& truth,
                                 const ForeignPredictionOptions& options) {
  std::vector<ForeignTask> tasks;
  for (const std::string& said : options.task) {
    tasks.push_back(ReadTask(table, truth, said));
    const Index number = tasks.back().number;
    Require(
        !truth.tasks[At(number)].traits().is_written, ErrorKind::kUsage,
        Str("--task: '", truth.tasks[At(number)].name,
            "' is a text, and predictions of others are numbers or classes"),
        "name the other tasks");
    const auto same = std::ranges::count(tasks, number, &ForeignTask::number);
    Require(same == 1, ErrorKind::kUsage,
            Str("--task: '", truth.tasks[At(number)].name, "' is there twice"));
  }
  if (!tasks.empty()) return tasks;
  for (std::size_t i = 0; i < truth.tasks.size(); ++i) {
    if (truth.tasks[i].traits().is_written) continue;
    TaskColumns columns = ColumnsByName(table, truth.tasks[i]);
    if (columns.empty()) continue;
    tasks.push_back({static_cast<Index>(i), std::move(columns)});
  }
  if (!tasks.empty() || truth.tasks.empty()) return tasks;
  const Task& task = truth.tasks.front();
  Fail(ErrorKind::kUsage, "no column is called as a prediction of a task is",
       Str("say which they are: --task ", task.name,
           "=COLUMN; without that, a column '", task.name,
           task.head().PredictionSuffix(task, 0), "' is looked for"));
}

std::vector<Index> RowsOf(const Dataset& truth, const std::string& split) {
  if (!split.empty()) return truth.SplitRows(split);
  std::vector<Index> rows(At(truth.rows));
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

RowPairs PairInOrder(const Dataset& table, const Dataset& truth,
                     const std::string& split) {
  RowPairs pairs;
  pairs.by_id = false;
  pairs.truth = RowsOf(truth, split);
  const Index wanted = std::ssize(pairs.truth);
  if (table.rows != wanted) {
    Fail(
        ErrorKind::kBadInput,
        Str("it has ", Counted(table.rows, "row", "rows"), " without ids, but ",
            split.empty() ? "the dataset" : Str("the split '", split, "'"),
            " has ", wanted),
        "add a column 'id' with the dataset's ids, or name the --split whose "
        "rows they are");
  }
  pairs.table.resize(At(wanted));
  std::iota(pairs.table.begin(), pairs.table.end(), Index{0});
  return pairs;
}

RowPairs PairById(const Dataset& table, const Dataset& truth,
                  const std::string& split) {
  const IdIndex index(truth.ids);
  std::vector<std::pair<Index, Index>> found;
  for (Index row = 0; row < table.rows; ++row) {
    const Index place = index.Find(table.ids, row);
    if (place < 0) {
      Fail(ErrorKind::kBadInput,
           Str("row '", IdText(table.ids, row), "' is not in the dataset"),
           truth.rows == 0 ? "it has no rows"
                           : Str("the dataset's ids are like '",
                                 IdText(truth.ids, 0), "'"));
    }
    found.emplace_back(place, row);
  }
  std::ranges::sort(found);
  const std::vector<Index> allowed = RowsOf(truth, split);
  RowPairs pairs;
  for (const auto& [place, row] : found) {
    Require(pairs.truth.empty() || pairs.truth.back() != place,
            ErrorKind::kBadInput,
            Str("row '", IdText(table.ids, row), "' is there twice"),
            "every row has one prediction");
    Require(std::ranges::binary_search(allowed, place), ErrorKind::kBadInput,
            Str("row '", IdText(table.ids, row), "' is not of the split '",
                split, "'"),
            "leave --split out to take rows of any");
    pairs.truth.push_back(place);
    pairs.table.push_back(row);
  }
  return pairs;
}

// Rows that may have taught whoever predicted them, and rows without a word.
void WarnOfRows(const Dataset& truth, const RowPairs& pairs,
                const std::string& split, Reporter* reporter) {
  const auto train = truth.splits.find("train");
  if (train != truth.splits.end() && split != "train") {
    std::vector<Index> both;
    std::ranges::set_intersection(pairs.truth, train->second,
                                  std::back_inserter(both));
    if (!both.empty()) {
      reporter->Warn(Str(both.size(), " of ", pairs.truth.size(),
                         " rows are of the split 'train': if they were learned "
                         "from, their numbers are too good"));
    }
  }
  const Index all = split.empty() ? std::ssize(pairs.truth)
                                  : std::ssize(truth.SplitRows(split));
  const Index missing = all - std::ssize(pairs.truth);
  if (missing > 0) {
    reporter->Warn(Str(missing, " of ", all, " rows of the split '", split,
                       "' have no prediction"));
  }
}

std::string ColumnsText(const Task& task, const TaskColumns& columns) {
  std::vector<std::string> names;
  const auto& all = columns.chosen.empty() ? columns.outputs : columns.chosen;
  for (const TableCell& cell : all) names.push_back(NameInList(cell.name()));
  std::string text =
      Str("task '", task.name,
          "': ", names.size() == 1 ? "column " : "columns ", Join(names, ", "));
  if (!columns.chosen.empty()) {
    return text +
           ", the chosen class: sure of it, so what ranks or weighs "
           "probabilities says little";
  }
  if (task.traits().has_positive) {
    text += Str(", the probability of '", task.classes.back(), "'");
  } else if (task.is_classification()) {
    text += Str(", the probabilities of ", Join(task.classes, ", "));
  }
  return text;
}

// A table without ids only has running numbers, which are no ids of the
// dataset.
std::string RowName(const Dataset& table, const Dataset& truth,
                    const RowPairs& pairs, std::size_t i) {
  if (pairs.by_id) return Str("row '", IdText(table.ids, pairs.table[i]), "'");
  return Str("row ", pairs.table[i] + 1, ", for '",
             IdText(truth.ids, pairs.truth[i]), "' of the dataset");
}

TaskPredictions TakeTask(const Dataset& table, const Dataset& truth,
                         const ForeignTask& from, const RowPairs& pairs) {
  TaskPredictions taken;
  taken.task = truth.tasks[At(from.number)];
  const auto train = truth.splits.find("train");
  if (train != truth.splits.end()) {
    taken.constants = BestConstants(truth, from.number, train->second);
  }
  const Labels& labels = truth.labels[At(from.number)];
  const LabelView view(truth, from.number);
  const TaskPlaces places(labels, false);
  taken.on_all_rows = places.on_all_rows();
  auto& outputs = taken.task.is_classification() ? taken.prob : taken.pred;
  places.ForRows(pairs.truth, [&](std::size_t i, Index) {
    if (!taken.on_all_rows) taken.rows.push_back(static_cast<Index>(i));
    view.AppendRow(pairs.truth[i], &taken.y);
    if (view.has_weights()) {
      const Index place = view.PlaceOf(pairs.truth[i]);
      taken.weight.push_back(static_cast<float>(
          place < 0 ? view.WeightOfRow(pairs.truth[i]) : view.Weight(place)));
    }
    try {
      AppendOutputs(taken.task, from.columns, pairs.table[i], &outputs);
    } catch (Error& error) {
      // Named only where it is wrong: there may be millions of rows.
      error.AddContext(RowName(table, truth, pairs, i));
      throw;
    }
  });
  return taken;
}

}  // namespace

void ForeignPredictionOptions::Describe(Fields& fields) {
  fields.Field(
      {"task",
       "which task's predictions these columns hold: one of a number "
       "or of the positive class, one a class, or one with the chosen "
       "class; without columns, those called as mtl-predict calls them. Or, "
       "where SVMlight is written, whose labels",
       {},
       {},
       "TASK[=COLUMNS]"},
      task);
  fields.Named("split", split, "SPLIT",
               "whose rows they are, in its order where they have no ids. Or "
               "which rows are written as text");
}

KnownColumns ClassColumns(const Dataset& truth,
                          const ForeignPredictionOptions& options) {
  KnownColumns known;
  for (const Task& task : truth.tasks) {
    if (task.is_classification()) known.classes[task.name] = task.classes;
  }
  for (const std::string& said : options.task) {
    const std::size_t mark = said.find('=');
    if (mark == said.npos || FindTask(truth.tasks, said) >= 0) continue;
    const Task& task = truth.tasks[At(TaskSaid(truth, said.substr(0, mark)))];
    if (task.is_classification()) {
      known.classes[said.substr(mark + 1)] = task.classes;
    }
  }
  return known;
}

Predictions TakeForeignPredictions(const Dataset& table, bool has_ids,
                                   const Dataset& truth,
                                   const ForeignPredictionOptions& options,
                                   Reporter* reporter) {
  const auto tasks = TasksOf(table, truth, options);
  const RowPairs pairs = has_ids ? PairById(table, truth, options.split)
                                 : PairInOrder(table, truth, options.split);
  WarnOfRows(truth, pairs, options.split, reporter);
  Predictions predictions;
  predictions.ids = TakeIds(truth.ids, pairs.truth);
  for (const Index row : pairs.truth) {
    if (!truth.groups.empty()) {
      predictions.groups.push_back(truth.groups[At(row)]);
    }
  }
  predictions.split = options.split;
  predictions.dataset_sha256 = truth.content_sha256;
  for (const ForeignTask& task : tasks) {
    predictions.tasks.push_back(TakeTask(table, truth, task, pairs));
    reporter->Note(ColumnsText(predictions.tasks.back().task, task.columns));
  }
  return predictions;
}

}  // namespace mtlkit
