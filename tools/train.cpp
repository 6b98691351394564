#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/tool.h"
#include "base/choice.h"
#include "base/error.h"
#include "base/json_text.h"
#include "base/seconds.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "interop/starting_point.h"
#include "nn/loss.h"
#include "nn/model_io.h"
#include "train/averaging.h"
#include "train/loop.h"
#include "train/optimizer.h"
#include "train/refit.h"
#include "train/run_report.h"
#include "train/sampler.h"
#include "train/schedule.h"
#include "train/target_scale.h"
#include "train/useful_settings.h"
#include "train/warm_start.h"

namespace mtlkit {
namespace {

// Whether `path` is a model that the same command has made before.
bool IsFinished(const std::string& path, const std::string& provenance) {
  if (path == "-" || !std::filesystem::is_regular_file(path)) return false;
  try {
    const FileReader file = FileReader::Open(path, {FileKind::kModel});
    // What is damaged is discarded, and that equals nothing.
    return ParseJson(file.provenance()) == ParseJson(provenance);
  } catch (const Error&) {
    return false;  // something else: it is replaced
  }
}

// Trains a model on a data file and writes a model file.
struct TrainTool {
  std::string data;
  std::string output;
  std::string from;
  std::string map;
  std::string checkpoint;
  std::string checkpoint_every = "120s";
  ArchOptions arch;
  TrainOptions train;
  RefitOptions refit;

  void Register(Cli& cli) {
    cli.Input("data", &data, "rows to learn from (mtl-prep makes them)");
    cli.Output("model", &output, "where the model goes");
    cli.InputFlag("from", &from, kFromHelp);
    cli.InputFlag("map", &map, kMapHelp);
    cli.Group("Network", &arch);
    cli.Group("Training", &train);
    cli.Group("Training on all rows", &refit);
    cli.OutputFlag(
        "checkpoint", &checkpoint,
        "where the state is kept while training (default MODEL.ckpt.h5)");
    FieldInfo every = {
        "checkpoint-every", "how often that is: 90s, 5m, 1h", {}, {}, "TIME"};
    every.in_settings = false;
    cli.Section("Checkpoint").Field(every, checkpoint_every);
    RegisterLists(cli);
  }

  static void RegisterLists(Cli& cli) {
    cli.List("archs", "architectures",
             [] { return ListEntries(ArchEntries()); });
    cli.List("weightings", "task weightings",
             [] { return ListEntries(WeightingEntries()); });
    cli.List("losses", "losses", [] { return ListEntries(LossEntries()); });
    cli.List("optimizers", "optimisers",
             [] { return ListEntries(OptimizerEntries()); });
    cli.List("samplers", "samplers",
             [] { return ListEntries(SamplerEntries()); });
    cli.List("averagings", "means of the weights",
             [] { return ListEntries(AveragingEntries()); });
    cli.List("schedules", "schedules of the rate",
             [] { return ListEntries(ScheduleEntries()); });
  }

  void Run(Context& context) {
    ResolveArchOptions(&arch);
    TrainEnvironment environment = Environment(context);
    const FileReader file =
        FileReader::Open(data, {FileKind::kDataset, FileKind::kFeatures});
    const std::optional<StartingPoint> beginning = OpenBeginning();
    const std::string provenance = Provenance(context, file, beginning);
    if (IsFinished(output, provenance)) {
      context.reporter->Note(output +
                             " is already what this command makes: done");
      RemoveCheckpoints(environment, file);  // that a kill left behind
      return;
    }
    const Dataset rows = ReadDataset(file);
    Require(!rows.tasks.empty(), ErrorKind::kBadInput,
            Str(file.name(), ": there is no task to learn"),
            "declare what is to be predicted with mtl-prep --task");
    // Splits that are missing are missing in this file.
    const TrainInputs inputs =
        InContext(file.name(), [&] { return InputsOf(rows, train); });
    InContext(file.name(), [&] { RequireTrainable(rows, inputs.train_rows); });
    for (const std::string& absent : AbsentClasses(rows, inputs.train_rows)) {
      context.reporter->Warn(absent);
    }
    const Index held = BlocksHeldBy(*MakeOptimizer(ParseChoice(
                           train.optimizer.optimizer, "--optimizer"))) +
                       (train.average == "none" ? 0 : 1);
    std::optional<WarmStart> start;
    const ModelMaker make = [&](const std::vector<Index>& train_rows) {
      Model made =
          BuildModel(rows, arch, context.seed, train_rows, train.loss, held);
      RequireUseful(FindUseless(made, train));
      ScaleTargets(rows, train_rows, train.loss, &made);
      if (beginning) start = beginning->Begin(&made);
      return made;
    };
    Model model = make(inputs.train_rows);
    WarnOfOneTask(context, model);
    if (start) context.reporter->Note(WarmStartText(*start, from));
    Describe(context, model, inputs);
    const History history = OnDataOf(file.name(), environment.checkpoint, [&] {
      if (refit.refit == "none") {
        return Train(inputs, train, context.seed, environment, &model);
      }
      model = TrainRefit(refit, inputs, train, context.seed, environment, make);
      return model.log;
    });
    model.provenance = provenance;
    WriteModel(model, output);
    RemoveCheckpoints(environment, file);
    Summarise(context, history);
  }

