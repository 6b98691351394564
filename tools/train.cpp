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
#include "train/course_options.h"
#include "train/ensemble.h"
#include "train/kept_text.h"
#include "train/optimizer.h"
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
  Recipe recipe;
  CourseOptions course;

  void Register(Cli& cli) {
    cli.Input("data", &data, "rows to learn from (mtl-prep makes them)");
    cli.Output("model", &output, "where the model goes");
    cli.InputFlag("from", &from, kFromHelp);
    cli.InputFlag("map", &map, kMapHelp);
    cli.Group("Network", &recipe.arch);
    cli.Group("Training", &recipe.train);
    cli.Group("Several trainings", &course);
    cli.Section("Diagnostics")(
        "diagnose", recipe.train.diagnose,
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
    ResolveArchOptions(&recipe.arch);
    const TrainEnvironment environment = Environment(context);
    const FileReader file =
        FileReader::Open(data, {FileKind::kDataset, FileKind::kFeatures});
    const std::optional<StartingPoint> beginning = OpenBeginning();
    if (beginning) TakeNumbers(context, *beginning);
    const std::string provenance =
        Provenance(context, file, beginning, *context.settings);
    const bool is_done = IsFinished(output, provenance);
    const Dataset rows = ReadDataset(file);
    Require(!rows.tasks.empty(), ErrorKind::kBadInput,
            Str(file.name(), ": there is no task to learn"),
            "declare what is to be predicted with mtl-prep --task");
    // Splits that are missing are missing in this file.
    TrainInputs inputs = InContext(file.name(), [&] {
      return InputsOf(rows, recipe.train, course.refit == "folds");
    });
    InContext(file.name(), [&] { RequireTrainable(rows, inputs.train_rows); });
    recipe = FirstRecipe(course, recipe, context.given);
    Start start = {rows, inputs, beginning, HeldByOne(), context.seed};
    WarmStart taken;
    Model model = Maker(start, recipe, context.seed, &taken)(inputs.train_rows);
    const std::string held_out =
        HoldOut(course, recipe, model, context.seed, &inputs);
    const Course plan =
        DecideCourse(course, recipe, context.given, inputs, model,
                     beginning ? beginning->networks() : 0);
    start.held = HeldBlocks(context, plan);
    const std::vector<std::string> checkpoints =
        CourseCheckpoints(plan, inputs, environment.checkpoint);
    if (is_done) {
      context.reporter->Note(output +
                             " is already what this command makes: done");
      RemoveAll(checkpoints);  // that a kill left behind
      return;
    }
    RefuseOtherStates(plan, inputs, environment.checkpoint);
    if (!held_out.empty()) context.reporter->Note(held_out);
    Warn(context, start, model);
    if (beginning) {
      context.reporter->Note(WarmStartText(taken, from) +
                             beginning->NetworksText(plan.networks));
    }
    Describe(context, model, plan, inputs);
    model = {};  // each training makes its own
    const CourseWork work = WorkOf(context, file, start);
    OnDataOf(file.name(), StatesBeginWith(environment.checkpoint), [&] {
      model = TrainCourse(plan, inputs, context.seed, environment, work);
    });
    model.provenance = provenance;
    WriteModel(model, output);
    RemoveAll(checkpoints);
    Summarise(context, plan, model);
  }

  // What training begins from, whatever the seed.
  struct Start {
    const Dataset& rows;
    const TrainInputs& inputs;
    const std::optional<StartingPoint>& from;
    Index held;
    Seed seed;  // of the run
  };

  CourseWork WorkOf(const Context& context, const FileReader& file,
                    const Start& start) const {
    return {[&start](const Recipe& own, Seed seed) {
              return Maker(start, own, seed, nullptr);
            },
            [this, &context, &file, &start](const Json& part) {
              Json settings = *context.settings;
              settings["part"] = part;
              return Provenance(context, file, start.from, settings);
            }};
  }

  static ModelMaker Maker(const Start& start, const Recipe& recipe, Seed seed,
                          WarmStart* taken) {
    return [&start, recipe, seed, taken](const std::vector<Index>& train_rows) {
      Model model = BuildModel(start.rows, recipe.arch, seed, train_rows,
                               recipe.train.loss, start.held);
      RequireUseful(FindUseless(model, recipe.train));
      ScaleTargets(start.rows, train_rows, recipe.train.loss, &model);
      if (start.from) {
        WarmStart own =
            start.from->Begin(&model, EnsembleNumber(start.seed, seed));
        if (taken != nullptr) *taken = std::move(own);
      }
      return model;
    };
  }

  // What a network in training holds beside its parameters, in blocks as long.
  Index HeldByOne() const {
    return BlocksHeldBy(*MakeOptimizer(
               ParseChoice(recipe.train.optimizer.optimizer, "--optimizer"))) +
           (recipe.train.average == "none" ? 0 : 1);
  }

  // All that are trained at a time, and those that are done.
  Index HeldBlocks(const Context& context, const Course& plan) const {
    const Index threads = context.pool == nullptr ? 1 : context.pool->threads();
    Index side_by_side = plan.networks;
    for (const TunedSetting& setting : plan.tuning) {
      side_by_side = std::max(side_by_side, std::ssize(setting.values));
    }
    return HeldByOne() * std::min(side_by_side, threads) + side_by_side - 1;
  }

  void Warn(Context& context, const Start& start, const Model& model) const {
    const std::vector<Index>& learned = start.inputs.train_rows;
    for (const std::string& absent : AbsentClasses(start.rows, learned)) {
      context.reporter->Warn(absent);
    }
    // Runs over many files, some of which have one task, need not fail.
    const std::string usual = WeightingOptions{}.weighting;
    const std::string why = WhyNothingIsWeighed(model);
    if (why.empty() || recipe.train.weighting.weighting == usual) return;
    context.reporter->Warn("--weighting has no effect: " + why);
  }

  static void RemoveAll(const std::vector<std::string>& checkpoints) {
    for (const std::string& path : checkpoints) RemoveOutput(path);
  }

  // Of a course that keeps several beside each other.
  static std::string StatesBeginWith(const std::string& checkpoint) {
    const std::size_t ending = HasEnding(checkpoint, ".h5") ? 3 : 0;
    return checkpoint.substr(0, checkpoint.size() - ending);
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
    const std::string& state = environment.checkpoint;
    Require(state != "-" && (!fs::exists(state, ignored) ||
                             fs::is_regular_file(state, ignored)),
            ErrorKind::kUsage,
            Str("--checkpoint ", state, " is not a file that can be kept"),
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

  // Which columns are in pieces is the model's to say, unless the user does.
  void TakeNumbers(const Context& context, const StartingPoint& beginning) {
    const std::string numbers = beginning.numbers();
    if (numbers.empty() || std::ranges::count(context.given, "numbers") > 0) {
      return;
    }
    recipe.arch.numbers = numbers;
  }

  // With the hierarchy's content in place of its file's name.
  std::string Provenance(const Context& context, const FileReader& file,
                         const std::optional<StartingPoint>& beginning,
                         Json settings) const {
    const std::string& hierarchy = recipe.arch.hierarchy;
    if (!hierarchy.empty()) settings["hierarchy"] = hierarchy;
    std::vector<ProvenanceSource> sources = {SourceOf("data", file)};
    if (beginning) {
      for (ProvenanceSource& source : beginning->Sources()) {
        sources.push_back(std::move(source));
      }
    }
    return ExtendProvenance(context.tool, context.seed, settings, sources);
  }

  static void Describe(const Context& context, const Model& model,
                       const Course& plan, const TrainInputs& inputs) {
    const auto tasks = static_cast<Index>(model.schema.tasks.size());
    context.reporter->Note(
        Str(Counted(tasks, "task", "tasks"), ", ",
            plan.networks > 1 ? Str(plan.networks, " networks of ") : "",
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

  void Summarise(const Context& context, const Course& plan,
                 const Model& model) const {
    const History& first = model.log;
    if (first.best_epoch == 0) return;
    std::string useless = UselessText(first);
    for (const TrainedNetwork& other : model.others) {
      if (useless.empty()) useless = UselessText(other.log);
    }
    // Of a refit it has been said what was best.
    if (plan.refit.refit == "none") {
      context.reporter->Note(
          KeptText(model, recipe.train.keep_best == "each-task"));
    }
    if (!useless.empty()) context.reporter->Warn(useless);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::TrainTool>(
      argc, argv, "mtl-train", "Trains a multi-task model.",
      "mtl-train ready.h5 -o shared.h5\n"
      "mtl-train ready.h5 -o single.h5 --arch single\n"
      "mtl-train ready.h5 -o quick.h5 --layers 128,64 --once\n"
      "mtl-train --list weightings");
}
