#include "app/cli.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/flag_hint.h"
#include "app/toy_cli.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// The outcome of arguments after "a -o b".
std::string ParseFlags(std::vector<std::string> flags) {
  Toy toy;
  flags.insert(flags.begin(), {"a", "-o", "b"});
  return toy.Parse(flags);
}

TEST_CASE("values land in their variables") {
  Toy toy;
  CHECK(toy.Parse(
            {"a.h5",       "-o",        "b.h5",   "--layers",       "8,4",
             "--layers=2", "--dropout", "0.5",    "--no-bias",      "--task",
             "x",          "--task",    "y,z",    "--rename-class", "c",
             "<=50K.",     "<=50K",     "--json", "--threads",      "3",
             "-vv"}) == "");
  CHECK(toy.data == "a.h5");
  CHECK(toy.model == "b.h5");
  CHECK(toy.net.layers == std::vector<Index>{8, 4, 2});
  CHECK(toy.net.dropout == 0.5);
  CHECK_FALSE(toy.net.bias);
  CHECK(Join(toy.tasks, " ") == "x y z");
  REQUIRE(toy.renames.size() == 1);
  CHECK(Join(toy.renames[0], " ") == "c <=50K. <=50K");
  CHECK(toy.cli.common().threads == 3);
  CHECK(toy.cli.common().verbose == 2);
}

TEST_CASE("the settings are what can change the result and was changed") {
  Toy toy;
  CHECK(toy.Parse({"a", "-o", "b", "--layers", "none", "--bias", "--json",
                   "--names", "n", "--seed", "3", "--dropout", "0",
                   "--rename-class", "c", "d", "e"}) == "");
  CHECK(toy.net.layers.empty());
  CHECK(toy.cli.Settings().dump() ==
        R"({"layers":[],"rename-class":[["c","d","e"]]})");
}

TEST_CASE("of a flag that is given again the last holds") {
  Toy toy;
  CHECK(toy.Parse({"a", "-o", "c", "--dropout", "2", "--dropout", "0.25",
                   "--bias", "--no-bias", "-o", "b"}) == "");
  CHECK(toy.net.dropout == 0.25);
  CHECK(toy.model == "b");
  CHECK_FALSE(toy.net.bias);
  CHECK(toy.cli.Overridden() ==
        std::vector<std::string>{
            "--output is given again: 'b' holds, 'c' does not",
            "--dropout is given again: '0.25' holds, '2' does not"});
  Toy other;
  CHECK(other.Parse({"a", "-o", "b", "--no-bias", "--bias"}) == "");
  CHECK(other.net.bias);
  CHECK(other.cli.Overridden().empty());
}

TEST_CASE("names of flags elsewhere lead to ours") {
  const std::vector<std::string> known = {"--rate", "--batch", "--task",
                                          "--decay", "--checkpoint-every"};
  CHECK(FlagHint("--lr", known) == "did you mean --rate?");
  CHECK(FlagHint("--learning_rate", known) == "did you mean --rate?");
  CHECK(FlagHint("--batch-size", known) == "did you mean --batch?");
  CHECK(FlagHint("--weight-decay", known) == "did you mean --decay?");
  CHECK(FlagHint("--target", known) == "did you mean --task?");
  CHECK(FlagHint("--label", known) == "did you mean --task?");
  CHECK(FlagHint("--resume", known) ==
        "give the same command again: it goes on where it was");
  CHECK(FlagHint("--checkpoint_every", known) ==
        "did you mean --checkpoint-every?");
  CHECK(FlagHint("--output", std::vector<std::string>{"--to"}) ==
        "did you mean --to?");
  const std::vector<std::string> more = {"--peers", "--missing", "--ignore"};
  CHECK(FlagHint("--num-peers", more) == "did you mean --peers?");
  CHECK(FlagHint("--na", more) == "did you mean --missing?");
  CHECK(FlagHint("--drop", more) == "did you mean --ignore?");
  const std::vector<std::string> net = {"--layers",  "--epochs", "--seed",
                                        "--threads", "--output", "--dropout"};
  CHECK(FlagHint("--num-epochs", net) == "did you mean --epochs?");
  CHECK(FlagHint("--hidden", net) == "did you mean --layers?");
  CHECK(FlagHint("--Hidden_Size", net) == "did you mean --layers?");
  CHECK(FlagHint("--out", net) == "did you mean --output?");
  CHECK(FlagHint("--random-state", net) == "did you mean --seed?");
  for (const char* name : {"--cpu", "--workers", "--num_workers", "-j"}) {
    CHECK(FlagHint(name, net) == "did you mean --threads?");
  }
  // A word with two meanings: the one that the tool has.
  CHECK(FlagHint("--drop", net) == "did you mean --dropout?");
  // What another tool has, by its own name, too.
  const std::vector<std::string> other = {"--json", "--rows"};
  for (const char* name : {"--target", "--label", "--task"}) {
    CHECK(FlagHint(name, other) ==
          "mtl-prep --task names what is to be predicted");
  }
  for (const char* name : {"--lr", "--batch-size", "--epochs"}) {
    CHECK(FlagHint(name, other) ==
          "mtl-train, mtl-cotrain init and mtl-cotrain local have flags of "
          "training");
  }
  CHECK(FlagHint("--cuda", other) ==
        "everything runs on CPUs; --threads says on how many");
  // What is spelled nearly so, and what is not.
  CHECK(FlagHint("--row", other) == "did you mean --rows?");
  CHECK(FlagHint("--frobnicate", other) == "");
}

