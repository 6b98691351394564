#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/reading_like.h"
#include "app/tool.h"
#include "base/error.h"
#include "base/file_ending.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "eval/foreign_predictions.h"
#include "eval/write_file.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "image/convert_pictures.h"
#include "image/picture_format.h"
#include "image/picture_like.h"
#include "interop/convert_arrays.h"
#include "interop/data_array.h"
#include "nn/prepare_like.h"
#include "prep/table_like.h"
#include "text/convert.h"
#include "text/format.h"
#include "text/line_files.h"
#include "text/reading_history.h"
#include "text/temporary_path.h"
#include "text/text_source.h"
#include "text/written_format.h"

namespace mtlkit {
namespace {

// Turns tables into datasets or predictions, and files of the toolkit into
// text.
struct ConvertTool {
  std::vector<NamedFile> inputs;
  std::string output;
  std::string like;
  std::string to = "auto";
  std::string as = "dataset";
  const WrittenFormat* target = nullptr;  // null: HDF5
  WritingOptions written;
  ConvertOptions options;
  ArrayOptions arrays;
  PictureOptions pictures;
  ForeignPredictionOptions predicted;

  void Register(Cli& cli) {
    cli.Inputs("input", &inputs,
               "tables of text or Parquet, each FILE or SPLIT=FILE (with "
               "--beside VIEW=FILE, with --parallel COLUMN=FILE); folders of "
               "pictures, or of seq.in, seq.out and label, likewise; or one "
               "file of the toolkit");
    cli.Output("output", &output, "where the dataset or the text goes",
               OutputKind::kText);
    cli.Group("Reading", &options);
    cli.InputFlag("labels", &options.labels,
                  "Mulan's XML list of the ARFF attributes that are labels; of "
                  "a folder of pictures the table or dataset whose ids name "
                  "them; with --as predictions the dataset that has the "
                  "labels");
    cli.InputFlag("like", &like,
                  "read the tables as the one was that this model or dataset "
                  "is of: flags, columns in its order, types, classes; targets "
                  "may be absent");
    arrays.Describe(cli.Section("Reading"));
    cli.Tuples("rename-class", {"COLUMN", "OLD", "NEW"}, &options.rename_class,
               "join two spellings of a category, or, of the column label, two "
               "labels of SVMlight");
    pictures.Describe(cli.Section("Pictures"));
    Fields& writing = cli.Section("Writing");
    writing.Field(
        {.name = "to",
         .help = "what to write; auto: by the ending of the output's name, h5 "
                 "where it is none of theirs",
         .choices = Targets(),
         .in_settings = false},
        to);
    written.guard.Describe(writing);
    cli.OutputFlag("label-list", &written.label_list,
                   "Mulan's XML list of the columns of ARFF that are labels",
                   OutputKind::kText);
    Fields& predictions = cli.Section("Predictions");
    predictions("as", as,
                "predictions: the tables are what another program predicted",
                {"dataset", "predictions"});
    predicted.Describe(predictions);
    cli.List("targets", "the formats that can be written", [] {
      std::vector<ListItem> items;
      for (const WrittenFormat* format : WrittenFormats()) {
        items.push_back(
            {std::string(format->name), std::string(format->help), {}});
      }
      return ListText(items);
    });
    cli.List("formats", "the formats that can be read",
             [] { return ListText(FormatsRead()); });
  }

  static std::vector<ListItem> FormatsRead() {
    std::vector<ListItem> items;
    for (const FormatEntry* entry : Formats()) {
      items.push_back({std::string(entry->name), std::string(entry->help), {}});
    }
    for (const ArrayFormat* format : ArrayFormats()) {
      items.push_back(
          {std::string(format->name), std::string(format->help), {}});
    }
    for (const PictureFormat* format : PictureFormats()) {
      items.push_back(
          {std::string(format->name), Str(format->help, " (in folders)"), {}});
    }
    return items;
  }

  void Run(Context& context) {
    ChooseTarget();
    if (as == "predictions") return ConvertPredictions(context);
    written.split = predicted.split;
    Require(predicted.task.size() <= 1, ErrorKind::kUsage,
            "--task names one task, whose labels are written");
    if (!predicted.task.empty()) written.task = predicted.task.front();
    const bool is_own = inputs.size() == 1 && !AreFolders() &&
                        !IsTokenFolder(inputs[0].path) &&
                        IsOwnFile(inputs[0].path);
    if (is_own) {
      RequireOnly({"index-base", "task", "split", "as"}, context,
                  "is a file of the toolkit");
    }
    // Where SVMlight is written, it says how.
    if (is_own || (target != nullptr && target->Knows("index-base"))) {
      written.index_base = std::exchange(options.index_base, "auto");
    }
    RequireWrittenFlags(target, written);
    RequireEnding("--label-list", written.label_list, ".xml .txt",
                  "a list of labels in XML is written here");
    if (is_own) return Export(inputs[0].path, nullptr, context);
    if (target == nullptr) {
      Convert(output, context);
      return;
    }
    auto table = std::make_unique<TemporaryPath>("mtlkit-table");
    const std::string path = table->path();
    Convert(path, context);
    Export(path, std::move(table), context);
  }

