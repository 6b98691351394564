#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/tool.h"
#include "base/error.h"
#include "base/text.h"
#include "cotrain/collaboration.h"
#include "cotrain/local.h"
#include "cotrain/merge.h"
#include "cotrain/status.h"
#include "train/protocol.h"
#include "train/seconds.h"

namespace mtlkit {
namespace {

// Training options whose number of epochs the method chooses where it is 0.
class OwnEpochs : public Fields {
 public:
  OwnEpochs(Fields* fields, std::string help)
      : fields_(fields), help_(std::move(help)) {}
  void Visit(const FieldInfo& info, FieldPointer field) override {
    FieldInfo own = info;
    if (info.name == "epochs") {
      own.help = help_;
      own.range = AtLeast(0);
    }
    fields_->Visit(own, field);
  }

 private:
  Fields* fields_;
  std::string help_;
};

// What `init` and `local` are told of a run.
struct RunFlags {
  RunSpec spec;
  std::vector<std::string> views;  // PEER=INPUT

  RunFlags() { spec.peers = 2; }

  // `epochs_help` is given where 0 epochs stand for the method's own.
  void Register(Cli& cli, std::string_view method,
                const std::string& epochs_help = "") {
    spec.method = method;
    Fields& run = cli.Section("Run");
    run.Named("method", spec.method, "NAME",
              "how peers help each other (see --list methods)");
    run("peers", spec.peers, "networks that are trained", Between(1, 1000));
    run.Field({"view",
               "input blocks of a peer, by name or pattern; repeat it for each",
               {},
               {},
               "PEER=INPUT"},
              views);
    cli.Group("Network", &spec.arch);
    if (epochs_help.empty()) return cli.Group("Training", &spec.train);
    spec.train.epochs = 0;
    OwnEpochs fields(&cli.Section("Training"), epochs_help);
    spec.train.Describe(fields);
  }

  RunSpec Finish(const Context& context, std::string data) {
    spec.seed = context.seed;
    spec.data = std::move(data);
    Require(views.empty() || spec.arch.inputs.empty(), ErrorKind::kUsage,
            "--inputs and --view exclude each other",
            "give each peer its inputs with --view");
    if (!views.empty()) {
      spec.views.resize(static_cast<std::size_t>(spec.peers));
    }
    for (const std::string& view : views) {
      const std::size_t equals = view.find('=');
      long long peer = -1;
      if (equals == std::string::npos ||
          !ParseInteger(view.substr(0, equals), &peer) || peer < 0 ||
          peer >= spec.peers) {
        Fail(ErrorKind::kUsage, Str("--view '", view, "' is no PEER=INPUT"),
             Str("peers are 0 to ", spec.peers - 1));
      }
      spec.views[static_cast<std::size_t>(peer)].push_back(
          view.substr(equals + 1));
    }
    for (std::size_t peer = 0; peer < spec.views.size(); ++peer) {
      Require(!spec.views[peer].empty(), ErrorKind::kUsage,
              Str("peer ", peer, " has no --view, but others have"),
              "give every peer one");
    }
    return spec;
  }
};

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

std::string ListMethods() {
  std::vector<ListItem> items;
  for (const RoundMethod* method : RoundMethods()) {
    items.push_back({std::string(method->name), std::string(method->help), {}});
  }
  return ListText(items);
}

// Begins a run in rounds.
struct InitCommand {
  std::string folder;
  std::string data;
  RunFlags flags;

  void Register(Cli& cli) {
    cli.Operand("run", &folder, "the folder of the run");
    cli.InputFlag("data", &data, "the rows to learn from (HDF5)", true);
    flags.Register(cli, "codistillation",
                   "passes over the rows in a round; 0: the method's own, 10 "
                   "or, where rows are labelled, 300");
    cli.Group("Collaboration", &flags.spec.cotrain);
    cli.List("methods", "every method in rounds", ListMethods);
  }
  void Run(Context& context) {
    const RunSpec spec = flags.Finish(context, data);
    InitRun(folder, spec);
    context.reporter->Note(Str("began ", folder, ": ", spec.method, ", ",
                               Counted(spec.peers, "peer", "peers"),
                               "; next: mtl-cotrain round ", folder));
  }
};

// Runs the next round of one peer, or of all.
struct RoundCommand {
  std::string folder;
  std::string data;
  std::string peer = "all";
  Index round = -1;
  Index rounds = 1;
  Index until = 0;
  std::string checkpoint_every = "120s";

