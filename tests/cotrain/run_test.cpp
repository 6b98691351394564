#include "cotrain/run.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cotrain/json_record.h"
#include "cotrain/merge.h"
#include "cotrain/outside_runs.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

TEST_CASE("run.json holds all that a run is") {
  const SampleRun run("codistillation", [](RunSpec* spec) {
    spec->seed = 9;
    spec->each.resize(2);
    spec->each[0].inputs = {"features"};
    spec->each[1].inputs = {"words", "features.categorical"};
    spec->train.optimizer.rate = 0.125;
    spec->cotrain.max_stale = 7;
    spec->cotrain.weight = 0.25;
  });
  const RunSpec read = ReadSpec(run.folder());
  CHECK(read.method == "codistillation");
  CHECK(read.peers == 2);
  CHECK(read.seed == 9);
  REQUIRE(read.each.size() == 2);
  CHECK(read.each[1].inputs == run.spec().each[1].inputs);
  CHECK(read.arch.layers == std::vector<std::string>{"4"});
  CHECK(read.train.optimizer.rate == 0.125);
  CHECK(read.cotrain.max_stale == 7);
  CHECK(read.cotrain.weight == 0.25);
  CHECK(read.data == "../data.h5");
  CHECK(read.data_sha256 == run.run().data.content_sha256);
}

TEST_CASE("begun again: what is missing is made, what differs is named") {
  const SampleRun run("fedavg");
  const std::string model = FileBytes(run.folder().ModelPath(1, 0));
  fs::remove_all(run.path() + "/peers/001");
  InitRun(run.path(), run.spec());
  const bool same = FileBytes(run.folder().ModelPath(1, 0)) == model;
  CHECK(same);

  RunSpec other = run.spec();
  other.arch.layers = {"5"};
  other.seed = 8;
  CHECK(Contains(ErrorOf([&] { InitRun(run.path(), other); }),
                 "other settings or data: network/layers, seed"));
  fs::copy_file(run / "data.h5", run / "copy.h5");
  other = run.spec();
  other.data = run / "copy.h5";
  CHECK(ErrorOf([&] { InitRun(run.path(), other); }).empty());
}

TEST_CASE("left to the method: whose rows, and how many epochs") {
  const auto untold = [](RunSpec* spec) { spec->train.epochs = 0; };
  const SampleRun fed("fedavg", untold);
  CHECK(ReadSpec(fed.folder()).cotrain.rows_by == "random");
  CHECK(ReadSpec(fed.folder()).train.epochs == 10);
  const SampleRun self("self-training", untold);
  CHECK(ReadSpec(self.folder()).cotrain.rows_by == "all");
  CHECK(ReadSpec(self.folder()).train.epochs == 300);
  const SampleRun told("fedavg",
                       [](RunSpec* spec) { spec->cotrain.rows_by = "all"; });
  CHECK(ReadSpec(told.folder()).cotrain.rows_by == "all");
}

TEST_CASE("a damaged run.json is bad data, named") {
  const SampleRun run("fedavg");
  const std::string path = run.folder().SpecPath();
  const Json good = ReadRecord(path, "");
  const auto read = [&](const Json& json) {
    WriteRecord(json, path);
    return ErrorOf([&] { ReadSpec(run.folder()); });
  };
  Json bad = good;
  bad.erase("seed");
  CHECK(Contains(read(bad), Str("65 ", path, ": it is damaged")));
  bad = good;
  bad["peers"] = 0;
  CHECK(Contains(read(bad), Str("65 ", path, ": it has 0 peers")));
  bad = good;
  bad["collaboration"]["max-stale"] = -1;
  CHECK(read(bad).rfind("65 ", 0) == 0);
  bad = good;
  bad["collaboration"]["surprise"] = 1;
  CHECK(read(bad).rfind("65 ", 0) == 0);
}

TEST_CASE("the newest round is the last that is done, within a limit") {
  SampleRun run("codistillation");
  run.Rounds(3);
  CHECK(run.folder().NewestRound(0) == 3);
  CHECK(run.folder().NewestRound(0, 2) == 2);
  CHECK(run.folder().NewestRound(7) == -1);
  fs::remove(run.folder().DonePath(0, 3));
  fs::create_directories(run.path() + "/peers/000/rest");
  CHECK(run.folder().NewestRound(0) == 2);
}

