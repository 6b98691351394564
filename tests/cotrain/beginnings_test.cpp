// How the peers of a run begin: from other models, with labels on a scale that
// suits their losses, and with what users are told of it.
#include "cotrain/beginnings.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/text.h"
#include "cotrain/local.h"
#include "cotrain/merge.h"
#include "cotrain/sample_run.h"
#include "eval/predictions.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

// What a run said.
class Heard : public SilentReporter {
 public:
  void Note(std::string_view text) override { notes.emplace_back(text); }
  void Warn(std::string_view text) override { warnings.emplace_back(text); }
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
};

std::vector<double> Numbers(const Params& params) {
  const auto all = params.weights.all();
  return {all.begin(), all.end()};
}

// A folder with the sample's data, and a model of another seed that was
// trained on its validation rows.
struct Scene {
  Scene() {
    WriteDataset(GroupedData(), folder / "data.h5");
    const Dataset data = ReadDataset(folder / "data.h5");
    spec.peers = 2;
    spec.data = folder / "data.h5";
    spec.arch.layers = {"4"};
    spec.train.epochs = 1;
    spec.train.batch = 32;
    model = BuildModel(data, spec.arch, 77, data.SplitRows("train"));
    AddRowKeys(data, data.SplitRows("valid"), &model.seen.trained);
    model.provenance = "[]";
    WriteModel(model, folder / "base.h5");
  }

  Model Start(Index peer) const {
    return ReadModel(RunFolder(folder / "run").ModelPath(peer, 0));
  }

  TempFolder folder;
  RunSpec spec;
  Model model;
  Heard heard;
};

TEST_CASE("a run in rounds begins from another model") {
  Scene scene;
  scene.spec.method = "fedavg";
  scene.spec.from.path = scene.folder / "base.h5";
  InitRun(scene.folder / "run", scene.spec, false, &scene.heard);
  for (Index peer = 0; peer < 2; ++peer) {
    const Model start = scene.Start(peer);
    CHECK(Numbers(start.params) == Numbers(scene.model.params));
    CHECK(start.seen.trained == scene.model.seen.trained);
    CHECK(Contains(start.provenance, "\"from\""));
  }
  REQUIRE(scene.heard.notes.size() == 1);
  CHECK(Contains(scene.heard.notes[0], "arrays of parameters from "));
  // The model is part of what the run is: by content, wherever it lies.
  fs::rename(scene.folder / "base.h5", scene.folder / "moved.h5");
  RunSpec moved = scene.spec;
  moved.from.path = scene.folder / "moved.h5";
  InitRun(scene.folder / "run", moved);
  RunSpec fresh = scene.spec;
  fresh.from = {};
  CHECK(Contains(ErrorOf([&] { InitRun(scene.folder / "run", fresh); }),
                 "with other settings or data: from"));
}

TEST_CASE("one peer may begin from a model of its own") {
  Scene scene;
  scene.spec.method = "codistillation";
  PeerFlags flags;
  flags.from = {"1=" + (scene.folder / "base.h5")};
  scene.spec.each = flags.Parse(2);
  REQUIRE(scene.spec.each.size() == 2);
  InitRun(scene.folder / "run", scene.spec, false, &scene.heard);
  CHECK(Numbers(scene.Start(1).params) == Numbers(scene.model.params));
  CHECK(Numbers(scene.Start(0).params) != Numbers(scene.model.params));
  REQUIRE(scene.heard.notes.size() == 1);
  CHECK(scene.heard.notes[0].starts_with("peer 1: took "));
  flags.from = {"1:" + (scene.folder / "base.h5")};
  CHECK(Contains(ErrorOf([&] { flags.Parse(2); }), "is no PEER=MODEL"));
  scene.spec.method = "fedavg";
  CHECK(Contains(ErrorOf([&] { InitRun(scene.folder / "no", scene.spec); }),
                 "2 --peer-from: --method fedavg averages parameters"));
}