  void Register(Cli& cli) {
    cli.Operand("run", &folder, "the folder of the run");
    cli.InputFlag("data", &data, "the run's data, if it has moved");
    Fields& flags = cli.Section("Round");
    flags.Named("peer", peer, "N|all", "whose round");
    flags("round", round, "which one; -1: the next", AtLeast(-1));
    flags("rounds", rounds, "how many more, one after the other", AtLeast(1));
    flags("until", until,
          "all up to this one that are not done: given again, it goes on; 0: "
          "not used",
          AtLeast(0));
    flags.Field({"checkpoint-every",
                 "how often the state is saved: 90s, 5m, 1h",
                 {},
                 {},
                 "TIME",
                 false},
                checkpoint_every);
  }

  void Run(Context& context) {
    Require((round >= 0) + (rounds > 1) + (until > 0) <= 1, ErrorKind::kUsage,
            "--round, --rounds and --until exclude each other", "give one");
    Require(round != 0, ErrorKind::kUsage,
            "--round 0 is what mtl-cotrain init makes", "rounds begin with 1");
    const Collaboration run = OpenRun(folder, data);
    const TrainEnvironment environment =
        EnvironmentOf(context, checkpoint_every);
    const auto make = [&](Index k, Index number) {
      const RoundReport report = RunRound(run, k, number, environment);
      context.reporter->Note(
          Str("peer ", k, ": round ", report.record.round,
              report.already_done ? " is already done" : " is done"));
    };
    const std::vector<Index> peers = Peers(run);
    for (Index i = 0; i < rounds && until == 0; ++i) {
      for (const Index k : peers) make(k, round);
    }
    for (Index number = 1; number <= until; ++number) {
      for (const Index k : peers) {
        // The last is reported, done or not.
        const bool is_done = run.folder.NewestRound(k) >= number;
        if (!is_done || number == until) make(k, number);
      }
    }
  }

  std::vector<Index> Peers(const Collaboration& run) const {
    std::vector<Index> peers;
    if (peer == "all") {
      for (Index k = 0; k < run.spec.peers; ++k) peers.push_back(k);
      return peers;
    }
    long long number = -1;
    Require(ParseInteger(peer, &number), ErrorKind::kUsage,
            Str("--peer '", peer, "' is neither a number nor all"));
    return {static_cast<Index>(number)};
  }
};

// Merges what the peers have published.
struct MergeCommand {
  std::string folder;
  std::string data;
  std::string output;

  void Register(Cli& cli) {
    cli.Operand("run", &folder, "the folder of the run");
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
  RunFlags flags;

  void Register(Cli& cli) {
    cli.Input("data", &data, "the rows to learn from (HDF5)");
    cli.Output("run", &folder, "the folder of the run", OutputKind::kFolder);
    flags.Register(cli, "mutual");
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
    const bool done = TrainLocally(folder, flags.Finish(context, data),
                                   EnvironmentOf(context, checkpoint_every));
    context.reporter->Note(done ? Str("wrote ", folder)
                                : Str(folder, " is already done"));
  }
};

// Shows where a run stands.
struct StatusCommand {
  std::string folder;
  bool json = false;

  void Register(Cli& cli) {
    cli.Operand("run", &folder, "the folder of the run");
    cli.NoSeed();
    cli.Section("Output")("json", json, "print one JSON document", {});
  }
  void Run(Context& context) {
    const RunStatus status = StatusOf(folder);
    json ? context.PrintJson(RenderJson(status))
         : context.Print(RenderText(status));
  }
};

// Checks the files of a run.
struct VerifyCommand {
  std::string folder;

  void Register(Cli& cli) {
    cli.Operand("run", &folder, "the folder of the run");
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

struct CotrainTool {
  InitCommand init;
  RoundCommand round;
  MergeCommand merge;
  LocalCommand local;
  StatusCommand status;
  VerifyCommand verify;

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
