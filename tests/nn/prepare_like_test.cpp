// A site's table prepared as another file was: same columns, scaling, classes.
#include "nn/prepare_like.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "data/dataset_io.h"
#include "data/small_table.h"
#include "h5/provenance.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

struct Notes : SilentReporter {
  void Warn(std::string_view text) override { warnings.emplace_back(text); }
  std::vector<std::string> warnings;
};

// `age`, the number `pay` and the words `job`; the last two are tasks.
Dataset Site(const std::vector<float>& ages, const std::vector<float>& pays,
             const std::vector<std::string>& jobs,
             const std::vector<std::int32_t>& codes) {
  std::vector<float> numbers;
  for (std::size_t i = 0; i < ages.size(); ++i) {
    numbers.insert(numbers.end(), {ages[i], pays[i]});
  }
  return TableOf(static_cast<Index>(ages.size()),
                 {DenseBlock("numeric", {"age", "pay"}, numbers),
                  CodeBlock("categorical", {"job"}, {jobs}, codes)});
}

Likeness First(const TempFolder& folder) {
  PrepareOptions options;
  options.task = {"pay=regression", "job"};
  SilentReporter silent;
  const Dataset ready = Prepare(Site({1, 3, 1, 3}, {10, 20, 10, 20},
                                     {"cook", "judge", "clerk"}, {0, 1, 2, 0}),
                                options, 1, &silent);
  WriteDataset(ready, folder / "first.h5");
  return ReadLikeness(folder / "first.h5");
}

TEST_CASE("another table is prepared with what was fitted to the first") {
  const TempFolder folder;
  Notes notes;
  // Classes come in another order, and lack one.
  const Dataset made =
      PrepareLike(Site({5, 1}, {40, kNan}, {"clerk", "judge"}, {1, 0}),
                  First(folder), {}, 1, &notes);
  // (3.2 - 2) / 1, since 5 is far beyond 3, and (1 - 2) / 1.
  CHECK(RenderDense(made.inputs[0]) == "1.2 | -1");
  CHECK(made.tasks[0].mean == std::vector<double>{15});
  CHECK(made.tasks[0].deviation == std::vector<double>{5});
  CHECK(made.labels[0].values[0] == 40);
  CHECK(std::isnan(made.labels[0].values[1]));
  CHECK(Join(made.tasks[1].classes, ",") == "clerk,cook,judge");
  CHECK(made.labels[1].values == std::vector<float>{2, 0});
  CHECK(notes.warnings.empty());
  CHECK_NOTHROW(WriteDataset(made, folder / "site.h5"));
}

TEST_CASE("rows and splits are chosen, all else is the first file's") {
  const TempFolder folder;
  const Likeness like = First(folder);
  const Dataset site = Site({1, 2, 3, 4}, {1, 2, 3, 4},
                            {"cook", "judge", "clerk"}, {0, 1, 2, 0});
  Notes notes;
  PrepareOptions options;
  options.rows = "1:4";
  options.split = {"valid=0.34"};
  const Dataset made = PrepareLike(site, like, options, 1, &notes);
  CHECK(made.rows == 3);
  CHECK(made.SplitRows("valid").size() == 1);
  options = {};
  options.scale = "none";
  CHECK(MessageOf([&] { PrepareLike(site, like, options, 1, &notes); }) ==
        "--scale has no effect with --like");
}

TEST_CASE("labels of other classes are missing at a site, and said") {
  const TempFolder folder;
  const Likeness like = First(folder);
  Notes notes;
  const Dataset made =
      PrepareLike(Site({1, 2, 3}, {1, 2, 3}, {"cook", "emu"}, {0, 1, 0}), like,
                  {}, 1, &notes);
  CHECK(made.labels[1].values[0] == 1);
  CHECK(std::isnan(made.labels[1].values[1]));
  CHECK(made.labels[1].unknown.places.empty());
  CHECK(Join(notes.warnings, "|") ==
        "task 'job': 'emu' is no class of the model: 1 such cell counts as not "
        "labelled (its classes are: clerk, cook, judge)");
  CHECK(MessageOf([&] {
          PrepareLike(Site({1}, {1}, {"COOK"}, {0}), like, {}, 1, &notes);
        }) ==
        "task 'job': none of its labels is a class of the model: 'COOK' (its "
        "classes are: clerk, cook, judge)");
}

TEST_CASE("splits of the other file are its own rows', which is said") {
  const TempFolder folder;
  PrepareOptions prepare;
  prepare.task = {"pay=regression"};
  prepare.split = {"test=0.5"};
  SilentReporter silent;
  const Dataset table =
      Site({1, 3, 2, 4}, {10, 20, 10, 20}, {"cook"}, {0, 0, 0, 0});
  WriteDataset(Prepare(table, prepare, 1, &silent), folder / "first.h5");
  const Likeness like = ReadLikeness(folder / "first.h5");
  Notes notes;
  CHECK(PrepareLike(table, like, {}, 1, &notes).splits.empty());
  REQUIRE(notes.warnings.size() == 1);
  CHECK(notes.warnings[0] ==
        "the splits of the file of --like (train, test) are of its own rows: "
        "these rows have none, and all are for training; --split makes some");
  Notes none;
  PrepareOptions options;
  options.split = {"test=0.5"};
  PrepareLike(table, like, options, 1, &none);
  CHECK(none.warnings.empty());
}

std::string PreparedFrom(const std::vector<ProvenanceSource>& sources) {
  return ExtendProvenance("mtl-prep", 1, Json::object(), sources);
}

TEST_CASE("rows that the transforms were fitted on are held out with a word") {
  const TempFolder folder;
  SilentReporter silent;
  PrepareOptions prepare;
  prepare.task = {"pay=regression"};
  Dataset table = Site({1, 3, 1, 3}, {10, 20, 10, 20}, {"cook"}, {0, 0, 0, 0});
  table.ids = std::vector<std::string>{"a", "b", "c", "d"};
  Dataset first = Prepare(table, prepare, 1, &silent);
  first.provenance = PreparedFrom({{"data", "d1"}});
  WriteDataset(first, folder / "first.h5");
  PrepareOptions options;
  options.split = {"test=0.5"};
  Notes notes;
  PrepareLike(table, ReadLikeness(folder / "first.h5"), options, 1, &notes);
  REQUIRE(notes.warnings.size() == 1);
  CHECK(notes.warnings[0].starts_with(
      "split 'test': the transforms of the file of --like were fitted on 2 of "
      "its 2 rows: "));
  Notes none;
  Dataset others = table;
  others.ids = std::vector<std::string>{"e", "f", "g", "h"};
  PrepareLike(others, ReadLikeness(folder / "first.h5"), options, 1, &none);
  // What was made with --like was fitted on the rows of another.
  first.provenance = PreparedFrom({{"data", "d2"}, {"like", "d1"}});
  WriteDataset(first, folder / "second.h5");
  PrepareLike(table, ReadLikeness(folder / "second.h5"), options, 1, &none);
  CHECK(none.warnings.empty());
}

}  // namespace
}  // namespace mtlkit
