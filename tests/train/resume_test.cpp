// A run that is stopped and continued ends like one that was not.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "temp_folder.h"
#include "train/averaging.h"
#include "train/loop.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// Asks to stop after so many batches.
class StopAfter : public SilentReporter {
 public:
  explicit StopAfter(int batches) : left_(batches) {}
  void Advance(Index) override {
    if (--left_ == 0) stop.store(true);
  }
  std::atomic<bool> stop{false};

 private:
  int left_;
};

struct Outcome {
  std::vector<Real> weights;
  std::vector<double> log;
};

Outcome OutcomeOf(const std::vector<Model>& models) {
  Outcome outcome;
  for (const Model& model : models) {
    const std::vector<Real> weights = WeightsOf(model);
    outcome.weights.insert(outcome.weights.end(), weights.begin(),
                           weights.end());
    const std::span<const Real> buffers = model.params.buffers.all();
    outcome.weights.insert(outcome.weights.end(), buffers.begin(),
                           buffers.end());
    for (const std::vector<double>& column : model.log.values) {
      outcome.log.insert(outcome.log.end(), column.begin(), column.end());
    }
  }
  return outcome;
}

// Runs until it is done, stopping after every `batches` batches.
Outcome RunInParts(const TrainOptions& options, const std::string& protocol,
                   const std::string& checkpoint, int batches,
                   const std::string& members, const std::string& network) {
  const Dataset data = SampleData(150);
  const std::size_t count = protocol == "solo" ? 1 : 2;
  for (int part = 0; part < 1000; ++part) {
    std::vector<Model> models;
    std::vector<Peer> peers(count);
    for (std::size_t i = 0; i < count; ++i) {
      ArchOptions arch;
      arch.arch = network;
      arch.layers = {"8"};
      arch.norm = "batch";
      arch.dropout = 0.1;
      arch.members = members;
      arch.numbers = "pieces:count=3";
      models.push_back(BuildModel(data, arch, i + 1, data.SplitRows("train")));
    }
    for (std::size_t i = 0; i < count; ++i) {
      peers[i] = {&models[i], i + 1, InputsOf(data, options)};
    }
    StopAfter reporter(batches);
    TrainEnvironment environment;
    environment.reporter = &reporter;
    environment.checkpoint = checkpoint;
    if (batches > 0) environment.stop = &reporter.stop;
    try {
      TrainPeers(peers, options, protocol, 3, environment);
      return OutcomeOf(models);
    } catch (const Error& error) {
      REQUIRE(error.kind() == ErrorKind::kStopped);
    }
  }
  FAIL("it never ends");
  return {};
}

void CheckResume(const TrainOptions& options, const std::string& protocol,
                 const std::string& members = "1",
                 const std::string& arch = "shared") {
  const TempFolder folder;
  const Outcome whole = RunInParts(options, protocol, "", 0, members, arch);
  const Outcome parts =
      RunInParts(options, protocol, folder / "run.ckpt.h5", 4, members, arch);
  CHECK(whole.weights == parts.weights);
  CHECK(whole.log.size() == parts.log.size());
  bool same = true;
  for (std::size_t i = 0; i < whole.log.size(); ++i) {
    const double a = whole.log[i];
    const double b = parts.log[i];
    same = same && (a == b || (std::isnan(a) && std::isnan(b)));
  }
  CHECK(same);
}

TEST_CASE("a run that is stopped again and again ends with the same bits") {
  TrainOptions options = SampleOptions();
  options.epochs = 4;
  SUBCASE("adam, cosine, equal") {}
  SUBCASE("sgd, plateau, uncertainty") {
    options.optimizer.optimizer = "sgd:nesterov=yes";
    options.schedule = "plateau:patience=0,factor=0.5";
    options.weighting.weighting = "uncertainty";
  }
  SUBCASE("adamw, warm-up, pcgrad") {
    options.optimizer.optimizer = "adamw";
    options.optimizer.decay = 0.01;
    options.schedule = "cosine:warm-up=1.5";
    options.weighting.weighting = "pcgrad";
  }
  SUBCASE("db-mtl, whose means of gradients fade") {
    options.weighting.weighting = "db-mtl:beta=0.8,sigma=0.5";
  }
  SUBCASE("a frozen trunk") {
    options.freeze = {"trunk"};
    options.optimizer.optimizer = "sgd:momentum=0.9";
  }
  SUBCASE("frozen heads, mgda of each layer") {
    options.freeze = {"head*"};
    options.weighting.weighting = "mgda";
    options.weighting.gradients_at = "layers";
  }
  SUBCASE("gradvac, whose targets of each layer move") {
    options.weighting.weighting = "gradvac:beta=0.3";
    options.weighting.gradients_at = "layers";
  }
  SUBCASE("sam, moco, whose gradients are tracked in both") {
    options.optimizer.optimizer = "sam:base=sgd:momentum=0.9/nesterov=yes";
    options.optimizer.clip_norm = 1;
    options.weighting.weighting = "moco";
  }
  SUBCASE("sdmgrad, whose weights are kept") {
    options.weighting.weighting = "sdmgrad";
  }
  SUBCASE("excess-mtl, whose sums of squares are") {
    options.weighting.weighting = "excess-mtl:eta=0.5";
  }
  SUBCASE("nash, whose weights hold for steps") {
    options.weighting.weighting = "nash:every=3";
  }
  SUBCASE("graddrop, clipping, early stopping") {
    options.weighting.weighting = "graddrop";
    options.optimizer.clip_norm = 0.5;
    // More than one epoch without a better measure, so that a run is also
    // stopped while it counts them.
    options.patience = 3;
    options.optimizer.rate = 0.1;
    options.epochs = 40;
  }
  CheckResume(options, "solo");
}

