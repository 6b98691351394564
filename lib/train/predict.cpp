#include "train/predict.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "data/batch.h"
#include "data/head.h"
#include "data/label_view.h"
#include "h5/digest.h"
#include "nn/link.h"
#include "nn/plan_size.h"

namespace mtlkit {
namespace {

// Runs a model over rows in batches; `visit(plan, first, count)` sees each.
template <class Visit>
void ForEachBatch(const Model& model, const Dataset& dataset,
                  std::span<const Index> rows, const std::vector<Value>& keep,
                  ThreadPool* pool, Visit&& visit) {
  if (rows.empty()) return;
  PlanOptions options =
      InferencePlanFor(*model.network, dataset, std::ssize(rows));
  options.keep = keep;
  options.pool = pool;
  Plan plan(*model.network, options);
  Batcher batcher(dataset, options.capacity);
  Block buffers = model.params.buffers;  // a pass may write to its own
  Pass pass;
  pass.weights = &model.params.weights;
  pass.buffers = &buffers;
  const Index total = static_cast<Index>(rows.size());
  for (Index first = 0; first < total; first += options.capacity) {
    const Index count = std::min(options.capacity, total - first);
    plan.Forward(pass, batcher.Load(rows.subspan(At(first), At(count))));
    visit(plan, first, count);
  }
}

std::vector<Index> AllRows(const Dataset& dataset) {
  std::vector<Index> rows(At(dataset.rows));
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

RowIds GatherIds(const RowIds& ids, std::span<const Index> rows) {
  return std::visit(
      [&](const auto& names) -> RowIds {
        std::remove_cvref_t<decltype(names)> some;
        some.reserve(rows.size());
        for (const Index row : rows) some.push_back(names[At(row)]);
        return some;
      },
      ids);
}

// A task as the data knows it: which of the predicted rows have a place, and
// what is true there.
struct Places {
  std::vector<Index> rows;    // positions among the predicted rows
  std::vector<Index> labels;  // place in Labels, -1 for none; one a row
  bool on_all_rows = true;
};

Places PlacesOf(const Labels& labels, std::span<const Index> rows,
                bool all_rows) {
  Places places;
  const bool own = !labels.on_all_rows && !labels.rows.empty();
  places.on_all_rows = !own || all_rows;
  std::size_t next = 0;  // in labels.rows
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Index label = labels.on_all_rows ? rows[i] : -1;
    if (own) {
      while (next < labels.rows.size() && labels.rows[next] < rows[i]) ++next;
      const bool here =
          next < labels.rows.size() && labels.rows[next] == rows[i];
      if (here) label = static_cast<Index>(next);
      if (!here && !all_rows) continue;
    }
    places.rows.push_back(static_cast<Index>(i));
    places.labels.push_back(label);
  }
  return places;
}

// Carries the unknown classes of the places along, if there are any.
void AddUnknown(const Labels& labels, const Places& places,
                TaskPredictions* task) {
  if (labels.unknown.places.empty()) return;
  UnknownLabelList list;
  for (const Index label : places.labels) {
    const std::int32_t name = label < 0 ? -1 : labels.unknown.places[At(label)];
    task->unknown.push_back(
        name < 0 ? -1 : list.Add(labels.unknown.names[At(name)]));
  }
  const UnknownLabels some = list.Take();
  task->unknown_classes = some.names;
  if (some.names.empty()) task->unknown.clear();
}

// Says of labels that the model does not know what becomes of them.
void ReportUnknown(const TaskPredictions& task, const Labels& labels,
                   Reporter* reporter) {
  if (reporter == nullptr) return;
  UnknownLabels unknown = labels.unknown;
  if (task.task.type.traits().one_class) {
    unknown.names = task.unknown_classes;
    unknown.cells = std::ranges::count_if(
        task.unknown, [](std::int32_t name) { return name >= 0; });
  }
  const std::string text = UnknownLabelsText(task.task, unknown, true);
  if (!text.empty()) reporter->Warn(text);
}

void AddLabels(const Dataset& dataset, const Labels& labels,
               std::span<const Index> rows, const Places& places,
               TaskPredictions* task) {
  if (labels.values.empty()) return;
  AddUnknown(labels, places, task);
  const LabelView view(task->task, labels, dataset.weights);
  for (const Index place : places.rows) {
    const Index row = rows[At(place)];
    view.AppendRow(row, &task->y);
    if (!view.has_weights()) continue;
    task->weight.push_back(static_cast<float>(view.WeightOfRow(row)));
  }
}

// The places' rows of a rows x cols matrix.
std::vector<Real> GatherPlaces(const std::vector<Real>& all, std::size_t cols,
                               const Places& places) {
  std::vector<Real> some;
  some.reserve(places.rows.size() * cols);
  for (const Index row : places.rows) {
    const auto begin = all.begin() + row * static_cast<Index>(cols);
    some.insert(some.end(), begin, begin + static_cast<Index>(cols));
  }
  return some;
}

std::vector<float> AsFloats(const std::vector<Real>& values) {
  return {values.begin(), values.end()};
}

void RequireSameTasks(const Model& first, const Model& other) {
  const std::vector<Task>& a = first.schema.tasks;
  const std::vector<Task>& b = other.schema.tasks;
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i) {
    same = a[i].name == b[i].name && IsSameKind(a[i], b[i]) &&
           a[i].classes == b[i].classes;
  }
  Require(same, ErrorKind::kBadInput,
          "the models do not have the same tasks and classes",
          "predict together only with models of the same tasks");
}

// Adds what one member says, with its share of the weights, to `sums`.
void AddMember(const Model& model, NetworkOutputs outputs, double share,
               std::vector<std::vector<double>>* sums) {
  ApplyLinks(model.schema.tasks, &outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    (*sums)[i].resize(outputs[i].size(), 0.0);
    for (std::size_t k = 0; k < outputs[i].size(); ++k) {
      (*sums)[i][k] += share * static_cast<double>(outputs[i][k]);
    }
  }
}

std::string DigestOf(std::span<const EnsembleMember> members) {
  if (members.size() == 1) return members[0].model->content_sha256;
  std::string all;
  for (const EnsembleMember& member : members) {
    if (member.model->content_sha256.empty()) return "";
    all += member.model->content_sha256;
  }
  return Sha256Of(all);
}

// What any of the members has made of the rows; empty if nothing is known.
std::vector<std::uint8_t> SeenByAny(std::span<const EnsembleMember> members,
                                    const Dataset& dataset,
                                    std::span<const Index> rows) {
  SeenRows seen;
  for (const EnsembleMember& member : members) {
    AddSeenRows(member.model->seen, &seen);
  }
  return SeenBits(seen, dataset, rows);
}

}  // namespace