TEST_CASE("a model that does not fit is refused as mtl-train does") {
  Scene scene;
  scene.spec.method = "codistillation";
  scene.spec.each.resize(2);
  scene.spec.each[1].layers = {"5"};
  scene.spec.from.path = scene.folder / "base.h5";
  const std::string error =
      ErrorOf([&] { InitRun(scene.folder / "run", scene.spec); });
  CHECK(Contains(error, "2 peer 1: --from " + (scene.folder / "base.h5")));
  CHECK(Contains(error, " x 4 there, but "));
  CHECK_FALSE(fs::exists(scene.folder / "run"));
  CHECK(Contains(
      ErrorOf([&] { TrainLocally(scene.folder / "run", scene.spec, {}); }),
      "2 '"));
  scene.spec.method = "mutual";
  CHECK(ErrorOf([&] { TrainLocally(scene.folder / "run", scene.spec, {}); }) ==
        error);
}

TEST_CASE("peers of one process begin from a model, frozen parts stay") {
  Scene scene;
  scene.spec.method = "mutual";
  scene.spec.from.path = scene.folder / "base.h5";
  scene.spec.train.freeze = {"trunk"};
  ThreadPool pool(1);
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &scene.heard;
  TrainLocally(scene.folder / "run", scene.spec, environment);
  CHECK(Contains(scene.heard.notes.at(0), "arrays of parameters from "));
  const Index trunk =
      scene.model.params.weights.layout().Find("trunk.0/kernel");
  const Index head =
      scene.model.params.weights.layout().Find("heads.trunk/kernel");
  REQUIRE(trunk >= 0);
  REQUIRE(head >= 0);
  const auto values = [](const Model& model, Index slice) {
    const auto flat = model.params.weights.At(slice).flat();
    return std::vector<Real>(flat.begin(), flat.end());
  };
  for (Index peer = 0; peer < 2; ++peer) {
    const Model made =
        ReadModel(RunFolder(scene.folder / "run").ModelPath(peer, 1));
    CHECK(values(made, trunk) == values(scene.model, trunk));
    CHECK(values(made, head) != values(scene.model, head));
    // What the model knew, and what was added.
    CHECK(std::includes(made.seen.trained.begin(), made.seen.trained.end(),
                        scene.model.seen.trained.begin(),
                        scene.model.seen.trained.end()));
    CHECK(made.seen.trained.size() > scene.model.seen.trained.size());
  }
}

TEST_CASE(
    "a mean teacher begins as its student, so it has no model of its own") {
  Scene scene;
  scene.spec.method = "mean-teacher";
  scene.spec.each.resize(2);
  scene.spec.each[1].from.path = scene.folder / "base.h5";
  CHECK(Contains(
      ErrorOf([&] { TrainLocally(scene.folder / "run", scene.spec, {}); }),
      "2 --peer-from of peer 1 has no effect: with --method mean-teacher"));
}

TEST_CASE("peers know the rows of all that they learn from") {
  Scene scene;
  Dataset data = GroupedData();
  std::vector<Index> train = data.SplitRows("train");
  data.splits["mine"] = {train.begin() + 100, train.end()};
  data.splits["train"] = {train.begin(), train.begin() + 100};
  WriteDataset(data, scene.folder / "data.h5");
  scene.spec.each.resize(2);
  scene.spec.each[0].rows = "mine";
  scene.spec.each[1].from.path = scene.folder / "base.h5";
  ThreadPool pool(1);
  TrainEnvironment environment;
  environment.pool = &pool;
  for (const char* method : {"mutual", "codistillation", "solo"}) {
    INFO(method);
    scene.spec.method = method;
    const RunFolder folder(scene.folder / method);
    Index last = 1;
    if (std::string(method) == "codistillation") {
      const Collaboration run = InitRun(folder.path(), scene.spec);
      for (last = 1; last <= 2; ++last) {
        for (Index peer = 0; peer < 2; ++peer) {
          RunRound(run, peer, last, environment);
        }
      }
      last = 2;
    } else {
      TrainLocally(folder.path(), scene.spec, environment);
    }
    // 160 rows of the two, and 40 that the model of peer 1 had seen.
    const bool shares = std::string(method) != "solo";
    const auto seen = [&](Index peer) {
      return ReadModel(folder.ModelPath(peer, last)).seen.trained.size();
    };
    CHECK(seen(0) == (shares ? 200 : 60));
    CHECK(seen(1) == (shares ? 200 : 140));
  }
}

