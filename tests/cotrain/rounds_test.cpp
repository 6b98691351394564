#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "cotrain/merge.h"
#include "cotrain/peer_rows.h"
#include "cotrain/sample_run.h"
#include "cotrain/status.h"
#include "data/id_index.h"
#include "data/label_view.h"
#include "eval/predictions.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

void ByGroup(RunSpec* spec) {
  spec->cotrain.rows_by = "group";
}

// Takes the labels of all tasks from a row.
void Unlabel(Index row, Dataset* data) {
  for (std::size_t t = 0; t < data->tasks.size(); ++t) {
    const Index cols = data->tasks[t].target_cols();
    for (Index col = 0; col < cols; ++col) {
      data->labels[t].values[static_cast<std::size_t>(row * cols + col)] = NAN;
    }
  }
}

std::vector<double> RoundNumbers(const Params& params) {
  const auto all = params.weights.all();
  return {all.begin(), all.end()};
}

Model Merged(const SampleRun& run) {
  return ReadModel(MergeRun(run.path(), "", run / "merged.h5").path);
}

TEST_CASE("fedavg: the merge is the mean of what peers published, by rows") {
  SampleRun run("fedavg", ByGroup);
  run.Rounds(1);
  const auto one = RoundNumbers(run.Published(0, 1).params);
  const auto two = RoundNumbers(run.Published(1, 1).params);
  CHECK(run.Published(0, 1).rows == 120);
  CHECK(run.Published(1, 1).rows == 40);
  const auto merged = RoundNumbers(Merged(run).params);
  REQUIRE(merged.size() == one.size());
  double farthest_from_unweighted = 0;
  for (std::size_t i = 0; i < merged.size(); ++i) {
    CHECK(merged[i] == static_cast<double>(static_cast<Real>(
                           120.0 / 160 * one[i] + 40.0 / 160 * two[i])));
    farthest_from_unweighted =
        std::max(farthest_from_unweighted,
                 std::abs(merged[i] - 0.5 * (one[i] + two[i])));
  }
  CHECK(farthest_from_unweighted > 1e-4);
}

TEST_CASE("fedavg: rows without any label give a peer no weight") {
  SampleRun run("fedavg", ByGroup);
  const DoneRecord full = run.Round(1);
  Dataset data = GroupedData();
  // Half of the smaller group loses its labels of all tasks.
  for (Index row = 0; row < data.rows; row += 8) Unlabel(row, &data);
  WriteDataset(data, run / "fewer.h5");
  RunSpec spec = run.spec();
  spec.data = run / "fewer.h5";
  const Collaboration fewer = InitRun(run / "other", spec);
  const auto report = RunRound(fewer, 1, 1, run.environment());
  CHECK(full.rows == 40);
  CHECK(report.record.rows == 20);
}

TEST_CASE("a part without any label is refused before the run begins") {
  const TempFolder folder;
  Dataset data = GroupedData();
  for (Index row = 0; row < data.rows; row += 4) Unlabel(row, &data);
  WriteDataset(data, folder / "data.h5");
  RunSpec spec;
  spec.method = "fedavg";
  spec.peers = 2;
  spec.data = folder / "data.h5";
  ByGroup(&spec);
  CHECK(Contains(ErrorOf([&] { InitRun(folder / "run", spec); }),
                 "--rows-by group leaves peer 1 without a labelled row"));
  CHECK_FALSE(fs::exists(folder / "run"));
}

TEST_CASE("fedavg: a round starts from the merge, bit for bit") {
  SampleRun run("fedavg", ByGroup);
  run.Rounds(1);
  const Model merged = Merged(run);
  run.Round(1);
  // The same training from the merge, by hand.
  const Collaboration& of = run.run();
  Model model = merged;
  const Dataset view = DatasetFor(model, of.data);
  TrainInputs inputs;
  inputs.data = &view;
  inputs.train_rows = PeerRows(of.spec, of.data, of.train_rows, 1);
  Train(inputs, of.spec.train, of.spec.SeedOf(1, 2), run.environment(), &model);
  CHECK(RoundNumbers(model.params) == RoundNumbers(run.Published(1, 2).params));
  CHECK(RoundNumbers(model.params) != RoundNumbers(merged.params));
}