NetworkOutputs ComputeOutputs(const Model& model, const Dataset& dataset,
                              std::span<const Index> rows, ThreadPool* pool) {
  NetworkOutputs outputs;
  for (const Task& task : model.schema.tasks) {
    outputs.emplace_back(rows.size() * At(task.output_cols()));
  }
  ForEachBatch(model, dataset, rows, {}, pool,
               [&](const Plan& plan, Index first, Index) {
                 for (std::size_t i = 0; i < outputs.size(); ++i) {
                   const ConstMatView y = plan.Output(static_cast<Index>(i));
                   std::copy_n(y.data, y.size(),
                               outputs[i].begin() + first * y.cols);
                 }
               });
  return outputs;
}

void ApplyLinks(std::span<const Task> tasks, NetworkOutputs* outputs) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Index cols = tasks[i].output_cols();
    const Index said = tasks[i].prediction_cols();
    std::vector<Real>& values = (*outputs)[i];
    const Index rows = static_cast<Index>(values.size()) / cols;
    const ConstMatView from = {values.data(), rows, cols};
    if (said == cols) {
      ApplyLink(tasks[i], from, {values.data(), rows, cols});
      continue;
    }
    std::vector<Real> predictions(At(rows * said));
    ApplyLink(tasks[i], from, {predictions.data(), rows, said});
    values = std::move(predictions);
  }
}

