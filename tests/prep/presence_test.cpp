// Views that some rows do not have.
#include "data/presence.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/blocks.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"
#include "prep/prepare_fixture.h"

namespace mtlkit {
namespace {

// Eight rows of the views `all` and `some`; of `some` cells are missing, and of
// rows 2 and 5 all.
Dataset ViewTable() {
  return TableOf(8, {DenseBlock("all.numeric", {"a"}, {1, 2, 3, 4, 5, 6, 7, 8}),
                     CodeBlock("all.categorical", {"kind"}, {{"u", "v"}},
                               {0, 1, 0, 1, 0, 1, 0, 1}),
                     DenseBlock("some.numeric", {"b", "c"},
                                {1, 2, 3, kNan, kNan, kNan, 4, 5, 6, 7, kNan,
                                 kNan, kNan, kNan, 8, 9}),
                     CodeBlock("some.categorical", {"word"}, {{"x", "y"}},
                               {0, 1, -1, 0, 1, -1, 1, 0})});
}

PrepareOptions ViewOptions() {
  PrepareOptions options;
  options.task = {"a"};
  options.impute = "mean";
  return options;
}

TEST_CASE("a view of which training rows lack every cell is marked") {
  const Dataset table = ViewTable();
  const Dataset made = Run(ViewOptions(), table);
  const InputBlock* flags = made.FindInput("some.present");
  REQUIRE(flags != nullptr);
  // As it is, whatever becomes of numbers.
  CHECK(std::vector<float>(flags->dense.begin(), flags->dense.end()) ==
        std::vector<float>{1, 1, 0, 1, 1, 0, 1, 1});
  CHECK(made.FindInput("all.present") == nullptr);
  CHECK(made.transforms.at(1).name == "presence");
  CheckDataset(made);
  // New rows, all or none of which may have it.
  const std::vector<Index> one = {5};
  const Dataset rows =
      ApplyTransforms(MakeTransforms(made.transforms), GatherRows(table, one));
  CHECK(rows.FindInput("some.present")->dense[0] == 0);
}

TEST_CASE("what the user says of a view is left as it is") {
  Dataset table = ViewTable();
  table.inputs.push_back(
      DenseBlock("some.present.numeric", {"there"}, {1, 1, 0, 0, 1, 0, 1, 1}));
  const Dataset made = Run(ViewOptions(), table);
  const InputBlock* flags = made.FindInput("some.present");
  REQUIRE(flags != nullptr);
  CHECK(std::vector<float>(flags->dense.begin(), flags->dense.end()) ==
        std::vector<float>{1, 1, 0, 0, 1, 0, 1, 1});
  for (const TransformRecord& record : made.transforms) {
    CHECK(record.name != "presence");
  }
}

TEST_CASE("names of blocks say which view they are of") {
  CHECK(PresenceBlockOf("photo") == "photo.present");
  CHECK(PresenceBlockOf("notes.categorical") == "notes.present");
  CHECK(ViewMarkedBy("notes.present.numeric") == "notes");
  CHECK(ViewMarkedBy("notes").empty());
}

}  // namespace
}  // namespace mtlkit
