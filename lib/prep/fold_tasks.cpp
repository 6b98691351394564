#include "prep/fold_tasks.h"

#include <cmath>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// Labels of a task that something is learned from: of each class, where a label
// is one, else of each target column; in all rows and in those of each fold.
class FoldCounts {
 public:
  FoldCounts(const LabelView& labels, const std::vector<Index>& fold_of,
             Index folds)
      : by_class_(labels.task().traits().one_class),
        width_(by_class_ ? labels.task().classes.size() : At(labels.cols())),
        counts_(At(folds + 1) * width_) {
    for (Index place = 0; place < labels.places(); ++place) {
      const Index fold = fold_of[At(labels.RowOf(place))];
      if (fold < 0 || labels.Weight(place) <= 0) continue;
      for (Index col = 0; col < labels.cols(); ++col) {
        const float value = labels.Value(place, col);
        if (std::isnan(value)) continue;
        const std::size_t at =
            by_class_ ? static_cast<std::size_t>(value) : At(col);
        ++counts_[At(fold) * width_ + at];
        ++all(at);
      }
    }
  }

  std::size_t width() const { return width_; }
  Index In(Index fold, std::size_t at) const {
    return counts_[At(fold) * width_ + at];
  }
  // Outside of the fold.
  Index Without(Index fold, std::size_t at) const {
    return counts_[counts_.size() - width_ + at] - In(fold, at);
  }

 private:
  Index& all(std::size_t at) { return counts_[counts_.size() - width_ + at]; }

  bool by_class_;
  std::size_t width_;
  std::vector<Index> counts_;  // the last row: all
};

void RequireFold(const Task& task, const FoldCounts& counts, Index fold,
                 const std::string& name) {
  std::vector<std::size_t> seen;
  bool is_alone = false;  // the only row of its kind
  for (std::size_t at = 0; at < counts.width(); ++at) {
    if (counts.Without(fold, at) > 0) {
      seen.push_back(at);
    } else if (counts.In(fold, at) == 1) {
      is_alone = true;
    }
  }
  const bool by_class = task.traits().one_class;
  const std::string hint =
      is_alone
          ? "one row alone has what is lacking, so no folds can do: leave "
            "the task out, or hold rows out with --split"
          : Str("make fewer folds, or deal the rows out by it: --stratify ",
                task.name);
  Require(
      by_class ? !seen.empty() : seen.size() == counts.width(),
      ErrorKind::kBadInput,
      Str("task '", task.name, "' has no label in the training rows ",
          "outside of ", name,
          counts.width() > 1 && !by_class ? ", or none in one of its columns"
                                          : ""),
      hint);
  Require(!by_class || seen.size() > 1, ErrorKind::kBadInput,
          Str("task '", task.name, "' has one class only in the training rows ",
              "outside of ", name, ", '",
              by_class ? task.classes[seen.front()] : "", "'"),
          hint);
}

}  // namespace

void RequireFoldTasks(const std::vector<Index>& train, const Dataset& dataset) {
  std::vector<std::string> names;
  // Training rows of no fold are in the last part, which none goes without.
  std::vector<Index> fold_of(At(dataset.rows), -1);
  for (const auto& [name, rows] : dataset.splits) {
    if (IsFoldName(name)) names.push_back(name);
  }
  if (names.empty()) return;
  const Index folds = std::ssize(names);
  for (const Index row : train) fold_of[At(row)] = folds;
  for (Index fold = 0; fold < folds; ++fold) {
    for (const Index row : dataset.splits.at(names[At(fold)])) {
      if (fold_of[At(row)] >= 0) fold_of[At(row)] = fold;
    }
  }
  for (std::size_t task = 0; task < dataset.tasks.size(); ++task) {
    const LabelView labels(dataset, static_cast<Index>(task));
    const FoldCounts counts(labels, fold_of, folds + 1);
    for (Index fold = 0; fold < folds; ++fold) {
      RequireFold(dataset.tasks[task], counts, fold, names[At(fold)]);
    }
  }
}

}  // namespace mtlkit
