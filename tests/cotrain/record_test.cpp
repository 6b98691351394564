#include "cotrain/record.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cotrain/json_record.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a record says what its round was") {
  SampleRun run("codistillation");
  run.Rounds(2);
  const auto done = ReadDone(run.folder(), 1, 2);
  REQUIRE(done);
  CHECK(done->peer == 1);
  CHECK(done->round == 2);
  // All training rows have a label of some task.
  CHECK(done->rows == 160);
  REQUIRE(done->inputs.size() == 2);
  CHECK(done->inputs[0].peer == 0);
  CHECK(done->inputs[0].round == 1);
  CHECK(done->inputs[0].content_sha256 ==
        PeekDone(run.folder(), 0, 1)->publication_content_sha256);
  REQUIRE(done->measures.size() == 4);
  CHECK(done->measures[0].task == "score");
  CHECK(done->measures[3].metric == "hamming-loss");
}

TEST_CASE("measures that are undefined survive, as do inputs") {
  SampleRun run("codistillation");
  DoneRecord record = *PeekDone(run.folder(), 0, 0);
  record.inputs = {{1, 4, "abc"}};
  record.measures = {{"sold", "roc-auc", std::nan(""), 0.5}};
  record.proposed = 17;
  WriteDone(run.folder(), record);
  const auto read = PeekDone(run.folder(), 0, 0);
  CHECK(read->inputs == record.inputs);
  CHECK(std::isnan(read->measures[0].own));
  CHECK(read->measures[0].ensemble == 0.5);
  CHECK(read->proposed == 17);
}

TEST_CASE("a round without DONE.json is no round") {
  SampleRun run("codistillation");
  CHECK_FALSE(ReadDone(run.folder(), 0, 1));
  run.Round(0);
  fs::remove(run.folder().DonePath(0, 1));
  CHECK_FALSE(ReadDone(run.folder(), 0, 1));
  CHECK(run.folder().NewestRound(0) == 0);
}

TEST_CASE("files that changed after their round are named") {
  SampleRun run("codistillation");
  run.Round(0);
  const std::string model = run.folder().ModelPath(0, 1);
  Spoil(model);
  CHECK(ErrorOf([&] { ReadDone(run.folder(), 0, 1); }) ==
        Str("65 ", model,
            ": it is not the file that DONE.json speaks of (restore it, or "
            "remove DONE.json beside it and run round 1 of peer 0 again)"));
  CHECK(PeekDone(run.folder(), 0, 1));
  // Who only reads the publication does not miss the model.
  CHECK(ReadDonePublication(run.folder(), 0, 1));
  fs::remove(run.folder().PublicationPath(0, 1));
  CHECK(Contains(ErrorOf([&] { ReadDonePublication(run.folder(), 0, 1); }),
                 "publish.h5: it is missing"));
}

TEST_CASE("a record that was copied from elsewhere is refused") {
  SampleRun run("codistillation");
  run.Rounds(1);
  fs::copy_file(run.folder().DonePath(1, 1), run.folder().DonePath(0, 1),
                fs::copy_options::overwrite_existing);
  CHECK(Contains(ErrorOf([&] { PeekDone(run.folder(), 0, 1); }),
                 "r0001/DONE.json: it speaks of round 1 of peer 1"));
}

TEST_CASE("a round made under other settings is refused") {
  SampleRun run("codistillation");
  run.Round(0);
  std::ofstream(run.folder().SpecPath(), std::ios::app) << ' ';
  CHECK(Contains(ErrorOf([&] { ReadDone(run.folder(), 0, 1); }),
                 "made under other settings"));
}

TEST_CASE("committed inputs are read as they were written") {
  SampleRun run("codistillation");
  CHECK_FALSE(ReadRoundInputs(run.folder(), 0, 1));
  fs::create_directories(run.folder().RoundPath(0, 1));
  const std::vector<RoundInput> inputs = {{0, 3, "x"}, {1, 2, "y"}};
  WriteRoundInputs(run.folder(), 0, 1, inputs);
  CHECK(ReadRoundInputs(run.folder(), 0, 1) == inputs);
}

// Every record of a run is under a digest: no change of one byte passes.
TEST_CASE("a record in which any byte has changed is refused") {
  SampleRun run("codistillation");
  run.Rounds(1);
  const RunFolder& folder = run.folder();
  const std::vector<std::function<void()>> readers = {
      [&] { ReadSpec(folder); }, [&] { ReadRoundInputs(folder, 1, 1); },
      [&] { PeekDone(folder, 1, 1); }};
  const std::string paths[] = {folder.SpecPath(), folder.InputsPath(1, 1),
                               folder.DonePath(1, 1)};
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const std::string good = FileBytes(paths[i]);
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const int bit : {1, 32}) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ bit);
        std::ofstream(paths[i], std::ios::binary) << bad;
        const std::string error = ErrorOf(readers[i]);
        INFO(paths[i] << " byte " << at);
        CHECK(error.rfind(Str("65 ", paths[i], ": "), 0) == 0);
      }
    }
    std::ofstream(paths[i], std::ios::binary) << good;
    CHECK(ErrorOf(readers[i]).empty());
  }
}

TEST_CASE("a record of another schema is refused, and says so") {
  SampleRun run("codistillation");
  const std::string path = run.folder().DonePath(0, 0);
  Json json = Json::parse(FileBytes(path));
  json["schema"] = 1;
  std::ofstream(path) << json.dump(1) << "\n";
  CHECK(Contains(ErrorOf([&] { PeekDone(run.folder(), 0, 0); }),
                 "it has schema 1; this tool reads 2"));
  json.erase("schema");
  std::ofstream(path) << json.dump(1) << "\n";
  CHECK(Contains(ErrorOf([&] { PeekDone(run.folder(), 0, 0); }),
                 "it has schema none; this tool reads 2"));
}

TEST_CASE("a record without its publication drops no peer in silence") {
  SampleRun run("codistillation");
  run.Rounds(1);
  const std::string path = run.folder().DonePath(1, 1);
  Json json = ReadRecord(path, "");
  json.erase("publication");
  WriteRecord(json, path);
  CHECK(ErrorOf([&] { run.Round(0); }) ==
        Str("65 ", path,
            ": it speaks of no publication, though every round has one "
            "(remove it and run the round again)"));
}

}  // namespace
}  // namespace mtlkit
