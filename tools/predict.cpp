#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/mask_folder.h"
#include "app/reading_like.h"
#include "app/tool.h"
#include "base/error.h"
#include "base/file_ending.h"
#include "base/reporter.h"
#include "cotrain/status.h"
#include "data/dataset_io.h"
#include "data/head.h"
#include "eval/prediction_sink.h"
#include "eval/write_file.h"
#include "h5/atomic_file.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "h5/sniff.h"
#include "image/convert_pictures.h"
#include "image/picture_like.h"
#include "interop/convert_arrays.h"
#include "nn/model_io.h"
#include "prep/adapt_table.h"
#include "prep/date_columns.h"
#include "prep/missing_texts.h"
#include "prep/required_columns.h"
#include "text/convert.h"
#include "text/temporary_path.h"
#include "text/text_lists.h"
#include "text/text_source.h"
#include "text/written_format.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

// Says what a trained model makes of rows.
struct PredictTool {
  std::vector<std::string> given;  // models and runs
  std::string data;
  std::string output;
  std::string features;
  std::string masks;
  Index peer = -1;
  Index round = -1;
  WritingOptions written;
  const WrittenFormat* target = nullptr;  // of the output; null: HDF5
  PredictOptions options;

  void Register(Cli& cli) {
    cli.Paths("model", &given,
              "a trained model, or the folder of a run: the mean of its "
              "peers' newest models; of several the mean of what each says");
    cli.Input("data", &data,
              "the rows: a table of text or Parquet, a folder of pictures, "
              "what mtl-convert made of one, a dataset or features");
    cli.Output("output", &output,
               "where the predictions go: HDF5, or text by the ending of the "
               "name: .csv, .jsonl",
               OutputKind::kText);
    Fields& flags = cli.Section("Prediction");
    flags.Named("split", options.split, "SPLIT", "predict this split only");
    flags("all-rows", options.all_rows,
          "also rows outside of those that a task has for its own");
    flags("beam", options.decode.beam,
          "of texts: how many are looked at side by side; 1: the most probable "
          "token each time",
          Between(1, 1000));
    flags("length-penalty", options.decode.penalty,
          "of texts: how much longer ones are preferred (Wu et al. 2016)",
          AtLeast(0));
    flags("no-repeat", options.decode.no_repeat,
          "of texts: no run of so many tokens comes twice; 0: any may",
          AtLeast(0));
    flags("peer", peer, "of a run: this peer's model only; -1: the mean of all",
          AtLeast(-1));
    flags("round", round, "of a run: the models of this round; -1: the newest",
          AtLeast(-1));
    flags.Named(
        "features", features, "LAYER",
        "write the output of this layer instead, as a dataset or as text "
        "(trunk: the last shared one; mtl-inspect MODEL lists them); of an "
        "ensemble an input for each network");
    written.guard.Describe(flags);
    cli.OutputFlag("masks", &masks,
                   "a new folder for what tasks that are maps say of each "
                   "picture, as PNG called by its id: 0 and 255, of more "
                   "than two classes the number of the class",
                   OutputKind::kFolder);
  }

  // A network, and its share in what is said.
  struct Weighted {
    std::string file;
    Model model;
    double weight = 1;
  };

  void Run(Context& context) {
    // HDF5 goes to no terminal, and under no name that says otherwise.
    target = WrittenFormatOf(output);
    if (target == nullptr) {
      RequireEnding("-o", output, Str(kHdf5Endings, " ", WrittenEndings(true)),
                    "HDF5 is written here");
      ProbeOutput(output);
    }
    RequireWrittenFlags(target, written);
    std::vector<ProvenanceSource> sources;
    std::vector<Weighted> models = ReadModels(context, &sources);
    const Model& first = models.front().model;
    std::string data_name = data;
    const Dataset rows =
        ReadRowsFor(first, models.front().file, context, &data_name, &sources);
    NamedReporter reporter(data_name, context.reporter);
    options.reporter = &reporter;
    const std::string provenance = ExtendProvenance(context.tool, context.seed,
                                                    *context.settings, sources);
    if (features.empty()) {
      std::vector<EnsembleMember> members;
      members.reserve(models.size());
      for (const Weighted& one : models) {
        members.push_back({&one.model, one.weight, one.file});
      }
      OnRows(data_name, [&] {
        Write(context, [&](const std::string& path) {
          PredictionWriter writer(path, provenance);
          if (masks.empty()) {
            Predict(members, rows, options, context.pool, &writer);
            return writer.Commit();
          }
          MaskFolder folder(masks, &writer);
          Predict(members, rows, options, context.pool, &folder);
          writer.Commit();
          folder.Commit();
        });
      });
      if (target == nullptr) return;
      SayWhereMapsAre(first.schema, context);
      context.reporter->Note(Str(output, " is ", target->title,
                                 ": mtl-eval reads predictions in HDF5, "
                                 "-o FILE.h5"));
      return;
    }
    WriteLayer(context, std::move(models), rows, data_name, provenance);
  }