TEST_CASE("fedavg: of the trunk only, heads stay each peer's own") {
  SampleRun run("fedavg", [](RunSpec* spec) {
    ByGroup(spec);
    spec->cotrain.params = "trunk";
    // Too little to move a number: a round keeps what it starts from.
    spec->train.optimizer.rate = 1e-30;
  });
  // Peers that differ from the start stand for peers that have learned.
  run.Rounds(1);
  std::vector<Params> params;
  for (Index peer = 0; peer < 2; ++peer) {
    Publication publication = run.Published(peer, 1);
    for (Real& number : publication.params.weights.all()) {
      number += static_cast<Real>(peer + 1);
    }
    params.push_back(publication.params);
    DoneRecord record = *PeekDone(run.folder(), peer, 1);
    Model model = ReadModel(run.folder().ModelPath(peer, 1));
    model.params = publication.params;
    WriteModel(model, run.folder().ModelPath(peer, 1));
    record.publication_content_sha256 =
        WritePublication(publication, run.run().data, "[]",
                         run.folder().PublicationPath(peer, 1));
    WriteDone(run.folder(), record);
  }
  run.Rounds(1);
  const auto first = [](const Params& of, Index slice) {
    return static_cast<double>(of.weights.At(slice)(0, 0));
  };
  const auto slices = params[0].weights.layout().slices();
  for (Index peer = 0; peer < 2; ++peer) {
    const Params got = run.Published(peer, 2).params;
    std::set<bool> seen;
    for (Index i = 0; i < static_cast<Index>(slices.size()); ++i) {
      const bool shared = slices[static_cast<std::size_t>(i)].shared;
      seen.insert(shared);
      const double wanted =
          shared ? 0.75 * first(params[0], i) + 0.25 * first(params[1], i)
                 : first(params[static_cast<std::size_t>(peer)], i);
      CHECK(first(got, i) == doctest::Approx(wanted));
    }
    CHECK(seen.size() == 2);
  }
}

TEST_CASE("a merge says whose heads it has, and who is left out") {
  SampleRun run("fedavg", [](RunSpec* spec) {
    ByGroup(spec);
    spec->cotrain.params = "trunk";
    spec->cotrain.max_stale = 1;
  });
  run.Round(0);
  run.Round(1);
  run.Round(1);
  const MergeReport report = MergeRun(run.path(), "", run / "m.h5");
  CHECK(report.heads_of == 1);
  CHECK(report.merged == std::vector<Index>{1});
  CHECK(
      RenderText(report) ==
      Str("wrote ", run / "m.h5",
          ": the mean of peer 1 in what is exchanged; all else is that of peer "
          "1; left out, without a publication that is young enough: peer 0"));
  SampleRun whole("fedavg", ByGroup);
  whole.Rounds(1);
  CHECK(MergeRun(whole.path(), "", whole / "m.h5").heads_of == -1);
}

TEST_CASE("models of a round name the peers that are not there yet") {
  SampleRun run("codistillation");
  run.Rounds(1);
  run.Round(1);
  CHECK(ModelsOfRun(run.path(), -1, 2).missing == std::vector<Index>{0});
  CHECK(ModelsOfRun(run.path(), -1, 1).missing.empty());
  CHECK(ModelsOfRun(run.path(), 1, 2).missing.empty());
  CHECK(Contains(ErrorOf([&] { ModelsOfRun(run.path(), 0, 2); }),
                 Str("66 ", run.path(), ": peer 0 has not finished round 2 ")));
  CHECK(Contains(ErrorOf([&] { ModelsOfRun(run.path(), -1, 3); }),
                 Str("66 ", run.path(), ": no peer has finished round 3 ")));
  CHECK(MissingText({0}, 2) ==
        "peer 0 has not finished round 2 and is left out");
  CHECK(MissingText({0, 3}, -1) ==
        "peers 0,3 have not finished a round and are left out");
}

