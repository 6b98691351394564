#include "data/dataset_io.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

std::string Bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool SameBytes(const std::string& a, const std::string& b) {
  return Bytes(a) == Bytes(b) && !Bytes(a).empty();
}

// A dataset with one of everything that the format holds.
Dataset Everything() {
  Dataset people = People();
  people.ids = std::vector<std::string>{"ann", "bob", "cid", "dee", "eve", ""};
  people.inputs.push_back(SparseBlock(
      "bow", 100, {{{0, 1}, {99, 2}}, {}, {{2, 3}}, {}, {{5, 5}}, {}}));
  InputBlock wide = DenseBlock("times.numeric", {"start"}, {});
  wide.wide = Array<double>({1e15 + 1, 2, 3, 4, 5, std::nan("")});
  people.inputs.push_back(wide);
  AddTask(&people, "Hepatobiliary disorders/é", TaskType::kMultilabel,
          {"a", "b"}, {0, 1, 1, 1, kNan, 0, 0, 0, 1, 1, 0, 0});
  AddTask(&people, "size", TaskType::kRegression, {}, {1, 2, kNan, 4, 5, 6});
  people.tasks.back().width = 2;
  people.tasks.back().mean = {1.5, 2};
  people.tasks.back().deviation = {0.5, 3};
  people.labels.back().on_all_rows = false;
  people.labels.back().rows = {1, 3, 5};
  people.labels.back().weights = {1, 0, 2.5F};
  people.splits = {{"train", {0, 1, 2}}, {"test", {4}}, {"fold0", {0, 2}}};
  people.weights = {1, 2, 3, 0, 5, 6};
  people.groups = {1, 1, 2, 2, -7, 3};
  return people;
}

TEST_CASE("a dataset comes back as it was written") {
  const TempFolder folder;
  const Dataset written = Everything();
  const std::string digest = WriteDataset(written, folder / "a.h5");

  const Dataset read = ReadDataset(folder / "a.h5");

  CHECK(read.content_sha256 == digest);
  CHECK(read.rows == 6);
  CHECK(IdText(read.ids, 1) == "bob");
  REQUIRE(read.inputs.size() == 4);
  CHECK(read.inputs[0].name == "numeric");
  CHECK(RenderDense(read.inputs[0]) == RenderDense(written.inputs[0]));
  CHECK(Join(read.inputs[0].columns, ",") == "age,hours");
  CHECK(RenderCodes(read.inputs[1]) == RenderCodes(written.inputs[1]));
  CHECK(read.inputs[1].categories == written.inputs[1].categories);
  CHECK(RenderSparse(read.inputs[2]) == RenderSparse(written.inputs[2]));
  CHECK(read.inputs[2].cols == 100);
  CHECK(read.inputs[3].wide[0] == 1e15 + 1);
  CHECK(read.splits == written.splits);
  CHECK(read.weights == written.weights);
  CHECK(read.groups == written.groups);
}

TEST_CASE("tasks come back in their order, with labels and scale") {
  const TempFolder folder;
  const Dataset written = Everything();
  WriteDataset(written, folder / "a.h5");

  const Dataset read = ReadDataset(folder / "a.h5");

  REQUIRE(read.tasks.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(read.tasks[i].name == written.tasks[i].name);
    CHECK(read.tasks[i].type == written.tasks[i].type);
    CHECK(read.tasks[i].classes == written.tasks[i].classes);
    CHECK(read.tasks[i].mean == written.tasks[i].mean);
    CHECK(read.tasks[i].deviation == written.tasks[i].deviation);
    CHECK(read.labels[i].on_all_rows == written.labels[i].on_all_rows);
    CHECK(read.labels[i].rows == written.labels[i].rows);
    CHECK(read.labels[i].weights == written.labels[i].weights);
    REQUIRE(read.labels[i].values.size() == written.labels[i].values.size());
    for (std::size_t at = 0; at < read.labels[i].values.size(); ++at) {
      const float was = written.labels[i].values[at];
      const float is = read.labels[i].values[at];
      CHECK((is == was || (std::isnan(is) && std::isnan(was))));
    }
  }
  CHECK(read.tasks[4].width == 2);
}

TEST_CASE("written, read and written again is the same file") {
  const TempFolder folder;
  WriteDataset(Everything(), folder / "a.h5");
  WriteDataset(ReadDataset(folder / "a.h5"), folder / "b.h5");
  CHECK(SameBytes(folder / "a.h5", folder / "b.h5"));
}

TEST_CASE("a table with views and missing cells survives too") {
  const TempFolder folder;
  const Dataset table =
      TableOf(2, {DenseBlock("fou.numeric", {"x"}, {kNan, 1}),
                  CodeBlock("fou.categorical", {"c"}, {{"u", "v"}}, {-1, 1}),
                  CodeBlock("kar.categorical", {"c"}, {{"w"}}, {0, -1})});
  WriteDataset(table, folder / "a.h5");
  const Dataset read = ReadDataset(folder / "a.h5");
  WriteDataset(read, folder / "b.h5");
  CHECK(read.inputs[2].categories[0][0] == "w");
  CHECK(read.inputs[1].codes[0] == -1);
  CHECK(SameBytes(folder / "a.h5", folder / "b.h5"));
}

