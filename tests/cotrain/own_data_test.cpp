// Peers with data of their own, and peers that differ from one another.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "base/text.h"
#include "cotrain/agreement.h"
#include "cotrain/merge.h"
#include "cotrain/sample_run.h"
#include "cotrain/status.h"
#include "eval/predictions.h"

namespace mtlkit {
namespace {

std::vector<double> OwnNumbers(const Params& params) {
  const auto all = params.weights.all();
  return {all.begin(), all.end()};
}

// The sample's training rows in two halves, as splits "train" and "b", and as
// files of their own.
struct TwoSites {
  TwoSites() {
    Dataset all = GroupedData();
    const std::vector<Index> train = all.SplitRows("train");
    const auto half =
        train.begin() + static_cast<std::ptrdiff_t>(train.size() / 2);
    const std::vector<Index> a(train.begin(), half);
    const std::vector<Index> b(half, train.end());
    for (const auto& [name, rows] : {std::pair("a.h5", a), {"b.h5", b}}) {
      // The order of an epoch depends on row numbers: they are kept.
      Dataset own = all;
      own.splits = {{"train", rows}};
      WriteDataset(own, folder / name);
    }
    all.splits = {{"b", b}, {"train", a}};
    WriteDataset(all, folder / "all.h5");
  }

  RunSpec Spec(const std::string& data) const {
    RunSpec spec;
    spec.method = "fedavg";
    spec.peers = 2;
    spec.data = folder / data;
    spec.arch.layers = {"4"};
    spec.arch.dropout = 0.2;
    spec.train.epochs = 2;
    spec.train.batch = 16;
    return spec;
  }

  Params RoundOf(const std::string& run, Index peer, const std::string& data) {
    TrainEnvironment environment;
    environment.pool = &pool;
    const Collaboration opened = OpenRun(folder / run, data);
    const DoneRecord record = RunRound(opened, peer, -1, environment).record;
    return ReadModel(opened.folder.ModelPath(peer, record.round)).params;
  }

