// Makes a dataset of a table: tasks, splits, and inputs that networks take.
#include "app/reading_like.h"
#include "app/tool.h"
#include "base/error.h"
#include "data/dataset_io.h"
#include "h5/provenance.h"
#include "nn/prepare_like.h"
#include "prep/prepare.h"
#include "prep/transform_entry.h"
#include "prep/write_prepared.h"

namespace mtlkit {
namespace {

struct PrepTool {
  std::string table;
  std::string output;
  std::string like;
  PrepareOptions options;

  void Register(Cli& cli) {
    cli.Input("table", &table, "what mtl-convert made, or a dataset");
    cli.Output("dataset", &output, "where the dataset goes");
    cli.InputFlag(
        "like", &like,
        "prepare the table as this dataset, or that of this model, was: its "
        "tasks, inputs and fitted transforms; only rows and splits can be "
        "chosen beside it");
    options.DescribeColumns(cli.Section("Tasks and inputs"));
    cli.Tuples("positive", {"TASK", "CLASS"}, &options.positive,
               "the positive class of a binary task; the second by default");
    options.DescribeRows(cli.Section("Rows and splits"));
    options.DescribeTransforms(
        cli.Section("Transforms, fitted on the training rows"));
    options.DescribeLabels(cli.Section("Labels"));
    cli.List("transforms", "what --transform can name", [] {
      std::vector<ListItem> items;
      for (const TransformEntry* entry : TransformEntries()) {
        if (!entry->is_chosen) continue;
        items.push_back({std::string(entry->name), std::string(entry->help),
                         entry->describe});
      }
      return ListText(items);
    });
  }

  void Run(Context& context) {
    Dataset raw = ReadDataset(table);
    std::vector<ProvenanceSource> sources = {
        {"data", raw.content_sha256, raw.provenance}};
    Likeness other;
    if (!like.empty()) {
      other = ReadLikeness(like);
      Require(!other.schema.tasks.empty(), ErrorKind::kBadInput,
              Str(like, ": there is no task in it for --like"),
              "give a file that mtl-prep has prepared, or a model");
      sources.push_back({"like", other.content_sha256, other.provenance});
    }
    const std::string name = table == "-" ? "stdin" : table;
    const std::string provenance = OnDataOf(name, "like", [&] {
      return ExtendProvenance(context.tool, context.seed, *context.settings,
                              sources);
    });
    if (!like.empty()) {
      Dataset ready = OnDataOf(name, "", [&] {
        WarnOfLostTexts(
            raw, {other.transforms, other.schema, other.provenance, like},
            context.reporter);
        return PrepareLike(raw, other, options, context.seed, context.reporter);
      });
      ready.provenance = provenance;
      WriteDataset(ready, output);
      return ReportDataset(ready, context.reporter);
    }
    Prepared ready = OnDataOf(name, "", [&] {
      return PrepareRows(std::move(raw), options, context.seed,
                         context.reporter);
    });
    ready.rows.provenance = provenance;
    OnDataOf(name, "",
             [&] { WritePrepared(ready.transforms, ready.rows, output); });
    ReportDataset(ready, context.reporter);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::PrepTool>(
      argc, argv, "mtl-prep",
      "Makes tasks, splits and network inputs of a table.",
      "mtl-prep adult.h5 -o ready.h5 --task income --task hours-per-week \\\n"
      "    --split valid=0.15,test=0.15\n"
      "mtl-prep table.h5 -o ready.h5 --task 'y*' --stratify y1 --folds 5");
}
