#include "cotrain/average.h"

#include <doctest/doctest.h>

#include <vector>

#include "nn/layer.h"
#include "nn/network.h"

namespace mtlkit {
namespace {

Slice SliceOf(const std::string& name, Index cols, std::vector<Index> tasks,
              bool shared) {
  Slice slice;
  slice.name = name;
  slice.spec.name = name;
  slice.spec.cols = cols;
  slice.tasks = std::move(tasks);
  slice.shared = shared;
  return slice;
}

// A shared slice of 3 numbers and a private one of 2, all of them `value`.
Params Filled(Real value) {
  static const auto weights = std::make_shared<const Layout>(std::vector<Slice>{
      SliceOf("trunk", 3, {0, 1}, true), SliceOf("head", 2, {1}, false)});
  static const auto buffers =
      std::make_shared<const Layout>(std::vector<Slice>{});
  Params params{Block(weights), Block(buffers)};
  for (Index slice = 0; slice < 2; ++slice) {
    for (Real& number : params.weights.At(slice).flat()) number = value;
  }
  return params;
}

TEST_CASE("peers count by their rows") {
  const Params a = Filled(1);
  const Params b = Filled(5);
  const std::vector<WeightedParams> peers = {{&a, 300}, {&b, 100}};
  const Params mean = AverageParams(peers, false, a);
  CHECK(mean.weights.At(0)(0, 2) == doctest::Approx(2));
  CHECK(mean.weights.At(1)(0, 1) == doctest::Approx(2));
}

TEST_CASE("of the trunk only, the rest stays one's own") {
  const Params a = Filled(1);
  const Params b = Filled(5);
  const std::vector<WeightedParams> peers = {{&a, 1}, {&b, 1}};
  const Params mean = AverageParams(peers, true, b);
  CHECK(mean.weights.At(0)(0, 0) == doctest::Approx(3));
  CHECK(mean.weights.At(1)(0, 0) == doctest::Approx(5));
}

TEST_CASE("the inputs are left as they were") {
  const Params a = Filled(1);
  const Params b = Filled(5);
  const std::vector<WeightedParams> peers = {{&a, 1}, {&b, 1}};
  AverageParams(peers, false, a);
  CHECK(a.weights.At(0)(0, 0) == doctest::Approx(1));
  CHECK(b.weights.At(0)(0, 0) == doctest::Approx(5));
}

TEST_CASE("the mean of one is that one, bit for bit") {
  const Params a = Filled(static_cast<Real>(0.1));
  const std::vector<WeightedParams> peers = {{&a, 17}};
  CHECK(AverageParams(peers, false, Filled(9)).weights.At(0)(0, 0) ==
        a.weights.At(0)(0, 0));
}

}  // namespace
}  // namespace mtlkit