TEST_CASE("features are read as a dataset") {
  const TempFolder folder;
  InputBlock trunk;
  trunk.name = "trunk";
  trunk.cols = 2;
  trunk.dense = Array<float>({1, 2, 3, 4});
  WriteDataset(TableOf(2, {trunk}), folder / "f.h5", FileKind::kFeatures);
  const Dataset read = ReadDataset(folder / "f.h5");
  CHECK(read.inputs[0].columns.empty());
  CHECK(ColumnName(read.inputs[0], 1) == "trunk.1");
  CHECK(RenderDense(read.inputs[0]) == "1 2 | 3 4");
}

TEST_CASE("fitted transforms travel in the file") {
  const TempFolder folder;
  const Dataset people = People();
  Transforms fitted;
  const std::vector<Index> train{0, 1, 2, 3};
  const auto rows = [&] { return TrainingRows(people.inputs, fitted, train); };
  fitted.push_back(FitSelect(rows(), {{"numeric", "hours"}}));
  for (const char* step : {"impute", "standard", "index", "layout"}) {
    fitted.push_back(FitTransform(rows(), step));
  }
  WriteDataset(ApplyTransforms(fitted, people), folder / "a.h5");

  const Dataset read = ReadDataset(folder / "a.h5");

  CHECK(read.transforms == RecordsOf(fitted));
  CHECK(RenderDense(ApplyTransforms(read.transforms, people).inputs[0]) ==
        RenderDense(read.inputs[0]));
  WriteDataset(read, folder / "b.h5");
  CHECK(SameBytes(folder / "a.h5", folder / "b.h5"));
}

TEST_CASE("a dataset that does not hold together is not written") {
  const TempFolder folder;
  Dataset people = People();
  people.labels[0].values[0] = 7;
  CHECK(MessageOf([&] { WriteDataset(people, folder / "a.h5"); }) ==
        "task 'income', row 0: label 7 is outside 0 .. 1");
  CHECK(Bytes(folder / "a.h5").empty());
}

// Files that the container accepts and that say something wrong.
std::string Refusal(const std::function<void(FileWriter*)>& write) {
  const TempFolder folder;
  FileWriter file(folder / "bad.h5", FileKind::kDataset);
  file.SetAttribute("", "n_rows", 3);
  write(&file);
  file.Commit();
  std::string message = MessageOf([&] { ReadDataset(folder / "bad.h5"); });
  const std::size_t at = message.find("bad.h5: ");
  return at == std::string::npos ? message : message.substr(at + 8);
}

TEST_CASE("wrong content is refused with its place") {
  using File = FileWriter*;
  CHECK(Refusal([](File f) {
          f->WriteArray<float>("inputs/x", std::vector<float>(4), {2, 2});
        }) == "inputs/x: it has 2 rows of 3");
  CHECK(Refusal([](File f) {
          f->WriteArray<float>("inputs/x", std::vector<float>(12), {3, 2, 2});
        }) == "inputs/x: its shape is [3, 2, 2]; 2 axes were expected");
  CHECK(Refusal([](File f) {
          f->WriteArray<float>("inputs/x", std::vector<float>(6), {3, 2});
          f->WriteTexts("names/x", {"a", "b", "c"});
        }) == "names/x: there are 3 names for 2 columns");
  CHECK(Refusal([](File f) {
          f->WriteList<std::int64_t>("ids", {1, 2});
        }) == "there are 2 ids for 3 rows");
  CHECK(Refusal([](File f) {
          f->WriteList<std::int64_t>("splits/train", {0, 9});
        }) == "split 'train': row 9 is outside 0 .. 2");
  CHECK(Refusal([](File f) {
          f->SetAttribute("tasks/t", "type", "pixel");
          f->WriteList<float>("tasks/t/y", {1, 2, 3});
        }) == "tasks/t: tasks of type 'pixel' cannot be read");
  CHECK(Refusal([](File f) {
          f->SetAttribute("tasks/t", "type", "binary");
          f->WriteTexts("tasks/t/classes", {"a", "b"});
          f->WriteList<std::int8_t>("tasks/t/y", {0, 1, 2});
        }) == "task 't', row 2: label 2 is outside 0 .. 1");
  CHECK(
      Refusal([](File f) {
        f->SetAttribute("inputs/x", "encoding-type", "ragged");
        f->MakeGroup("inputs/x/values");
      }) ==
      "inputs/x: inputs of encoding 'ragged' cannot be read: they are none of "
      "dense, categorical, sparse, image, tokens");
  CHECK(Refusal([](File f) { f->WriteText("transforms/spec", "[{}]"); }) ==
        "transforms/spec: an entry lacks `name` or `spec`");
}

}  // namespace
}  // namespace mtlkit