  static std::vector<std::string> Targets() {
    std::vector<std::string> names = {"auto", "h5"};
    for (std::string& name : WrittenFormatNames()) {
      names.push_back(std::move(name));
    }
    return names;
  }

  // By --to, or the name of the output.
  void ChooseTarget() {
    target = to == "auto" ? WrittenFormatOf(output) : FindWrittenFormat(to);
    if (target == nullptr) {
      const std::string others =
          to == "auto" ? " " + WrittenEndings(false) : std::string();
      return RequireEnding("-o", output, Str(kHdf5Endings, others),
                           "HDF5 is written here");
    }
    const bool is_text = target->source != WrittenFormat::Source::kFile;
    RequireEnding("-o", output, Str(target->ending, is_text ? " .txt" : ""),
                  Str(target->title, " is written here"));
  }

  bool AreFolders() const {
    return std::ranges::any_of(inputs, [](const NamedFile& input) {
      return IsPictureFolder(input.path) && !IsTokenFolder(input.path);
    });
  }

  bool AreArrays() const {
    return std::ranges::any_of(inputs, [](const NamedFile& input) {
      return !IsTokenFolder(input.path) && IsArrayFile(input.path);
    });
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
    // Those that are no settings.
    for (const char* name : {"like", "names", "labels", "task-files"}) {
      if (std::ranges::count(context.given, name) > 0 &&
          std::ranges::count(allowed, name) == 0 &&
          !context.settings->contains(name)) {
        flags.push_back(Str("--", name));
      }
    }
    Require(flags.empty(), ErrorKind::kUsage,
            Str(Join(flags, ", "), flags.size() == 1 ? " has" : " have",
                " no effect: ", inputs[0].path, " ", what),
            flags.size() == 1 ? "it says how text is read: leave it out"
                              : "they say how text is read: leave them out");
  }

  // Those about text have an effect on the table of pictures alone.
  void RequirePictureFlags(const Context& context) const {
    Require(as == "dataset", ErrorKind::kUsage,
            "--as predictions has no effect on a folder of pictures",
            "leave it out");
    if (!options.labels.empty()) return;
    RequireOnly({"channels", "fit", "like", "mask-classes", "masks", "max-size",
                 "size", "split", "task", "without"},
                context, "is a folder of pictures");
  }

  void RequireNoPictureFlags(const Context& context) const {
    for (const char* name :
         {"channels", "fit", "mask-classes", "masks", "size", "without"}) {
      Require(std::ranges::count(context.given, name) == 0, ErrorKind::kUsage,
              Str("--", name,
                  " has no effect: no input is a folder of "
                  "pictures"),
              "leave it out");
    }
  }

  // Returns whether the rows have ids of their own.
  bool Convert(const std::string& destination, Context& context) const {
    const ConvertRecord record = {context.tool, context.seed, context.settings};
    if (like.empty()) return Convert(destination, options, record, context);
    return ConvertLike(destination, context);
  }

  // For messages about the rows of all.
  std::string NameOfInputs() const {
    if (inputs.size() != 1) return "the tables";
    return inputs[0].path == "-" ? "stdin" : inputs[0].path;
  }

  // As the table was of another file.
  bool ConvertLike(const std::string& destination, Context& context) const {
    const Likeness other = ReadLikeness(like);
    ConvertOptions reading = options;
    reading.given = context.given;
    reading.remembered_of = Str("of ", like);
    reading =
        ReadingLike({other.transforms, other.schema, other.provenance, like},
                    std::move(reading));
    // What is read so can be read so again.
    Json settings = SettingsWith(reading, *context.settings);
    ConvertTool tool = *this;
    if (AreFolders()) {
      tool.pictures = PicturesLike(other.schema, other.provenance, like,
                                   context.given, pictures);
      JsonWriter writer(&settings, false);
      tool.pictures.Describe(writer);
    }
    const ConvertRecord record = {context.tool,
                                  context.seed,
                                  &settings,
                                  {{"like", other.content_sha256}}};
    const TemporaryPath table("mtlkit-like");
    const bool has_ids = tool.Convert(table.path(), reading, record, context);
    std::vector<std::string> warnings;
    const Dataset made = InContext(NameOfInputs(), [&] {
      return MakeTableLike(other.transforms, other.schema,
                           ReadDataset(table.path()), &warnings);
    });
    for (const std::string& warning : warnings) {
      context.reporter->Warn(warning);
    }
    WriteDataset(made, destination);
    return has_ids;
  }

