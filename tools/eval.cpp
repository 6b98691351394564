#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "app/evaluation_page.h"
#include "app/tool.h"
#include "base/error.h"
#include "base/file_ending.h"
#include "base/json_text.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "eval/adjust.h"
#include "eval/evaluation.h"
#include "eval/metric.h"
#include "eval/pool.h"
#include "eval/report.h"
#include "eval/task_curves.h"
#include "h5/atomic_file.h"
#include "nn/model_io.h"
#include "prep/adapt_table.h"
#include "text/csv_cells.h"
#include "train/measure_importance.h"

namespace mtlkit {
namespace {

// Measures predictions, beside each other and against a baseline.
struct EvalTool {
  std::vector<NamedFile> files;
  std::string truth;
  std::string output;
  bool json = false;
  bool csv = false;
  bool html = false;
  bool importance = false;
  std::string split;
  CellGuard guard;
  EvaluationOptions options;
  ImportanceOptions shuffles;
  std::vector<std::string> valid;
  AdjustOptions adjust;

  void Register(Cli& cli) {
    cli.Inputs("predictions", &files,
               "files of mtl-predict, as FILE or NAME=FILE; files of one name "
               "(folds) are pooled, NAME=A,B,C are models that differ in the "
               "seed: one row, their mean",
               Cli::Commas::kSeeds);
    cli.InputFlag("data", &truth,
                  "a dataset with other labels of the rows; of --importance: "
                  "the rows");
    cli.Group("Evaluation", &options);
    Fields& fitted = cli.Section("Fitted to validation rows");
    fitted.Field({.name = "valid",
                  .help = "predictions of other rows by the same models, to "
                          "which the flags below are fitted; NAME as of those",
                  .value_name = "[NAME=]FILE",
                  .in_settings = false,
                  .splits_commas = false},
                 valid);
    adjust.Describe(fitted);
    Fields& shuffled = cli.Section("Importance of inputs");
    shuffled("importance", importance,
             "how much worse models, in the place of predictions, become on "
             "--data where an input is shuffled",
             {});
    shuffles.Describe(shuffled);
    shuffled.Named("split", split, "SPLIT",
                   "of --importance: the rows of this split only");
    cli.OutputFlag(
        "output", &output,
        "where the result goes instead of stdout: CSV or JSON by the "
        "ending of the name, .csv or .json, else a table",
        OutputKind::kText);
    Fields& form = cli.Section("Output");
    form("json", json, "print one JSON document", {});
    form("csv", csv, "print CSV, a line a task, metric and model", {});
    form("html", html,
         "print a page of HTML: the table, ROC curves, how far predictions "
         "can be believed, and maps drawn into the pictures of --data",
         {});
    guard.Describe(form);
    cli.List("metrics", "every metric with its definition", [] {
      std::vector<ListItem> items;
      for (const MetricEntry* metric : AllMetrics()) {
        items.push_back(
            {std::string(metric->name), std::string(metric->help), {}});
      }
      return ListText(items);
    });
  }

  void Run(Context& context) {
    FollowName();
    Require(int{json} + int{csv} + int{html} <= 1, ErrorKind::kUsage,
            "--json, --csv and --html exclude each other, and the ending of "
            "-o");
    guard.RequireCsv(csv, json ? "JSON" : html ? "HTML" : "a table");
    if (importance) return RunImportance(context);
    for (const std::string& flag : context.given) {
      Require(flag != "repeats" && flag != "split", ErrorKind::kUsage,
              Str("--", flag, " has no effect without --importance"),
              "leave it out; mtl-predict --split chooses rows");
    }
    RequireNames();
    RequireSeeds();
    std::vector<TaskAdjustment> adjustments;
    const std::vector<NamedSource> sources = Adjusted(&adjustments);
    Dataset labels;
    if (!truth.empty()) labels = ReadDataset(truth);
    labels.splits.clear();  // lists of millions of rows that nobody asks for
    std::vector<TaskCurves> curves;
    std::vector<ExamplePictures> examples;
    Evaluation evaluation = NamingTruth([&] {
      const JoinedModels joined(sources, truth.empty() ? nullptr : &labels);
      if (html) curves = CurvesOfTasks(joined, options.no_weights);
      if (html)
        examples = ExamplesOf(sources, truth.empty() ? nullptr : &labels);
      return Evaluate(joined, options, context.seed, *context.pool,
                      context.reporter);
    });
    evaluation.adjustments = std::move(adjustments);
    const bool is_shown =
        !json && !csv && !html && output.empty() && StandardStreamsAreOne();
    for (const std::string& warning : evaluation.warnings) {
      if (!is_shown) context.reporter->Warn(warning);
    }
    if (html) return Put(EvaluationPage(evaluation, curves, examples), context);
    Show(evaluation, context);
  }

