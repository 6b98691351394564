#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"
#include "h5/mutator.h"
#include "h5/sample_file.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

using Texts = std::vector<std::string>;

// Writes `values` alone into a file and reads them back as `Read`.
template <class Read, class T>
std::vector<Read> RoundTrip(const std::vector<T>& values,
                            const StoreOptions& options = {}) {
  const TempFolder folder;
  const std::string path = folder / "a.h5";
  FileWriter writer(path, FileKind::kDataset);
  writer.WriteList<T>("values", values, options);
  writer.Commit();
  return FileReader::Open(path).ReadList<Read>("values");
}

template <class T>
std::vector<T> Extremes() {
  using Limits = std::numeric_limits<T>;
  return {Limits::lowest(), T{0}, T{1}, Limits::max()};
}

std::string MessageOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST_CASE_TEMPLATE("numbers of every type come back as they were", T,
                   std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t,
                   float, double) {
  CHECK(RoundTrip<T>(Extremes<T>()) == Extremes<T>());
  // Large enough to be stored in compressed chunks.
  std::vector<T> many;
  for (int i = 0; i < 300000; ++i) many.push_back(static_cast<T>(i % 100));
  CHECK(RoundTrip<T>(many, {Compress::kAuto}) == many);
}

TEST_CASE("numbers are read as another type where every value survives") {
  CHECK(RoundTrip<std::int8_t>(std::vector<double>{-128, 127}) ==
        std::vector<std::int8_t>{-128, 127});
  CHECK(RoundTrip<float>(std::vector<std::int64_t>{1 << 24}) ==
        std::vector<float>{16777216});
  CHECK(RoundTrip<double>(std::vector<float>{0.1f})[0] ==
        static_cast<double>(0.1f));
  CHECK(RoundTrip<float>(std::vector<double>{0.5, HUGE_VAL}) ==
        std::vector<float>{0.5f, HUGE_VALF});
  CHECK(std::isnan(RoundTrip<float>(std::vector<double>{std::nan("")})[0]));
}

TEST_CASE("numbers that would change are refused") {
  CHECK_THROWS_AS(RoundTrip<float>(std::vector<double>{0.1}), Error);
  CHECK_THROWS_AS(RoundTrip<float>(std::vector<std::int64_t>{(1 << 24) + 1}),
                  Error);
  CHECK_THROWS_AS(RoundTrip<std::int8_t>(std::vector<double>{128}), Error);
  CHECK_THROWS_AS(RoundTrip<std::int8_t>(std::vector<double>{0.5}), Error);
  CHECK_THROWS_AS(RoundTrip<std::int64_t>(std::vector<double>{std::nan("")}),
                  Error);
  CHECK_THROWS_AS(RoundTrip<std::uint8_t>(std::vector<std::int8_t>{-1}), Error);
  CHECK_THROWS_AS(
      RoundTrip<std::int64_t>(std::vector<std::uint64_t>{1ULL << 63}), Error);
  CHECK_THROWS_AS(RoundTrip<double>(std::vector<std::int64_t>{(1LL << 53) + 1}),
                  Error);
}

TEST_CASE("texts of any content come back") {
  const TempFolder folder;
  const Texts texts = {"", "a", "größer", "  spaces  ", std::string(5000, 'x')};
  const std::string longest(200000, 'y');
  FileWriter writer(folder / "a.h5", FileKind::kModel);
  writer.WriteTexts("texts", texts);
  writer.WriteTexts("none", {});
  writer.WriteText("long", longest);
  writer.WriteText("empty", "");
  writer.Commit();
  const auto file = FileReader::Open(folder / "a.h5");
  CHECK(file.ReadTexts("texts") == texts);
  CHECK(file.ReadTexts("none") == Texts{});
  CHECK(file.ReadText("long") == longest);
  CHECK(file.ReadText("empty") == "");
}

TEST_CASE("a text with a NUL byte is refused") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kModel);
  CHECK_THROWS_AS(writer.WriteText("t", std::string_view("a\0b", 3)), Error);
}

