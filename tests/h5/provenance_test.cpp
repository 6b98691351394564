#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/provenance.h"

namespace mtlkit {
namespace {

std::string Converted() {
  const std::vector<ProvenanceSource> sources = {
      {.role = "data", .digest = "11111111aa"}};
  return ExtendProvenance("mtl-convert", 0, {{"header", true}}, sources);
}

std::string Prepared() {
  const std::vector<ProvenanceSource> sources = {
      {"data", "22222222bb", Converted()}};
  return ExtendProvenance("mtl-prep", 1, {{"task", {"price", "sold"}}},
                          sources);
}

TEST_CASE("a history is the records of the sources and then the new one") {
  const auto records = ParseProvenance(Prepared());
  REQUIRE(records.size() == 2);
  CHECK(records[0].tool == "mtl-convert");
  CHECK(records[1].tool == "mtl-prep");
  CHECK(records[1].prev == std::vector<std::string>{records[0].id});
  CHECK(records[1].inputs[0].digest == "22222222bb");
  CHECK(records[1].inputs[0].from == records[0].id);
  CHECK(records[1].seed == 1);
  CHECK(records[0].id.size() == 16);
}

TEST_CASE("a source without a history adds none") {
  for (const char* none : {"", "[]"}) {
    const std::vector<ProvenanceSource> sources = {{"data", "33cc", none}};
    const auto records =
        ParseProvenance(ExtendProvenance("mtl-train", 1, {}, sources));
    REQUIRE(records.size() == 1);
    CHECK(records[0].inputs[0].from.empty());
  }
}

TEST_CASE("equal commands have equal records, others have other ids") {
  CHECK(Prepared() == Prepared());
  const std::vector<ProvenanceSource> sources = {
      {"data", "22222222bb", Converted()}};
  const auto other =
      ExtendProvenance("mtl-prep", 2, {{"task", {"price", "sold"}}}, sources);
  CHECK(ParseProvenance(other)[1].id != ParseProvenance(Prepared())[1].id);
}

TEST_CASE("a step that two sources share stands once") {
  const std::vector<ProvenanceSource> sources = {
      {"model", "33333333cc", Prepared()}, {"data", "22222222bb", Converted()}};
  const auto records =
      ParseProvenance(ExtendProvenance("mtl-predict", 0, {}, sources));
  REQUIRE(records.size() == 3);
  CHECK(records[2].prev ==
        std::vector<std::string>{records[1].id, records[0].id});
}

TEST_CASE("a history is shown as commands with short digests") {
  const auto records = ParseProvenance(Prepared());
  const auto commands = HistoryCommands(records, "33333333cc");
  REQUIRE(commands.size() == 2);
  CHECK(commands[0] == "mtl-convert 11111111 --header --seed 0 -o 22222222");
  CHECK(commands[1] ==
        "mtl-prep 22222222 --task price,sold --seed 1 -o 33333333");
}

TEST_CASE("settings that a shell would take apart are quoted") {
  const Json settings = {{"missing", "?"},
                         {"name", "it's"},
                         {"rate", 0.001},
                         {"off", false},
                         {"none", nullptr}};
  const auto records =
      ParseProvenance(ExtendProvenance("mtl-train", 3, settings, {}));
  CHECK(HistoryCommands(records, "44444444dd")[0] ==
        "mtl-train --missing '?' --name 'it'\\''s' --off=false --rate 0.001 "
        "--seed 3 -o 44444444");
}

TEST_CASE("flags that are repeated come back as such") {
  const Json settings = {{"layers", {128, 64}},
                         {"loss", {"a=huber:delta=1", "b=squared"}},
                         {"rename-class", {{"income", "<=50K.", "<=50K"}}}};
  const auto records =
      ParseProvenance(ExtendProvenance("mtl-toy", 1, settings, {}));
  CHECK(HistoryCommands(records, "55555555ee")[0] ==
        "mtl-toy --layers 128,64 --loss a=huber:delta=1 --loss b=squared "
        "--rename-class income '<=50K.' '<=50K' --seed 1 -o 55555555");
}

TEST_CASE("what is not a history is refused") {
  for (const char* json : {"", "{}", "[1]", "[{}]", R"([{"id": 3}])"}) {
    CHECK_THROWS_AS(ParseProvenance(json), Error);
  }
  CHECK(ParseProvenance("[]").empty());
}

}  // namespace
}  // namespace mtlkit
