#include "text/lost_texts.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "h5/provenance.h"
#include "text/format_fixture.h"

namespace mtlkit {
namespace {

KnownViews Knowing(const std::string& column,
                   std::vector<std::string> categories) {
  KnownViews known;
  known[""].categories[column] = std::move(categories);
  return known;
}

std::string Lost(const Dataset& table, const KnownViews& known) {
  return Join(LostTexts(table, known, "model.h5"), "|");
}

TEST_CASE("classes that were read as missing are said") {
  const KnownViews known = Knowing("sort", {"NA", "b", "none"});
  const std::string text = "sort,n\nNA,1\nb,2\n,3\nNA,4\n";
  const std::string said =
      "column 'sort': 'NA' stood for no value where the table was converted, "
      "and is a category in model.h5 (3 cells are missing): mtl-convert TABLE "
      "--like model.h5 reads it as it was";
  CHECK(Lost(Convert({{"t.csv", text}}).dataset, known) == said);
  // In a column of which only numbers are left, too.
  CHECK(Lost(Convert({{"t.csv", "sort,n\nNA,1\n7,2\n8,2\n"}}).dataset, known)
            .find("(1 cell is missing)") != std::string::npos);
  // Nothing is missing, or no marker was there.
  CHECK(Lost(Convert({{"t.csv", "sort,n\nb,1\nb,2\n"}}).dataset, known) == "");
  CHECK(Lost(Convert({{"t.csv", text}}).dataset, Knowing("sort", {"b"})) == "");
  CHECK(Lost(Convert({{"t.csv", text}}).dataset, Knowing("n", {"NA"})) == "");
  CHECK(Lost(Convert({{"t.jsonl", "{\"sort\":\"NA\"}\n{\"sort\":null}\n"}})
                 .dataset,
             known) == "");
}

// `table` as a conversion with these settings would say it was made.
Dataset ReadWith(Dataset table, const Json& settings,
                 const std::string& role = "data") {
  const std::vector<ProvenanceSource> sources = {{"data", "x", {}},
                                                 {role, "y", {}}};
  table.provenance = ExtendProvenance("mtl-convert", 1, settings, sources);
  return table;
}

TEST_CASE("markers are those of the conversion") {
  ConvertOptions options;
  options.missing = {"none"};
  const Dataset table =
      Convert({{"t.csv", "sort,n\nnone,1\nNA,2\nb,3\n"}}, options).dataset;
  const KnownViews known = Knowing("sort", {"NA", "b", "none"});
  const Json settings = {{"format", "csv"}, {"missing", {"none"}}};
  CHECK(Lost(ReadWith(table, settings), known)
            .starts_with("column 'sort': 'none' stood for no value"));
  CHECK(Lost(ReadWith(table, settings, "like"), known) == "");
  CHECK(Lost(ReadWith(table, {{"format", "arrays"}}), known) == "");
  CHECK(Lost(ReadWith(table, Json::object()), known) == "");
}

TEST_CASE("codes that became numbers are said where several are one") {
  const Dataset table = Convert({{"t.csv", "code,n\n05,1\n7,2\n"}}).dataset;
  CHECK(Lost(table, Knowing("code", {"05", "5", "A"})) ==
        "column 'code': it became numbers where the table was converted, of "
        "which '05' and '5' are one, and two categories in model.h5: "
        "mtl-convert TABLE --like model.h5 reads it as it was");
  // One of them is meant, or none occurs.
  CHECK(Lost(table, Knowing("code", {"05", "A"})) == "");
  CHECK(Lost(table, Knowing("code", {"06", "6"})) == "");
  // Numbers of JSON have no spelling.
  CHECK(Lost(Convert({{"t.jsonl", "{\"code\":5}\n{\"code\":7}\n"}}).dataset,
             Knowing("code", {"05", "5"})) == "");
}

}  // namespace
}  // namespace mtlkit
