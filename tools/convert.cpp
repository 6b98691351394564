#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/tool.h"
#include "base/error.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "eval/foreign_predictions.h"
#include "eval/prediction_source.h"
#include "eval/predictions_columns.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "interop/convert_arrays.h"
#include "interop/data_array.h"
#include "text/convert.h"
#include "text/csv_cells.h"
#include "text/format.h"
#include "text/temporary_path.h"
#include "text/text_source.h"
#include "text/text_table.h"

namespace mtlkit {
namespace {

// Turns text tables into datasets or predictions, and files of the toolkit into
// text.
struct ConvertTool {
  std::vector<NamedFile> inputs;
  std::string output;
  std::string to = "auto";
  std::string as = "dataset";
  CellGuard guard;
  ConvertOptions options;
  ArrayOptions arrays;
  ForeignPredictionOptions predicted;

  void Register(Cli& cli) {
    cli.Inputs("input", &inputs,
               "text tables, each FILE or SPLIT=FILE (with --beside "
               "VIEW=FILE); or one file of the toolkit");
    cli.Output("output", &output, "where the dataset or the text goes",
               OutputKind::kText);
    cli.Group("Reading", &options);
    cli.InputFlag("labels", &options.labels,
                  "Mulan's XML list of the ARFF attributes that are labels; "
                  "with --as predictions the dataset that has the labels");
    arrays.Describe(cli.Section("Reading"));
    cli.Tuples("rename-class", {"COLUMN", "OLD", "NEW"}, &options.rename_class,
               "join two spellings of a category");
    Fields& writing = cli.Section("Writing");
    writing.Field(
        {.name = "to",
         .help = "what to write; auto: by the ending of the output's name, h5 "
                 "where it is neither .csv nor .jsonl",
         .choices = {"auto", "h5", "csv", "jsonl"},
         .in_settings = false},
        to);
    guard.Describe(writing);
    Fields& predictions = cli.Section("Predictions");
    predictions("as", as,
                "predictions: the tables are what another program predicted",
                {"dataset", "predictions"});
    predicted.Describe(predictions);
    cli.List("formats", "the formats that can be read", [] {
      std::vector<ListItem> items;
      for (const FormatEntry* entry : Formats()) {
        items.push_back(
            {std::string(entry->name), std::string(entry->help), {}});
      }
      for (const ArrayFormat* format : ArrayFormats()) {
        items.push_back(
            {std::string(format->name), std::string(format->help), {}});
      }
      return ListText(items);
    });
  }

  void Run(Context& context) {
    const auto by_name = TextFormatOfName(output);
    if (to == "auto") {
      to = !by_name ? "h5" : *by_name == TextFormat::kCsv ? "csv" : "jsonl";
    }
    if (to == "h5") {
      RequireHdf5Name("-o", output);
    } else {
      RequireTextName(
          "-o", output, "." + to,
          to == "csv" ? "CSV is written here" : "JSON lines are written here");
    }
    guard.RequireCsv(to == "csv", to);
    if (as == "predictions") return ConvertPredictions(context);
    Require(predicted.task.empty() && predicted.split.empty(),
            ErrorKind::kUsage,
            Str(predicted.task.empty() ? "--split" : "--task",
                " has no effect without --as predictions"),
            "tasks and splits of a dataset are made by mtl-prep");
    if (inputs.size() == 1 && IsOwnFile(inputs[0].path)) {
      RequireOnly({}, context, "is a file of the toolkit");
      return Export(inputs[0].path, nullptr, context);
    }
    if (to == "h5") {
      Convert(output, context);
      return;
    }
    auto table = std::make_unique<TemporaryPath>("mtlkit-table");
    const std::string path = table->path();
    Convert(path, context);
    Export(path, std::move(table), context);
  }

  bool AreArrays() const {
    return std::ranges::any_of(
        inputs, [](const NamedFile& input) { return IsArrayFile(input.path); });
  }

  // Flags about text mean nothing where none is read, but for those `allowed`.
  void RequireOnly(const std::vector<std::string>& allowed,
                   const Context& context, std::string_view what) const {
    std::vector<std::string> flags;
    for (const auto& item : context.settings->items()) {
      if (std::ranges::find(allowed, item.key()) == allowed.end()) {
        flags.push_back("--" + item.key());
      }
    }
    Require(flags.empty(), ErrorKind::kUsage,
            Str(Join(flags, ", "), flags.size() == 1 ? " has" : " have",
                " no effect: ", inputs[0].path, " ", what),
            flags.size() == 1 ? "it says how text is read: leave it out"
                              : "they say how text is read: leave them out");
  }

