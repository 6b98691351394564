// Texts a line, with their labels, and files whose lines belong together.
#include "text/line_files.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/rng.h"
#include "data/dataset_io.h"
#include "temp_folder.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

TextOptions Names(std::vector<std::string> names) {
  TextOptions options;
  options.names = std::move(names);
  return options;
}

TEST_CASE("a text a line, and a label and a text a line, hold any signs") {
  CHECK(Rows("say \"hi\", you\n\n 7\n", "lines") == "say \"hi\", you\n~\n 7\n");
  CHECK(Rows("pos\ta \"b\tc\r\n\nneg\t1\n", "labelled") ==
        "pos|a \"b\tc\nneg|1\n");
  CHECK(ErrorOf([] {
          Rows("pos\ta\nneg b\n", "labelled");
        }).starts_with("65: table:2: no tab between a label and a text"));
  CHECK(ErrorOf([] {
          Rows("a\n", "lines", Names({"x", "y"}));
        }).starts_with("2: --names: 2 names for the one column"));
}

TEST_CASE("a token a line, an empty line behind each text") {
  const std::string rows = "the big dog|DT JJ NN\nruns|VB\n";
  CHECK(Rows("the DT\nbig JJ\ndog NN\n\n\nruns VB\n", "conll") == rows);
  CHECK(Rows("-DOCSTART- O\n\nthe\tDT\nbig\tJJ\ndog\tNN\n# id 2\n\nruns\tVB",
             "conll") == rows);
  CHECK(Rows("\n# x y\n\nthe\tDT\nbig\tJJ\ndog\tNN\n\nruns\tVB", "conll") ==
        rows);
  CHECK(ErrorOf([] {
          Rows("a DT\nb\n", "conll");
        }).starts_with("65: table:2: 1 column instead of 2"));
  CHECK(ErrorOf([] {
          Rows("a\tDT\nb c\tDT\n", "conll");
        }).starts_with("65: table:2: column 'words' holds 'b c'"));
  CHECK(ErrorOf([] {
          Rows("a\tDT\nb\t\n", "conll");
        }).starts_with("65: table:2: column 'tags' is empty"));
  CHECK(
      ErrorOf([] { Rows("\n\n", "conll"); }).starts_with("65: table: no rows"));
  CHECK(ErrorOf([] {
          Rows("a DT NP\n", "conll", Names({"x", "y"}));
        }).starts_with("2: --names: 2 names for 3 columns"));
}

TEST_CASE("control characters and what is no UTF-8 are named with the place") {
  CHECK(ErrorOf([] { Rows("a\nb\x01\n", "lines"); }) != "");
  CHECK(ErrorOf([] {
          ConvertOptions options;
          options.format = "lines";
          Convert({{"t.txt", "good\nbad \xff\n"}}, options);
        }).find("t.txt:2") != std::string::npos);
}

// The files as NAME=PATH, in a folder of their own, as CSV.
std::string Parallel(const std::vector<NamedText>& files,
                     bool parallel = true) {
  const TempFolder folder;
  std::vector<TableInput> inputs;
  for (const NamedText& file : files) {
    const std::string path = folder / file.name;
    std::ofstream(path) << file.bytes;
    inputs.push_back({file.name, path});
  }
  SilentReporter reporter;
  ConvertTables(WithLineFilesOf(inputs, parallel), folder / "out.h5", {}, {},
                false, &reporter);
  return Csv(ReadDataset(folder / "out.h5"));
}

TEST_CASE("line i of each file is a cell of row i") {
  CHECK(Parallel({{"en", "a dog\n\nno\n"}, {"de", "ein Hund\nja\nnein\n"}}) ==
        "id,en,de\n0,a dog,ein Hund\n1,,ja\n2,no,nein\n");
  CHECK(Parallel({{"train.en", "a\nb\n"},
                  {"train.de", "A\nB\n"},
                  {"test.en", "c\n"},
                  {"test.de", "C\n"}}) ==
        "id,en,de,split\n0,a,A,train\n1,b,B,train\n2,c,C,test\n");
  CHECK(ErrorOf([] {
          Parallel({{"en", "a\nb\nc\n"}, {"de", "A\nB\n"}});
        }) ==
        "65: de: ends behind line 2, and en goes on (line i of each file "
        "belongs to row i: they have as many lines)");
  CHECK(ErrorOf([] {
          Parallel({{"en", "a\n"}, {"de", "A\nB\n"}});
        }).starts_with("65: en: ends behind line 1, and de goes on"));
}

TEST_CASE("a folder of seq.in, seq.out and label is a table") {
  const TempFolder folder;
  const std::string train = folder / "train";
  std::filesystem::create_directory(train);
  CHECK(!IsTokenFolder(train));
  std::ofstream(train + "/seq.in") << "fly to oslo\nstop\n";
  std::ofstream(train + "/seq.out") << "O O B-city\nO\n";
  CHECK(IsTokenFolder(train));
  SilentReporter reporter;
  const auto convert = [&] {
    ConvertTables(WithLineFilesOf({{"train", train}}, false), folder / "out.h5",
                  {}, {}, false, &reporter);
    return Csv(ReadDataset(folder / "out.h5"));
  };
  CHECK(
      convert() ==
      "id,words,tags,split\n0,fly to oslo,O O B-city,train\n1,stop,O,train\n");
  std::ofstream(train + "/label") << "flight\nend\n";
  CHECK(convert() ==
        "id,words,tags,intent,split\n0,fly to oslo,O O "
        "B-city,flight,train\n1,stop,O,end,train\n");
}

// Whatever stands in a file: rows, or one line that says what is wrong.
TEST_CASE("no change of a byte breaks a reader") {
  const std::string samples[] = {"a b\tB-x\nc\tO\n\nd\tI-x\n", "pos\ta b c\n"};
  const Rng rng(4, RandomPurpose::kTest);
  for (const char* format : {"conll", "labelled", "lines"}) {
    for (Index trial = 0; trial < 400; ++trial) {
      std::string text = samples[trial % 2];
      for (Index change = 0; change < 3; ++change) {
        const auto at = static_cast<std::size_t>(
            rng.Uniform(trial, 2 * change) * static_cast<double>(text.size()));
        text[at] = static_cast<char>(256 * rng.Uniform(trial, 2 * change + 1));
      }
      const std::string error = ErrorOf([&] { Rows(text, format); });
      CHECK((error.empty() || error.starts_with("65: ")));
      CHECK(error.find('\n') == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace mtlkit
