// Batches of whole groups.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"
#include "train/sampler.h"

namespace mtlkit {
namespace {

std::vector<Index> RowsUpTo(Index count) {
  std::vector<Index> rows(At(count));
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

TEST_CASE("by-group keeps groups whole, and gives batches as many") {
  Dataset data = SampleData(20);
  data.groups = {1, 2, 1, 3, 2, 3, 3, 4, 4, 4, 4, 5, 5, 1, 1, 6, 6, 6, 7, 7};
  const std::vector<Index> rows = RowsUpTo(data.rows);
  // The largest groups have 4, 4 and 3 rows.
  const auto sampler = MakeSampler({"by-group", {}}, {data, rows, 8});
  CHECK(sampler->Text(0) == "7 groups, 2 in a batch");
  EpochRows epoch;
  sampler->Draw(3, 0, &epoch);
  REQUIRE(epoch.batch_count() == 4);
  std::set<std::int64_t> seen;
  for (Index i = 0; i < 4; ++i) {
    std::set<std::int64_t> here;
    for (const Index row : epoch.Batch(i)) here.insert(data.groups[At(row)]);
    CHECK(here.size() == (i < 3 ? 2 : 1));
    for (const std::int64_t group : here) CHECK(seen.insert(group).second);
  }
  std::sort(epoch.rows.begin(), epoch.rows.end());
  CHECK(epoch.rows == rows);
}

TEST_CASE("by-group refuses rows without groups, and groups beyond a batch") {
  Dataset data = SampleData(5);
  const std::vector<Index> rows = RowsUpTo(data.rows);
  const auto refusal = [&](Index batch) -> std::string {
    try {
      MakeSampler({"by-group", {}}, {data, rows, batch});
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
      return error.message();
    }
    return "";
  };
  CHECK(refusal(5) == "--sampler: by-group: the rows have no groups");
  data.groups = {1, 1, 1, 2, 2};
  CHECK(refusal(2) ==
        "--sampler: by-group: the largest group has 3 rows, and a batch 2: "
        "groups stay whole");
  CHECK(refusal(3).empty());
}

}  // namespace
}  // namespace mtlkit