  // Maps are no columns of a table.
  void SayWhereMapsAre(const Schema& schema, const Context& context) const {
    if (!masks.empty()) return;
    for (const Task& task : schema.tasks) {
      if (!task.traits().is_map) continue;
      context.reporter->Note(
          Str(output, " has no column of task '", task.name,
              "', a map of pixels: --masks FOLDER, or -o FILE.h5, has it"));
    }
  }

  // The features that a layer makes of the rows.
  void WriteLayer(const Context& context, std::vector<Weighted> models,
                  const Dataset& rows, const std::string& data_name,
                  const std::string& provenance) const {
    Require(options.split.empty(), ErrorKind::kUsage,
            "--features: cannot be used with --split",
            "features carry all splits along");
    Require(masks.empty(), ErrorKind::kUsage,
            "--features: cannot be used with --masks",
            "features are no predictions");
    Require(!options.all_rows, ErrorKind::kUsage,
            "--features: cannot be used with --all-rows",
            "features are of all rows");
    const bool is_one = std::ranges::all_of(models, [&](const Weighted& one) {
      return one.file == models.front().file;
    });
    Require(is_one, ErrorKind::kUsage,
            "--features: there are several models, each with its own layers",
            "give one model; of a run choose one with --peer");
    const std::string layer = InContext(models.front().file, [&] {
      return LayerSaid(models.front().model, features);
    });
    std::vector<Model> networks;
    for (Weighted& one : models) networks.push_back(std::move(one.model));
    const Model whole = EnsembleOf(std::move(networks));
    OnRows(data_name, [&] {
      Write(context, [&](const std::string& path) {
        WriteFeatures(whole, rows, layer, {path, provenance}, context.pool,
                      options.reporter);
      });
    });
  }

  // The rows as the model, of that file, wants them, and how messages call
  // theirs.
  Dataset ReadRowsFor(const Model& wanting, const std::string& like,
                      const Context& context, std::string* name,
                      std::vector<ProvenanceSource>* sources) const {
    NamedReporter reporter(*name, context.reporter);
    const bool is_folder = IsPictureFolder(data) && HasPictures(wanting.schema);
    if (!is_folder) RequireNoArrays(like);
    const ReadBefore before = {wanting.transforms, wanting.schema,
                               wanting.provenance, like};
    // A table of another kind becomes a dataset on the way.
    std::unique_ptr<TemporaryPath> table;
    if (is_folder) {
      table = std::make_unique<TemporaryPath>("mtlkit-rows");
      const PictureOptions pictures =
          PicturesLike(wanting.schema, wanting.provenance, like, {}, {});
      NamingConversion([&] {
        ConvertPictures({{"", data}}, pictures, {}, table->path(), {},
                        context.reporter);
      });
    } else if (IsTableFile(data)) {
      if (data == "-") *name = "stdin";
      table = std::make_unique<TemporaryPath>("mtlkit-rows");
      ConvertOptions convert;
      convert.remembered_of = "were that the model learned from";
      convert = ReadingLike(before, std::move(convert));
      NamingConversion([&] {
        ConvertTables({{"", data}}, table->path(), convert, {},
                      context.verbose > 0, context.reporter);
      });
    }
    const FileReader file =
        FileReader::Open(table ? table->path() : data,
                         {FileKind::kDataset, FileKind::kFeatures});
    if (!table) *name = file.name();
    std::vector<std::string> warnings;
    Dataset read = ReadDataset(file);
    Dataset rows = InContext(*name, [&] {
      if (!table) WarnOfLostTexts(read, before, &reporter);
      if (const auto wanted = TableBehind(wanting.transforms)) {
        RequireViewsApart(wanted->blocks, read.inputs);
      }
      AddMissingTexts(wanting.schema.tasks, &read);
      return AdaptTable(wanting.transforms, std::move(read), &warnings);
    });
    for (const std::string& warning : warnings) reporter.Warn(warning);
    sources->push_back(SourceOf("data", file));
    // Lists of millions of rows are not kept for nothing.
    if (features.empty() && options.split.empty()) rows.splits.clear();
    return rows;
  }

