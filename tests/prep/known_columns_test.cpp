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
  const KnownColumns own = ColumnsKnown({}, table.schema()).at("");
  CHECK(own.dates == Words{"when"});
  CHECK(own.numbers == std::set<std::string>{"age"});
  CHECK(Names(own) == "town=Bonn/NA zip=01");

  // A model knows those that it was fitted on, whatever its inputs became.
  Transforms fitted;
  const std::vector<Index> train{0, 1};
  fitted.push_back(FitSelect(TrainingRows(table.inputs, fitted, train),
                             {{"categorical", "zip"}}));
  fitted.push_back(
      FitTransform(TrainingRows(table.inputs, fitted, train), "onehot"));
  CHECK(Names(ColumnsKnown(RecordsOf(fitted), {}).at("")) == "town=Bonn/NA");
}

TEST_CASE("classes of a target are known where a number cannot be one") {
  Schema schema;
  schema.tasks = {Classes("plain", {"0", "1", "2.5"}),
                  Classes("code", {"01", "02"}), Classes("word", {"a", "NA"})};
  schema.tasks[2].source.columns = {"answer"};
  schema.tasks[2].source.dropped = {"b"};
  CHECK(Names(ColumnsKnown({}, schema).at("")) == "answer=a/NA/b code=01/02");
}

TEST_CASE("a name may be of something else in each view") {
  const Dataset table = TableOf(
      1, {DenseBlock("u.numeric", {"a", "b"}, {1, 2}),
          CodeBlock("v.categorical", {"a", "c"}, {{"x"}, {"y"}}, {0, 0})});
  Schema schema = table.schema();
  schema.tasks = {Classes("b", {"p", "q"})};
  const KnownViews known = ColumnsKnown({}, schema);
  CHECK(known.at("u").numbers == std::set<std::string>{"a", "b"});
  CHECK(Names(known.at("u")).empty());
  CHECK(Names(known.at("v")) == "a=x b=p/q c=y");
}

}  // namespace
}  // namespace mtlkit