TEST_CASE("a name with a comma can stand in a list") {
  Toy toy;
  CHECK(toy.Parse({"a", "-o", "b", "--task", "price\\, net,sold"}) == "");
  CHECK(toy.tasks == std::vector<std::string>{"price, net", "sold"});
  // Where a flag is no list of names, or takes several values, it is the same.
  CHECK(toy.Parse({"a", "-o", "b", "--of", "price\\, net=x:a=1,b=2", "--of",
                   "price, net=y", "--rename-class", "price\\, net", "a, b",
                   "c"}) == "");
  CHECK(Join(toy.of, "|") == "price, net=x:a=1,b=2|price, net=y");
  CHECK(Join(toy.renames.at(0), "|") == "price, net|a, b|c");
}

TEST_CASE("a name that says otherwise than what is written is refused") {
  CHECK(Toy().Parse({"a", "-o", "b.csv"}) ==
        "-o b.csv: HDF5 is written here, not csv (end the name with .h5 or "
        ".hdf5)");
  CHECK(Toy()
            .Parse({"a", "-o", "b.CSV"})
            .starts_with("-o b.CSV: HDF5 is written here, not csv"));
  CHECK(Toy().Parse({"a", "-o", "b.csv/c"}) == "");
  CHECK(Toy().Parse({"a", "-o", "b", "--log", "b.csv"}) == "");
}

TEST_CASE("a setting that is not UTF-8 is refused: files could not keep it") {
  CHECK(ParseFlags({"--task", "a\xff"}) ==
        "--task is 'a\xff', which is not UTF-8 (settings are kept in files as "
        "text)");
}

TEST_CASE("numbers out of their bounds are refused with the bounds") {
  CHECK(ParseFlags({"--dropout", "1"}) ==
        "--dropout is 1 but must be in [0, 1)");
  CHECK(ParseFlags({"--dropout", "nan"}) ==
        "--dropout is nan but must be a finite number, in [0, 1)");
  CHECK(ParseFlags({"--dropout", "inf"}) ==
        "--dropout is inf but must be a finite number, in [0, 1)");
  CHECK(ParseFlags({"--dropout", "half"}) ==
        "--dropout is 'half' but must be a number, in [0, 1)");
  CHECK(ParseFlags({"--layers", "8,,4"}) ==
        "--layers is '' but must be a whole number, at least 1");
  CHECK(ParseFlags({"--layers", "1.5"}) ==
        "--layers is '1.5' but must be a whole number, at least 1");
  CHECK(ParseFlags({"--seed=-1"}) == "--seed is -1 but must be at least 0");
  CHECK(ParseFlags({"--seed", "99999999999999999999"}) ==
        "--seed is '99999999999999999999' but must be a whole number, at "
        "least 0");
  CHECK(ParseFlags({"--threads", "0"}) ==
        "--threads is 0 but must be in [1, 1024]");
}

TEST_CASE("a name that is none of the choices is refused with them") {
  CHECK(ParseFlags({"--activation", "rlu"}) ==
        "--activation is 'rlu' but must be one of relu, gelu (did you mean "
        "'relu'?)");
}

TEST_CASE("an unknown flag is named with the nearest one") {
  CHECK(ParseFlags({"--layer", "3"}) ==
        "there is no flag --layer (did you mean --layers?)");
  CHECK(ParseFlags({"--zzz=3"}) ==
        "there is no flag --zzz (see mtl-toy --help)");
  CHECK(ParseFlags({"--help-markdwn"}) ==
        "there is no flag --help-markdwn (see mtl-toy --help)");
}

TEST_CASE("operands and flags are given exactly as often as they should") {
  Toy toy;
  CHECK(toy.Parse({}) ==
        "-o MODEL is missing (usage: mtl-toy DATA -o MODEL [flags]; --help "
        "says more)");
  CHECK(Toy().Parse({"-o", "b"}) ==
        "the operand DATA is missing (usage: mtl-toy DATA -o MODEL [flags]; "
        "--help says more)");
  CHECK(Toy().Parse({"a", "c", "-o", "b"}) ==
        "unexpected operand 'c' (usage: mtl-toy DATA -o MODEL [flags]; --help "
        "says more)");
  CHECK(Toy().Parse({"", "-o", "b"}) == "the operand DATA is empty");
  CHECK(ParseFlags({"--bias=false"}) == "");
  CHECK(ParseFlags({"--bias=maybe"}) ==
        "--bias is 'maybe' but must be true or false");
  CHECK(ParseFlags({"--verbose=3"}) == "--verbose takes no value");
  const std::string hint = " is empty (give it a value, or leave it out)";
  CHECK(ParseFlags({"--names", ""}) == "--names" + hint);
  CHECK(ParseFlags({"--layers="}) == "--layers" + hint);
  CHECK(ParseFlags({"--activation", " "}) == "--activation" + hint);
}

