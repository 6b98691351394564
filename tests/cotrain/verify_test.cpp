#include <doctest/doctest.h>

#include <filesystem>

#include "cotrain/merge.h"
#include "cotrain/sample_run.h"
#include "cotrain/status.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

// What verify says of a run of two rounds after `spoil`, without the folder.
std::vector<std::string> ProblemsAfter(
    const std::function<void(SampleRun&)>& spoil) {
  SampleRun run("codistillation");
  run.Rounds(2);
  MergeRun(run.path(), "", "");
  REQUIRE(VerifyRun(run.path()).empty());
  spoil(run);
  std::vector<std::string> problems = VerifyRun(run.path());
  for (std::string& problem : problems) {
    const auto found = problem.find(run.path());
    if (found == 0) problem.erase(0, run.path().size() + 1);
  }
  return problems;
}

bool Finds(const std::vector<std::string>& problems, const std::string& text) {
  return std::any_of(problems.begin(), problems.end(),
                     [&](const std::string& p) { return Contains(p, text); });
}

TEST_CASE("damaged and missing files are found, each once") {
  for (const char* file : {"model.h5", "publish.h5"}) {
    const std::string path = Str("peers/001/r0002/", file);
    const auto damaged =
        ProblemsAfter([&](SampleRun& run) { Spoil(run.path() + "/" + path); });
    REQUIRE(damaged.size() == 1);
    CHECK(damaged[0] == path + ": it is not the file that DONE.json speaks of");
    const auto missing = ProblemsAfter(
        [&](SampleRun& run) { fs::remove(run.path() + "/" + path); });
    REQUIRE(missing.size() == 1);
    CHECK(missing[0] ==
          path + ": it is missing, though DONE.json speaks of it");
  }
}

TEST_CASE("a missing record is found, and that it was read") {
  const auto problems = ProblemsAfter(
      [](SampleRun& run) { fs::remove(run.folder().DonePath(1, 1)); });
  CHECK(Finds(problems, "peers/001/r0001/DONE.json: it is missing"));
  CHECK(Finds(problems, "peers/000/r0002/DONE.json: "));
}

TEST_CASE("a peer that was never begun, or is gone, is found") {
  const auto problems = ProblemsAfter(
      [](SampleRun& run) { fs::remove_all(run.path() + "/peers/001"); });
  CHECK(Finds(problems, "peers/001/r0000/DONE.json: it is missing"));
}

TEST_CASE("peers' files that were exchanged are found, both") {
  const auto problems = ProblemsAfter([](SampleRun& run) {
    const std::string one = run.folder().PublicationPath(0, 1);
    const std::string two = run.folder().PublicationPath(1, 1);
    fs::rename(one, one + ".kept");
    fs::rename(two, one);
    fs::rename(one + ".kept", two);
  });
  CHECK(Finds(problems, "peers/000/r0001/publish.h5: it is not the file"));
  CHECK(Finds(problems, "peers/001/r0001/publish.h5: it is not the file"));
}

TEST_CASE("whole rounds that were exchanged are found") {
  const auto problems = ProblemsAfter([](SampleRun& run) {
    const std::string one = run.folder().RoundPath(0, 1);
    const std::string two = run.folder().RoundPath(1, 1);
    fs::rename(one, one + ".kept");
    fs::rename(two, one);
    fs::rename(one + ".kept", two);
  });
  CHECK(Finds(problems, "000/r0001/DONE.json: it speaks of round 1 of peer 1"));
  CHECK(Finds(problems, "001/r0001/DONE.json: it speaks of round 1 of peer 0"));
}

TEST_CASE("rounds of another run are found") {
  const auto problems = ProblemsAfter([](SampleRun& run) {
    SampleRun other("codistillation", [](RunSpec* spec) { spec->seed = 2; });
    other.Rounds(2);
    fs::remove_all(run.path() + "/peers/001");
    fs::copy(other.path() + "/peers/001", run.path() + "/peers/001",
             fs::copy_options::recursive);
  });
  CHECK(Finds(problems, "001/r0001/DONE.json: the round was made under other"));
  CHECK(Finds(problems, "000/r0002/DONE.json: "));
}

