#include "cotrain/exchanged.h"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

namespace mtlkit {
namespace {

Slice SliceOf(const std::string& name, Index cols, bool shared) {
  Slice slice;
  slice.name = name;
  slice.spec.name = name;
  slice.spec.cols = cols;
  slice.shared = shared;
  return slice;
}

// Slices of a trunk and a head, numbered from `first` on.
Params Counting(Real first) {
  static const auto weights = std::make_shared<const Layout>(std::vector<Slice>{
      SliceOf("trunk.0/kernel", 3, true), SliceOf("trunk.1/kernel", 1, true),
      SliceOf("head.y/kernel", 2, false)});
  static const auto buffers = std::make_shared<const Layout>(
      std::vector<Slice>{SliceOf("trunk.0/mean", 2, true)});
  Params params{Block(weights), Block(buffers)};
  for (Index slice = 0; slice < 3; ++slice) {
    for (Real& number : params.weights.At(slice).flat()) number = first++;
  }
  for (Real& number : params.buffers.At(0).flat()) number = first++;
  return params;
}

std::vector<Real> Taken(const std::string& params, bool with_buffers = true) {
  const Params from = Counting(1);
  return Exchanged(params, with_buffers, from).Take(from);
}

TEST_CASE("what is exchanged: all, the trunk or layers by a pattern") {
  CHECK(Taken("all") == std::vector<Real>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(Taken("trunk") == std::vector<Real>{1, 2, 3, 4, 7, 8});
  CHECK(Taken("trunk.0") == std::vector<Real>{1, 2, 3, 7, 8});
  CHECK(Taken("head") == std::vector<Real>{5, 6});
  CHECK(Taken("*/kernel") == std::vector<Real>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("buffers that are kept are not exchanged") {
  CHECK(Taken("all", false) == std::vector<Real>{1, 2, 3, 4, 5, 6});
  const Params from = Counting(1);
  CHECK(Exchanged("all", true, from).weight_count() == 6);
}

TEST_CASE("what is put in place leaves all else as it was") {
  Params into = Counting(100);
  const Params from = Counting(1);
  const Exchanged exchanged("trunk.0", true, into);
  exchanged.Put(exchanged.Take(from), &into);
  CHECK(into.weights.At(0)(0, 2) == 3);
  CHECK(into.weights.At(1)(0, 0) == 103);
  CHECK(into.weights.At(2)(0, 1) == 105);
  CHECK(into.buffers.At(0)(0, 1) == 8);
  CHECK(from.weights.At(0)(0, 0) == 1);
}

}  // namespace
}  // namespace mtlkit
