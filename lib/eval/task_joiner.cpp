#include "eval/task_joiner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "data/head.h"
#include "data/label_map.h"
#include "data/label_view.h"

namespace mtlkit {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

// Which class of `from` stands at each class of `to`.
std::vector<Index> ClassOrder(const Task& from, const Task& to,
                              const std::string& where) {
  std::unordered_map<std::string_view, Index> numbers;
  for (const std::string& name : from.classes) {
    numbers.emplace(name, std::ssize(numbers));
  }
  std::vector<Index> order;
  for (const std::string& name : to.classes) {
    const auto found = numbers.find(name);
    if (found == numbers.end()) {
      Fail(ErrorKind::kBadInput,
           Str(where, ": task '", to.name, "' lacks the class '", name, "'"),
           "compare models that were trained on the same classes");
    }
    order.push_back(found->second);
  }
  if (to.traits().is_ordered && from.classes != to.classes) {
    Fail(ErrorKind::kBadInput,
         Str(where, ": task '", to.name, "' has its classes in another order"),
         "compare models that were trained on the same order of classes");
  }
  if (from.classes.size() != to.classes.size()) {
    Fail(ErrorKind::kBadInput,
         Str(where, ": task '", to.name, "' has ", from.classes.size(),
             " classes instead of ", to.classes.size()),
         "compare models that were trained on the same classes");
  }
  return order;
}

void RequireSameKind(const Task& a, const Task& b, const std::string& where) {
  if (IsSameKind(a, b)) return;
  // Whatever a network puts out for classes, predictions are of each.
  if (a.type == b.type && a.is_classification()) return;
  const TaskType form = a.form.value_or(a.type);
  const TaskType other = b.form.value_or(b.type);
  Fail(ErrorKind::kBadInput,
       Str(where, ": task '", a.name, "' is ", TaskTypeName(other),
           ", elsewhere ",
           form == other ? "of other columns or levels" : TaskTypeName(form)),
       "compare predictions of the same tasks");
}

// How many equal numbers stood before one.
class RunCounter {
 public:
  Index Next(Index row) {
    count_ = row == last_ ? count_ + 1 : 0;
    last_ = row;
    return count_;
  }

 private:
  Index last_ = -1;
  Index count_ = 0;
};

// Labels in the class order of the joined task, of those in another order.
class LabelOrder {
 public:
  LabelOrder(const Task& task, const std::vector<Index>& order)
      : task_(task), order_(order), place_of_(order.size()) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      place_of_[At(order[k])] = static_cast<float>(k);
    }
  }

  // Cell `col` of the label `from`; NaN stays.
  float Cell(const float* from, Index col) const {
    if (!task_.traits().one_class && !task_.traits().is_map) {
      return from[task_.is_classification() ? order_[At(col)] : col];
    }
    const float label = from[task_.traits().is_map ? col : 0];
    if (std::isnan(label)) return kUnknown;
    const auto number = static_cast<std::size_t>(label);
    return number < place_of_.size() ? place_of_[number] : kUnknown;
  }

 private:
  const Task& task_;
  const std::vector<Index>& order_;
  std::vector<float> place_of_;  // of each class of the other
};

}  // namespace

TaskJoiner::TaskJoiner(const std::vector<NamedSource>& models,
                       const JoinedRows& rows, const std::string& name)
    : models_(models), rows_(rows) {
  while (models_[first_].source->FindTask(name) < 0) ++first_;
  const PredictionSource& source = *models_[first_].source;
  const SourceTask& base = source.tasks()[At(source.FindTask(name))];
  joined_.task = base.task;
  joined_.constants = base.constants;
  joined_.places = base.places;
  joined_.models.resize(models.size());
}

void TaskJoiner::AddModel(std::size_t model, bool takes_labels) {
  const std::string name = models_[model].Label();
  const auto& source = models_[model].source;
  const Index t = source->FindTask(joined_.task.name);
  if (t < 0) return;
  const SourceTask& task = source->tasks()[At(t)];
  RequireSameKind(joined_.task, task.task, name);
  takes_labels |= task.task.traits().is_written;
  auto order = ClassOrder(task.task, joined_.task, name);
  // Classes of the first model stand in their own order.
  if (model == first_) learned_ = task.learned;
  AddLearned(task.learned, order, &learned_);
  Labels labels;
  if (takes_labels || !task.on_all_rows) labels = source->ReadLabels(t);
  auto place_of = PlacesOf(model, labels, task.places);
  if (takes_labels) TakeLabels(model, task.task, labels, order, place_of);
  JoinedOutputs& outputs = joined_.models[model].emplace(
      source, t, std::move(order), std::move(place_of));
  // What is true may be written otherwise by another model's vocabulary.
  if (!task.task.traits().is_written || !joined_.texts.empty()) return;
  std::vector<Index> places(At(joined_.places));
  std::iota(places.begin(), places.end(), Index{0});
  joined_.texts = outputs.ReadTexts(places).truth;
}