TEST_CASE("a round that proposes nothing says why, in its record too") {
  SampleRun run("co-training",
                [](RunSpec* spec) { spec->cotrain.threshold = 1; });
  run.Rounds(1);
  CHECK(run.Round(0, 1).notes.empty());
  const DoneRecord record = run.Round(0);
  REQUIRE_FALSE(record.notes.empty());
  CHECK(Contains(record.notes.front(), "nothing was proposed for task '"));
  CHECK(PeekDone(run.folder(), 0, 2)->notes == record.notes);
  CHECK(Contains(RenderText(StatusOf(run.path())),
                 Str("peer 0, round 2: ", record.notes.front())));
}

TEST_CASE("no name breaks a line of what is said of a run") {
  const TempFolder folder;
  Dataset data = GroupedData();
  data.tasks[1].name = "so\nld\x1b[2J";
  WriteDataset(data, folder / "data.h5");
  SampleRun run("co-training", [&](RunSpec* spec) {
    spec->data = folder / "data.h5";
    spec->cotrain.threshold = 1;
  });
  run.Rounds(2);
  const std::string text = RenderText(StatusOf(run.path()));
  CHECK(Contains(text, "nothing was proposed for task 'so ld\\x1b[2J': "));
  CHECK_FALSE(Contains(text, "so\nld"));
  CHECK_FALSE(Contains(text, "\x1b"));
}

TEST_CASE("predictions merge task by task") {
  SampleRun run("codistillation");
  run.Rounds(1);
  const Predictions merged =
      ReadPredictions(MergeRun(run.path(), "", run / "merged.h5").path);
  REQUIRE(merged.tasks.size() == 4);
  for (std::size_t t = 0; t < 4; ++t) {
    const TaskPredictions& task = merged.tasks[t];
    CHECK(task.task.name == run.run().data.tasks[t].name);
    const auto& values = task.pred.empty() ? task.prob : task.pred;
    const auto one = run.Published(0, 1).tasks[t].values;
    const auto two = run.Published(1, 1).tasks[t].values;
    REQUIRE(values.size() == one.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto mean = static_cast<double>(one[i] + two[i]) / 2;
      CHECK(static_cast<double>(values[i]) == doctest::Approx(mean));
    }
  }
}

TEST_CASE("merged predictions keep the weights of rows and labels") {
  const TempFolder folder;
  Dataset data = GroupedData();
  for (Index row = 0; row < data.rows; ++row) {
    data.weights.push_back(static_cast<float>(row % 3));
  }
  WriteDataset(data, folder / "weighted.h5");
  SampleRun run("codistillation",
                [&](RunSpec* spec) { spec->data = folder / "weighted.h5"; });
  run.Rounds(1);
  MergeRun(run.path(), "", run / "merged.h5");
  const Predictions merged = ReadPredictions(run / "merged.h5");
  const IdIndex index(data.ids);
  const TaskPredictions& task = merged.tasks[0];
  REQUIRE(!task.weight.empty());
  const LabelView labels(data, 0);
  for (std::size_t place = 0; place < task.weight.size(); ++place) {
    const Index at =
        task.on_all_rows ? static_cast<Index>(place) : task.rows[place];
    const Index row = index.Find(merged.ids, at);
    CHECK(static_cast<double>(task.weight[place]) == labels.WeightOfRow(row));
  }
}

TEST_CASE("what the next round would not read is not merged either") {
  SampleRun run("codistillation",
                [](RunSpec* spec) { spec->cotrain.max_stale = 2; });
  run.Rounds(1);
  run.Round(0);
  const auto values = [&] {
    return ReadPredictions(MergeRun(run.path(), "", run / "merged.h5").path)
        .tasks[0]
        .pred;
  };
  CHECK(values() != run.Published(0, 2).tasks[0].values);
  run.Round(0);
  CHECK(values() == run.Published(0, 3).tasks[0].values);
}

TEST_CASE("self-training reads nobody else, and misses nobody") {
  SampleRun run("self-training");
  run.Rounds(1);
  Spoil(run.folder().PublicationPath(1, 1));
  CHECK(run.Round(0).inputs.size() == 1);
  CHECK(StatusOf(run.path()).peers[0].missing.empty());
}