  // Which array holds what is for mtl-convert to be told.
  void RequireNoArrays(const std::string& like) const {
    if (!IsArrayFile(data)) return;
    const Content content = SniffContent(ReadUnpackedHead(data));
    Fail(ErrorKind::kBadInput,
         Str(data, ": this is ",
             content == Content::kUnknown ? "a file of arrays"
                                          : ContentName(content),
             ", not a table"),
         Str("convert it first: mtl-convert ", ShellWord(data), " --like ",
             ShellWord(like), " -o rows.h5"));
  }

  // What is wrong with the rows is said of their file, and so is a split that
  // it lacks; not that an output cannot be written.
  template <class Work>
  static void OnRows(const std::string& name, const Work& work) {
    try {
      work();
    } catch (Error& error) {
      const bool is_output = error.kind() == ErrorKind::kIo ||
                             error.kind() == ErrorKind::kCannotCreate;
      if (!is_output) error.AddContext(name);
      throw;
    }
  }

  // Writes text; flags that its format has, in what it says, are those of
  // another tool.
  void WriteText(FileReader file, const Context& context) const {
    try {
      WriteFileAs(*target, std::move(file), written, output, context.reporter);
    } catch (const Error& error) {
      if (error.hint().find("--") == std::string::npos) throw;
      throw Error(error.kind(), error.message(),
                  Str("-o FILE.h5 first, then mtl-convert FILE.h5 -o ", output,
                      ": ", error.hint()));
    }
  }

  // Runs a conversion; its flags, in what it says, are those of another tool.
  template <class Work>
  static void NamingConversion(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      if (error.hint().find("--") == std::string::npos) throw;
      throw Error(
          error.kind(), error.message(),
          "convert it first, with flags of mtl-convert: " + error.hint());
    }
  }

  // `write` writes HDF5 to a path. Other formats are made of it, a piece at a
  // time.
  template <class WriteHdf5>
  void Write(const Context& context, const WriteHdf5& write) const {
    if (target == nullptr) return write(output);
    std::optional<TemporaryPath> temporary;
    temporary.emplace("mtlkit-predictions");
    write(temporary->path());
    FileReader file = FileReader::Open(temporary->path());
    temporary.reset();  // a closed pipe leaves nothing behind
    WriteText(std::move(file), context);
  }

  // All networks of what was given. What is given counts alike: the networks of
  // one file, or run, share its part.
  std::vector<Weighted> ReadModels(
      const Context& context, std::vector<ProvenanceSource>* sources) const {
    std::vector<Weighted> all;
    std::vector<std::string> digests;
    bool any_run = false;
    for (const std::string& one : given) {
      const std::size_t before = all.size();
      const bool is_run = IsRun(one);
      any_run = any_run || is_run;
      for (const std::string& path : FilesOf(one, context)) {
        const FileReader file = FileReader::Open(path, {FileKind::kModel});
        sources->push_back(SourceOf("model", file));
        if (!is_run) RequireOnce(one, file.content_sha256(), &digests);
        for (Model& network : SingleModels(ReadModel(file))) {
          all.push_back({path, std::move(network)});
        }
      }
      const auto networks = static_cast<double>(all.size() - before);
      for (std::size_t i = before; i < all.size() && given.size() > 1; ++i) {
        all[i].weight = 1 / networks;
      }
    }
    Require(any_run || (peer < 0 && round < 0), ErrorKind::kUsage,
            Str(given.front(),
                ": --peer and --round choose among the models of a run"),
            "give the folder of a run, or leave them out");
    return all;
  }

  // A model that is given twice would count twice.
  void RequireOnce(const std::string& path, const std::string& digest,
                   std::vector<std::string>* digests) const {
    const auto same = std::ranges::find(*digests, digest);
    if (same != digests->end()) {
      Fail(ErrorKind::kUsage,
           Str(path, " is the same model as another that is given"),
           "give each model once");
    }
    digests->push_back(digest);
  }

  std::vector<std::string> FilesOf(const std::string& one,
                                   const Context& context) const {
    if (!IsRun(one)) return {one};
    const RunModels models = ModelsOfRun(one, peer, round);
    const std::string missing = MissingText(models.missing, round);
    if (!missing.empty()) context.reporter->Warn(Str(one, ": ", missing));
    return models.paths;
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::PredictTool>(
      argc, argv, "mtl-predict", "Predicts rows with a trained model.",
      "mtl-predict model.h5 ready.h5 --split test -o predictions.h5\n"
      "mtl-predict a.h5 b.h5 c.h5 ready.h5 --split test -o mean.h5\n"
      "mtl-predict model.h5 new-table.csv -o - | mtl-convert - --to csv -o -");
}