  // Returns whether the rows have ids of their own.
  bool Convert(const std::string& destination, Context& context) const {
    std::vector<TableInput> tables;
    for (const NamedFile& input : inputs) {
      tables.push_back({input.name, input.path});
    }
    const ConvertRecord record = {context.tool, context.seed, context.settings};
    if (AreArrays()) {
      RequireOnly({"array", "as", "beside", "split", "task"}, context,
                  "is a file of arrays");
      return ConvertArrays(tables, arrays, options.beside, options.max_size,
                           destination, record);
    }
    Require(
        arrays.array.empty(), ErrorKind::kUsage,
        Str("--array has no effect: ", inputs[0].path, " is no file of arrays"),
        "--type COLUMN=ignore leaves columns of a text out");
    return ConvertTables(tables, destination, options, record,
                         context.verbose > 0, context.reporter);
  }

  // What another program predicted, with the labels of a dataset of ours.
  void ConvertPredictions(Context& context) const {
    Require(to == "h5", ErrorKind::kUsage,
            Str("--as predictions writes HDF5, not ", to),
            "mtl-convert FILE --to csv writes predictions as text");
    Require(!options.labels.empty(), ErrorKind::kUsage,
            "--as predictions needs the labels",
            "--labels DATASET names what mtl-prep made, with the tasks that "
            "were predicted");
    const TemporaryPath table("mtlkit-predicted");
    const bool is_own = inputs.size() == 1 && IsOwnFile(inputs[0].path);
    bool has_ids = true;
    if (!is_own) {
      ConvertTool tables = *this;
      tables.options.labels.clear();
      has_ids = tables.Convert(table.path(), context);
    }
    const FileReader rows =
        FileReader::Open(is_own ? inputs[0].path : table.path(),
                         {FileKind::kDataset, FileKind::kFeatures});
    const FileReader labels =
        FileReader::Open(options.labels, {FileKind::kDataset});
    Predictions predictions = InContext(inputs[0].path, [&] {
      return TakeForeignPredictions(ReadDataset(rows), has_ids,
                                    ReadDataset(labels), predicted,
                                    context.reporter);
    });
    const ProvenanceSource sources[] = {SourceOf("predictions", rows),
                                        SourceOf("labels", labels)};
    predictions.provenance = ExtendProvenance(context.tool, context.seed,
                                              *context.settings, sources);
    WritePredictions(predictions, output);
  }

  // `temporary`: what the file lies in, which goes as soon as it is read, so
  // that a closed pipe leaves nothing behind.
  void Export(const std::string& path, std::unique_ptr<TemporaryPath> temporary,
              Context& context) const {
    Require(to != "h5", ErrorKind::kUsage,
            Str(path == "-" ? "stdin" : path, ": is a file of the toolkit"),
            "--to csv or --to jsonl writes it as text");
    const TextFormat format = ParseTextFormat(to);
    FileReader file = FileReader::Open(
        path,
        {FileKind::kDataset, FileKind::kFeatures, FileKind::kPredictions});
    if (file.kind() == FileKind::kPredictions) {
      const auto source = OpenPredictions(std::move(file));
      temporary.reset();
      return guard.Note(
          WriteTextTable(PredictionColumns(source), source->rows(), format,
                         output, guard.safe_cells),
          context.reporter);
    }
    const Dataset dataset = ReadDataset(file);
    temporary.reset();
    guard.Note(WriteTextTable(DatasetColumns(dataset), dataset.rows, format,
                              output, guard.safe_cells),
               context.reporter);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::ConvertTool>(
      argc, argv, "mtl-convert",
      "Turns text tables into datasets or predictions, and back.",
      "mtl-convert table.csv -o table.h5\n"
      "mtl-convert train=a.csv test=b.csv -o table.h5\n"
      "mtl-convert predictions.h5 --to csv -o -\n"
      "mtl-convert other.csv --as predictions --labels ready.h5 -o other.h5");
}