  // A document as it stands.
  void Put(const std::string& text, const Context& context) const {
    if (output.empty() || output == "-") return context.PrintData(text);
    AtomicFile file(output);
    file.Write(text);
    file.Commit();
  }

  static std::vector<NamedSource> Open(const std::vector<NamedFile>& from) {
    std::vector<NamedSource> sources;
    for (const NamedFile& file : from) {
      const std::string name = NameOf(file);
      Require(name != "constant", ErrorKind::kUsage,
              "the name 'constant' is taken by the best constant prediction",
              Str("give another: NAME=", file.path));
      sources.push_back({name,
                         OpenPredictions(file.path),
                         {file.path == "-" ? "stdin" : file.path},
                         file.part});
    }
    return PoolByName(sources);
  }

  // The files to be measured, as what is fitted to --valid makes them.
  std::vector<NamedSource> Adjusted(
      std::vector<TaskAdjustment>* adjustments) const {
    Require(valid.empty() || adjust.fits(), ErrorKind::kUsage,
            "--valid has no effect: nothing is fitted to its rows",
            "say what: --calibrate, --threshold f1, --conformal 0.9");
    Require(adjust.conformal == 0 || truth.empty(), ErrorKind::kUsage,
            "--conformal with --data: sets are measured on the labels that "
            "predictions came with",
            "leave one of them out");
    const std::vector<NamedSource> sources = Open(files);
    if (!adjust.any()) return sources;
    std::vector<NamedFile> others;
    for (const std::string& text : valid) {
      for (const NamedFile& file : ParseNamedFiles(text)) {
        Require(output.empty() || file.path != output, ErrorKind::kUsage,
                Str("-o ", output, " is also read: --valid"),
                "write to another file");
        others.push_back(file);
      }
    }
    // Of one model a file needs no name.
    if (sources.size() == 1 && others.size() == 1 && others[0].name.empty()) {
      others[0].name = sources[0].name;
    }
    return Adjust(sources, Open(others), adjust, adjustments);
  }

  void RunImportance(Context& context) const {
    Require(valid.empty() && !adjust.any(), ErrorKind::kUsage,
            "--importance measures what models say: --valid and what is fitted "
            "to it have no effect",
            "leave them out");
    Require(!html, ErrorKind::kUsage, "--html has no effect with --importance",
            "leave it out; its table can be --json or --csv");
    Require(!truth.empty(), ErrorKind::kUsage,
            "--importance: the rows are missing", "give them with --data FILE");
    Require(options.against.empty() && !options.per_label, ErrorKind::kUsage,
            "--against and --per-label have no effect with --importance",
            "leave them out");
    Require(std::ranges::find(options.metrics, "all") == options.metrics.end(),
            ErrorKind::kUsage,
            "--importance is measured by one metric a task, not by all",
            "name them with --metrics, or leave it out");
    std::vector<Model> models;
    // What is given counts alike: networks of one file share its part.
    std::vector<double> weights;
    for (const NamedFile& file : files) {
      Require(file.name.empty(), ErrorKind::kUsage,
              Str("--importance: ", file.name, "=", file.path,
                  ": a model has no name here"),
              "give the model's file; of several their mean is measured");
      Require(!std::filesystem::is_directory(file.path), ErrorKind::kUsage,
              Str("--importance: ", file.path, " is a folder"),
              "give files of models; those of a run of peers are made by "
              "mtl-cotrain merge");
      for (Model& network : SingleModels(ReadModel(file.path))) {
        models.push_back(std::move(network));
      }
      const std::size_t networks = models.size() - weights.size();
      weights.resize(models.size(), 1 / static_cast<double>(networks));
    }
    std::vector<EnsembleMember> members;
    for (std::size_t i = 0; i < models.size(); ++i) {
      members.push_back({&models[i], files.size() > 1 ? weights[i] : 1.0});
    }
    NamedReporter reporter(truth, context.reporter);
    std::vector<std::string> warnings;
    const Importance measured = InContext(truth, [&] {
      const Dataset rows =
          AdaptTable(models.front().transforms, ReadDataset(truth), &warnings);
      for (const std::string& warning : warnings) reporter.Warn(warning);
      return MeasureImportance(members, rows, split, shuffles, options,
                               context.seed, context.pool, &reporter);
    });
    Show(measured, context);
  }