TEST_CASE("a publication that changed after it was read is found") {
  // The files of the round agree with one another, but not with who read them.
  const auto problems = ProblemsAfter([](SampleRun& run) {
    Publication publication = run.Published(1, 1);
    publication.tasks[0].values[0] += 1;
    DoneRecord record = *PeekDone(run.folder(), 1, 1);
    record.publication_content_sha256 = WritePublication(
        publication, run.run().data, "[]", run.folder().PublicationPath(1, 1));
    WriteDone(run.folder(), record);
  });
  CHECK(problems.size() == 2);
  CHECK(Finds(problems, "000/r0002/DONE.json: "));
  CHECK(Finds(problems, "001/r0001/publish.h5 is not what it read"));
}

TEST_CASE("folders that are no peer's are found, and no line comes twice") {
  const auto problems = ProblemsAfter([](SampleRun& run) {
    fs::create_directories(run.path() + "/peers/009/r0001");
    fs::create_directories(run.path() + "/peers/.copying");
  });
  REQUIRE(problems.size() == 1);
  CHECK(problems[0] == "peers/009: the run has no such peer (2 peers)");
  const auto linked = ProblemsAfter([](SampleRun& run) {
    fs::rename(run.path() + "/peers/001", run.path() + "/away");
    fs::create_directory_symlink("../away", run.path() + "/peers/001");
  });
  for (std::size_t i = 0; i < linked.size(); ++i) {
    CHECK(std::count(linked.begin(), linked.end(), linked[i]) == 1);
  }
}

TEST_CASE("a damaged merge is found") {
  const auto problems =
      ProblemsAfter([](SampleRun& run) { Spoil(run.folder().MergedPath(2)); });
  REQUIRE(problems.size() == 1);
  CHECK(Contains(problems[0], "merged/r0002.h5"));
}

// A run's files are its own: nothing outside is read or overwritten.
TEST_CASE("a symbolic link inside a run is found, and not written through") {
  for (const char* place :
       {"peers/001", "peers/001/r0003", "peers/001/r0003/model.h5",
        "peers/001/r0003/publish.h5", "peers/001/r0003/inputs.json",
        "peers/001/r0003/model.h5.ckpt.h5", "peers/001/r0003/DONE.json",
        "events.jsonl"}) {
    SampleRun run("codistillation");
    run.Rounds(2);
    const std::string victim = run / "victim";
    const std::string link = Str(run.path(), "/", place);
    if (std::string(place) == "peers/001") {
      fs::rename(link, victim);
    } else {
      std::ofstream(victim) << "precious";
      fs::create_directories(fs::path(link).parent_path());
      fs::remove(link);
    }
    fs::create_symlink(victim, link);
    const std::string error = ErrorOf([&] { run.Round(1, 3); });
    INFO(place);
    CHECK(Contains(error, Str("65 ", link, ": it is a symbolic link")));
    if (fs::is_regular_file(victim)) CHECK(FileBytes(victim) == "precious");
  }
}

TEST_CASE("a symbolic link among merges is found, and not written through") {
  const auto problems = ProblemsAfter([](SampleRun& run) {
    const std::string victim = run / "victim";
    std::ofstream(victim) << "precious";
    const std::string link = run.path() + "/merged/mine.h5";
    fs::create_symlink(victim, link);
    CHECK(Contains(ErrorOf([&] { MergeRun(run.path(), "", link); }),
                   Str("65 ", link, ": it is a symbolic link")));
    CHECK(FileBytes(victim) == "precious");
    const std::string place = run.folder().MergedPath(2);
    fs::remove(place);
    fs::create_symlink(victim, place);
    CHECK(Contains(ErrorOf([&] { MergeRun(run.path(), "", ""); }),
                   Str("65 ", place, ": it is a symbolic link")));
    CHECK(FileBytes(victim) == "precious");
  });
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].starts_with("merged/mine.h5: it is a symbolic link"));
  CHECK(problems[1].starts_with("merged/r0002.h5: it is a symbolic link"));
}