  // Runs over many files, some of which have one task, need not fail.
  void WarnOfOneTask(Context& context, const Model& model) const {
    const std::string usual = WeightingOptions{}.weighting;
    if (model.schema.tasks.size() > 1 || train.weighting.weighting == usual) {
      return;
    }
    context.reporter->Warn(
        "--weighting has no effect: there is one task, which nothing is "
        "weighed against");
  }

  void RemoveCheckpoints(const TrainEnvironment& environment,
                         const FileReader& file) const {
    if (environment.checkpoint.empty()) return;
    RemoveOutput(environment.checkpoint);
    if (refit.refit == "none") return;
    const Dataset rows = ReadDataset(file);
    for (const std::string& path : RefitCheckpoints(
             refit, InputsOf(rows, train), environment.checkpoint)) {
      RemoveOutput(path);
    }
  }

  TrainEnvironment Environment(Context& context) const {
    TrainEnvironment environment;
    environment.pool = context.pool;
    environment.reporter = context.reporter;
    environment.stop = &context.StopRequested();
    environment.checkpoint = checkpoint;
    if (checkpoint.empty() && output != "-") {
      environment.checkpoint = output + ".ckpt.h5";
    }
    // It is read again, replaced many times, and removed in the end.
    namespace fs = std::filesystem;
    std::error_code ignored;
    Require(checkpoint != "-" && (!fs::exists(checkpoint, ignored) ||
                                  fs::is_regular_file(checkpoint, ignored)),
            ErrorKind::kUsage,
            Str("--checkpoint ", checkpoint, " is not a file that can be kept"),
            "name a file");
    environment.checkpoint_every =
        ParseSeconds(checkpoint_every, "--checkpoint-every");
    return environment;
  }

  std::optional<StartingPoint> OpenBeginning() const {
    Require(map.empty() || !from.empty(), ErrorKind::kUsage,
            "--map without --from", "name the file that the arrays are in");
    if (from.empty()) return std::nullopt;
    return StartingPoint(from, map);
  }

  // With the hierarchy's content in place of its file's name.
  std::string Provenance(const Context& context, const FileReader& file,
                         const std::optional<StartingPoint>& beginning) const {
    Json settings = *context.settings;
    if (!arch.hierarchy.empty()) settings["hierarchy"] = arch.hierarchy;
    std::vector<ProvenanceSource> sources = {SourceOf("data", file)};
    if (beginning) {
      for (ProvenanceSource& source : beginning->Sources()) {
        sources.push_back(std::move(source));
      }
    }
    return ExtendProvenance(context.tool, context.seed, settings, sources);
  }

  static void Describe(const Context& context, const Model& model,
                       const TrainInputs& inputs) {
    const auto tasks = static_cast<Index>(model.schema.tasks.size());
    context.reporter->Note(Str(Counted(tasks, "task", "tasks"), ", ",
                               model.network->weights()->count(),
                               " parameters, ", inputs.train_rows.size(),
                               " training and ", inputs.valid_rows.size(),
                               " validation rows"));
    if (context.verbose == 0) return;
    for (const Slice& slice : model.network->weights()->slices()) {
      context.reporter->Note(Str("  ", slice.name, "  ", slice.spec.rows, " x ",
                                 slice.spec.cols,
                                 slice.shared ? "  shared" : ""));
    }
  }

  void Summarise(const Context& context, const History& history) const {
    if (history.best_epoch == 0) return;
    const bool is_each = train.keep_best == "each-task";
    context.reporter->Note(Str(
        is_each ? "the last of these is epoch " : "kept the weights of epoch ",
        history.best_epoch, " of ", history.epochs(), ": ", history.selected_on,
        " ", ShortNumber(history.best)));
    const std::string useless = UselessText(history);
    if (!useless.empty()) context.reporter->Warn(useless);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::TrainTool>(
      argc, argv, "mtl-train", "Trains a multi-task model.",
      "mtl-train ready.h5 -o shared.h5 --arch shared --layers 128,64\n"
      "mtl-train ready.h5 -o single.h5 --arch single\n"
      "mtl-train --list weightings");
}