std::vector<std::int32_t> TaskJoiner::PlacesOf(std::size_t model,
                                               const Labels& labels,
                                               Index places) {
  const auto row_of = [&](Index place) {
    return rows_.Of(model, labels.RowOf(place));
  };
  if (model == first_) {
    if (labels.on_all_rows && rows_.is_same(model)) return {};
    joined_.row_of.reserve(At(places));
    for (Index place = 0; place < places; ++place) {
      joined_.row_of.push_back(static_cast<std::int32_t>(row_of(place)));
    }
    return {};
  }
  Index same = 0;
  const Index most = std::min(places, joined_.places);
  while (same < most && row_of(same) == joined_.RowOf(same)) ++same;
  if (same == places && same == joined_.places) return {};
  std::vector<std::int32_t> place_of(At(joined_.places), -1);
  Index extra = -1;  // a row that the first model lacks
  RunCounter run;
  for (Index place = 0; place < places; ++place) {
    const Index at = TokenOfRow(row_of(place), run.Next(row_of(place)));
    if (at < 0) {
      extra = row_of(place);
    } else {
      place_of[At(at)] = static_cast<std::int32_t>(place);
    }
  }
  for (Index place = 0; place < joined_.places; ++place) {
    if (place_of[At(place)] >= 0) continue;
    RefuseRow(models_[model].Label(), joined_.RowOf(place),
              models_[first_].Label());
  }
  if (extra >= 0) {
    RefuseRow(models_[first_].Label(), extra, models_[model].Label());
  }
  return place_of;
}

Index TaskJoiner::PlaceOfRow(Index row) {
  if (joined_.row_of.empty()) return row < joined_.places ? row : -1;
  if (place_of_row_.empty()) {
    place_of_row_.assign(At(rows_.count()), -1);
    for (Index place = 0; place < joined_.places; ++place) {
      std::int32_t& first = place_of_row_[At(joined_.RowOf(place))];
      if (first < 0) first = static_cast<std::int32_t>(place);
    }
  }
  return place_of_row_[At(row)];
}

// Which token of a row of many, -1 where it has no such one.
Index TaskJoiner::TokenOfRow(Index row, Index number) {
  const Index first = PlaceOfRow(row);
  if (first < 0 || number == 0) return first;
  const Index at = first + number;
  return at < joined_.places && joined_.RowOf(at) == row ? at : -1;
}

void TaskJoiner::TakeLabels(std::size_t model, const Task& task,
                            const Labels& labels,
                            const std::vector<Index>& order,
                            const std::vector<std::int32_t>& place_of) {
  const std::string name = models_[model].Label();
  const LabelView view(task, labels, {});
  const auto from = [&](Index place) {
    return place_of.empty() ? place : place_of[At(place)];
  };
  if (view.has_weights()) {
    joined_.weighted = true;
    joined_.weights.resize(At(joined_.places),
                           std::numeric_limits<double>::quiet_NaN());
    for (Index place = 0; place < joined_.places; ++place) {
      Agree(view.Weight(from(place)), place, "weight", name,
            &joined_.weights[At(place)]);
    }
  }
  if (view.places() == 0) return;
  const Index cols = view.cols();
  const LabelOrder in_order(task, order);
  joined_.y.resize(At(joined_.places * cols), kUnknown);
  float* known = joined_.y.data();
  std::vector<float> cells(At(cols));
  for (Index place = 0; place < joined_.places; ++place) {
    const Index at = from(place);
    view.CopyCells(at, cells.data());
    const bool is_unknown = view.IsUnknown(at);
    const float unknown = is_unknown ? LabelOf(view.UnknownName(at)) : kUnknown;
    for (Index col = 0; col < cols; ++col, ++known) {
      const float label =
          is_unknown ? unknown : in_order.Cell(cells.data(), col);
      if (!std::isnan(label)) Agree(label, place, "label", name, known);
    }
  }
}