TEST_CASE("a peer that lost its model goes on being read") {
  SampleRun run("codistillation");
  run.Rounds(1);
  fs::remove(run.folder().ModelPath(1, 1));
  CHECK(run.Round(0).inputs.size() == 2);
  CHECK(Contains(ErrorOf([&] { run.Round(1); }), "model.h5: it is missing"));
}

TEST_CASE("a damaged publication is refused by name until it is made again") {
  SampleRun run("codistillation");
  run.Rounds(2);
  const std::string whole = run.Bytes(1, 2);
  Spoil(run.folder().PublicationPath(1, 2));
  CHECK(Contains(ErrorOf([&] { run.Round(0); }),
                 "001/r0002/publish.h5: it is not the file"));
  fs::remove(run.folder().DonePath(1, 2));
  run.Round(1, 2);
  const bool same = run.Bytes(1, 2) == whole;
  CHECK(same);
  run.Round(0);
}

TEST_CASE("a task with rows of its own is spoken of on these only") {
  const TempFolder folder;
  Dataset data = GroupedData();
  Labels own;
  own.on_all_rows = false;
  for (Index row = 0; row < data.rows; row += 2) {
    own.rows.push_back(row);
    own.values.push_back(data.labels[1].values[static_cast<std::size_t>(row)]);
  }
  data.labels[1] = own;
  WriteDataset(data, folder / "data.h5");
  for (const char* method : {"codistillation", "co-training"}) {
    SampleRun run(method,
                  [&](RunSpec* spec) { spec->data = folder / "data.h5"; });
    run.Rounds(2);
    const PublishedTask sold = run.Published(0, 2).tasks[1];
    CHECK_FALSE(sold.rows.empty());
    for (const Index row : sold.rows) CHECK(row % 2 == 0);
    for (const Selection& selection : run.Published(0, 2).selections) {
      CHECK((selection.task != 1 || selection.row % 2 == 0));
    }
    const auto measures = PeekDone(run.folder(), 0, 2)->measures;
    CHECK_FALSE(std::isnan(measures[1].ensemble));
    MergeRun(run.path(), "", run / "merged.h5");
    CHECK(ReadPredictions(run / "merged.h5").tasks[1].rows.size() ==
          sold.rows.size());
  }
}

// Those of what rounds read, not of what so short a training has found.
class Warnings : public SilentReporter {
 public:
  void Warn(std::string_view text) override {
    if (!Contains(std::string(text), "no better than the best constants")) {
      all += Str(text, "\n");
    }
  }
  std::string all;
};

TEST_CASE("a round says whom it reads nothing of") {
  SampleRun run("codistillation",
                [](RunSpec* spec) { spec->cotrain.max_stale = 1; });
  Warnings warnings;
  TrainEnvironment environment = run.environment();
  environment.reporter = &warnings;
  RunRound(run.run(), 0, 1, environment);
  CHECK(warnings.all.empty());  // nobody has published before
  RunRound(run.run(), 0, 2, environment);
  CHECK(warnings.all ==
        "peer 0: round 2 reads nothing of peer 1, which has no finished round "
        "before it that is young enough (--max-stale 1)\n");
  run.Round(1);
  run.Round(1);
  warnings.all.clear();
  RunRound(run.run(), 0, 3, environment);
  CHECK(warnings.all.empty());
}

TEST_CASE("proposed rows are learned from, whosever part they lie in") {
  SampleRun run("co-training", [](RunSpec* spec) {
    spec->cotrain.rows_by = "random";
    spec->cotrain.labelling = "shared";
    spec->cotrain.per_class = {"8"};
  });
  // Rows that have no label but the one that a peer gives.
  run.Rounds(2);
  for (Index peer = 0; peer < 2; ++peer) {
    const auto part =
        PeerRows(run.run().spec, run.run().data, run.run().train_rows, peer);
    std::vector<Index> learned = part;
    for (const Selection& selection : run.Published(peer, 2).selections) {
      learned.push_back(selection.row);
    }
    std::sort(learned.begin(), learned.end());
    learned.erase(std::unique(learned.begin(), learned.end()), learned.end());
    CHECK(learned.size() > part.size());
    CHECK(PeekDone(run.folder(), peer, 2)->rows ==
          static_cast<Index>(learned.size()));
  }
}

}  // namespace
}  // namespace mtlkit
