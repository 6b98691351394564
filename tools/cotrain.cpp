#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/operands.h"
#include "app/plot_rounds.h"
#include "app/tool.h"
#include "base/error.h"
#include "base/file_ending.h"
#include "base/seconds.h"
#include "base/text.h"
#include "cotrain/aggregate.h"
#include "cotrain/collaboration.h"
#include "cotrain/collect.h"
#include "cotrain/compare_run.h"
#include "cotrain/history.h"
#include "cotrain/local.h"
#include "cotrain/merge.h"
#include "cotrain/purity.h"
#include "cotrain/rounds.h"
#include "cotrain/run_flags.h"
#include "cotrain/status.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"
#include "interop/starting_point.h"
#include "tools/cotrain_files.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

// What `init` and `local` are told of a run.
void RegisterRun(Cli& cli, RunFlags* flags) {
  flags->DescribeRun(cli.Section("Run"));
  cli.InputFlag("from", &flags->spec.from.path, kFromHelp);
  cli.InputFlag("map", &flags->spec.map, kMapHelp);
  cli.Group("Network", &flags->spec.arch);
  flags->DescribeTraining(cli.Section("Training"));
}

RunSpec SpecOf(const RunFlags& flags, const Context& context,
               const std::string& data) {
  RunSpec spec = flags.Finish(context.seed, data);
  spec.takes_numbers = std::ranges::count(context.given, "numbers") == 0;
  return spec;
}

TrainEnvironment EnvironmentOf(Context& context,
                               const std::string& checkpoint_every) {
  TrainEnvironment environment;
  environment.pool = context.pool;
  environment.reporter = context.reporter;
  environment.stop = &context.StopRequested();
  environment.checkpoint_every =
      ParseSeconds(checkpoint_every, "--checkpoint-every");
  return environment;
}

// Begins a run in rounds.
struct InitCommand {
  std::string folder;
  std::string data;
  std::string schema;
  RunFlags flags{"codistillation", true};

  void Register(Cli& cli) {
    cli.RunOperand(&folder);
    cli.InputFlag("data", &data, "the rows to learn from (HDF5)");
    cli.InputFlag(
        "schema", &schema,
        "where peers have data of their own: a dataset whose tasks, "
        "inputs and transforms they agree on; its rows are not learned from");
    RegisterRun(cli, &flags);
    cli.Group("Collaboration", &flags.spec.cotrain);
    cli.List("aggregates", "every way to make one of the peers' parameters",
             [] { return ListEntries(AggregateEntries()); });
    cli.List("methods", "every method in rounds",
             [] { return ListEntries(RoundMethodEntries()); });
  }
  void Run(Context& context) {
    Require(data.empty() != schema.empty(), ErrorKind::kUsage,
            "one of --data and --schema has to be given",
            "--data FILE: all peers' rows; --schema FILE: each has its own");
    const RunSpec spec = SpecOf(flags, context, data.empty() ? schema : data);
    const Collaboration run =
        InitRun(folder, spec, data.empty(), context.reporter);
    Index round = 0;
    for (Index peer = 0; peer < spec.peers; ++peer) {
      round = std::max(round, run.folder.NewestRound(peer));
    }
    context.reporter->Note(Str(
        round == 0 ? Str("began ", folder)
                   : Str(folder, " was begun before, and is at round ", round),
        ": ", spec.method, ", ", Counted(spec.peers, "peer", "peers"),
        "; next: mtl-cotrain round ", folder));
  }
};

// Runs the next round of one peer, or of all.
struct RoundCommand {
  std::string folder;
  std::string data;
  RoundsRequest request;
  std::string checkpoint_every = "120s";

  void Register(Cli& cli) {
    cli.RunOperand(&folder);
    cli.InputFlag("data", &data,
                  "the run's data, if it has moved, or the peer's own");
    Fields& flags = cli.Section("Round");
    request.Describe(flags);
    flags.Field({"checkpoint-every",
                 "how often the state is saved: 90s, 5m, 1h",
                 {},
                 {},
                 "TIME",
                 false},
                checkpoint_every);
  }

  void Run(Context& context) {
    request.Check();
    RunRounds(OpenRun(folder, data), request,
              EnvironmentOf(context, checkpoint_every));
  }
};

// Merges what the peers have published.
struct MergeCommand {
  std::string folder;
  std::string data;
  std::string output;

  void Register(Cli& cli) {
    cli.RunOperand(&folder);
    cli.InputFlag("data", &data, "the run's data, if it has moved");
    cli.OutputFlag("to", &output,
                   "where it goes (default RUN/merged/rNNNN.h5)");
  }
  void Run(Context& context) {
    context.reporter->Note(RenderText(MergeRun(folder, data, output)));
  }
};

