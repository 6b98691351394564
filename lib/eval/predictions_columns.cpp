#include "eval/predictions_columns.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "data/head.h"

namespace mtlkit {
namespace {

// The place of a row of the file among those of a task, or -1.
Index PlaceOf(const TaskPredictions& task, Index row) {
  if (task.on_all_rows) return row;
  const auto found = std::lower_bound(task.rows.begin(), task.rows.end(), row);
  return found == task.rows.end() || *found != row ? -1
                                                   : found - task.rows.begin();
}

float CellOf(const std::vector<float>& values, Index place, Index cols,
             Index col) {
  return values[static_cast<std::size_t>(place * cols + col)];
}

// The class that the row speaks for.
Index PredictedClass(const TaskPredictions& task, Index place) {
  const auto cols = static_cast<std::size_t>(task.task.prediction_cols());
  return task.task.head().PredictedClass(std::span(task.prob).subspan(
      static_cast<std::size_t>(place) * cols, cols));
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

using PutValue = void (*)(const TaskPredictions& task, Index place, Index col,
                          CellWriter* cell);

void PutClass(const TaskPredictions& task, Index place, Index /*col*/,
              CellWriter* cell) {
  const Index predicted = PredictedClass(task, place);
  cell->Text(task.task.classes[static_cast<std::size_t>(predicted)]);
}

void PutLabel(const TaskPredictions& task, Index place, Index col,
              CellWriter* cell) {
  const Index cols = task.task.prediction_cols();
  cell->Integer(CellOf(task.prob, place, cols, col) > 0.5F ? 1 : 0);
}

void PutNumber(const TaskPredictions& task, Index place, Index col,
               CellWriter* cell) {
  cell->Number(CellOf(task.pred, place, task.task.prediction_cols(), col));
}

void AddColumn(std::string name, const TaskPredictions& task, Index col,
               PutValue put, std::vector<TextColumn>* columns) {
  columns->push_back(MakeColumn(
      std::move(name), task, [&task, col, put](Index place, CellWriter* cell) {
        put(task, place, col, cell);
      }));
}

void AddPredicted(const TaskPredictions& task,
                  std::vector<TextColumn>* columns) {
  const Task& what = task.task;
  if (!what.is_classification()) {
    for (Index col = 0; col < what.prediction_cols(); ++col) {
      AddColumn(what.name + what.head().PredictionSuffix(what, col), task, col,
                PutNumber, columns);
    }
    return;
  }
  const PutValue put = what.traits().one_class ? PutClass : PutLabel;
  for (Index col = 0; col < what.target_cols(); ++col) {
    AddColumn(what.name + what.head().LabelSuffix(what, col), task, col, put,
              columns);
  }
}

void AddProbabilities(const TaskPredictions& task,
                      std::vector<TextColumn>* columns) {
  const Task& what = task.task;
  if (task.prob.empty()) return;
  const Index cols = what.prediction_cols();
  for (Index col = 0; col < cols; ++col) {
    columns->push_back(
        MakeColumn(what.name + what.head().PredictionSuffix(what, col), task,
                   [&task, cols, col](Index place, CellWriter* cell) {
                     cell->Number(CellOf(task.prob, place, cols, col));
                   }));
  }
}

void AddTruth(const TaskPredictions& task, std::vector<TextColumn>* columns) {
  const Task& what = task.task;
  if (task.y.empty()) return;
  for (Index col = 0; col < what.target_cols(); ++col) {
    columns->push_back(MakeColumn(
        what.name + ".true" + what.head().LabelSuffix(what, col), task,
        [&task, &what, col](Index place, CellWriter* cell) {
          const float value = CellOf(task.y, place, what.target_cols(), col);
          if (task.HasUnknown(place)) {
            const auto name = static_cast<std::size_t>(task.unknown[At(place)]);
            return cell->Text(task.unknown_classes[name]);
          }
          if (std::isnan(value)) return cell->Missing();
          if (!what.traits().one_class) return cell->Number(value);
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