  TempFolder folder;
  ThreadPool pool{1};
};

TEST_CASE("peers with files of their own are as with one file for all") {
  TwoSites sites;
  RunSpec one = sites.Spec("all.h5");
  one.each.resize(2);
  one.each[1].rows = "b";
  InitRun(sites.folder / "one", one);
  InitRun(sites.folder / "own", sites.Spec("all.h5"), true);
  for (int round = 0; round < 2; ++round) {
    for (Index peer = 0; peer < 2; ++peer) {
      CAPTURE(round);
      CAPTURE(peer);
      const std::string file = sites.folder / (peer == 0 ? "a.h5" : "b.h5");
      CHECK(OwnNumbers(sites.RoundOf("one", peer, "")) ==
            OwnNumbers(sites.RoundOf("own", peer, file)));
    }
  }
  const auto merged = [&](const char* run) {
    const MergeReport report =
        MergeRun(sites.folder / run, "", sites.folder / "m.h5");
    return OwnNumbers(ReadModel(report.path).params);
  };
  CHECK(merged("one") == merged("own"));
  // The run does not know where a peer's file lies, but what it holds.
  const std::string site = sites.folder / "b.h5";
  CHECK(Contains(ErrorOf([&] { MergeRun(sites.folder / "own", "", site); }),
                 Str("2 --to ", site, " holds data that the run learns from")));
  const std::string schema = sites.folder / "all.h5";
  CHECK(Contains(ErrorOf([&] { MergeRun(sites.folder / "own", "", schema); }),
                 Str("2 --to ", schema, " holds what the run began with")));
  CHECK(VerifyRun(sites.folder / "own").empty());
}

TEST_CASE("a peer's own data must be as agreed, and must be given") {
  TwoSites sites;
  InitRun(sites.folder / "own", sites.Spec("a.h5"), true);
  const auto error = [&](const std::string& data) {
    return ErrorOf([&] { OpenRun(sites.folder / "own", data); });
  };
  CHECK(Contains(error(""), "2 " + (sites.folder / "own") +
                                ": its peers have data of their own"));
  Dataset other = ReadDataset(sites.folder / "b.h5");
  const auto refused = [&](const Dataset& changed, const std::string& what) {
    WriteDataset(changed, sites.folder / "other.h5");
    CHECK(error(sites.folder / "other.h5") ==
          Str("65 ", sites.folder / "other.h5", ": ", what,
              " (prepare the rows with mtl-prep --like the file of --schema)"));
  };
  Dataset changed = other;
  for (Task& task : changed.tasks) {
    if (task.type == TaskType::kRegression) task.deviation[0] *= 2;
  }
  refused(changed, "task 'score' is not as agreed");
  changed = other;
  changed.transforms.push_back({"standard", "{}", {}});
  CHECK_THROWS_WITH_AS(
      RequireAgreement(AgreementOf(other), changed, "b"),
      "b: transform 'standard' is there, which was not agreed on (prepare the "
      "rows with mtl-prep --like the file of --schema)",
      Error);
  changed = other;
  changed.inputs.pop_back();
  refused(changed, Str("input '", other.inputs.back().name, "' is not there"));
}

TEST_CASE(
    "the file of another site is refused, a change of one's own is told") {
  TwoSites sites;
  InitRun(sites.folder / "own", sites.Spec("all.h5"), true);
  const std::string a = sites.folder / "a.h5";
  const std::string b = sites.folder / "b.h5";
  sites.RoundOf("own", 0, a);
  CHECK(ErrorOf([&] { sites.RoundOf("own", 1, a); }) ==
        Str("65 ", a,
            ": peer 0 has learned from this file in round 1 (give "
            "the data of peer 1 with --data, or say --peer 0)"));
  const RunFolder folder(sites.folder / "own");
  CHECK_FALSE(std::filesystem::exists(folder.RoundPath(1, 1)));
  sites.RoundOf("own", 1, b);
  CHECK(PeekDone(folder, 1, 1)->notes.empty());
  CHECK(PeekDone(folder, 1, 1)->data_sha256 == ReadDataset(b).content_sha256);
  // Its rows, and some of the other site's.
  Dataset more = ReadDataset(b);
  const std::vector<Index> others = ReadDataset(a).SplitRows("train");
  std::vector<Index>& rows = more.splits["train"];
  rows.insert(rows.end(), others.begin(), others.begin() + 7);
  std::sort(rows.begin(), rows.end());
  WriteDataset(more, sites.folder / "more.h5");
  sites.RoundOf("own", 1, sites.folder / "more.h5");
  const std::vector<std::string> notes = PeekDone(folder, 1, 2)->notes;
  REQUIRE(notes.size() >= 1);
  CHECK(notes[0] == Str("its round 1 learned from other data than ",
                        sites.folder / "more.h5"));
  CHECK(VerifyRun(sites.folder / "own").empty());
}

TEST_CASE("rows that another site has, too, are counted") {
  TwoSites sites;
  // Texts name a row wherever it occurs; numbers only within one origin.
  const auto rename = [&](const std::string& name) {
    Dataset data = ReadDataset(sites.folder / name);
    std::vector<std::string> ids;
    for (Index row = 0; row < data.rows; ++row) ids.push_back(Str("row ", row));
    data.ids = std::move(ids);
    return data;
  };
  Dataset both = rename("b.h5");
  const Dataset a = rename("a.h5");
  const std::vector<Index>& others = a.splits.at("train");
  std::vector<Index>& rows = both.splits["train"];
  rows.insert(rows.end(), others.begin(), others.begin() + 7);
  std::sort(rows.begin(), rows.end());
  WriteDataset(a, sites.folder / "a.h5");
  WriteDataset(both, sites.folder / "b.h5");
  InitRun(sites.folder / "own", sites.Spec("a.h5"), true);
  for (int round = 0; round < 2; ++round) {
    sites.RoundOf("own", 0, sites.folder / "a.h5");
    sites.RoundOf("own", 1, sites.folder / "b.h5");
  }
  const RunFolder folder(sites.folder / "own");
  CHECK(PeekDone(folder, 1, 2)->notes ==
        std::vector<std::string>{
            "7 of 87 training rows are also those of peer 0"});
}

TEST_CASE("models and merges know the rows of all sites") {
  TwoSites sites;
  InitRun(sites.folder / "own", sites.Spec("all.h5"), true);
  SeenRows all;
  for (const char* name : {"a.h5", "b.h5"}) {
    const Dataset data = ReadDataset(sites.folder / name);
    AddRowKeys(data, data.SplitRows("train"), &all.trained);
  }
  const auto round = [&] {
    sites.RoundOf("own", 0, sites.folder / "a.h5");
    sites.RoundOf("own", 1, sites.folder / "b.h5");
  };
  round();
  const RunFolder folder(sites.folder / "own");
  CHECK(ReadModel(folder.ModelPath(0, 1)).seen.trained.size() == 80);
  // What sites publish is enough: models may stay with them.
  round();
  CHECK(ReadModel(folder.ModelPath(0, 2)).seen.trained == all.trained);
  for (Index peer = 0; peer < 2; ++peer) {
    std::filesystem::remove(folder.ModelPath(peer, 2));
  }
  const std::string merged =
      MergeRun(sites.folder / "own", "", sites.folder / "m.h5").path;
  CHECK(ReadModel(merged).seen.trained == all.trained);
}

TEST_CASE("only what needs no common rows can be exchanged then") {
  TwoSites sites;
  RunSpec spec = sites.Spec("a.h5");
  spec.method = "codistillation";
  CHECK(Contains(
      ErrorOf([&] { InitRun(sites.folder / "no", spec, true); }),
      "2 --schema: --method codistillation exchanges what peers say of rows"));
  spec = sites.Spec("a.h5");
  spec.cotrain.rows_by = "random";
  CHECK(Contains(ErrorOf([&] { InitRun(sites.folder / "no", spec, true); }),
                 "2 --schema: every peer has rows of its own"));
  CHECK_FALSE(std::filesystem::exists(sites.folder / "no"));
}

// Rounds whose peers have other networks and tasks.
TEST_CASE("peers of a run may have networks and tasks of their own") {
  SampleRun run("codistillation", [](RunSpec* spec) {
    spec->each.resize(2);
    spec->each[0].tasks = {"score", "sold"};
    spec->each[1].arch = "mmoe";
    spec->each[1].layers = {"6"};
    spec->each[1].tasks = {"s*"};
  });
  run.Rounds(2);
  const Model first = ReadModel(run.folder().ModelPath(0, 2));
  const Model second = ReadModel(run.folder().ModelPath(1, 2));
  CHECK(NamesOf(first.schema.tasks) ==
        std::vector<std::string>{"score", "sold"});
  CHECK(first.arch.arch == "shared");
  CHECK(second.arch.arch == "mmoe");
  CHECK(second.arch.layers == std::vector<std::string>{"6"});
  CHECK(VerifyRun(run.path()).empty());
  // Each is measured on its own tasks, with the mean where both have one.
  const DoneRecord done = *PeekDone(run.folder(), 0, 2);
  for (const RoundMeasure& measure : done.measures) {
    CHECK((measure.task == "score" || measure.task == "sold"));
    CHECK_FALSE(std::isnan(measure.ensemble));
  }
  const Predictions merged =
      ReadPredictions(MergeRun(run.path(), "", run / "merged.h5").path);
  CHECK_FALSE(merged.tasks.empty());
}

TEST_CASE("flags of single peers are read, and refused by name") {
  PeerFlags flags;
  CHECK(flags.Parse(2).empty());
  flags.arch = {"1=mmoe:experts=4"};
  flags.layers = {"1=64,32"};
  flags.tasks = {"0=a", "0=b*", R"(1=c\, d)", "1=e,f"};
  flags.rows = {"0=site0"};
  const auto specs = flags.Parse(2);
  REQUIRE(specs.size() == 2);
  CHECK(specs[0].arch.empty());
  CHECK(specs[0].tasks == std::vector<std::string>{"a", "b*"});
  CHECK(specs[1].tasks == std::vector<std::string>{"c, d", "e,f"});
  CHECK(specs[0].rows == "site0");
  CHECK(specs[1].arch == "mmoe:experts=4");
  CHECK(specs[1].layers == std::vector<std::string>{"64", "32"});
  flags.arch = {"2=mmoe"};
  CHECK(ErrorOf([&] { flags.Parse(2); }) ==
        "2 --peer-arch '2=mmoe' is no PEER=NAME (peers are 0 to 1)");
  PeerFlags views;
  views.view = {"0=x"};
  CHECK(Contains(ErrorOf([&] { views.Parse(2); }), "peer 1 has no --view"));
  views.view = {R"(0=x\,y,z)", "1=z"};
  CHECK(views.Parse(2)[0].inputs == std::vector<std::string>{"x,y", "z"});
  PeerSpec spec;
  spec.tasks = {"nothing"};
  CHECK(Contains(ErrorOf([&] { spec.Check(GroupedData(), 1); }),
                 "--peer-tasks of peer 1: there is no task 'nothing'"));
  spec = {};
  spec.rows = "site7";
  CHECK(Contains(ErrorOf([&] { spec.Check(GroupedData(), 1); }),
                 "--peer-rows of peer 1: "));
}

TEST_CASE("networks of their own do not go with a mean of parameters") {
  CHECK(Contains(ErrorOf([] {
                   SampleRun("fedavg", [](RunSpec* spec) {
                     spec->each.resize(2);
                     spec->each[1].arch = "mmoe";
                   });
                 }),
                 "2 --method fedavg averages parameters, so its peers"));
}

}  // namespace
}  // namespace mtlkit
