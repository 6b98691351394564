#include "cotrain/publication.h"

#include <doctest/doctest.h>

#include "cotrain/sample_run.h"
#include "h5/file_writer.h"
#include "nn/model.h"

namespace mtlkit {
namespace {

// The sample dataset as a run has it: read from a file.
Dataset RunData() {
  const TempFolder folder;
  WriteDataset(SampleDataset(), folder / "data.h5");
  return ReadDataset(folder / "data.h5");
}

Params SomeParams(const Dataset& data, const std::string& layer = "3") {
  ArchOptions options;
  options.layers = {layer};
  return BuildModel(data, options, 5, data.SplitRows("train")).params;
}

// Two rows of every task, each value its own.
Publication Full(const Dataset& data) {
  Publication publication;
  publication.peer = 3;
  publication.round = 12;
  publication.rows = 160;
  float value = 0.01F;
  for (Index task = 0; task < static_cast<Index>(data.tasks.size()); ++task) {
    PublishedTask published{task, {task, task + 100}, {}};
    const Index cols = data.tasks[static_cast<std::size_t>(task)].output_cols();
    for (Index i = 0; i < 2 * cols; ++i) {
      published.values.push_back(value += 0.01F);
    }
    publication.tasks.push_back(published);
  }
  publication.has_params = true;
  publication.params = SomeParams(data);
  publication.selections = {{1, 5, 1, 0.5F, 0, -1, 2}, {2, 9, 2, 1, 3, 1, 4}};
  return publication;
}

Publication ReadBack(const Publication& publication, const Dataset& written,
                     const Dataset& read) {
  const TempFolder folder;
  WritePublication(publication, written, "[]", folder / "publish.h5");
  return ReadPublication(folder / "publish.h5", read, SomeParams(read));
}

TEST_CASE("what is published is read, tasks in the run's order") {
  const Dataset data = RunData();
  const Publication sent = Full(data);
  const Publication got = ReadBack(sent, data, data);
  CHECK(got.peer == 3);
  CHECK(got.round == 12);
  CHECK(got.rows == 160);
  REQUIRE(got.tasks.size() == 4);
  for (std::size_t t = 0; t < 4; ++t) {
    CHECK(got.tasks[t].task == sent.tasks[t].task);
    CHECK(got.tasks[t].rows == sent.tasks[t].rows);
    CHECK(got.tasks[t].values == sent.tasks[t].values);
  }
  CHECK(got.selections == sent.selections);
  REQUIRE(got.has_params);
  const auto weights = got.params.weights.all();
  CHECK(std::equal(weights.begin(), weights.end(),
                   sent.params.weights.all().begin()));
}

TEST_CASE("rows are joined by id, not by position") {
  const Dataset data = RunData();
  Dataset turned = data;
  auto& ids = std::get<NumberIds>(turned.ids).Own();
  std::reverse(ids.begin(), ids.end());
  Publication publication;
  publication.selections = {{1, 5, 1, 1, 0, -1, 2}};
  CHECK(ReadBack(publication, data, turned).selections[0].row ==
        data.rows - 1 - 5);
}

TEST_CASE("a publication for other data is refused") {
  const Dataset data = RunData();
  Dataset other = data;
  other.content_sha256 = std::string(64, 'a');
  CHECK(Contains(ErrorOf([&] { ReadBack(Full(data), other, data); }),
                 "publish.h5: it was published for other data"));
  other = data;
  std::get<NumberIds>(other.ids).Own()[100] = 5555;
  CHECK(Contains(ErrorOf([&] { ReadBack(Full(data), other, data); }),
                 "row '5555' is not in the run's data"));
}

TEST_CASE("parameters of another network are refused") {
  const Dataset data = RunData();
  Publication publication = Full(data);
  publication.params = SomeParams(data, "5");
  CHECK(ErrorOf([&] { ReadBack(publication, data, data); }).rfind("65", 0) ==
        0);
}

TEST_CASE("a publication without one of the tasks is refused") {
  const Dataset data = RunData();
  Publication publication = Full(data);
  publication.tasks.pop_back();
  CHECK(Contains(ErrorOf([&] { ReadBack(publication, data, data); }),
                 "lacks some of the run's tasks"));
}

TEST_CASE("values that no peer can have are refused") {
  const Dataset data = RunData();
  Publication publication = Full(data);
  publication.tasks[1].values[0] = 1.5F;
  CHECK(Contains(ErrorOf([&] { ReadBack(publication, data, data); }),
                 "sold/prob: it holds 1.5, which is no probability"));
  publication = Full(data);
  publication.tasks[0].values[1] = INFINITY;
  CHECK(Contains(ErrorOf([&] { ReadBack(publication, data, data); }),
                 "score/pred: it holds inf, which is not finite"));
  publication = Full(data);
  std::swap(publication.tasks[2].rows[0], publication.tasks[2].rows[1]);
  CHECK(Contains(ErrorOf([&] { ReadBack(publication, data, data); }),
                 "kind: its rows are not in order"));
}

TEST_CASE("arrays of a method's own are read by name") {
  const Dataset data = RunData();
  Publication sent = Full(data);
  sent.arrays["losses of rows"] = {{3, 2}, std::vector<float>(6, 0.5F)};
  sent.arrays["mixture"] = {{}, std::vector<double>{0.25}};
  sent.arrays["keys"] = {{2}, std::vector<std::uint64_t>{1, ~0ULL}};
  sent.arrays["places"] = {{1, 3}, std::vector<std::int64_t>{-4, 0, 7}};
  const Publication got = ReadBack(sent, data, data);
  CHECK(got.arrays == sent.arrays);
  CHECK(FindNamed<float>(got.arrays, "losses of rows")->size() == 6);
  CHECK(FindNamed<double>(got.arrays, "losses of rows") == nullptr);
  CHECK(FindNamed<float>(got.arrays, "loss") == nullptr);
  // They are part of what a publication is.
  const TempFolder folder;
  const std::string one = WritePublication(sent, data, "[]", folder / "one.h5");
  std::get<std::vector<float>>(sent.arrays["losses of rows"].values)[5] = 1;
  CHECK(WritePublication(sent, data, "[]", folder / "two.h5") != one);
}

TEST_CASE("arrays that no method can have made are refused") {
  const Dataset data = RunData();
  Publication publication = Full(data);
  publication.arrays["losses"] = {{2}, std::vector<float>{1, NAN}};
  CHECK(Contains(ErrorOf([&] { ReadBack(publication, data, data); }),
                 "publish.h5: arrays/losses: a number is not finite"));
  const TempFolder folder;
  for (const bool text : {true, false}) {
    FileWriter file(folder / "odd.h5", FileKind::kRound);
    for (const char* name : {"peer", "round", "rows"}) {
      file.SetAttribute("", name, Index{0});
    }
    file.SetAttribute("", "dataset", data.content_sha256);
    if (text) {
      file.WriteTexts("arrays/odd", {"a", "b"});
    } else {
      file.WriteList("arrays/odd", std::vector<std::int8_t>{1, 2});
    }
    file.Commit();
    CHECK(Contains(ErrorOf([&] {
                     ReadPublication(folder / "odd.h5", data, SomeParams(data));
                   }),
                   "arrays/odd: it is no array of f4, f8, i8 or u8"));
  }
}

TEST_CASE("selections of classes or tasks that do not exist are refused") {
  const Dataset data = RunData();
  for (const Selection& wrong :
       {Selection{1, 5, 2, 1, 0, -1, 2}, Selection{4, 5, 0, 1, 0, -1, 2},
        Selection{1, 5, 1, -1, 0, -1, 2}, Selection{-1, 5, 0, 1, 0, -1, 2}}) {
    Publication publication = Full(data);
    publication.selections = {wrong};
    CHECK(Contains(ErrorOf([&] { ReadBack(publication, data, data); }),
                   "select: entry 0 has no task, class or weight"));
  }
}

}  // namespace
}  // namespace mtlkit
