#include <algorithm>
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
#include "train/ensemble.h"
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
  Index ensemble = 1;
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
    cli.Section("Ensemble")(
        "ensemble", ensemble,
        "networks that differ in the seed, trained side by side into one "
        "model; what it predicts is their mean",
        Between(1, 1000));
    cli.Group("Training on all rows", &refit);
    cli.Section("Diagnostics")(
        "diagnose", train.diagnose,
        "every so many steps, measure the tasks' gradients, their cosines and "
        "the use of experts (mtl-inspect --log, --plot); 0: never",
        AtLeast(0));
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
    const std::string provenance =
        Provenance(context, file, beginning, context.seed, *context.settings);
    if (IsFinished(output, provenance)) {
      context.reporter->Note(output +
                             " is already what this command makes: done");
      RemoveCheckpoints(environment, file);  // that a kill left behind
      return;
    }
    RefuseOtherStates(environment.checkpoint, ensemble, refit.refit != "none");
    const Dataset rows = ReadDataset(file);
    Require(!rows.tasks.empty(), ErrorKind::kBadInput,
            Str(file.name(), ": there is no task to learn"),
            "declare what is to be predicted with mtl-prep --task");
    // Splits that are missing are missing in this file.
    const TrainInputs inputs = InContext(file.name(), [&] {
      return InputsOf(rows, train, refit.refit == "folds");
    });
    InContext(file.name(), [&] { RequireTrainable(rows, inputs.train_rows); });
    for (const std::string& absent : AbsentClasses(rows, inputs.train_rows)) {
      context.reporter->Warn(absent);
    }
    const Start start = {file, rows, inputs, beginning, HeldBlocks(context)};
    WarmStart taken;
    Model model = Maker(start, context.seed, &taken)(inputs.train_rows);
    WarnOfOneTask(context, model);
    if (beginning) context.reporter->Note(WarmStartText(taken, from));
    Describe(context, model, inputs);
    OnDataOf(file.name(), environment.checkpoint, [&] {
      if (ensemble == 1 && refit.refit == "none") {
        Train(inputs, train, context.seed, environment, &model);
        return;
      }
      model = {};  // each training makes its own
      model = ensemble == 1 ? Learn(start, context.seed, environment)
                            : LearnSeveral(context, start, environment);
    });
    model.provenance = provenance;
    WriteModel(model, output);
    RemoveCheckpoints(environment, file);
    Summarise(context, model);
  }

  // What training begins from, whatever the seed.
  struct Start {
    const FileReader& file;
    const Dataset& rows;
    const TrainInputs& inputs;
    const std::optional<StartingPoint>& from;
    Index held;
  };

  ModelMaker Maker(const Start& start, Seed seed, WarmStart* taken) const {
    return [this, &start, seed, taken](const std::vector<Index>& train_rows) {
      Model model = BuildModel(start.rows, arch, seed, train_rows, train.loss,
                               start.held);
      RequireUseful(FindUseless(model, train));
      ScaleTargets(start.rows, train_rows, train.loss, &model);
      if (start.from) *taken = start.from->Begin(&model);
      return model;
    };
  }

  // What a seed alone makes.
  Model Learn(const Start& start, Seed seed,
              const TrainEnvironment& environment) const {
    WarmStart taken;
    const ModelMaker make = Maker(start, seed, &taken);
    if (refit.refit != "none") {
      return TrainRefit(refit, start.inputs, train, seed, environment, make);
    }
    Model model = make(start.inputs.train_rows);
    Train(start.inputs, train, seed, environment, &model);
    return model;
  }

  Model LearnSeveral(const Context& context, const Start& start,
                     const TrainEnvironment& environment) const {
    Json alone = *context.settings;
    alone.erase("ensemble");
    const EnsembleWork work = {[&](Seed seed, const TrainEnvironment& own) {
                                 return Learn(start, seed, own);
                               },
                               [&](Seed seed) {
                                 return Provenance(context, start.file,
                                                   start.from, seed, alone);
                               }};
    return TrainEnsemble(context.seed, ensemble, environment, work);
  }

  // What the networks that are trained at a time hold beside their parameters.
  Index HeldBlocks(const Context& context) const {
    const Index one = BlocksHeldBy(*MakeOptimizer(ParseChoice(
                          train.optimizer.optimizer, "--optimizer"))) +
                      (train.average == "none" ? 0 : 1);
    const Index threads = context.pool == nullptr ? 1 : context.pool->threads();
    return one * std::min(ensemble, threads) + (ensemble - 1);
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
    std::vector<std::string> states;
    for (Index i = 0; i < ensemble; ++i) {
      states.push_back(ensemble == 1
                           ? environment.checkpoint
                           : EnsembleCheckpoint(environment.checkpoint, i));
    }
    for (const std::string& state : states) RemoveOutput(state);
    if (refit.refit == "none") return;
    const Dataset rows = ReadDataset(file);
    const TrainInputs inputs = InputsOf(rows, train, refit.refit == "folds");
    for (const std::string& state : states) {
      for (const std::string& path : RefitCheckpoints(refit, inputs, state)) {
        RemoveOutput(path);
      }
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
    const auto& given = context.given;
    Require(!environment.checkpoint.empty() ||
                std::ranges::find(given, "checkpoint-every") == given.end(),
            ErrorKind::kUsage,
            "--checkpoint-every has no effect: -o - has no place for a "
            "checkpoint beside it",
            "name one with --checkpoint");
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
                         const std::optional<StartingPoint>& beginning,
                         Seed seed, Json settings) const {
    if (!arch.hierarchy.empty()) settings["hierarchy"] = arch.hierarchy;
    std::vector<ProvenanceSource> sources = {SourceOf("data", file)};
    if (beginning) {
      for (ProvenanceSource& source : beginning->Sources()) {
        sources.push_back(std::move(source));
      }
    }
    return ExtendProvenance(context.tool, seed, settings, sources);
  }

  void Describe(const Context& context, const Model& model,
                const TrainInputs& inputs) const {
    const auto tasks = static_cast<Index>(model.schema.tasks.size());
    context.reporter->Note(
        Str(Counted(tasks, "task", "tasks"), ", ",
            ensemble > 1 ? Str(ensemble, " networks of ") : "",
            model.network->weights()->count(), " parameters, ",
            inputs.train_rows.size(), " training and ",
            inputs.valid_rows.size(), " validation rows"));
    if (context.verbose == 0) return;
    for (const Slice& slice : model.network->weights()->slices()) {
      context.reporter->Note(Str("  ", slice.name, "  ", slice.spec.rows, " x ",
                                 slice.spec.cols,
                                 slice.shared ? "  shared" : ""));
    }
  }

  void Summarise(const Context& context, const Model& model) const {
    if (model.networks() > 1) return SummariseEnsemble(context, model);
    const History& history = model.log;
    if (history.best_epoch == 0) return;
    const bool is_each = train.keep_best == "each-task";
    context.reporter->Note(Str(
        is_each ? "the last of these is epoch " : "kept the weights of epoch ",
        history.best_epoch, " of ", history.epochs(), ": ", history.selected_on,
        " ", ShortNumber(history.best)));
    const std::string useless = UselessText(history);
    if (!useless.empty()) context.reporter->Warn(useless);
  }

  static void SummariseEnsemble(const Context& context, const Model& model) {
    std::vector<std::string> epochs = {Str(model.log.best_epoch)};
    double least = model.log.best;
    double most = model.log.best;
    std::string useless = UselessText(model.log);
    for (const TrainedNetwork& other : model.others) {
      epochs.push_back(Str(other.log.best_epoch));
      least = std::min(least, other.log.best);
      most = std::max(most, other.log.best);
      if (useless.empty()) useless = UselessText(other.log);
    }
    if (model.log.best_epoch == 0) return;
    context.reporter->Note(Str("kept the weights of epochs ",
                               Join(epochs, ", "), ": ", model.log.selected_on,
                               " ", ShortNumber(least), " to ",
                               ShortNumber(most)));
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
      "mtl-train ready.h5 -o mean.h5 --ensemble 5\n"
      "mtl-train --list weightings");
}
