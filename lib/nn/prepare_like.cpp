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
#include "h5/provenance.h"
#include "nn/model_io.h"
#include "prep/adapt_table.h"
#include "prep/choose_rows.h"
#include "prep/missing_texts.h"
#include "prep/rows_of_no_task.h"
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

// Rows that were held out there would be learned from here.
void WarnOfSplits(const Dataset& made, const Likeness& like,
                  Reporter* reporter) {
  if (like.splits.empty() || !made.splits.empty()) return;
  reporter->Warn(
      Str("the splits of the file of --like (", Join(like.splits, ", "),
          ") are of its own rows: these rows have none, and all are for "
          "training; --split makes some"));
}

// Whether transforms were fitted on the rows of the file itself: what was made
// with --like has those of another.
bool IsFittedOnOwnRows(const std::string& provenance) {
  if (provenance.empty()) return false;
  for (const ProvenanceRecord& record : ParseProvenance(provenance)) {
    if (record.tool != "mtl-prep") continue;  // conversion fits nothing
    for (const ProvenanceInput& input : record.inputs) {
      if (input.role == "like") return false;
    }
  }
  return true;
}

// What is measured on rows that shaped the transforms is too good.
void WarnOfFittedRows(const Dataset& made, const Dataset& table,
                      const Likeness& like, Reporter* reporter) {
  for (const auto& [name, rows] : made.splits) {
    if (name == "train") continue;
    const std::vector<std::uint8_t> bits = SeenBits(like.fitted, table, rows);
    const Index fitted = std::ranges::count_if(
        bits, [](std::uint8_t bit) { return (bit & kTrainedOn) != 0; });
    if (fitted == 0) continue;
    reporter->Warn(
        Str("split '", name,
            "': the transforms of the file of --like were "
            "fitted on ",
            fitted, " of its ", Counted(std::ssize(rows), "row", "rows"),
            ": what is measured on them is too good; hold rows out where the "
            "table is first prepared: mtl-prep --split"));
  }
}

}  // namespace

Likeness ReadLikeness(const std::string& path) {
  const FileReader file =
      FileReader::Open(path, {FileKind::kDataset, FileKind::kModel});
  if (file.kind() == FileKind::kModel) {
    Model model = ReadModel(file);
    if (!IsFittedOnOwnRows(model.provenance)) model.seen = {};
    return {
        model.schema, model.transforms, model.content_sha256, model.provenance,
        {},           model.seen};
  }
  const Dataset data = ReadDataset(file);
  Likeness like{data.schema(),   data.transforms,   data.content_sha256,
                data.provenance, data.SplitNames(), {}};
  if (!data.transforms.empty() && IsFittedOnOwnRows(data.provenance)) {
    AddRowKeys(data, TrainingRowsOf(data), &like.fitted.trained);
  }
  return like;
}

Dataset PrepareLike(const Dataset& whole, const Likeness& like,
                    const PrepareOptions& options, Seed seed,
                    Reporter* reporter) {
  RequireNothingElse(options);
  std::vector<std::string> warnings;
  Dataset chosen = ChosenRows(whole, options, seed);
  AddMissingTexts(like.schema.tasks, &chosen);
  const Dataset table = AdaptTable(like.transforms, std::move(chosen),
                                   &warnings, "the file of --like");
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
  WarnOfFittedRows(made, table, like, reporter);
  for (const std::string& text : RowsOfNoTask(made.tasks, table)) {
    reporter->Warn(text);
  }
  LeaveOutUnknown(&made, reporter);
  return made;
}

}  // namespace mtlkit
