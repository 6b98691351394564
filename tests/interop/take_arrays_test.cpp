#include "interop/take_arrays.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// A network of one dense layer and heads, batch norms between.
Model TakingSkeleton(Seed seed) {
  ArchOptions arch;
  arch.layers = {"3"};
  arch.norm = "batch";
  return BuildModel(SampleData(40), arch, seed, {});
}

std::vector<Real> TakenValues(const Block& block, std::string_view name) {
  const Index slice = block.layout().Find(name);
  REQUIRE(slice >= 0);
  const auto flat = block.At(slice).flat();
  return {flat.begin(), flat.end()};
}

// What another framework would have kept of a block: matrices outputs first.
void AddTurned(const Block& block, std::vector<ForeignArray>* arrays) {
  for (Index i = 0; i < static_cast<Index>(block.layout().slices().size());
       ++i) {
    const Slice& slice = block.layout().slice(i);
    const ConstMatView ours = block.At(i);
    ForeignArray array{slice.name, {ours.cols}, {}};
    const bool is_matrix = slice.spec.name == "kernel";
    if (is_matrix) array.shape.push_back(ours.rows);
    for (Index c = 0; c < ours.cols; ++c) {
      for (Index r = 0; r < ours.rows; ++r) {
        array.values.push_back(ours(r, c));
      }
    }
    arrays->push_back(array);
  }
}