TEST_CASE("what else a run keeps outlives a stop") {
  TrainOptions options = SampleOptions();
  options.epochs = 4;
  SUBCASE("ema, whose means are of updates") {
    options.average = "ema:decay=0.9";
  }
  SUBCASE("swa, with statistics of batch norm of its own") {
    options.average = "swa:start=0.3,rate=0.5,fall=0.5";
  }
  SUBCASE("what tasks have left for the sampler") {
    // Steep, so that what was measured moves rows between the tasks.
    options.sampler = "by-difficulty:alpha=0,power=4";
    options.optimizer.rate = 0.05;
    options.batch = 40;
    options.epochs = 8;
  }
  SUBCASE("mixed rows and noise") {
    options.mixup = 0.4;
    options.input_noise = 0.1;
    options.weighting.weighting = "famo";
  }
  SUBCASE("tasks that stop one by one") {
    options.task_patience = 1;
    options.optimizer.rate = 0.1;
    options.epochs = 20;
  }
  SUBCASE("each task's own best, behind a frozen trunk") {
    options.keep_best = "each-task";
    options.freeze = {"trunk"};
    options.optimizer.rate = 0.1;
    options.epochs = 8;
  }
  CheckResume(options, "solo");
}

TEST_CASE("penalties, draws and gates outlive a stop within an epoch") {
  TrainOptions options = SampleOptions();
  options.epochs = 4;
  options.batch = 40;
  for (const std::string arch : {"soft-sharing", "mmoe", "ltb"}) {
    CAPTURE(arch);
    CheckResume(options, "solo", "1", arch);
  }
}

TEST_CASE("what a weighting keeps outlives a stop within an epoch") {
  for (const WeightingEntry* entry : WeightingEntries()) {
    CAPTURE(entry->name);
    TrainOptions options = SampleOptions();
    options.epochs = 4;
    options.batch = 40;
    options.weighting.weighting = entry->name;
    CheckResume(options, "solo");
  }
  TrainOptions options = SampleOptions();
  options.epochs = 4;
  options.weighting.weighting = "stch:form=log,warm-up=1";
  CheckResume(options, "solo");
}

TEST_CASE("every averaging outlives a stop within an epoch") {
  for (const AveragingEntry* entry : AveragingEntries()) {
    CAPTURE(entry->name);
    TrainOptions options = SampleOptions();
    options.epochs = 4;
    options.batch = 40;
    options.average = entry->name;
    CheckResume(options, "solo");
  }
}

TEST_CASE("every optimiser outlives a stop within an epoch") {
  for (const OptimizerEntry* entry : OptimizerEntries()) {
    CAPTURE(entry->name);
    TrainOptions options = SampleOptions();
    options.epochs = 3;
    options.batch = 40;
    options.optimizer.optimizer = entry->name;
    CheckResume(options, "solo");
  }
}

TEST_CASE("peers that are stopped again and again end with the same bits") {
  TrainOptions options = SampleOptions();
  options.epochs = 3;
  CheckResume(options, "mutual");
  CheckResume(options, "co-teaching");
}

TEST_CASE("ensembles that are stopped again and again end with the same bits") {
  TrainOptions options = SampleOptions();
  options.epochs = 3;
  for (const char* protocol : {"solo", "mutual", "co-teaching"}) {
    CheckResume(options, protocol, "3:form=full");
  }
}

TEST_CASE("a checkpoint of another run is refused by what differs") {
  const TempFolder folder;
  const std::string path = folder / "run.ckpt.h5";
  const Dataset data = SampleData(150);
  const auto run = [&](const TrainOptions& options, Seed seed) {
    Model model = SampleModel(data);
    StopAfter reporter(2);
    TrainEnvironment environment;
    environment.reporter = &reporter;
    environment.checkpoint = path;
    environment.stop = &reporter.stop;
    Train(InputsOf(data, options), options, seed, environment, &model);
  };
  const TrainOptions options = SampleOptions();
  CHECK_THROWS_AS(run(options, 1), Error);
  REQUIRE(std::filesystem::exists(path));
  TrainOptions other = options;
  other.batch = 16;
  try {
    run(other, 1);
    FAIL("it went on");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message() ==
          path +
              " is the checkpoint of a run with another 'batch' (32, now 16)");
    CHECK(error.hint() ==
          "remove it to start over, or name another with --checkpoint");
  }
  CHECK_THROWS_AS(run(options, 2), Error);
}

}  // namespace
}  // namespace mtlkit
