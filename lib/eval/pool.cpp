#include "eval/pool.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

template <class T>
void Append(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

void SpellOutRows(Index rows, TaskPredictions* task) {
  if (!task->on_all_rows) return;
  task->on_all_rows = false;
  task->rows.resize(static_cast<std::size_t>(rows));
  for (Index i = 0; i < rows; ++i) {
    task->rows[static_cast<std::size_t>(i)] = i;
  }
}

// One file may have weights or labels where the other has none.
void FillIn(std::size_t size, float value, std::vector<float>* values) {
  if (values->empty()) values->assign(size, value);
}

// The unknown classes of both, each once.
void AppendUnknown(const TaskPredictions& from, TaskPredictions* to) {
  if (from.unknown.empty() && to->unknown.empty()) return;
  to->unknown.resize(to->rows.size(), -1);
  std::vector<std::int32_t> number;
  for (const std::string& name : from.unknown_classes) {
    auto& known = to->unknown_classes;
    const auto at = std::find(known.begin(), known.end(), name);
    number.push_back(static_cast<std::int32_t>(at - known.begin()));
    if (at == known.end()) known.push_back(name);
  }
  for (Index place = 0; place < std::ssize(from.rows); ++place) {
    to->unknown.push_back(
        from.HasUnknown(place) ? number[At(from.unknown[At(place)])] : -1);
  }
}

void AppendTask(const TaskPredictions& from, Index offset,
                TaskPredictions* to) {
  const auto places = from.rows.size();
  const auto cols = static_cast<std::size_t>(to->task.target_cols());
  TaskPredictions addition = from;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  if (!to->y.empty() || !from.y.empty()) {
    FillIn(to->rows.size() * cols, nan, &to->y);
    FillIn(places * cols, nan, &addition.y);
  }
  if (!to->weight.empty() || !from.weight.empty()) {
    FillIn(to->rows.size(), 1, &to->weight);
    FillIn(places, 1, &addition.weight);
  }
  AppendUnknown(from, to);
  for (Index& row : addition.rows) row += offset;
  Append(addition.rows, &to->rows);
  Append(addition.pred, &to->pred);
  Append(addition.prob, &to->prob);
  Append(addition.y, &to->y);
  Append(addition.weight, &to->weight);
  to->logits.clear();
}

void AppendIds(const NamedPredictions& from, RowIds* to) {
  if (from.predictions.ids.index() != to->index()) {
    Fail(ErrorKind::kBadInput,
         Str(from.name, ": one file has numbers as ids, another has texts"),
         "pool files that come from the same dataset");
  }
  std::visit(
      [&from](auto& ids) {
        Append(
            std::get<std::remove_cvref_t<decltype(ids)>>(from.predictions.ids),
            &ids);
      },
      *to);
}

void RequireUniqueIds(const NamedPredictions& pooled) {
  std::visit(
      [&pooled](auto ids) {
        std::sort(ids.begin(), ids.end());
        const auto twice = std::adjacent_find(ids.begin(), ids.end());
        if (twice == ids.end()) return;
        Fail(ErrorKind::kBadInput,
             Str(pooled.name, ": the row '", *twice,
                 "' is predicted in two files of that name"),
             "pool disjoint folds, or give the files different names");
      },
      pooled.predictions.ids);
}

// Where one file does not know what was seen, nothing was, as far as we know.
void AppendSeen(const Predictions& from, Predictions* to) {
  if (from.seen.empty() && to->seen.empty()) return;
  to->seen.resize(At(IdCount(to->ids)));
  Append(from.seen, &to->seen);
  to->seen.resize(At(IdCount(to->ids) + IdCount(from.ids)));
}

void AppendFile(const NamedPredictions& from, NamedPredictions* to) {
  const Index offset = IdCount(to->predictions.ids);
  AppendSeen(from.predictions, &to->predictions);
  AppendIds(from, &to->predictions.ids);
  if (to->predictions.tasks.size() != from.predictions.tasks.size()) {
    Fail(ErrorKind::kBadInput,
         Str(to->name, ": its files have different numbers of tasks"),
         "pool files of the same tasks");
  }
  for (std::size_t t = 0; t < to->predictions.tasks.size(); ++t) {
    TaskPredictions& task = to->predictions.tasks[t];
    TaskPredictions addition = from.predictions.tasks[t];
    if (task.task.name != addition.task.name ||
        task.task.classes != addition.task.classes ||
        !IsSameKind(task.task, addition.task)) {
      Fail(ErrorKind::kBadInput,
           Str(to->name, ": task '", task.task.name,
               "' is not the same in all its files"),
           "pool files of the same tasks and classes");
    }
    SpellOutRows(offset, &task);
    SpellOutRows(IdCount(from.predictions.ids), &addition);
    AppendTask(addition, offset, &task);
  }
  if (to->predictions.split != from.predictions.split) {
    to->predictions.split.clear();
  }
  // Of some weights one split, of others another: as if nothing were known.
  if (to->predictions.selected_on != from.predictions.selected_on) {
    to->predictions.selected_on.clear();
    to->predictions.model_sha256.clear();
  }
}

}  // namespace

std::vector<NamedPredictions> PoolByName(std::vector<NamedPredictions> files) {
  std::vector<NamedPredictions> pooled;
  for (NamedPredictions& file : files) {
    const auto same = std::find_if(
        pooled.begin(), pooled.end(),
        [&file](const auto& other) { return other.name == file.name; });
    if (same == pooled.end()) {
      pooled.push_back(std::move(file));
    } else {
      AppendFile(file, &*same);
    }
  }
  for (const NamedPredictions& model : pooled) RequireUniqueIds(model);
  return pooled;
}

}  // namespace mtlkit