ForeignWeights TurnedArrays(const Model& model) {
  ForeignWeights weights;
  weights.name = "w.safetensors";
  weights.order = MatrixOrder::kOutputsFirst;
  AddTurned(model.params.weights, &weights.arrays);
  AddTurned(model.params.buffers, &weights.arrays);
  std::sort(weights.arrays.begin(), weights.arrays.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return weights;
}

std::string TakingRefusal(const ForeignWeights& weights, std::string_view map) {
  Model model = TakingSkeleton(2);
  try {
    TakeArrays(weights,
               map.empty() ? std::vector<MapRule>{} : ParseNameMap(map, "m"),
               &model);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "";
}

TEST_CASE("all arrays by usual names give the same network, to the bit") {
  const Model source = TakingSkeleton(1);
  Model model = TakingSkeleton(2);
  const WarmStart start = TakeArrays(TurnedArrays(source), {}, &model);
  CHECK(start.fresh.empty());
  CHECK(start.unused.empty());
  const auto ours = model.params.weights.all();
  const auto theirs = source.params.weights.all();
  CHECK(std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end()));
}

// Rows of our kernels are (ky, kx, input): PyTorch has outputs x inputs x ky x
// kx, Keras ky x kx x inputs x outputs.
ForeignArray FourAxes(const std::string& name, ConstMatView kernel, Index side,
                      MatrixOrder order) {
  const Index inputs = kernel.rows / (side * side);
  ForeignArray array{name, {side, side, inputs, kernel.cols}, {}};
  array.values.assign(kernel.flat().begin(), kernel.flat().end());
  if (order == MatrixOrder::kInputsFirst) return array;
  array.shape = {kernel.cols, inputs, side, side};
  std::size_t at = 0;
  for (Index output = 0; output < kernel.cols; ++output) {
    for (Index input = 0; input < inputs; ++input) {
      for (Index tap = 0; tap < side * side; ++tap) {
        array.values[at++] = kernel(tap * inputs + input, output);
      }
    }
  }
  return array;
}

TEST_CASE("kernels of convolutions come from four axes") {
  Dataset data = SampleData(40);
  InputBlock photo;
  photo.name = "photo";
  photo.kind = InputKind::kImage;
  photo.height = 5;
  photo.width = 4;
  photo.cols = 2;
  photo.pixels = Array<std::uint8_t>(std::vector<std::uint8_t>(40 * 40, 7));
  data.inputs.push_back(photo);
  ArchOptions arch;
  arch.layers = {"3"};
  arch.images = "cnn:widths=3/5";
  const Model source = BuildModel(data, arch, 1, {});
  for (const MatrixOrder order :
       {MatrixOrder::kInputsFirst, MatrixOrder::kOutputsFirst}) {
    ForeignWeights weights;
    weights.name = "w";
    weights.order = order;
    const Block& block = source.params.weights;
    for (Index i = 0; i < std::ssize(block.layout().slices()); ++i) {
      const Slice& slice = block.layout().slice(i);
      if (slice.spec.name != "kernel" || !slice.name.starts_with("cnn.")) {
        continue;
      }
      const bool is_one = slice.name.find("shortcut") != std::string::npos;
      weights.arrays.push_back(
          FourAxes(slice.name, block.At(i), is_one ? 1 : 3, order));
    }
    REQUIRE(weights.arrays.size() == 6);
    std::ranges::sort(weights.arrays, {}, &ForeignArray::name);
    Model model = BuildModel(data, arch, 2, {});
    const WarmStart start = TakeArrays(weights, {}, &model);
    CHECK(start.unused.empty());
    for (const ForeignArray& array : weights.arrays) {
      INFO(array.name);
      CHECK(TakenValues(model.params.weights, array.name) ==
            TakenValues(block, array.name));
    }
  }
}

TEST_CASE("a square matrix is turned by the convention of its source") {
  ForeignWeights weights;
  weights.name = "w";
  weights.arrays = {{"x", {3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}}};
  ArchOptions arch;
  arch.layers = {"3", "3"};
  const auto taken = [&](MatrixOrder order, const std::string& turn) {
    weights.order = order;
    Model model = BuildModel(SampleData(40), arch, 1, {});
    TakeArrays(weights, ParseNameMap("trunk.1/kernel x" + turn + "\n", "m"),
               &model);
    return TakenValues(model.params.weights, "trunk.1/kernel");
  };
  const std::vector<Real> plain = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::vector<Real> turned = {1, 4, 7, 2, 5, 8, 3, 6, 9};
  CHECK(taken(MatrixOrder::kInputsFirst, "") == plain);
  CHECK(taken(MatrixOrder::kOutputsFirst, "") == turned);
  CHECK(taken(MatrixOrder::kInputsFirst, " transpose") == turned);
  CHECK(taken(MatrixOrder::kOutputsFirst, " as-is") == plain);
}

TEST_CASE("the first rule counts, and fresh leaves a parameter as it was") {
  const Model source = TakingSkeleton(1);
  Model model = TakingSkeleton(2);
  const auto before = TakenValues(model.params.weights, "trunk.0/kernel");
  const WarmStart start = TakeArrays(
      TurnedArrays(source),
      ParseNameMap("trunk.0/kernel fresh\ntrunk.0/* trunk.0/*\n* fresh\n", "m"),
      &model);
  CHECK(TakenValues(model.params.weights, "trunk.0/kernel") == before);
  CHECK(std::count(start.fresh.begin(), start.fresh.end(), "trunk.0/kernel") ==
        1);
  for (const std::string& name : start.taken) {
    CHECK(name.starts_with("trunk.0/"));
  }
}

TEST_CASE("a line behind one that counts is no mistake") {
  Model model = TakingSkeleton(2);
  const auto before = TakenValues(model.params.weights, "trunk.0/kernel");
  const WarmStart start = TakeArrays(
      TurnedArrays(TakingSkeleton(1)),
      ParseNameMap("trunk.0/kernel fresh\ntrunk.0/kernel trunk.0/kernel\n"
                   "trunk.0/bias trunk.0/bias\ntrunk.0/bias trunk.0/bias\n",
                   "m"),
      &model);
  CHECK(TakenValues(model.params.weights, "trunk.0/kernel") == before);
  CHECK(start.taken == std::vector<std::string>{"trunk.0/bias"});
  CHECK(TakingRefusal(TurnedArrays(TakingSkeleton(1)), "* fresh\n") ==
        "--map leaves every parameter fresh");
}

TEST_CASE("several arrays may fill the columns of one parameter") {
  ForeignWeights weights;
  weights.name = "w";
  weights.arrays = {{"left", {2}, {1, 2}}, {"right", {1}, {3}}};
  Model model = TakingSkeleton(2);
  const std::string bias = "trunk.0/bias";
  REQUIRE(model.params.weights.layout().Find(bias) >= 0);
  TakeArrays(weights,
             ParseNameMap(bias + "[2:3] right\n" + bias + "[0:2] left\n", "m"),
             &model);
  CHECK(TakenValues(model.params.weights, bias) == std::vector<Real>{1, 2, 3});
  CHECK(TakingRefusal(weights, bias + "[0:2] left\n") ==
        "--map: trunk.0/bias has 3 columns, and the map speaks of 2");
  CHECK(TakingRefusal(weights, bias + "[1:3] left\n") ==
        "--map: column 0 of trunk.0/bias is filled by no array");
  CHECK(
      TakingRefusal(weights, bias + "[0:2] left\n" + bias + "[1:2] right\n") ==
      "--map: column 1 of trunk.0/bias is filled twice");
}

TEST_CASE("what does not fit names both sides") {
  ForeignWeights weights;
  weights.name = "w";
  weights.arrays = {{"x", {4, 2}, std::vector<Real>(8)}};
  CHECK(TakingRefusal(weights, "trunk.0/bias x\n") ==
        "--from w: 'x' is 4 x 2, but trunk.0/bias takes 3");
  CHECK(TakingRefusal(weights, "trunk.0/bias y\n") ==
        "--map, line 1: w has no array 'y' for trunk.0/bias");
  CHECK(TakingRefusal(weights, "trunk.7/bias x\n") ==
        "--map, line 1: 'trunk.7/bias' is no parameter of this network");
  CHECK(TakingRefusal(weights, "") ==
        "--from w: no array has a name of this network's; it has x");
}

}  // namespace
}  // namespace mtlkit