void TaskJoiner::TakeTruth(const Dataset& truth,
                           const std::vector<std::int32_t>& places) {
  const Index t = FindTask(truth.tasks, joined_.task.name);
  if (t < 0) return;
  const Task& from = truth.tasks[At(t)];
  // Texts are compared with those that came along.
  if (joined_.task.traits().is_written) return;
  std::optional<Labels> mapped;
  if (!HaveSameLabels(from, joined_.task)) {
    mapped = InContext("--data", [&] {
      return MapLabels(from, truth.labels[At(t)], joined_.task);
    });
  }
  const LabelView labels(joined_.task, mapped ? *mapped : truth.labels[At(t)],
                         truth.weights);
  const Index cols = labels.cols();
  joined_.weighted = labels.has_weights();
  if (mapped && mapped->unknown.places.empty()) {
    joined_.warning = UnknownLabelsText(joined_.task, mapped->unknown, true);
  }
  joined_.y.assign(At(joined_.places * cols), kUnknown);
  if (joined_.weighted) joined_.weights.assign(At(joined_.places), 1.0);
  RunCounter run;
  for (Index place = 0; place < labels.places(); ++place) {
    const Index row = labels.RowOf(place);
    const Index joined = places.empty() ? row : places[At(row)];
    const Index number = run.Next(row);
    const Index at = joined < 0 ? -1 : TokenOfRow(joined, number);
    if (at < 0) continue;
    for (Index col = 0; col < cols; ++col) {
      joined_.y[At(at * cols + col)] = labels.Value(place, col);
    }
    if (labels.IsUnknown(place)) {
      joined_.y[At(at)] = UnknownClass(labels.UnknownName(place));
    }
    if (joined_.weighted) joined_.weights[At(at)] = labels.Weight(place);
  }
}

float TaskJoiner::UnknownClass(const std::string& name) {
  joined_.unknown_classes.insert(name);
  const std::size_t known = joined_.task.classes.size();
  if (!joined_.task.traits().of_tokens) return static_cast<float>(known);
  std::vector<std::string>& tags = joined_.unknown_tags;
  const auto at = std::ranges::find(tags, name) - tags.begin();
  if (at == std::ssize(tags)) tags.push_back(name);
  return static_cast<float>(known + At(at));
}

// Another model may have learned a class that one has not.
float TaskJoiner::LabelOf(const std::string& unknown_class) {
  const Index number = FindClass(joined_.task, unknown_class);
  if (number >= 0) return static_cast<float>(number);
  return UnknownClass(unknown_class);
}

void TaskJoiner::ForgetUnlearned() {
  if (!joined_.task.traits().one_class) return;
  for (float& label : joined_.y) {
    if (std::isnan(label)) continue;
    const auto number = static_cast<std::size_t>(label);
    if (number >= learned_.size() || learned_[number] > 0) continue;
    label = UnknownClass(joined_.task.classes[number]);
  }
}

JoinedTask TaskJoiner::Finish() {
  ForgetUnlearned();
  if (!joined_.unknown_classes.empty()) {
    const auto known = static_cast<float>(joined_.task.classes.size());
    joined_.unknown = std::ranges::count_if(
        joined_.y, [known](float label) { return label >= known; });
  }
  for (double& weight : joined_.weights) {
    if (std::isnan(weight)) weight = 1;
  }
  joined_.y.resize(At(joined_.places * joined_.task.target_cols()), kUnknown);
  return std::move(joined_);
}

template <class T>
void TaskJoiner::Agree(T value, Index place, std::string_view what,
                       const std::string& model, T* known) const {
  if (!std::isnan(*known) && *known != value) {
    Fail(ErrorKind::kBadInput,
         Str(model, ": task '", joined_.task.name, "', row '",
             rows_.Text(joined_.RowOf(place)), "': its ", what,
             " differs from the one in another file"),
         "predict the same rows, or give the truth with --data");
  }
  *known = value;
}

void TaskJoiner::RefuseRow(const std::string& lacking, Index row,
                           const std::string& having) const {
  Fail(ErrorKind::kBadInput,
       Str(lacking, ": task '", joined_.task.name,
           "' has no prediction for the row '", rows_.Text(row), "' that '",
           having, "' predicts"),
       "predict the same rows with every model");
}

}  // namespace mtlkit
