#include "cotrain/purity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/publication.h"
#include "cotrain/record.h"
#include "cotrain/selection.h"
#include "data/id_index.h"
#include "data/label_view.h"
#include "eval/table.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

// Everything that the peers have selected, each once.
std::vector<Selection> AllSelections(const Collaboration& run) {
  using Key = std::tuple<Index, Index, Index, Index, Index, float>;
  std::map<Key, Selection> all;
  for (Index peer = 0; peer < run.spec.peers; ++peer) {
    const Index round = run.folder.NewestRound(peer);
    if (round < 1 || !ReadDonePublication(run.folder, peer, round)) continue;
    const Params layout = ReadModel(run.folder.ModelPath(peer, 0)).params;
    const Publication published =
        ReadPublication(run.folder.PublicationPath(peer, round), run.data,
                        layout, {run.spec.Identity(), {}});
    for (const Selection& s : published.selections) {
      all.emplace(Key{s.round, s.task, s.row, s.col, s.receiver, s.label}, s);
    }
  }
  std::vector<Selection> selections;
  for (const auto& [key, selection] : all) selections.push_back(selection);
  return selections;
}

// The true labels of one task, by the run's rows and classes.
class TaskTruths {
 public:
  TaskTruths(const Dataset& data, Index task, const Dataset& truth)
      : task_(data.tasks[At(task)]) {
    const Index number = mtlkit::FindTask(truth.tasks, task_.name);
    if (number < 0) return;
    const Task& theirs = truth.tasks[At(number)];
    if (theirs.target_cols() != task_.target_cols()) return;
    labels_.emplace(truth, number);
    is_multilabel_ = IsMultilabel(task_);
    for (const std::string& name : task_.classes) {
      const auto at = std::ranges::find(theirs.classes, name);
      classes_.push_back(
          at == theirs.classes.end() ? -1 : at - theirs.classes.begin());
    }
  }

  // NaN where it is not known. `row` is of the truth, -1: it has none.
  double Of(Index row, Index col) const {
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    const Index place = labels_ && row >= 0 ? labels_->PlaceOf(row) : -1;
    if (place < 0) return kUnknown;
    if (is_multilabel_) {
      const Index theirs = classes_[At(col)];
      return theirs < 0 ? kUnknown
                        : static_cast<double>(labels_->Value(place, theirs));
    }
    const auto value = static_cast<double>(labels_->Value(place, col));
    if (classes_.empty() || std::isnan(value)) return value;
    const auto at = std::ranges::find(classes_, static_cast<Index>(value));
    // A class that the run does not know: the label is wrong.
    return at == classes_.end() ? -1
                                : static_cast<double>(at - classes_.begin());
  }

 private:
  const Task& task_;
  std::optional<LabelView> labels_;
  bool is_multilabel_ = false;
  std::vector<Index> classes_;  // those of the truth, by the run's
};

}  // namespace

std::vector<LabelPurity> PurityOf(const Collaboration& run,
                                  const Dataset& truth) {
  const IdIndex index(truth.ids);
  std::vector<TaskTruths> truths;
  for (Index task = 0; task < std::ssize(run.data.tasks); ++task) {
    truths.emplace_back(run.data, task, truth);
  }
  std::map<std::pair<Index, Index>, LabelPurity> sums;  // round, task
  for (const Selection& selection : AllSelections(run)) {
    const Task& task = run.data.tasks[At(selection.task)];
    const double known = truths[At(selection.task)].Of(
        index.Find(run.data.ids, selection.row), selection.col);
    if (std::isnan(known)) continue;
    LabelPurity& sum = sums[{selection.round, selection.task}];
    sum.task = task.name;
    sum.round = selection.round;
    ++sum.labels;
    const double off = static_cast<double>(selection.label) - known;
    if (task.is_classification()) {
      sum.right += off == 0;
    } else {
      sum.rmse += off * off;
    }
  }
  Require(!sums.empty(), ErrorKind::kBadInput,
          "no label that peers gave has a known truth here",
          "give the rows before labels were hidden, with the same ids");
  std::vector<LabelPurity> purity;
  for (auto& [key, sum] : sums) {
    sum.rmse = run.data.tasks[At(key.second)].is_classification()
                   ? std::numeric_limits<double>::quiet_NaN()
                   : std::sqrt(sum.rmse / static_cast<double>(sum.labels));
    purity.push_back(std::move(sum));
  }
  return purity;
}

std::string RenderText(const std::vector<LabelPurity>& purity) {
  TextTable table;
  table.AddRow({"labels of round", "task", "given", "right"});
  Index given = 0;
  Index right = 0;
  for (const LabelPurity& one : purity) {
    const bool is_number = !std::isnan(one.rmse);
    table.AddRow(
        {Str(one.round), one.task, Str(one.labels),
         is_number ? "RMSE " + TableNumber(one.rmse) : Str(one.right)});
    if (is_number) continue;
    given += one.labels;
    right += one.right;
  }
  std::string text = table.Render();
  if (given > 0) {
    text += Str(
        "right of all classes: ", right, " of ", given, ", ",
        TableNumber(static_cast<double>(right) / static_cast<double>(given)),
        "\n");
  }
  return text;
}

void AddJson(const std::vector<LabelPurity>& purity, Json* json) {
  Json& all = (*json)["purity"] = Json::array();
  for (const LabelPurity& one : purity) {
    Json item{{"task", one.task}, {"round", one.round}, {"labels", one.labels}};
    if (std::isnan(one.rmse)) {
      item["right"] = one.right;
    } else {
      item["rmse"] = one.rmse;
    }
    all.push_back(std::move(item));
  }
}

}  // namespace mtlkit
