// What PyTorch, safetensors and NumPy themselves wrote
// (tests/golden/make/weights.py).
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "interop/damaged_weights.h"
#include "interop/foreign_weights.h"
#include "interop/read_bytes.h"
#include "paths.h"

namespace mtlkit {
namespace {

std::string GoldenWeights(std::string_view name) {
  return Str(SourceDir(), "/tests/golden/weights/", name);
}

// The arrays of the program that made the files, in its order of elements.
void CheckState(const ForeignWeights& weights, const std::string& prefix) {
  const auto check = [&](const std::string& name,
                         const std::vector<Index>& shape,
                         const std::vector<Real>& values) {
    CAPTURE(name);
    const ForeignArray* array = weights.Find(prefix + name);
    REQUIRE(array != nullptr);
    CHECK(array->shape == shape);
    CHECK(array->values == values);
  };
  check("trunk_0.weight", {4, 3},
        {0, .125, .25, .375, .5, .625, .75, .875, 1, 1.125, 1.25, 1.375});
  check("trunk_0.bias", {4}, {1, 1.125, 1.25, 1.375});
  check("norm.weight", {4}, {2, 2.125, 2.25, 2.375});
  check("norm.bias", {4}, {3, 3.125, 3.25, 3.375});
  check("norm.running_mean", {4}, {0, 0, 0, 0});
  check("norm.running_var", {4}, {1, 1, 1, 1});
  check("norm.num_batches_tracked", {}, {0});
  check("turned.weight", {4, 4},
        {4, 4.5, 5, 5.5, 4.125, 4.625, 5.125, 5.625, 4.25, 4.75, 5.25, 5.75,
         4.375, 4.875, 5.375, 5.875});
}

std::string Refusal(std::string_view name) {
  try {
    ReadForeignWeights(GoldenWeights(name));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.message().substr(GoldenWeights(name).size());
  }
  return "";
}

TEST_CASE("files of three programs with the same arrays give the same") {
  for (const char* name : {"state.pt", "state.safetensors", "state.npz"}) {
    CAPTURE(name);
    const ForeignWeights weights = ReadForeignWeights(GoldenWeights(name));
    CHECK(weights.arrays.size() == 8);
    CheckState(weights, "");
  }
}

TEST_CASE("a checkpoint of PyTorch has its state under a key") {
  const ForeignWeights weights =
      ReadForeignWeights(GoldenWeights("checkpoint.pt"));
  CHECK(weights.arrays.size() == 10);
  CheckState(weights, "model.");
  CHECK(weights.Find("half")->values == std::vector<Real>{1.5, -2});
  CHECK(weights.Find("brain")->values == std::vector<Real>{1.5});
}

TEST_CASE("a whole module of PyTorch is code, and refused") {
  CHECK(Refusal("module.pt") ==
        ": the PyTorch file holds a torch.nn.modules.container.Sequential, "
        "which is code");
  // Before PyTorch 1.6: a pickle without an archive.
  CHECK(Refusal("old.pt").find("not weights of a kind that is read") !=
        std::string::npos);
}

// The damage gives a text in HDF5's global heap a length of 3.6 GB, which it
// copies from 64 KiB (H5HG_read of 1.10): past what a process may read.
TEST_CASE("what brings HDF5 down is refused, and we go on") {
  CHECK(RefusalOfBytes(Damage(FileBytes(GoldenWeights("keras-3.0.h5")), 0, 155))
            .starts_with("the file is refused: it brings HDF5 down"));
  CHECK(ReadForeignWeights(GoldenWeights("keras-3.0.h5")).arrays.size() > 1);
}

TEST_CASE("damaged weights are refused, or read without harm") {
  for (const char* name : {"state.pt", "checkpoint.pt", "state.npz"}) {
    CAPTURE(name);
    CheckDamaged(FileBytes(GoldenWeights(name)), true, 200);
  }
  CheckDamaged(FileBytes(GoldenWeights("state.safetensors")), false, 200);
  // HDF5 is read by a process of its own each time.
  CheckDamaged(FileBytes(GoldenWeights("keras-3.0.h5")), false, 40);
}

}  // namespace
}  // namespace mtlkit