TEST_CASE("attributes of every sort come back") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kModel);
  writer.SetAttribute("", "whole", std::int64_t{1} << 60);
  writer.SetAttribute("g/h", "real", 0.1);
  writer.SetAttribute("g", "text", "größer");
  writer.SetAttribute("g", "empty", "");
  writer.SetAttribute("g", "texts", Texts{"a", "", "ccc"});
  writer.SetAttribute("g", "no-texts", Texts{});
  writer.SetAttribute("g", "wholes", std::vector<std::int64_t>{1, -2});
  for (int i = 0; i < 30; ++i) writer.SetAttribute("many", Str("a", i), i);
  writer.Commit();
  const auto file = FileReader::Open(folder / "a.h5");
  CHECK(file.Attribute<std::int64_t>("", "whole") == std::int64_t{1} << 60);
  CHECK(file.Attribute<double>("g/h", "real") == 0.1);
  CHECK(file.Attribute<std::string>("g", "text") == "größer");
  CHECK(file.Attribute<std::string>("g", "empty") == "");
  CHECK(file.Attribute<Texts>("/g", "texts") == Texts{"a", "", "ccc"});
  CHECK(file.Attribute<Texts>("g", "no-texts") == Texts{});
  CHECK(file.Attribute<std::vector<std::int64_t>>("g", "wholes") ==
        std::vector<std::int64_t>{1, -2});
  CHECK(file.Attribute<std::int64_t>("many", "a29") == 29);
  CHECK(file.FindAttribute<double>("g", "real") == std::nullopt);
  CHECK_FALSE(file.HasAttribute("nothing", "real"));
}

TEST_CASE("an attribute of another sort is an error that names it") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kModel);
  writer.SetAttribute("", "text", "x");
  writer.Commit();
  const auto file = FileReader::Open(folder / "a.h5");
  CHECK(MessageOf([&] { file.Attribute<double>("", "text"); }) ==
        (folder / "a.h5") +
            ": the attribute 'text' of '/' is a text, not a number");
  CHECK(MessageOf([&] { file.Attribute<double>("", "other"); }) ==
        (folder / "a.h5") + ": the attribute 'other' of '/' is missing");
}

TEST_CASE("paths are listed and looked up") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kModel);
  const std::string name = EscapeName("two words");
  writer.WriteArray<float>("g/" + name + "/x", std::vector<float>{1}, {});
  writer.WriteArray<float>("g-2/x", std::vector<float>{1}, {});
  writer.WriteArray<float>("g/b", std::vector<float>{1}, {});
  writer.SetAttribute("g/b", "name", "a true name");
  writer.MakeGroup("empty");
  writer.Commit();
  const auto file = FileReader::Open(folder / "a.h5");
  CHECK(file.Children("") == Texts{"empty", "g", "g-2"});
  CHECK(file.Children("g") == Texts{"b", "two%20words"});
  CHECK(file.Children("empty").empty());
  CHECK(file.Children("g/b").empty());
  CHECK(file.Has("/g/two%20words/x"));
  CHECK_FALSE(file.Has("g/x"));
  CHECK(file.IsGroup("g"));
  CHECK_FALSE(file.IsGroup("g/b"));
  CHECK(file.TrueName("g/two%20words") == "two words");
  CHECK(file.TrueName("g/b") == "a true name");
  CHECK(MessageOf([&] { file.ReadArray<float>("g/x"); }) ==
        (folder / "a.h5") + ": there is no array '/g/x'");
  CHECK(MessageOf([&] { file.ReadList<float>("g/b"); }) ==
        (folder / "a.h5") +
            ": '/g/b' has the shape [], 1 dimension(s) are needed");
}

TEST_CASE("mistakes of a writer are found") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kModel);
  writer.WriteArray<float>("x", std::vector<float>{1}, {});
  CHECK_THROWS_AS(writer.WriteArray<float>("x", std::vector<float>{1}, {}),
                  Error);
  CHECK_THROWS_AS(writer.WriteArray<float>("x/y", std::vector<float>{1}, {}),
                  Error);
  CHECK_THROWS_AS(writer.WriteArray<float>("a b", std::vector<float>{1}, {}),
                  Error);
  CHECK_THROWS_AS(writer.WriteArray<float>("../a", std::vector<float>{1}, {}),
                  Error);
  CHECK_THROWS_AS(
      writer.WriteArray<float>("1/2/3/4/5/6/7/8/9", std::vector<float>{1}, {}),
      Error);
  CHECK_THROWS_AS(writer.WriteArray<float>("z", {1, 2}, {3}), Error);
  CHECK_THROWS_AS(writer.SetAttribute("x", "a b", 1), Error);
  CHECK_THROWS_AS(writer.SetAttribute("x", "a", std::string(70000, 'x')),
                  Error);
}

TEST_CASE("equal content makes equal bytes") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  WriteSample(folder / "b.h5");
  CHECK(FileBytes(folder / "a.h5") == FileBytes(folder / "b.h5"));
}