  bool Convert(const std::string& destination, const ConvertOptions& reading,
               const ConvertRecord& record, Context& context) const {
    std::vector<TableInput> tables;
    for (const NamedFile& input : inputs) {
      tables.push_back({input.name, input.path});
    }
    if (AreFolders()) {
      RequirePictureFlags(context);
      ConvertPictures(tables, pictures, reading, destination, record,
                      context.reporter);
      return true;
    }
    RequireNoPictureFlags(context);
    if (AreArrays()) {
      std::vector<std::string> allowed = {"array", "as",    "beside",
                                          "like",  "split", "task"};
      if (as == "predictions") allowed.emplace_back("labels");
      if (target != nullptr && target->Knows("index-base")) {
        allowed.emplace_back("index-base");
      }
      RequireOnly(allowed, context, "is a file of arrays");
      return ConvertArrays(tables, arrays, reading, destination, record,
                           context.reporter);
    }
    Require(
        arrays.array.empty(), ErrorKind::kUsage,
        Str("--array has no effect: ", inputs[0].path, " is no file of arrays"),
        "--type COLUMN=ignore leaves columns of a text out");
    return ConvertTables(WithLineFilesOf(std::move(tables), reading.parallel),
                         destination, reading, record, context.verbose > 0,
                         context.reporter);
  }

  // What another program predicted, with the labels of a dataset of ours.
  void ConvertPredictions(Context& context) const {
    Require(target == nullptr, ErrorKind::kUsage,
            Str("--as predictions writes HDF5, not ",
                target == nullptr ? "" : target->title),
            "mtl-convert FILE --to csv writes predictions as text");
    RequireWrittenFlags(target, written);
    Require(like.empty(), ErrorKind::kUsage,
            "--like has no effect with --as predictions", "leave it out");
    Require(!options.labels.empty(), ErrorKind::kUsage,
            "--as predictions needs the labels",
            "--labels DATASET names what mtl-prep made, with the tasks that "
            "were predicted");
    const TemporaryPath table("mtlkit-predicted");
    const bool is_own = inputs.size() == 1 && IsOwnFile(inputs[0].path);
    const FileReader labels =
        FileReader::Open(options.labels, {FileKind::kDataset});
    const Dataset truth = ReadDataset(labels);
    bool has_ids = true;
    if (!is_own) {
      ConvertTool tables = *this;
      tables.options.labels.clear();
      tables.options.for_model = true;
      tables.options.known[""] = ClassColumns(truth, predicted);
      tables.options.given = context.given;
      has_ids = tables.Convert(table.path(), context);
    }
    const FileReader rows =
        FileReader::Open(is_own ? inputs[0].path : table.path(),
                         {FileKind::kDataset, FileKind::kFeatures});
    Predictions predictions = InContext(NameOfInputs(), [&] {
      return TakeForeignPredictions(ReadDataset(rows), has_ids, truth,
                                    predicted, context.reporter);
    });
    const ProvenanceSource sources[] = {SourceOf("predictions", rows),
                                        SourceOf("labels", labels)};
    predictions.provenance = ExtendProvenance(context.tool, context.seed,
                                              *context.settings, sources);
    WritePredictions(predictions, output);
  }

  // `temporary`: what the file lies in, which goes as soon as it is open, so
  // that a closed pipe leaves nothing behind.
  void Export(const std::string& path, std::unique_ptr<TemporaryPath> temporary,
              Context& context) const {
    Require(target != nullptr, ErrorKind::kUsage,
            Str(path == "-" ? "stdin" : path, ": is a file of the toolkit"),
            Str("--to ", Join(WrittenFormatNames(), ", "),
                " writes it as something else"));
    FileReader file = FileReader::Open(
        path,
        {FileKind::kDataset, FileKind::kFeatures, FileKind::kPredictions});
    temporary.reset();
    WriteFileAs(*target, std::move(file), written, output, context.reporter);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::ConvertTool>(
      argc, argv, "mtl-convert",
      "Turns tables into datasets or predictions, and back to text.",
      "mtl-convert table.csv -o table.h5\n"
      "mtl-convert train=a.csv test=b.csv -o table.h5\n"
      "mtl-convert photos/ --labels photos.csv --size 96 -o photos.h5\n"
      "mtl-convert predictions.h5 --to csv -o -\n"
      "mtl-convert other.csv --as predictions --labels ready.h5 -o other.h5");
}