TEST_CASE("verify names each link that a round or status refuses, once") {
  for (const char* place :
       {"peers", "events.jsonl", "peers/001/r0003",
        "peers/001/r0003/model.h5.ckpt.h5", "peers/001/r0002/inputs.json"}) {
    INFO(place);
    const auto problems = ProblemsAfter([&](SampleRun& run) {
      const std::string link = Str(run.path(), "/", place);
      fs::create_directories(fs::path(link).parent_path());
      if (fs::exists(link)) fs::rename(link, run / "away");
      fs::create_symlink(run / "away", link);
    });
    CHECK(std::count_if(problems.begin(), problems.end(),
                        [](const std::string& problem) {
                          return Contains(problem, "symbolic link");
                        }) == 1);
  }
  for (const char* file : {"model.h5", "publish.h5", "inputs.json"}) {
    SampleRun run("codistillation");
    run.Rounds(2);
    const std::string link = Str(run.path(), "/peers/001/r0002/", file);
    fs::rename(link, run / "away");
    fs::create_symlink(run / "away", link);
    CHECK(Contains(ErrorOf([&] { StatusOf(run.path()); }),
                   Str("65 ", link, ": it is a symbolic link")));
  }
}

TEST_CASE("what a round committed to is checked as every record") {
  const std::string path = "peers/001/r0002/inputs.json";
  const auto change = [&](SampleRun& run, auto&& with) {
    const std::string file = Str(run.path(), "/", path);
    const std::string text = FileBytes(file);
    std::ofstream(file, std::ios::binary) << with(text);
  };
  const auto damaged =
      ProblemsAfter([&](SampleRun& run) { Spoil(Str(run.path(), "/", path)); });
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0].starts_with(path + ": it is damaged"));
  const auto schema = ProblemsAfter([&](SampleRun& run) {
    change(run, [](std::string text) {
      const std::string known = "\"schema\": 2";
      return text.replace(text.find(known), known.size(), "\"schema\": 99");
    });
  });
  REQUIRE(schema.size() == 1);
  CHECK(schema[0].starts_with(path + ": it has schema 99"));
  const auto missing = ProblemsAfter(
      [&](SampleRun& run) { fs::remove(Str(run.path(), "/", path)); });
  REQUIRE(missing.size() == 1);
  CHECK(missing[0] == path + ": it is missing");
  const auto other = ProblemsAfter(
      [](SampleRun& run) { WriteRoundInputs(run.folder(), 1, 2, {}); });
  REQUIRE(other.size() == 1);
  CHECK(other[0] == path + ": it says otherwise than DONE.json beside it");
}

TEST_CASE("what an unfinished round committed to is checked, too") {
  const std::string path = "peers/001/r0003/inputs.json";
  const auto begin = [](SampleRun& run) {
    fs::create_directories(run.folder().RoundPath(1, 3));
    WriteRoundInputs(
        run.folder(), 1, 3,
        {{0, 2, PeekDone(run.folder(), 0, 2)->publication_content_sha256}});
  };
  CHECK(ProblemsAfter(begin).empty());
  const auto damaged = ProblemsAfter([&](SampleRun& run) {
    begin(run);
    Spoil(Str(run.path(), "/", path));
  });
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0].starts_with(path + ": it is damaged"));
  const auto gone = ProblemsAfter([&](SampleRun& run) {
    fs::create_directories(run.folder().RoundPath(1, 3));
    WriteRoundInputs(run.folder(), 1, 3, {{0, 2, "other"}});
  });
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].starts_with(path + ": "));
  CHECK(gone[0].ends_with("publish.h5 is not what it committed to read"));
}

TEST_CASE("verify names a symbolic link") {
  const auto problems = ProblemsAfter([](SampleRun& run) {
    const std::string path = run.folder().ModelPath(1, 2);
    fs::rename(path, run / "model.h5");
    fs::create_symlink(run / "model.h5", path);
  });
  REQUIRE(problems.size() == 1);
  CHECK(Contains(problems[0], "001/r0002/model.h5: it is a symbolic link"));
}

}  // namespace
}  // namespace mtlkit