TEST_CASE("a peer without a label of its tasks is refused before it begins") {
  Scene scene;
  Dataset data = GroupedData();
  // Rows without score and sold.
  data.splits["bare"] = {0, 35, 70};
  std::erase_if(data.splits["train"],
                [](Index row) { return row == 0 || row == 35 || row == 70; });
  WriteDataset(data, scene.folder / "data.h5");
  scene.spec.method = "codistillation";
  scene.spec.each.resize(2);
  scene.spec.each[1].rows = "bare";
  scene.spec.each[1].tasks = {"score", "sold"};
  CHECK(ErrorOf([&] { InitRun(scene.folder / "run", scene.spec); }) ==
        "2 peer 1: none of its rows has a label of one of its tasks (give it "
        "others with --peer-rows or --peer-tasks)");
  CHECK_FALSE(fs::exists(scene.folder / "run"));
}

TEST_CASE("merges know the rows of the models that peers began from") {
  for (const char* method : {"fedavg", "codistillation"}) {
    INFO(method);
    Scene scene;
    scene.spec.method = method;
    scene.spec.from.path = scene.folder / "base.h5";
    const Collaboration run = InitRun(scene.folder / "run", scene.spec);
    ThreadPool pool(1);
    TrainEnvironment environment;
    environment.pool = &pool;
    for (Index peer = 0; peer < 2; ++peer) {
      RunRound(run, peer, 1, environment);
    }
    const std::string merged =
        MergeRun(scene.folder / "run", "", scene.folder / "m.h5").path;
    if (std::string(method) == "fedavg") {
      const Model model = ReadModel(merged);
      CHECK(std::includes(model.seen.trained.begin(), model.seen.trained.end(),
                          scene.model.seen.trained.begin(),
                          scene.model.seen.trained.end()));
    } else {
      const Predictions predictions = ReadPredictions(merged);
      CHECK(predictions.seen.size() == 200);
      std::vector<int> counts(4);
      for (const std::uint8_t bits : predictions.seen) ++counts.at(bits);
      // All 40 validation rows chose weights, and trained the model before.
      CHECK(counts == std::vector<int>{0, 160, 0, 40});
    }
  }
}

// One label far off, of a loss that it should not move.
Dataset WithOutlier() {
  Dataset data = GroupedData();
  data.labels[0].values[1] = 1e7F;
  data.tasks[0].mean = {62500};
  data.tasks[0].deviation = {790000};
  return data;
}

TEST_CASE("robust losses have labels of a robust scale, in rounds and not") {
  Scene scene;
  WriteDataset(WithOutlier(), scene.folder / "data.h5");
  for (const auto& [method, loss] :
       {std::pair{"fedavg", "huber"}, std::pair{"fedavg", "quantile"},
        std::pair{"codistillation", "absolute"}, std::pair{"mutual", "huber"},
        std::pair{"mutual", "quantile"}}) {
    INFO(method << " " << loss);
    scene.spec.method = method;
    scene.spec.train.loss = {Str("score=", loss)};
    const std::string folder = scene.folder / Str(method, loss);
    Index round = 0;
    if (std::string(method) == "mutual") {
      ThreadPool pool(1);
      TrainEnvironment environment;
      environment.pool = &pool;
      TrainLocally(folder, scene.spec, environment);
      round = 1;
    } else {
      InitRun(folder, scene.spec);
    }
    for (Index peer = 0; peer < 2; ++peer) {
      const Model model = ReadModel(RunFolder(folder).ModelPath(peer, round));
      CHECK(model.schema.tasks[0].mean[0] < 20);
      CHECK(model.schema.tasks[0].deviation[0] < 20);
      CHECK(model.schema.tasks[0].deviation[0] > 1);
    }
  }
}