TEST_CASE("a file carries its kind, digests and provenance") {
  const TempFolder folder;
  FileWriter writer(folder / "a.h5", FileKind::kPredictions);
  writer.WriteArray<float>("x", std::vector<float>{1}, {});
  writer.SetProvenance(R"([{"id":"1"}])");
  const std::string digest = writer.Commit();
  const auto file = FileReader::Open(folder / "a.h5");
  CHECK(file.kind() == FileKind::kPredictions);
  CHECK(file.name() == folder / "a.h5");
  CHECK(file.content_sha256() == digest);
  CHECK(file.file_sha256() == Sha256Of(FileBytes(file.name()).substr(512)));
  CHECK(file.provenance() == R"([{"id":"1"}])");
  CHECK(file.Attribute<std::string>("", "format") == "mtl-h5");
}

TEST_CASE("the content digest leaves provenance out and nothing else") {
  const TempFolder folder;
  const auto digest = [&](float value, const char* attribute,
                          const char* provenance) {
    FileWriter writer(folder / "a.h5", FileKind::kModel);
    writer.WriteArray<float>("x", std::vector<float>{value}, {});
    writer.SetAttribute("x", attribute, "a");
    writer.SetProvenance(provenance);
    return writer.Commit();
  };
  const std::string original = digest(1, "b", "[]");
  CHECK(digest(1, "b", "[{}]") == original);
  CHECK(digest(2, "b", "[]") != original);
  CHECK(digest(1, "c", "[]") != original);
}

// Computed in Python from docs/file-format.md and the file alone.
TEST_CASE("the content digest is the one that the specification defines") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  CHECK(FileReader::Open(folder / "a.h5").content_sha256() ==
        "423235760cb4b91cb2e1ca3598ac09d268a9561e2e3e6bdb4f5bad62cdf0a48c");
}

TEST_CASE("a file of another kind is named") {
  const TempFolder folder;
  WriteSample(folder / "a.h5", FileKind::kModel);
  CHECK(MessageOf([&] {
          FileReader::Open(folder / "a.h5",
                           {FileKind::kDataset, FileKind::kFeatures});
        }) ==
        (folder / "a.h5") + ": this is a model, not a dataset or features");
}

TEST_CASE("a foreign file is named and the way to convert it") {
  const TempFolder folder;
  PutFile(folder / "a.h5", "a,b\n1,2\n");
  try {
    FileReader::Open(folder / "a.h5");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    CHECK(error.message() ==
          (folder / "a.h5") +
              ": this is CSV or other text, not an mtlkit file");
    CHECK(error.hint() == "convert it: mtl-convert FILE -o table.h5");
  }
}

TEST_CASE("so are arrays of other programs") {
  const TempFolder folder;
  for (const std::string_view begin : {"\x89HDF\r\n\x1a\n", "\x93NUMPY\x01"}) {
    PutFile(folder / "a.h5", std::string(begin) + std::string(600, ' '));
    try {
      FileReader::Open(folder / "a.h5", {FileKind::kDataset});
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.hint() == "convert it: mtl-convert FILE -o table.h5");
    }
  }
}

TEST_CASE("a text in place of what a table became is not to be converted") {
  const TempFolder folder;
  PutFile(folder / "a.csv", "a,b\n1,2\n");
  const auto hint = [&](std::initializer_list<FileKind> kinds) {
    try {
      FileReader::Open(folder / "a.csv", kinds);
    } catch (const Error& error) {
      return error.hint();
    }
    return std::string("accepted");
  };
  CHECK(hint({FileKind::kPredictions}) ==
        "mtl-predict MODEL DATA makes predictions; of those of another "
        "program: mtl-convert FILE --as predictions --labels READY -o FILE.h5");
  CHECK(hint({FileKind::kModel}) == "mtl-train makes models");
  CHECK(hint({FileKind::kModel, FileKind::kDataset}) ==
        "convert it: mtl-convert FILE -o table.h5");
}

TEST_CASE("what is not there is a missing input") {
  const TempFolder folder;
  for (const std::string& path : {folder / "none.h5", folder.path().string()}) {
    try {
      FileReader::Open(path);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kMissingInput);
    }
  }
}

TEST_CASE("several files are read and written at once") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  FileWriter first(folder / "b.h5", FileKind::kModel);
  FileWriter second(folder / "c.h5", FileKind::kModel);
  const auto a = FileReader::Open(folder / "a.h5");
  FillSample(&first, 2);
  FillSample(&second, 3);
  first.Commit();
  const auto b = FileReader::Open(folder / "b.h5");
  second.Commit();
  const auto c = FileReader::Open(folder / "c.h5");
  CHECK(a.ReadArray<float>("inputs/tab").values[7] == 1);
  CHECK(b.ReadArray<float>("inputs/tab").values[7] == 2);
  CHECK(c.ReadArray<float>("inputs/tab").values[7] == 3);
}

}  // namespace
}  // namespace mtlkit