  static std::string NameOf(const NamedFile& file) {
    return file.name.empty() ? FileStem(file.path) : file.name;
  }

  // Files are folds of one model where somebody says so, not because files of
  // two folders happen to be called alike.
  void RequireNames() const {
    for (const NamedFile& file : files) {
      for (const NamedFile& other : files) {
        if (other.path == file.path || NameOf(other) != NameOf(file)) continue;
        if (!other.name.empty() && !file.name.empty()) continue;
        const NamedFile& unnamed = file.name.empty() ? file : other;
        Fail(ErrorKind::kUsage,
             Str(file.path, " and ", other.path, " are both called '",
                 NameOf(file), "'"),
             Str("name them apart, NAME=", unnamed.path,
                 ", or alike where they are folds of one model"));
      }
    }
  }

  // Where a name has several seeds, each fold has as many.
  void RequireSeeds() const {
    std::map<std::string, std::map<Index, Index>> files_of_seed;
    for (const NamedFile& file : files) {
      ++files_of_seed[NameOf(file)][file.part];
    }
    for (const auto& [name, counts] : files_of_seed) {
      for (const auto& [seed, count] : counts) {
        Require(count == counts.at(0), ErrorKind::kUsage,
                Str("'", name, "' has ", counts.at(0),
                    " files of its first seed and ", count, " of number ",
                    seed + 1),
                "give each fold as many: NAME=A0,B0 NAME=A1,B1");
      }
    }
  }

  // A table has the warnings in it; who reads both streams gets them once.
  static bool StandardStreamsAreOne() {
    struct stat out {};
    struct stat err {};
    return fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &err) == 0 &&
           out.st_dev == err.st_dev && out.st_ino == err.st_ino;
  }

  // The library calls labels of another file by their flag.
  template <class Work>
  Evaluation NamingTruth(Work&& work) const {
    try {
      return work();
    } catch (Error& error) {
      if (error.message().starts_with("--data")) error.AddContext(truth);
      throw;
    }
  }

  void FollowName() {
    json = json || HasEnding(output, ".json");
    csv = csv || HasEnding(output, ".csv");
    html = html || HasEnding(output, ".html");
    RequireEnding("-o", output, ".csv .json .html .txt",
                  "an evaluation is a table, CSV, JSON or HTML");
  }

  template <class Result>
  std::string Csv(const Result& result, const Context& context) const {
    CsvCells cells(guard.safe_cells);
    std::string text = RenderCsv(result, &cells);
    guard.Note(cells.formulas(), context.reporter);
    return text;
  }

  template <class Result>
  void Show(const Result& result, const Context& context) const {
    if (output.empty() || output == "-") {
      if (json) return context.PrintJson(RenderJson(result));
      if (!csv) return context.Print(RenderText(result));
    }
    Put(json  ? JsonText(RenderJson(result), 1) + "\n"
        : csv ? Csv(result, context)
              : RenderText(result),
        context);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::EvalTool>(
      argc, argv, "mtl-eval",
      "Measures predictions, with intervals and against a baseline.",
      "mtl-eval single=single.pred.h5 shared=shared.pred.h5 --against single\n"
      "mtl-eval single=s1.h5,s2.h5,s3.h5 shared=t1.h5,t2.h5,t3.h5 --against "
      "single\n"
      "mtl-eval shared.pred.h5 --metrics all --csv\n"
      "mtl-eval shared.h5 --importance --data ready.h5 --split test");
}
