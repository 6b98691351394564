#include "cotrain/aggregate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

using Rows = std::vector<std::vector<Real>>;

// Of peers that count by `rows`, or each the same.
std::vector<Real> Made(const std::string& aggregate, const Rows& values,
                       const std::vector<double>& rows = {},
                       std::size_t buffers = 0) {
  std::vector<PeerNumbers> peers;
  for (std::size_t i = 0; i < values.size(); ++i) {
    peers.push_back({values[i], rows.empty() ? 1 : rows[i]});
  }
  return AggregateOf(*MakeAggregate(aggregate), peers,
                     values[0].size() - buffers);
}

TEST_CASE("mean: peers count by their rows, or each the same") {
  const Rows values = {{1, 4}, {5, 0}};
  CHECK(Made("mean", values, {300, 100}) == std::vector<Real>{2, 3});
  CHECK(Made("mean:by=peers", values, {300, 100}) == std::vector<Real>{3, 2});
}

TEST_CASE("median: number by number, the middle or between the middle two") {
  CHECK(Made("median", {{1, 9}, {2, 8}, {100, -100}}) ==
        std::vector<Real>{2, 8});
  CHECK(Made("median", {{1}, {2}, {4}, {100}}) == std::vector<Real>{3});
}

TEST_CASE("trimmed mean: without both ends of each number") {
  const Rows values = {{1, 5}, {2, 1}, {3, 2}, {4, 3}, {1000, -1000}};
  CHECK(Made("trimmed-mean", values) == std::vector<Real>{3, 2});
  CHECK(Made("trimmed-mean:part=0.4", values) == std::vector<Real>{3, 2});
  CHECK(Made("trimmed-mean:part=0", {{1}, {2}, {6}}) == std::vector<Real>{3});
}

// Of five peers with one that is bad, scores are sums over the two nearest:
// 0: .01 + .04, 1: .01 + .01, 2: .01 + .04, 3: 81 + 79.21, 4: far off.
TEST_CASE("krum: the peer that is nearest to its neighbours") {
  const Rows values = {{0}, {0.1F}, {0.2F}, {9.1F}, {1000}};
  CHECK(Made("krum", values) == std::vector<Real>{0.1F});
  const auto mean = Made("krum:keep=3", values);
  CHECK(static_cast<double>(mean[0]) == doctest::Approx(0.1));
}

TEST_CASE("krum: buffers say nothing of how far peers are apart") {
  const Rows values = {{0, 1000}, {0.1F, -1000}, {0.2F, 50}, {9, 51}, {10, 52}};
  CHECK(Made("krum", values, {}, 1) == std::vector<Real>{0.1F, -1000});
  CHECK(Made("krum", values) != Made("krum", values, {}, 1));
}

TEST_CASE("whatever one peer says, the others hold against it") {
  for (const std::string aggregate :
       {"median", "trimmed-mean", "krum", "krum:keep=2"}) {
    CAPTURE(aggregate);
    for (const Real bad : {Real{-1e6}, Real{1e6}}) {
      const auto made =
          Made(aggregate,
               {{1, 2}, {1.2F, 2.1F}, {bad, bad}, {1.1F, 1.9F}, {0.9F, 2}});
      CHECK(made[0] >= 0.9F);
      CHECK(made[0] <= 1.2F);
      CHECK(made[1] >= 1.9F);
      CHECK(made[1] <= 2.1F);
    }
  }
}

TEST_CASE("every aggregate: of one that one, of equal ones these; any order") {
  for (const AggregateEntry* entry : AggregateEntries()) {
    const std::string name(entry->name);
    CAPTURE(name);
    const std::vector<Real> one = {static_cast<Real>(0.1), -3};
    CHECK(Made(name, {one}) == one);
    CHECK(static_cast<double>(Made(name, {one, one, one, one, one})[1]) ==
          doctest::Approx(-3));
    Rows values = {{1, 7}, {2, 5}, {3.5F, 6}, {5, 1}, {8, 2}};
    const auto made = Made(name, values);
    std::reverse(values.begin(), values.end());
    const auto reversed = Made(name, values);
    for (std::size_t i = 0; i < made.size(); ++i) {
      CHECK(static_cast<double>(reversed[i]) ==
            doctest::Approx(static_cast<double>(made[i])));
    }
  }
}

TEST_CASE("an aggregate that there is not is refused with those there are") {
  CHECK(Contains(ErrorOf([] { MakeAggregate("median:part=1"); }),
                 "2 --aggregate: median has no option 'part'"));
  CHECK(Contains(ErrorOf([] { MakeAggregate("medium"); }),
                 "did you mean 'median'?"));
}

}  // namespace
}  // namespace mtlkit
