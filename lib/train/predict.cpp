#include "train/predict.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/batch.h"
#include "data/blocks.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/link.h"
#include "data/task_places.h"
#include "h5/digest.h"
#include "prep/rows_of_no_task.h"
#include "train/member_crew.h"
#include "train/model_rows.h"
#include "train/model_runner.h"

namespace mtlkit {
namespace {

std::vector<Index> AllRows(const Dataset& dataset) {
  std::vector<Index> rows(At(dataset.rows));
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

// What a block of rows says of one task.
struct TaskBlock {
  std::vector<float> predictions;
  std::vector<float> logits;
  std::vector<float> y;
  std::vector<float> weight;
};

// Appends row `row` of a matrix.
template <class T>
void AppendRow(const std::vector<T>& all, Index cols, Index row,
               std::vector<float>* to) {
  const T* from = all.data() + row * cols;
  for (Index col = 0; col < cols; ++col) {
    to->push_back(static_cast<float>(from[col]));
  }
}

// The cells of a place, -1: none; nothing where there are no labels at all.
void AppendLabels(const LabelView& labels, Index place, std::vector<float>* y) {
  if (labels.places() == 0) return;
  const std::size_t end = y->size();
  y->resize(end + At(labels.cols()), std::numeric_limits<float>::quiet_NaN());
  if (place >= 0) labels.CopyCells(place, y->data() + end);
}

std::string DigestOf(std::span<const EnsembleMember> members) {
  std::vector<std::string> digests;  // networks of one file have one
  for (const EnsembleMember& member : members) {
    const std::string& digest = member.model->content_sha256;
    if (digest.empty()) return "";
    if (digests.empty() || digests.back() != digest) digests.push_back(digest);
  }
  return digests.size() == 1 ? digests[0] : Sha256Of(Join(digests, ""));
}

// What any of the members has made of the rows; empty if nothing is known.
std::vector<std::uint8_t> SeenByAny(std::span<const EnsembleMember> members,
                                    const Dataset& dataset,
                                    std::span<const Index> rows) {
  if (members.size() == 1) {
    return SeenBits(members[0].model->seen, dataset, rows);
  }
  SeenRows seen;
  for (const EnsembleMember& member : members) {
    AddSeenRows(member.model->seen, &seen);
  }
  return SeenBits(seen, dataset, rows);
}

// Rows of a block, so that what is said of them takes 32 MiB or so at most.
Index RowsAtOnce(std::span<const Task> tasks, const TokenStarts& starts,
                 Index rows) {
  constexpr Index kMostBytes = Index{32} << 20;
  constexpr Index kMostRows = 16384;
  Index bytes = 1;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    // Outputs, then sums and predictions, each in two precisions.
    if (tasks[t].traits().is_written) continue;
    const Index of_each =
        12 * (tasks[t].output_cols() + tasks[t].prediction_cols());
    const auto all = std::max<Index>(std::ssize(starts[t]) - 1, 1);
    bytes += of_each * (starts[t].empty() ? 1 : 1 + starts[t].back() / all);
  }
  return std::clamp<Index>(kMostBytes / bytes, 1,
                           std::clamp<Index>(rows, 1, kMostRows));
}

// Carries the unknown classes of the places along, if there are any, and says
// of labels that the model does not know what becomes of them.
void AddUnknown(const Labels& labels, const TaskPlaces& places,
                std::span<const Index> rows, const PredictOptions& options,
                TaskPredictions* task) {
  if (!labels.unknown.places.empty()) {
    UnknownLabelList list;
    places.ForRows(rows, [&](std::size_t, Index label) {
      const std::int32_t name =
          label < 0 ? -1 : labels.unknown.places[At(label)];
      task->unknown.push_back(
          name < 0 ? -1 : list.Add(labels.unknown.names[At(name)]));
    });
    task->unknown_classes = list.Take().names;
    if (task->unknown_classes.empty()) task->unknown.clear();
  }
  if (options.reporter == nullptr) return;
  UnknownLabels unknown = labels.unknown;
  if (task->task.type.traits().one_class) {
    unknown.names = task->unknown_classes;
    unknown.cells = std::ranges::count_if(
        task->unknown, [](std::int32_t name) { return name >= 0; });
  }
  const std::string text = UnknownLabelsText(task->task, unknown, true);
  if (!text.empty()) options.reporter->Warn(text);
}

// Everything but the arrays of outputs and labels.
Predictions HeadOf(std::span<const EnsembleMember> members,
                   const Dataset& dataset, const PredictOptions& options,
                   std::span<const Index> rows,
                   const std::vector<Labels>& labels,
                   const TokenStarts& starts) {
  const Model& first = *members[0].model;
  bool any_rows_of_own = false;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    any_rows_of_own |= !labels[i].on_all_rows && starts[i].empty();
  }
  if (options.all_rows && !any_rows_of_own && options.reporter != nullptr) {
    options.reporter->Note("--all-rows has no effect: every task has all rows");
  }
  Predictions head;
  head.ids = TakeIds(dataset.ids, rows);
  for (const Index row : rows) {
    if (dataset.groups.empty()) break;
    head.groups.push_back(dataset.groups[At(row)]);
  }
  head.split = options.split;
  head.selected_on = first.log.selected_split;
  head.seen = SeenByAny(members, dataset, rows);
  head.model_sha256 = DigestOf(members);
  head.dataset_sha256 = dataset.content_sha256;
  if (options.reporter != nullptr) {
    for (const std::string& text : RowsOfNoTask(first.schema.tasks, dataset)) {
      options.reporter->Warn(text);
    }
  }
  for (std::size_t i = 0; i < first.schema.tasks.size(); ++i) {
    TaskPredictions task;
    task.task = first.schema.tasks[i];
    if (!first.constants.empty()) task.constants = first.constants[i];
    task.constants_are_agreed = first.constants_are_agreed;
    const TaskPlaces places(labels[i], options.all_rows, starts[i]);
    task.on_all_rows = places.on_all_rows();
    if (!task.on_all_rows) {
      places.ForRows(rows, [&](std::size_t place, Index) {
        task.rows.push_back(static_cast<Index>(place));
      });
    }
    AddUnknown(labels[i], places, rows, options, &task);
    head.tasks.push_back(std::move(task));
  }
  return head;
}

// What is said of a task's rows of a block, put below each other.
struct TaskRowsSaid {
  const Task& task;
  const TaskArrays& arrays;
  LabelView labels;
  const std::vector<double>& predictions;
  const std::vector<Real>* logits;  // of one member