// Trains peers together in one process.
struct LocalCommand {
  std::string data;
  std::string folder;
  std::string checkpoint_every = "120s";
  RunFlags flags{"mutual", false};

  void Register(Cli& cli) {
    cli.Input("data", &data, "the rows to learn from (HDF5)");
    cli.Output("run", &folder, "the folder of the run", OutputKind::kFolder);
    RegisterRun(cli, &flags);
    cli.Section("Checkpoints")
        .Field({"checkpoint-every",
                "how often the state is saved: 90s, 5m, 1h",
                {},
                {},
                "TIME",
                false},
               checkpoint_every);
    cli.List("methods", "every method of one process",
             [] { return ListEntries(ProtocolEntries()); });
  }
  void Run(Context& context) {
    const bool done = TrainLocally(folder, SpecOf(flags, context, data),
                                   EnvironmentOf(context, checkpoint_every));
    context.reporter->Note(done ? Str("wrote ", folder)
                                : Str(folder, " is already done"));
  }
};

// Shows where a run stands.
struct StatusCommand {
  std::string folder;
  std::string data;
  std::string truth;
  std::string plot;
  bool rounds = false;
  bool json = false;

  void Register(Cli& cli) {
    cli.RunOperand(&folder);
    cli.NoSeed();
    cli.InputFlag("truth", &truth,
                  "the rows with the labels that peers gave, to say how many "
                  "are right");
    cli.InputFlag("data", &data, "the run's data, if it has moved; of --truth");
    cli.OutputFlag("plot", &plot,
                   "draw measures by round and peer instead, as SVG, here",
                   OutputKind::kText);
    Fields& output = cli.Section("Output");
    output("rounds", rounds,
           "all rounds that are done, with bytes, and measures by the age of "
           "what was read",
           {});
    output("json", json, "print one JSON document, all rounds among it", {});
  }
  void Run(Context& context) {
    Require(data.empty() || !truth.empty(), ErrorKind::kUsage,
            "--data has no effect without --truth", "leave it out");
    if (!plot.empty()) return Draw(context);
    Json document;
    std::string text;
    const RunStatus status = StatusOf(folder);
    document = RenderJson(status);
    if (json || rounds) {
      const RunHistory history = HistoryOf(folder);
      AddJson(history, &document);
      text = RenderText(history);
    } else {
      text = RenderText(status);
    }
    if (!truth.empty()) {
      const auto purity = InContext(truth, [&] {
        return PurityOf(OpenRun(folder, data), ReadDataset(truth));
      });
      AddJson(purity, &document);
      text += "\n" + RenderText(purity);
    }
    json ? context.PrintJson(document) : context.Print(text);
  }
  void Draw(Context& context) const {
    Require(!json && !rounds && truth.empty(), ErrorKind::kUsage,
            "--plot excludes --json, --rounds and --truth",
            "run mtl-cotrain status twice");
    RequireEnding("--plot", plot, ".svg", "SVG is written here");
    const std::string drawing = DrawRounds(HistoryOf(folder), folder);
    AtomicFile out(plot);
    out.Write(drawing);
    out.Commit();
    if (plot != "-") context.reporter->Note(plot + ": open it in a browser");
  }
};

// Checks the files of a run.
struct VerifyCommand {
  std::string folder;

  void Register(Cli& cli) {
    cli.RunOperand(&folder);
    cli.NoSeed();
  }
  void Run(Context& context) {
    const std::vector<std::string> problems = VerifyRun(folder);
    for (const std::string& problem : problems)
      context.Print(VisibleText(problem) + "\n");
    Require(
        problems.empty(), ErrorKind::kNo,
        Str(folder, ": ", problems.size(),
            problems.size() == 1 ? " thing does" : " things do", " not hold"),
        "see stdout");
    context.Print("all rounds hold\n");
  }
};

// Makes a round again, and compares.
struct ReplayCommand {
  std::string folder;
  std::string data;
  Index peer = 0;
  Index round = 1;

  void Register(Cli& cli) {
    cli.RunOperand(&folder);
    cli.InputFlag("data", &data,
                  "the run's data, if it has moved, or the peer's own");
    Fields& flags = cli.Section("Round");
    flags("peer", peer, "whose round", AtLeast(0));
    flags("round", round, "which one", AtLeast(1));
  }
  void Run(Context& context) {
    const std::vector<std::string> differ = ReplayRound(
        OpenRun(folder, data), peer, round, EnvironmentOf(context, "120s"));
    for (const std::string& path : differ) {
      context.Print(VisibleText(path) + ": it comes out otherwise\n");
    }
    Require(differ.empty(), ErrorKind::kNo,
            Str("round ", round, " of peer ", peer, " does not hold"),
            "see stdout");
    context.Print(
        Str("round ", round, " of peer ", peer, " comes out the same\n"));
  }
};

