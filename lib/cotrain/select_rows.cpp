#include "cotrain/select_rows.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/labelling.h"
#include "cotrain/selection.h"
#include "data/id_index.h"
#include "eval/predictions.h"
#include "eval/table.h"
#include "train/train_inputs.h"

namespace mtlkit {
namespace {

// What one file says of one task, by the dataset's rows.
struct FileOpinion {
  std::vector<Index> places;  // one a row of the dataset; -1: none
  std::vector<float> prob;
};

FileOpinion OpinionOfFile(const std::string& path, const Predictions& said,
                          const Task& task, const Dataset& data) {
  FileOpinion opinion;
  opinion.places.assign(At(data.rows), -1);
  const auto found = std::ranges::find_if(
      said.tasks,
      [&](const TaskPredictions& one) { return one.task.name == task.name; });
  if (found == said.tasks.end()) return opinion;
  Require(found->task.classes == task.classes, ErrorKind::kBadInput,
          Str(path, ": task '", task.name, "' has the classes ",
              Join(found->task.classes, ", "), " there, and ",
              Join(task.classes, ", "), " in the rows"),
          "predict these rows, or rows prepared like them");
  const IdIndex index(data.ids);
  const Index places =
      found->on_all_rows ? IdCount(said.ids) : std::ssize(found->rows);
  for (Index place = 0; place < places; ++place) {
    const Index row = index.Find(
        said.ids, found->on_all_rows ? place : found->rows[At(place)]);
    if (row >= 0) opinion.places[At(row)] = place;
  }
  opinion.prob = found->prob;
  return opinion;
}

// The rows on which all files that know the task say something.
std::vector<Index> KnownToAll(std::vector<Index> rows,
                              const std::vector<FileOpinion>& files) {
  std::erase_if(rows, [&](Index row) {
    return std::ranges::any_of(files, [row](const FileOpinion& file) {
      return file.places[At(row)] < 0;
    });
  });
  return rows;
}

std::vector<Opinion> OpinionsOn(const std::vector<Index>& pool, Index cols,
                                const std::vector<FileOpinion>& files) {
  std::vector<Opinion> opinions;
  for (std::size_t i = 0; i < files.size(); ++i) {
    Opinion& opinion = opinions.emplace_back();
    opinion.peer = static_cast<Index>(i);
    for (const Index row : pool) {
      const auto first =
          files[i].prob.begin() + files[i].places[At(row)] * cols;
      opinion.probabilities.insert(opinion.probabilities.end(), first,
                                   first + cols);
    }
  }
  return opinions;
}

SelectedLabels CountOf(const Task& task, LabelCell cell, Index pool,
                       const std::vector<Selection>& selections) {
  const bool is_multilabel = IsMultilabel(task);
  SelectedLabels counted;
  counted.task = is_multilabel ? Str(task.name, ".", task.classes[At(cell.col)])
                               : task.name;
  counted.pool = pool;
  counted.classes =
      is_multilabel ? std::vector<std::string>{"0", "1"} : task.classes;
  counted.counts.assign(counted.classes.size(), 0);
  for (const Selection& selection : selections) {
    ++counted.counts[static_cast<std::size_t>(selection.label)];
  }
  return counted;
}

// Files in the order of their content: that of the command line means nothing.
std::vector<std::pair<std::string, Predictions>> ReadInOrder(
    std::span<const std::string> files) {
  std::vector<std::pair<std::string, Predictions>> read;
  for (const std::string& path : files) {
    read.emplace_back(path, ReadPredictions(path));
  }
  std::ranges::stable_sort(read, {}, [](const auto& one) {
    return std::pair(one.second.model_sha256, one.second.dataset_sha256);
  });
  return read;
}

}  // namespace

void SelectRequest::Describe(Fields& fields) {
  fields("labelling", labelling,
         "rows on which all files predict the same, or what any of them "
         "proposes",
         {"agree", "shared"});
  fields.Named("per-class", per_class, "N|CLASS=N,...",
               "rows of each class that a file proposes, or of some classes");
  fields("conflict", conflict,
         "a row for which two labels are proposed: left out, or labelled by "
         "the first file, by its digests, or by the surest",
         {"drop", "first", "confident"});
  fields("pool", pool, "unlabelled rows that are looked at; 0: all",
         AtLeast(0));
  fields("threshold", threshold, "least probability of a label", Between(0, 1));
  fields.Named("train-split", train_split, "SPLIT", "rows that get labels");
}

std::vector<SelectedLabels> SelectRows(std::span<const std::string> files,
                                       const SelectRequest& request, Seed seed,
                                       Dataset* data) {
  Require(request.labelling != "agree" || files.size() >= 2, ErrorKind::kUsage,
          "--labelling agree: one file has none to agree with",
          "give predictions of two models or more, or --labelling shared");
  CheckPerClass(request.per_class, *data);
  TrainOptions options;
  options.train_split = request.train_split;
  const std::vector<Index> rows = InputsOf(*data, options, true).train_rows;
  const auto read = ReadInOrder(files);
  std::vector<SelectedLabels> report;
  std::vector<Selection> all;
  for (const LabelCell& cell : CellsOf(*data)) {
    const Task& task = data->tasks[At(cell.task)];
    if (!CanBeLabelled(task)) continue;
    std::vector<FileOpinion> said;
    for (const auto& [path, predictions] : read) {
      said.push_back(OpinionOfFile(path, predictions, task, *data));
      if (said.back().prob.empty()) said.pop_back();
    }
    if (said.empty()) continue;
    const auto pool =
        PoolOf(KnownToAll(UnlabelledRows(*data, cell, rows), said),
               request.pool, seed, {}, cell.task, cell.col);
    const SelectionRule rule = {
        request.labelling, PicksPerClass(request.per_class, task, cell.col),
        request.threshold, request.conflict};
    const auto opinions = OpinionsOn(pool, task.prediction_cols(), said);
    const auto selected =
        SelectExamples(task, cell.task, pool, opinions, rule, 1, cell.col);
    report.push_back(CountOf(task, cell, std::ssize(pool), selected));
    if (selected.empty()) {
      report.back().why_none = WhyNothing(task, pool, opinions, rule, cell.col);
    }
    all.insert(all.end(), selected.begin(), selected.end());
  }
  Require(!report.empty(), ErrorKind::kBadInput,
          "the predictions are of no task of the rows whose labels are classes",
          "predict these rows with mtl-predict");
  std::vector<ExtraLabels> labels;
  for (Index task = 0; task < std::ssize(data->tasks); ++task) {
    labels.push_back(LabelsFor(all, data->tasks[At(task)], task, 0));
    if (labels.back().rows.empty()) labels.pop_back();
  }
  *data = WithLabels(std::move(*data), labels);
  return report;
}

std::string RenderText(const std::vector<SelectedLabels>& selected) {
  TextTable table;
  table.AddRow({"task", "rows looked at", "labelled", "of class"});
  std::string notes;
  for (const SelectedLabels& one : selected) {
    Index count = 0;
    std::vector<std::string> by_class;
    for (std::size_t k = 0; k < one.counts.size(); ++k) {
      count += one.counts[k];
      by_class.push_back(Str(one.classes[k], " ", one.counts[k]));
    }
    table.AddRow({one.task, Str(one.pool), Str(count), Join(by_class, ", ")});
    if (one.why_none.empty()) continue;
    notes += Str(one.task, ": ", one.why_none, "\n");
  }
  return table.Render() + notes;
}

}  // namespace mtlkit
