#include "data/number_ids.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "data/id_index.h"

namespace mtlkit {
namespace {

using IdValues = std::vector<std::int64_t>;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST_CASE("numbers that run are not kept, and read as those that are") {
  for (const IdValues& numbers :
       {IdValues{}, IdValues{7}, IdValues{-2, -1, 0, 1}, IdValues{3, 4, 6, 7},
        IdValues{5, 4, 3}, IdValues{1, 1}, IdValues{kMost - 1, kMost},
        IdValues{kMost, kLeast}, IdValues{kLeast, kLeast + 1}}) {
    const NumberIds whole(numbers);
    NumberIds grown;
    for (const std::int64_t number : numbers) grown.push_back(number);
    CHECK(whole.All() == numbers);
    CHECK(grown.All() == numbers);
    CHECK(grown == whole);
    CHECK(whole.is_running() == grown.is_running());
    CHECK(
        std::equal(whole.begin(), whole.end(), numbers.begin(), numbers.end()));
  }
  CHECK(NumberIds(IdValues{-2, -1, 0}).is_running());
  CHECK_FALSE(NumberIds(IdValues{3, 4, 6}).is_running());
  CHECK_FALSE(NumberIds(IdValues{kMost, kLeast}).is_running());
}

TEST_CASE("a list and a run of the same numbers are equal") {
  NumberIds listed(IdValues{1, 2, 4});
  listed.Own()[2] = 3;
  CHECK_FALSE(listed.is_running());
  CHECK(listed == NumberIds::Running(1, 3));
  CHECK(NumberIds::Running(1, 3) == listed);
  CHECK(listed != NumberIds::Running(0, 3));
  CHECK(listed != NumberIds::Running(1, 4));
  CHECK(NumberIds::Running(5, 0) == NumberIds());
}

TEST_CASE("what is changed is a list of its own") {
  NumberIds ids = RunningIds(3);
  const NumberIds before = ids;
  ids.Own()[1] = 9;
  ids.push_back(3);
  CHECK(ids.All() == IdValues{0, 9, 2, 3});
  CHECK(before.All() == IdValues{0, 1, 2});
  CHECK(before.at(2) == 2);
  CHECK_THROWS_AS(before.at(3), std::out_of_range);
}

TEST_CASE("rows are found by numbers that run as by others") {
  const RowIds asked = NumberIds(IdValues{4, 2, 5, kLeast, 1});
  for (const IdValues& numbers : {IdValues{2, 3, 4}, IdValues{2, 4, 3}}) {
    const IdIndex index{RowIds(numbers)};
    const Index place_of_4 = numbers[1] == 4 ? 1 : 2;
    CHECK(index.Find(asked, 0) == place_of_4);
    CHECK(index.Find(asked, 1) == 0);
    CHECK(index.Find(asked, 2) == -1);
    CHECK(index.Find(asked, 3) == -1);
    CHECK(index.Find(asked, 4) == -1);
    CHECK(index.Find(RowIds(TextIds(std::vector<std::string>{"2"})), 0) == -1);
  }
}

}  // namespace
}  // namespace mtlkit