TEST_CASE("one input and one output at most may be a pipe") {
  Toy toy;
  CHECK(toy.Parse({"-", "-o", "-"}) == "");
  CHECK(toy.cli.reads_stdin());
  CHECK(toy.cli.outputs().size() == 1);
  CHECK(Toy().Parse({"-", "-o", "b", "--names", "-"}) ==
        "DATA and --names cannot both be stdin (give a file to one of them)");
  CHECK(Toy().Parse({"a", "-o", "-", "--log", "-"}) ==
        "-o and --log cannot both be stdout (give a file to one of them)");
  CHECK_FALSE(Toy().cli.reads_stdin());
}

TEST_CASE("files may have names") {
  std::vector<NamedFile> files;
  Cli cli("mtl-toy", "Plays.", "");
  cli.Inputs("file", &files, "tables");
  const std::vector<std::string> arguments = {"train=a/b=c.csv", "./x=y.csv",
                                              "-", "z"};
  CHECK_FALSE(cli.Parse(arguments).has_value());
  std::string text;
  for (const NamedFile& file : files) text += file.name + ":" + file.path + " ";
  CHECK(text == "train:a/b=c.csv :./x=y.csv :- :z ");
  CHECK(cli.reads_stdin());
  CHECK(FileStem("runs/single.pred.h5") == "single");
  CHECK(FileStem("run/") == "run");
  CHECK(FileStem(".hidden") == ".hidden");
  const std::vector<std::string> unnamed = {"train="};
  CHECK_THROWS_AS(cli.Parse(unnamed), Error);
}

TEST_CASE("a name may have several files between commas") {
  std::vector<NamedFile> files;
  Cli cli("mtl-toy", "Plays.", "");
  cli.Inputs("file", &files, "tables", Cli::Commas::kSeeds);
  const std::vector<std::string> arguments = {"one=a.h5,b.h5,c.h5", "d,e.h5",
                                              "two=f.h5"};
  CHECK_FALSE(cli.Parse(arguments).has_value());
  std::string text;
  for (const NamedFile& file : files) {
    text += Str(file.name, ":", file.path, ":", file.part, " ");
  }
  CHECK(text == "one:a.h5:0 one:b.h5:1 one:c.h5:2 :d,e.h5:0 two:f.h5:0 ");
  const std::vector<std::string> empty = {"one=a.h5,,b.h5"};
  CHECK_THROWS_AS(cli.Parse(empty), Error);
}

TEST_CASE("operands behind several take the last ones") {
  std::vector<std::string> models;
  std::string data;
  Cli cli("mtl-toy", "Plays.", "");
  cli.Paths("model", &models, "models");
  cli.Input("data", &data, "rows");
  CHECK_FALSE(cli.Parse(std::vector<std::string>{"a", "b=c", "d"}).has_value());
  CHECK(models == std::vector<std::string>{"a", "b=c"});
  CHECK(data == "d");
  CHECK_FALSE(cli.Parse(std::vector<std::string>{"a", "-"}).has_value());
  CHECK(models == std::vector<std::string>{"a"});
  CHECK(cli.reads_stdin());
  CHECK_THROWS_AS(cli.Parse(std::vector<std::string>{"a"}), Error);
  CHECK_THROWS_AS(cli.Parse(std::vector<std::string>{"-", "-"}), Error);
  CHECK(cli.Help(false).find("MODEL... DATA") != std::string::npos);
}

TEST_CASE("the environment sets what no flag does") {
  setenv("MTLKIT_DROPOUT", "0.25", 1);
  setenv("MTLKIT_TASK", "x,y", 1);
  setenv("MTLKIT_BIAS", "no", 1);
  setenv("MTLKIT_NAMES", "ignored", 1);
  Toy toy;
  const std::string outcome = toy.Parse({"a", "-o", "b", "--task", "z"});
  setenv("MTLKIT_DROPOUT", "2", 1);
  const std::string refused = Toy().Parse({"a", "-o", "b"});
  for (const char* name :
       {"MTLKIT_DROPOUT", "MTLKIT_TASK", "MTLKIT_BIAS", "MTLKIT_NAMES"}) {
    unsetenv(name);
  }
  CHECK(outcome == "");
  CHECK(toy.net.dropout == 0.25);
  CHECK(Join(toy.tasks, " ") == "z");
  CHECK_FALSE(toy.net.bias);
  CHECK(toy.names == "");
  CHECK(refused == "MTLKIT_DROPOUT is 2 but must be in [0, 1)");
}

}  // namespace
}  // namespace mtlkit
