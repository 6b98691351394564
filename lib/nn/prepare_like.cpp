#include "nn/prepare_like.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/blocks.h"
#include "data/dataset_io.h"
#include "h5/file_reader.h"
#include "nn/model_io.h"
#include "prep/adapt_table.h"
#include "prep/choose_rows.h"
#include "prep/split.h"

namespace mtlkit {
namespace {

Json ValuesOf(PrepareOptions options) {
  Json values;
  JsonWriter writer(&values, true);
  options.DescribeColumns(writer);
  options.DescribeRows(writer);
  options.DescribeTransforms(writer);
  options.DescribeLabels(writer);
  return values;
}

// All but splits are those of the other file.
void RequireNothingElse(const PrepareOptions& options) {
  const Json defaults = ValuesOf({});
  const Json values = ValuesOf(options);
  for (const auto& [name, value] : values.items()) {
    const bool chooses_rows =
        name == "split" || name == "rows" || name == "sample";
    if (chooses_rows || value == defaults.at(name)) continue;
    Fail(ErrorKind::kUsage, Str("--", name, " has no effect with --like"),
         "all but rows and splits is taken from that file; leave it out");
  }
  Require(options.positive.empty(), ErrorKind::kUsage,
          "--positive has no effect with --like", "leave it out");
}

Dataset ChosenRows(Dataset table, const PrepareOptions& options, Seed seed) {
  if (!options.rows.empty()) {
    table = GatherRows(table, RowsWhere(table, options.rows));
  }
  if (!options.sample.empty()) {
    table = GatherRows(table, SampleRows(table.rows, options.sample, seed));
  }
  Require(table.rows > 0, ErrorKind::kBadInput, "the table has no rows");
  return table;
}

// Labels that the model does not know are missing in a dataset.
void LeaveOutUnknown(Dataset* made, Reporter* reporter) {
  for (std::size_t t = 0; t < made->tasks.size(); ++t) {
    const Task& task = made->tasks[t];
    Labels& labels = made->labels[t];
    if (!labels.values.AnyKnown(0, labels.values.size())) {
      reporter->Warn(Str("task '", task.name, "' has no label in these rows"));
    }
    const std::string problem = UnknownLabelsText(task, labels.unknown, false);
    if (!problem.empty()) reporter->Warn(problem);
    labels.unknown = {};
  }
}

// Rows that were held out there would be learned from here.
void WarnOfSplits(const Dataset& made, const Likeness& like,
                  Reporter* reporter) {
  if (like.splits.empty() || !made.splits.empty()) return;
  reporter->Warn(
      Str("the splits of the file of --like (", Join(like.splits, ", "),
          ") are of its own rows: these rows have none, and all are for "
          "training; --split makes some"));
}

}  // namespace

Likeness ReadLikeness(const std::string& path) {
  const FileReader file =
      FileReader::Open(path, {FileKind::kDataset, FileKind::kModel});
  if (file.kind() == FileKind::kModel) {
    Model model = ReadModel(file);
    return {model.schema,
            model.transforms,
            model.content_sha256,
            model.provenance,
            {}};
  }
  const Dataset data = ReadDataset(file);
  return {data.schema(), data.transforms, data.content_sha256, data.provenance,
          data.SplitNames()};
}

Dataset PrepareLike(const Dataset& whole, const Likeness& like,
                    const PrepareOptions& options, Seed seed,
                    Reporter* reporter) {
  RequireNothingElse(options);
  std::vector<std::string> warnings;
  const Dataset table =
      AdaptTable(like.transforms, ChosenRows(whole, options, seed), &warnings,
                 "the file of --like");
  for (const std::string& warning : warnings) reporter->Warn(warning);
  Require(!like.schema.tasks.empty(), ErrorKind::kBadInput,
          "--like: the file has no task",
          "give one that mtl-prep has prepared");
  Model model;
  model.schema = like.schema;
  model.transforms = like.transforms;
  Dataset made = DatasetFor(model, table, UnknownLabelRule::kKeep);
  made.transforms = like.transforms;
  made.content_sha256.clear();
  std::vector<SplitPart> parts;
  for (const std::string& text : options.split) {
    parts.push_back(ParseSplitPart(text));
  }
  SplitMethod method;
  if (!made.groups.empty()) {
    method.kind = SplitMethod::kGrouped;
    method.numbers = made.groups;
  }
  if (!parts.empty()) AddSplits(parts, method, seed, &made);
  WarnOfSplits(made, like, reporter);
  LeaveOutUnknown(&made, reporter);
  return made;
}

}  // namespace mtlkit
