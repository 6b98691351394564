// What `mtl-prep` tells about the result.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"
#include "prep/lessons.h"
#include "prep/prepare.h"
#include "prep/split.h"

namespace mtlkit {
namespace {

Index LabelledPlaces(const LabelView& labels,
                     const std::vector<bool>& is_chosen) {
  Index count = 0;
  for (Index place = 0; place < labels.places(); ++place) {
    count += is_chosen[At(labels.RowOf(place))] && labels.HasLabel(place);
  }
  return count;
}

// More tasks than this are summed up in one line.
constexpr std::size_t kMostTaskLines = 20;

void ReportTasks(const Dataset& dataset, Reporter* reporter) {
  const std::vector<bool> is_training =
      MarkRows(TrainingRowsOf(dataset), dataset.rows);
  const std::vector<bool> all(is_training.size(), true);
  const std::size_t shown =
      dataset.tasks.size() > kMostTaskLines ? 3 : dataset.tasks.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const Task& task = dataset.tasks[i];
    const LabelView labels(dataset, static_cast<Index>(i));
    reporter->Note(
        Str("task ", task.name, ": ", task.head().Describe(task), "; ",
            task.traits().of_tokens
                ? Counted(LabelledPlaces(labels, all), "token", "tokens")
                : Counted(LabelledPlaces(labels, all), "row", "rows"),
            " labelled, ", LabelledPlaces(labels, is_training),
            " of them for training"));
  }
  if (shown < dataset.tasks.size()) {
    reporter->Note(Str("and ", dataset.tasks.size() - shown,
                       " more tasks like these, up to ",
                       dataset.tasks.back().name));
  }
}

void ReportInput(const InputSpec& spec, Reporter* reporter) {
  if (spec.kind == InputKind::kImage) {
    reporter->Note(Str("input '", spec.name, "': images of ", spec.height,
                       " x ", spec.width, ", ",
                       Counted(spec.cols, "channel", "channels")));
  } else if (spec.kind != InputKind::kTokens) {
    reporter->Note(Str("input '", spec.name,
                       "': ", Counted(spec.cols, "column", "columns"),
                       EntryOf(spec.kind).contents));
  }
}

// Rows that nobody uses are seldom meant.
void WarnOfRowsInNoSplit(const Dataset& dataset, Reporter* reporter) {
  if (dataset.splits.count("train") == 0) return;  // the rest is for training
  std::vector<bool> taken(At(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    for (const Index row : rows) taken[At(row)] = true;
  }
  const Index left = std::ranges::count(taken, false);
  if (left == 0) return;
  reporter->Warn(Str(left, " of ", Counted(dataset.rows, "row is", "rows are"),
                     " in no split: nothing is learned from ",
                     left == 1 ? "it" : "them", " or measured on ",
                     left == 1 ? "it" : "them",
                     " (fractions of --split that add up to 1 divide all)"));
}

void ReportRows(const Dataset& dataset, Reporter* reporter) {
  std::vector<std::string> splits;
  constexpr std::size_t kMostSplits = 20;
  const std::vector<std::string> names = dataset.SplitNames();
  for (const std::string& name : names) {
    splits.push_back(Str(name, " ", dataset.SplitRows(name).size()));
  }
  if (names.size() > kMostSplits) {
    splits.resize(kMostSplits / 2);
    splits.push_back(Str("... (", names.size(), " splits)"));
  }
  reporter->Note(
      Str(Counted(dataset.rows, "row", "rows"), ": ",
          splits.empty() ? "no splits, all for training" : Join(splits, ", ")));
  WarnOfRowsInNoSplit(dataset, reporter);
  ReportTasks(dataset, reporter);
}

void ReportTokens(const InputBlock& block, Reporter* reporter) {
  reporter->Note(
      Str("input '", block.name,
          "': ", Counted(block.codes.size(), "token", "tokens"), " of ",
          Counted(std::ssize(block.categories[0]), "word", "words")));
}

}  // namespace

void ReportDataset(const Dataset& dataset, Reporter* reporter) {
  ReportRows(dataset, reporter);
  for (const InputBlock& block : dataset.inputs) {
    if (block.kind == InputKind::kTokens) ReportTokens(block, reporter);
    ReportInput(block, reporter);
  }
}

void ReportDataset(const Prepared& prepared, Reporter* reporter) {
  ReportRows(prepared.rows, reporter);
  for (const InputSpec& spec : prepared.inputs) {
    const InputBlock* own = prepared.rows.FindInput(spec.name);
    if (spec.kind == InputKind::kTokens && own == nullptr) {
      reporter->Note(
          Str("input '", spec.name, "': tokens, of ",
              Counted(std::ssize(spec.categories[0]), "code", "codes")));
    } else if (spec.kind == InputKind::kTokens) {
      ReportTokens(*own, reporter);
    }
    ReportInput(spec, reporter);
  }
}

}  // namespace mtlkit
