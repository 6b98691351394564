#include "data/seen_rows.h"

#include <doctest/doctest.h>

#include <vector>

namespace mtlkit {
namespace {

Dataset Rows(RowIds ids, std::string digest) {
  Dataset dataset;
  dataset.rows = IdCount(ids);
  dataset.ids = std::move(ids);
  dataset.content_sha256 = std::move(digest);
  return dataset;
}

using Bits = std::vector<std::uint8_t>;
const std::vector<Index> kAll = {0, 1, 2};

SeenRows Learned(const Dataset& dataset, const std::vector<Index>& trained,
                 const std::vector<Index>& chosen) {
  SeenRows seen;
  AddRowKeys(dataset, trained, &seen.trained);
  AddRowKeys(dataset, chosen, &seen.chosen);
  return seen;
}

TEST_CASE("rows that were learned from and rows that chose are told apart") {
  const Dataset data = Rows(std::vector<std::int64_t>{7, 8, 9}, "a");
  CHECK(SeenBits(Learned(data, {2, 0}, {1}), data, kAll) ==
        Bits{kTrainedOn, kChosenOn, kTrainedOn});
  CHECK(SeenBits(Learned(data, {0}, {0}), data, kAll) ==
        Bits{kTrainedOn | kChosenOn, 0, 0});
}

TEST_CASE("a model that knows nothing of its rows says so") {
  const Dataset data = Rows(std::vector<std::int64_t>{7, 8, 9}, "a");
  CHECK(SeenBits({}, data, kAll).empty());
}

TEST_CASE("numbers name rows within data from the same files only") {
  const Dataset data = Rows(std::vector<std::int64_t>{0, 1, 2}, "a");
  const Dataset other = Rows(std::vector<std::int64_t>{0, 1, 2}, "b");
  const SeenRows seen = Learned(data, kAll, {});
  CHECK(SeenBits(seen, other, kAll) == Bits{0, 0, 0});
  // What was prepared from them has the same origin.
  Dataset prepared = Rows(std::vector<std::int64_t>{2, 0, 5}, "c");
  prepared.provenance =
      R"([{"id":"0123456789abcdef","prev":[],"tool":"mtl-prep","version":"1",)"
      R"("inputs":[{"role":"data","digest":"a","from":""}],"seed":1,)"
      R"("settings":{}}])";
  CHECK(SeenBits(seen, prepared, kAll) == Bits{kTrainedOn, kTrainedOn, 0});
}

TEST_CASE("texts name rows wherever they occur") {
  const Dataset data = Rows(std::vector<std::string>{"x", "y", "z"}, "a");
  const Dataset other = Rows(std::vector<std::string>{"z", "u", ""}, "b");
  CHECK(SeenBits(Learned(data, kAll, {}), other, kAll) ==
        Bits{kTrainedOn, 0, 0});
}

TEST_CASE("what several trainings have seen is joined") {
  const Dataset data = Rows(std::vector<std::int64_t>{7, 8, 9}, "a");
  SeenRows seen = Learned(data, {0}, {2});
  AddSeenRows(Learned(data, {1, 0}, {}), &seen);
  CHECK(seen.trained.size() == 2);
  CHECK(SeenBits(seen, data, kAll) == Bits{kTrainedOn, kTrainedOn, kChosenOn});
}

}  // namespace
}  // namespace mtlkit