Predictions Predict(std::span<const EnsembleMember> members,
                    const Dataset& dataset, const PredictOptions& options,
                    ThreadPool* pool) {
  assert(!members.empty());
  const Model& first = *members[0].model;
  const std::vector<Index> rows = options.split.empty()
                                      ? AllRows(dataset)
                                      : dataset.SplitRows(options.split);
  double total = 0;
  for (const EnsembleMember& member : members) total += member.weight;
  NetworkOutputs logits;
  std::vector<std::vector<double>> sums(first.schema.tasks.size());
  std::vector<Labels> labels;
  for (const EnsembleMember& member : members) {
    RequireSameTasks(first, *member.model);
    Dataset data = DatasetFor(*member.model, dataset, UnknownLabelRule::kKeep);
    NetworkOutputs outputs = ComputeOutputs(*member.model, data, rows, pool);
    if (members.size() == 1) logits = outputs;
    AddMember(*member.model, std::move(outputs), member.weight / total, &sums);
    if (labels.empty()) labels = std::move(data.labels);
  }

  Predictions predictions;
  predictions.ids = GatherIds(dataset.ids, rows);
  predictions.split = options.split;
  predictions.selected_on = first.log.selected_split;
  predictions.seen = SeenByAny(members, dataset, rows);
  predictions.model_sha256 = DigestOf(members);
  predictions.dataset_sha256 = dataset.content_sha256;
  for (std::size_t i = 0; i < first.schema.tasks.size(); ++i) {
    TaskPredictions task;
    task.task = first.schema.tasks[i];
    const std::size_t cols = At(task.task.prediction_cols());
    Places places = PlacesOf(labels[i], rows, options.all_rows);
    const std::vector<Real> values = GatherPlaces(
        std::vector<Real>(sums[i].begin(), sums[i].end()), cols, places);
    if (task.task.is_classification()) {
      task.prob = AsFloats(values);
      if (!logits.empty()) {
        task.logits = AsFloats(
            GatherPlaces(logits[i], At(task.task.output_cols()), places));
      }
    } else {
      task.pred = AsFloats(values);
    }
    AddLabels(dataset, labels[i], rows, places, &task);
    ReportUnknown(task, labels[i], options.reporter);
    if (!first.constants.empty()) task.constants = first.constants[i];
    task.on_all_rows = places.on_all_rows;
    if (!task.on_all_rows) task.rows = std::move(places.rows);
    predictions.tasks.push_back(std::move(task));
  }
  return predictions;
}

void RequireLayer(const Model& model, const std::string& name) {
  (void)model.network->Find(name);
}

Dataset ComputeFeatures(const Model& model, const Dataset& dataset,
                        const std::string& name, ThreadPool* pool) {
  const Value value = model.network->Find(name);
  const std::vector<Index> rows = AllRows(dataset);
  InputBlock block;
  block.name = name;
  block.cols = model.network->info(value).cols;
  std::vector<float> features(rows.size() * At(block.cols));
  Require(model.network->info(value).space == Space{}, ErrorKind::kUsage,
          Str("layer '", name, "' has ",
              SpaceText(model.network->info(value).space),
              ", not one row for each row of the data"),
          "name a layer behind it");
  ForEachBatch(model, DatasetFor(model, dataset, UnknownLabelRule::kKeep), rows,
               {value}, pool, [&](const Plan& plan, Index first, Index) {
                 const ConstMatView kept = plan.Kept(value);
                 std::copy_n(kept.data, kept.size(),
                             features.begin() + first * kept.cols);
               });
  block.dense = Array<float>(std::move(features));
  Dataset result = dataset;
  result.inputs = {std::move(block)};
  result.transforms.clear();
  result.content_sha256.clear();
  return result;
}

}  // namespace mtlkit
