#include "prep/known_columns.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

using Words = std::vector<std::string>;

Task Classes(std::string name, Words classes) {
  Task task;
  task.name = std::move(name);
  task.type = TaskType::kMulticlass;
  task.classes = std::move(classes);
  return task;
}

std::string Names(const KnownColumns& known) {
  Words names;
  for (const auto& [name, categories] : known.categories) {
    names.push_back(Str(name, "=", Join(categories, "/")));
  }
  return Join(names, " ");
}

TEST_CASE("categories and dates of a table are known by name") {
  Dataset table =
      TableOf(2, {DenseBlock("numeric", {"age", "when"}, {1, 2, 3, 4}),
                  CodeBlock("categorical", {"zip", "town"},
                            {{"01"}, {"Bonn", "NA"}}, {0, 0, 0, 1})});
  table.inputs[0].dates = {"when"};
  const KnownColumns own = ColumnsKnown({}, table.schema());
  CHECK(own.dates == Words{"when"});
  CHECK(Names(own) == "town=Bonn/NA zip=01");

  // A model knows those that it was fitted on, whatever its inputs became.
  Transforms fitted;
  const std::vector<Index> train{0, 1};
  fitted.push_back(FitSelect(TrainingRows(table.inputs, fitted, train),
                             {{"categorical", "zip"}}));
  fitted.push_back(
      FitTransform(TrainingRows(table.inputs, fitted, train), "onehot"));
  CHECK(Names(ColumnsKnown(RecordsOf(fitted), {})) == "town=Bonn/NA");
}

TEST_CASE("classes of a target are known where a number cannot be one") {
  Schema schema;
  schema.tasks = {Classes("plain", {"0", "1", "2.5"}),
                  Classes("code", {"01", "02"}), Classes("word", {"a", "NA"})};
  schema.tasks[2].source.columns = {"answer"};
  schema.tasks[2].source.dropped = {"b"};
  CHECK(Names(ColumnsKnown({}, schema)) == "answer=a/NA/b code=01/02");
}

TEST_CASE("what views know as different things is not known") {
  const Dataset table = TableOf(
      1, {DenseBlock("u/numeric", {"a", "b"}, {1, 2}),
          CodeBlock("v/categorical", {"a", "c"}, {{"x"}, {"y"}}, {0, 0}),
          CodeBlock("w/categorical", {"c"}, {{"z"}}, {0})});
  CHECK(Names(ColumnsKnown({}, table.schema())) == "c=y/z");
}

}  // namespace
}  // namespace mtlkit