TEST_CASE("classes that no training row has are told, in rounds and not") {
  Scene scene;
  Dataset data = GroupedData();
  for (const Index row : data.SplitRows("train")) {
    LabelCells::Cell label =
        data.labels[2].values[static_cast<std::size_t>(row)];
    if (label == 2) label = 1;
  }
  WriteDataset(data, scene.folder / "data.h5");
  scene.spec.method = "codistillation";
  InitRun(scene.folder / "run", scene.spec, false, &scene.heard);
  REQUIRE(scene.heard.warnings.size() == 1);
  const std::string said = scene.heard.warnings[0];
  CHECK(said.starts_with("task 'kind': class 'top' does not occur in the "));
  scene.spec.method = "mutual";
  ThreadPool pool(1);
  TrainEnvironment environment;
  environment.pool = &pool;
  environment.reporter = &scene.heard;
  TrainLocally(scene.folder / "local", scene.spec, environment);
  CHECK(std::count(scene.heard.warnings.begin(), scene.heard.warnings.end(),
                   said) == 2);
}

TEST_CASE("what is wrong with the data names the file") {
  Scene scene;
  Dataset data = GroupedData();
  for (const Index row : data.SplitRows("train")) {
    data.labels[1].values[static_cast<std::size_t>(row)] = NAN;
  }
  WriteDataset(data, scene.folder / "data.h5");
  for (const char* method : {"codistillation", "mutual"}) {
    scene.spec.method = method;
    const std::string error = ErrorOf([&] {
      std::string(method) == "mutual"
          ? (void)TrainLocally(scene.folder / "no", scene.spec, {})
          : (void)InitRun(scene.folder / "no", scene.spec);
    });
    CHECK(Contains(error, Str("65 ", scene.folder / "data.h5",
                              ": task 'sold' has no label in the training")));
  }
}

TEST_CASE("options that name a task concern the peers that have it") {
  Scene scene;
  scene.spec.each.resize(2);
  scene.spec.each[0].tasks = {"sold", "kind"};
  scene.spec.train.loss = {"score=huber",
                           "kind=cross-entropy:label-smoothing=0.1"};
  scene.spec.train.weighting.task_weight = {"tags=2", "sold=3"};
  scene.spec.arch.hierarchy =
      R"({"groups": [{"name": "trunk", "tasks": ["sold"]},
                     {"name": "a", "from": ["trunk"], "tasks": ["kind"]},
                     {"name": "b", "from": ["trunk"],
                      "tasks": ["score", "tags"]}]})";
  for (const char* method : {"codistillation", "mutual"}) {
    INFO(method);
    scene.spec.method = method;
    const std::string folder = scene.folder / method;
    ThreadPool pool(1);
    TrainEnvironment environment;
    environment.pool = &pool;
    if (std::string(method) == "mutual") {
      TrainLocally(folder, scene.spec, environment);
    } else {
      const Collaboration run = InitRun(folder, scene.spec);
      for (Index peer = 0; peer < 2; ++peer) {
        RunRound(run, peer, 1, environment);
      }
    }
    const Model one = ReadModel(RunFolder(folder).ModelPath(0, 1));
    CHECK(NamesOf(one.schema.tasks) ==
          std::vector<std::string>{"sold", "kind"});
    CHECK_FALSE(Contains(one.arch.hierarchy, "\"b\""));
    const Model all = ReadModel(RunFolder(folder).ModelPath(1, 1));
    CHECK(all.schema.tasks.size() == 4);
  }
  // A name that no peer knows is a mistake, and weights cannot be chosen by a
  // task that is not there.
  scene.spec.method = "mutual";
  RunSpec unknown = scene.spec;
  unknown.train.loss = {"scora=huber"};
  CHECK(
      Contains(ErrorOf([&] { TrainLocally(scene.folder / "no", unknown, {}); }),
               "there is no task 'scora'; did you mean 'score'?"));
  scene.spec.train.select_on = "score.rmse";
  for (const char* method : {"codistillation", "mutual"}) {
    scene.spec.method = method;
    const std::string error = ErrorOf([&] {
      std::string(method) == "mutual"
          ? (void)TrainLocally(scene.folder / "no", scene.spec, {})
          : (void)InitRun(scene.folder / "no", scene.spec);
    });
    CHECK(error ==
          "2 peer 0: --select-on score.rmse: it has no task 'score' (choose "
          "by a task that all peers have, or by loss)");
  }
}

}  // namespace
}  // namespace mtlkit