TEST_CASE("data is found from the run's folder, or where one says") {
  const SampleRun run("codistillation");
  const RunSpec spec = ReadSpec(run.folder());
  CHECK(ReadRunData(run.folder(), spec, "").rows == 240);
  fs::rename(run / "data.h5", run / "moved.h5");
  CHECK(Contains(ErrorOf([&] { ReadRunData(run.folder(), spec, ""); }),
                 "66 " + (run / "data.h5")));
  CHECK(ReadRunData(run.folder(), spec, run / "moved.h5").rows == 240);
  WriteDataset(SampleDataset(120), run / "other.h5");
  CHECK(Contains(
      ErrorOf([&] { ReadRunData(run.folder(), spec, run / "other.h5"); }),
      "other.h5: this is not the data that the run began with"));
}

TEST_CASE("neither data nor files of a run are written over") {
  SampleRun run("fedavg");
  run.Rounds(1);
  const std::string data = run / "data.h5";
  CHECK(std::filesystem::equivalent(RecordedData(run.path()), data));
  CHECK(RecordedData(run / "none") == "");
  const std::string copy = run / "copy.h5";
  std::filesystem::copy_file(data, copy);
  const std::string bytes = FileBytes(data);
  for (const std::string& path : {data, copy}) {
    CHECK(ErrorOf([&] { MergeRun(run.path(), "", path); }) ==
          Str("2 --to ", path,
              " holds data that the run learns from (write to another file)"));
    CHECK(FileBytes(path) == bytes);
  }
  const std::string inside = run.path() + "/peers/000/r0001/model.h5";
  CHECK(Contains(ErrorOf([&] { MergeRun(run.path(), "", inside); }),
                 Str("2 --to ", inside, " lies among the files of the run")));
  const std::string nested = run.path() + "/peers/000/other";
  CHECK(Contains(ErrorOf([&] { InitRun(nested, run.spec()); }),
                 Str("2 RUN ", nested, " lies among the files of the run")));
  MergeRun(run.path(), "", "");
  MergeRun(run.path(), "", run.path() + "/merged/mine.h5");
  // A model that is no data may be replaced.
  MergeRun(run.path(), "", run / "m.h5");
  MergeRun(run.path(), "", run / "m.h5");
}

TEST_CASE("batch norm of a part of one row is refused before the run begins") {
  const TempFolder folder;
  Dataset data = GroupedData();
  for (Index row = 0; row < data.rows; ++row) {
    data.groups[At(row)] = row == 5 ? 7 : 3;
  }
  data.splits["train"].resize(40);
  WriteDataset(data, folder / "data.h5");
  RunSpec spec;
  spec.method = "fedavg";
  spec.peers = 2;
  spec.data = folder / "data.h5";
  spec.arch.layers = {"4"};
  spec.cotrain.rows_by = "group";
  spec.arch.norm = "batch";
  const std::string said = ErrorOf([&] { InitRun(folder / "run", spec); });
  CHECK(Contains(said, "2 peer 1 with 1 row to learn from: layer '"));
  CHECK(Contains(said, "(learn from more rows, or with --norm layer)"));
  CHECK_FALSE(fs::exists(folder / "run"));
  spec.arch.norm = "layer";
  CHECK_NOTHROW(InitRun(folder / "run", spec));
}

TEST_CASE("data from a pipe has no place") {
  const SampleRun run("codistillation");
  CHECK(run.folder().PathOfData("-").empty());
  CHECK(run.folder().PathOfData(run / "data.h5") == "../data.h5");
  RunSpec spec = ReadSpec(run.folder());
  spec.data = "";
  CHECK(Contains(ErrorOf([&] { ReadRunData(run.folder(), spec, ""); }),
                 "66 " + run.path() + ": the run's data came through a pipe"));
}

TEST_CASE("peers and rounds have seeds of their own") {
  const SampleRun run("codistillation");
  std::vector<Seed> seeds;
  for (Index peer = 0; peer < 3; ++peer) {
    for (Index round = 0; round < 3; ++round) {
      seeds.push_back(run.spec().SeedOf(peer, round));
    }
  }
  std::sort(seeds.begin(), seeds.end());
  CHECK(std::adjacent_find(seeds.begin(), seeds.end()) == seeds.end());
}

}  // namespace
}  // namespace mtlkit
