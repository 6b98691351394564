#include "eval/predictions_columns.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace mtlkit {
namespace {

// The place of a row of the file among those of a task, or -1.
Index PlaceOf(const TaskPredictions& task, Index row) {
  if (task.on_all_rows) return row;
  const auto found = std::lower_bound(task.rows.begin(), task.rows.end(), row);
  return found == task.rows.end() || *found != row ? -1
                                                   : found - task.rows.begin();
}

float At(const std::vector<float>& values, Index place, Index cols, Index col) {
  return values[static_cast<std::size_t>(place * cols + col)];
}

// The class of most probability, the first of equals.
Index LikeliestClass(const TaskPredictions& task, Index place) {
  if (task.task.type == TaskType::kBinary) {
    return At(task.prob, place, 1, 0) >= 0.5F ? 1 : 0;
  }
  const auto classes = static_cast<Index>(task.task.classes.size());
  Index best = 0;
  for (Index k = 1; k < classes; ++k) {
    if (At(task.prob, place, classes, k) >
        At(task.prob, place, classes, best)) {
      best = k;
    }
  }
  return best;
}

using PutPlace = std::function<void(Index place, CellWriter* cell)>;

TextColumn MakeColumn(std::string name, const TaskPredictions& task,
                      PutPlace put) {
  return {std::move(name),
          [&task, put = std::move(put)](Index row, CellWriter* cell) {
            const Index place = PlaceOf(task, row);
            place < 0 ? cell->Missing() : put(place, cell);
          }};
}

bool HasNamedClasses(const Task& task) {
  return task.type == TaskType::kBinary || task.type == TaskType::kMulticlass;
}

// ".LABEL" or ".2" where a task has several columns, else "".
std::string Suffix(const Task& task, Index col) {
  if (task.type == TaskType::kMultilabel) {
    return "." + task.classes[static_cast<std::size_t>(col)];
  }
  if (task.type == TaskType::kRegression && task.width > 1) {
    return "." + std::to_string(col + 1);
  }
  return "";
}

void AddPredicted(const TaskPredictions& task,
                  std::vector<TextColumn>* columns) {
  const Task& what = task.task;
  for (Index col = 0; col < what.target_cols(); ++col) {
    columns->push_back(MakeColumn(
        what.name + Suffix(what, col), task,
        [&task, &what, col](Index place, CellWriter* cell) {
          const Index cols = what.target_cols();
          if (HasNamedClasses(what)) {
            const Index likeliest = LikeliestClass(task, place);
            cell->Text(what.classes[static_cast<std::size_t>(likeliest)]);
          } else if (what.type == TaskType::kMultilabel) {
            cell->Integer(At(task.prob, place, cols, col) >= 0.5F ? 1 : 0);
          } else {
            cell->Number(At(task.pred, place, cols, col));
          }
        }));
  }
}

void AddProbabilities(const TaskPredictions& task,
                      std::vector<TextColumn>* columns) {
  const Task& what = task.task;
  if (task.prob.empty()) return;
  const Index cols = what.output_cols();
  for (Index col = 0; col < cols; ++col) {
    std::string name = what.name + ".prob";
    if (what.type != TaskType::kBinary) {
      name += "." + what.classes[static_cast<std::size_t>(col)];
    }
    columns->push_back(
        MakeColumn(std::move(name), task,
                   [&task, cols, col](Index place, CellWriter* cell) {
                     cell->Number(At(task.prob, place, cols, col));
                   }));
  }
}

void AddTruth(const TaskPredictions& task, std::vector<TextColumn>* columns) {
  const Task& what = task.task;
  if (task.y.empty()) return;
  for (Index col = 0; col < what.target_cols(); ++col) {
    columns->push_back(MakeColumn(
        what.name + ".true" + Suffix(what, col), task,
        [&task, &what, col](Index place, CellWriter* cell) {
          const float value = At(task.y, place, what.target_cols(), col);
          if (std::isnan(value)) return cell->Missing();
          if (!HasNamedClasses(what)) return cell->Number(value);
          cell->Text(what.classes[static_cast<std::size_t>(value)]);
        }));
  }
}

}  // namespace

std::vector<TextColumn> PredictionColumns(const Predictions& predictions) {
  std::vector<TextColumn> columns = {IdColumn(predictions.ids)};
  for (const TaskPredictions& task : predictions.tasks) {
    AddPredicted(task, &columns);
    AddProbabilities(task, &columns);
    AddTruth(task, &columns);
  }
  return columns;
}

}  // namespace mtlkit