// Removes what old rounds no longer need.
struct GcCommand {
  std::string folder;
  Index keep = 2;

  void Register(Cli& cli) {
    cli.RunOperand(&folder);
    cli.NoSeed();
    cli.Section("Rounds")("keep", keep, "newest rounds of each peer that stay",
                          AtLeast(1));
  }
  void Run(Context& context) {
    context.reporter->Note(RenderText(CollectRun(folder, keep)));
  }
};

// Measures a method beside what one would have without it.
struct CompareCommand {
  std::string folder;
  std::vector<NamedFile> files;
  bool json = false;
  RunFlags flags{"codistillation", true};
  CompareRequest request;

  void Register(Cli& cli) {
    cli.Operand("folder", &folder, "where the runs go; it goes on with them");
    cli.Inputs("data", &files, "the rows; of several files each is a draw");
    cli.Group("Comparison", &request);
    cli.Section("Output")("json", json, "print one JSON document", {});
    RegisterRun(cli, &flags);
    cli.Group("Collaboration", &flags.spec.cotrain);
  }
  void Run(Context& context) {
    std::vector<std::string> paths;
    for (const NamedFile& file : files) paths.push_back(file.path);
    const Comparison comparison =
        CompareRuns(folder, flags.Finish(context.seed, paths.front()), paths,
                    request, EnvironmentOf(context, "120s"));
    json ? context.PrintJson(RenderJson(comparison))
         : context.Print(RenderText(comparison));
  }
};

struct CotrainTool {
  InitCommand init;
  RoundCommand round;
  MergeCommand merge;
  LocalCommand local;
  StatusCommand status;
  VerifyCommand verify;
  ReplayCommand replay;
  GcCommand gc;
  SoupCommand soup;
  SelectCommand select;
  AlignCommand align;
  HintsCommand hints;
  CompareCommand compare;

  void Register(Cli& cli) {
    cli.Command("init", "Begins a run in rounds.",
                "mtl-cotrain init run/ --data ready.h5 --method codistillation "
                "--peers 2",
                &init);
    cli.Command("round", "Runs the next round of one peer, or of all.",
                "mtl-cotrain round run/ --peer 0", &round);
    cli.Command("merge", "Merges what the peers have published.",
                "mtl-cotrain merge run/", &merge);
    cli.Command("local", "Trains peers together in one process.",
                "mtl-cotrain local ready.h5 -o peers/ --method mutual", &local);
    cli.Command("status", "Shows where a run stands.",
                "mtl-cotrain status run/", &status);
    cli.Command("verify", "Checks the files of a run.",
                "mtl-cotrain verify run/", &verify);
    cli.Command("replay", "Makes a round again, and compares.",
                "mtl-cotrain replay run/ --peer 0 --round 3", &replay);
    cli.Command("gc", "Removes what old rounds no longer need.",
                "mtl-cotrain gc run/ --keep 2", &gc);
    cli.Command("soup", "Makes one model of several of one network.",
                "mtl-cotrain soup a.h5 b.h5 -o soup.h5 --data ready.h5", &soup);
    cli.Command("select",
                "Gives rows without a label those that predictions propose.",
                "mtl-cotrain select a.pred.h5 b.pred.h5 --data ready.h5 -o "
                "more.h5",
                &select);
    cli.Command("align", "Brings views of the same rows into one space.",
                "mtl-cotrain align views.h5 -o aligned.h5 --how cca --dims 10",
                &align);
    cli.Command("hints", "Makes tasks of what other networks have inside.",
                "mtl-cotrain hints large.h5 --data ready.h5 --only -o hints.h5",
                &hints);
    cli.Command("compare",
                "Measures a method beside what one would have without it.",
                "mtl-cotrain compare cmp/ ready.h5 --method fedavg --peers 3 "
                "--draws 5",
                &compare);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::CotrainTool>(
      argc, argv, "mtl-cotrain",
      "Trains several networks that help each other.",
      "mtl-cotrain local ready.h5 -o peers/ --method mutual --peers 2\n"
      "mtl-cotrain init run/ --data ready.h5 --method codistillation --peers "
      "2\n"
      "mtl-cotrain round run/");
}