  // Row `i` of the block, which is row `number` of the dataset.
  void AppendTo(TaskBlock* block, Index i, Index number, Index label) const {
    AppendRow(predictions, task.prediction_cols(), i, &block->predictions);
    if (arrays.logits) {
      AppendRow(*logits, task.output_cols(), i, &block->logits);
    }
    AppendLabels(labels, label, &block->y);
    if (!arrays.weight) return;
    block->weight.push_back(static_cast<float>(
        label < 0 ? labels.WeightOfRow(number) : labels.Weight(label)));
  }
};

std::vector<TaskArrays> ArraysOf(const std::vector<Task>& tasks,
                                 const Dataset& dataset,
                                 const std::vector<Labels>& labels,
                                 bool has_logits) {
  std::vector<TaskArrays> arrays;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const LabelView view(tasks[i], labels[i], dataset.weights);
    const HeadTraits& traits = tasks[i].traits();
    arrays.push_back({true, has_logits && traits.has_classes && !traits.is_map,
                      view.places() > 0 && view.has_weights()});
  }
  return arrays;
}

}  // namespace

NetworkOutputs ComputeOutputs(const Model& model, const Dataset& dataset,
                              std::span<const Index> rows, ThreadPool* pool) {
  if (rows.empty()) return NetworkOutputs(model.schema.tasks.size());
  ModelRunner runner(model, dataset, std::ssize(rows), {}, pool);
  return runner.Outputs(model.schema.tasks, rows);
}

void Predict(std::span<const EnsembleMember> members, const Dataset& dataset,
             const PredictOptions& options, ThreadPool* pool,
             PredictionSink* sink) {
  assert(!members.empty());
  const std::vector<Index> rows = options.split.empty()
                                      ? AllRows(dataset)
                                      : dataset.SplitRows(options.split);
  MemberCrew all(members, dataset, options, pool);
  const std::vector<Task>& tasks = all.tasks();
  const auto arrays =
      ArraysOf(tasks, dataset, all.labels(), members.size() == 1);
  const TokenStarts& starts = all.starts();
  sink->Begin(HeadOf(members, dataset, options, rows, all.labels(), starts),
              arrays);
  const Index at_once =
      std::min(RowsAtOnce(tasks, starts, std::ssize(rows)), all.most());
  for (Index first = 0; first < std::ssize(rows); first += at_once) {
    const auto some = std::span(rows).subspan(
        At(first), At(std::min(at_once, std::ssize(rows) - first)));
    const MemberCrew::Said said = all.Say(some, at_once);
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const Labels& labels = all.labels()[t];
      const TaskRowsSaid rows_said = {
          tasks[t],
          arrays[t],
          {tasks[t], labels, dataset.weights},
          said.predictions[t],
          arrays[t].logits ? &said.logits[t] : nullptr};
      TaskBlock block;
      WrittenTexts written;
      Index token = 0;
      TaskPlaces(labels, options.all_rows, starts[t])
          .ForRows(some, [&](std::size_t i, Index label) {
            const Index at = starts[t].empty() ? static_cast<Index>(i) : token;
            rows_said.AppendTo(&block, at, some[i], label);
            if (tasks[t].traits().is_written) {
              written.Append(said.texts[t].Slice(at, 1));
            }
            ++token;
          });
      const Index places =
          std::ssize(block.predictions) / tasks[t].prediction_cols();
      sink->Add(t, {places, block.predictions, block.logits, block.y,
                    block.weight, &written});
    }
  }
}

Predictions Predict(std::span<const EnsembleMember> members,
                    const Dataset& dataset, const PredictOptions& options,
                    ThreadPool* pool) {
  PredictionCollector collector;
  Predict(members, dataset, options, pool, &collector);
  return collector.Take();
}

}  // namespace mtlkit
