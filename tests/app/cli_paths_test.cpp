// Which files a command line may name.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "app/cli.h"
#include "app/operands.h"
#include "base/error.h"
#include "base/file_ending.h"
#include "cotrain/run.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// "" if all is well, else the error.
std::string ParseWith(Cli& cli, const std::vector<std::string>& arguments) {
  try {
    return cli.Parse(arguments).value_or("");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.what();
  }
}

// The outcome of flags of a tool that knows no run.
std::string ParsePlain(const std::vector<std::string>& flags) {
  std::string output;
  std::string log;
  Cli cli("mtl-toy", "Plays.", "mtl-toy -o b");
  cli.Output("model", &output, "the result");
  cli.OutputFlag("log", &log, "where the log goes", OutputKind::kText);
  return ParseWith(cli, flags);
}

// A command about a run, and such a run with the data that it recorded.
struct RunScene {
  RunScene() {
    std::filesystem::create_directories(folder / "run/peers/000");
    std::filesystem::create_directories(folder / "run/merged");
    RunSpec spec;
    spec.method = "fedavg";
    spec.peers = 1;
    spec.data = "../data.h5";
    WriteSpec(RunFolder(run), spec);
    std::ofstream(folder / "data.h5") << "rows";
  }

  std::string Parse(std::vector<std::string> arguments) const {
    std::string given;
    std::string output;
    Cli cli("mtl-toy", "Plays.", "mtl-toy run");
    cli.RunOperand(&given);
    cli.OutputFlag("to", &output, "where it goes");
    return ParseWith(cli, arguments);
  }

  TempFolder folder;
  std::string run = folder / "run";
};

TEST_CASE("the data that a run has recorded are an input of its commands") {
  const RunScene scene;
  const std::string data = scene.folder / "data.h5";
  std::filesystem::create_symlink(data, scene.folder / "link.h5");
  for (const std::string& path : {data, scene.folder / "link.h5"}) {
    CHECK(scene.Parse({scene.run, "--to", path}) ==
          Str("--to ", path,
              " is also the data of the run, which is read (write to another "
              "file)"));
  }
  CHECK(scene.Parse({scene.run, "-o", scene.folder / "new.h5"}) == "");
  CHECK(scene.Parse({scene.run}) == "");
}

TEST_CASE("text goes under no name that says otherwise") {
  const auto said = [](const char* path) -> std::string {
    try {
      RequireEnding("-o", path, ".csv .txt", "CSV is written here");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
      return error.what();
    }
    return "";
  };
  for (const char* path : {"a.csv", "A.CSV", "a", "a.txt", "-", "a.b"}) {
    CHECK(said(path) == "");
  }
  CHECK(said("a.h5") ==
        "-o a.h5: CSV is written here, not h5 (end the name with .csv or "
        ".txt)");
  for (const char* path : {"a.HDF5", "a.jsonl", "a.tsv", "a.csv.gz", "a.xlsx",
                           "a.onnx", "a.png", "b/.csv.PNG"}) {
    CHECK(said(path) != "");
  }
}

TEST_CASE("no tool writes among the files of a run, but for its merges") {
  const RunScene scene;
  const std::string said = " lies among the files of the run ";
  std::filesystem::create_symlink(scene.folder / "run/peers/000/none.h5",
                                  scene.folder / "link.h5");
  std::filesystem::create_directory_symlink(scene.folder / "run",
                                            scene.folder / "other");
  for (const char* name :
       {"run/peers/000/r0001/model.h5", "run/model.h5", "run/merged/m.h5",
        "link.h5", "other/model.h5", "run/../run/m.h5"}) {
    INFO(name);
    const std::string path = scene.folder / name;
    CHECK(ParsePlain({"-o", path}).starts_with("-o " + path + said));
    CHECK(ParsePlain({"--log", path, "-o", "b"})
              .starts_with("--log " + path + said));
    const bool is_merge = std::string(name) == "run/merged/m.h5";
    CHECK(scene.Parse({scene.run, "--to", path}).empty() == is_merge);
  }
  // Of another run not even merges.
  CHECK_FALSE(scene
                  .Parse({scene.folder / "new", "--to",
                          scene.folder / "run/merged/m.h5"})
                  .empty());
  CHECK(ParsePlain({"-o", scene.folder / "run2.h5"}) == "");
  CHECK(ParsePlain({"-o", scene.folder / "elsewhere/run.h5"}) == "");
}

TEST_CASE("a run is one without its run.json or first peer, too") {
  namespace fs = std::filesystem;
  const RunScene scene;
  const auto is_refused = [&](const char* name) {
    return !ParsePlain({"-o", scene.folder / name}).empty();
  };
  fs::create_directories(scene.folder / "run/peers/001/r0001");
  fs::remove_all(scene.folder / "run/peers/000");
  CHECK(is_refused("run/m.h5"));
  fs::remove(scene.folder / "run/run.json");
  CHECK(is_refused("run/peers/001/r0001/model.h5"));
  CHECK(is_refused("run/merged/m.h5"));
  // A run.json beside nothing else may be another program's.
  fs::create_directories(scene.folder / "other/peers/anna");
  std::ofstream(scene.folder / "other/run.json") << "{}";
  CHECK_FALSE(is_refused("other/m.h5"));
  std::ofstream(scene.folder / "other/events.jsonl") << "{}";
  CHECK(is_refused("other/m.h5"));
}

TEST_CASE("a path with an equals sign is a file where it is one") {
  const TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder / "");
  std::filesystem::create_directory("year=2020");
  std::ofstream("year=2020/part.csv") << "a\n";
  std::ofstream("train=b.csv") << "a\n";
  const NamedFile folded = ParseNamedFile("year=2020/part.csv");
  const NamedFile absent = ParseNamedFile("train=c.csv");
  std::ofstream("b.csv") << "a\n";
  const NamedFile both = ParseNamedFile("train=b.csv");
  std::filesystem::current_path(before);
  CHECK(folded.name.empty());
  CHECK(folded.path == "year=2020/part.csv");
  CHECK(absent.name == "train");
  CHECK(absent.path == "c.csv");
  CHECK(both.path == "b.csv");
}

}  // namespace
}  // namespace mtlkit
