// What Keras itself wrote (tests/golden/make/keras_weights.py).
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "interop/foreign_weights.h"
#include "paths.h"

namespace mtlkit {
namespace {

std::string KerasFile(std::string_view name) {
  return Str(SourceDir(), "/tests/golden/weights/", name);
}

struct Expected {
  const char* name;
  std::vector<Index> shape;
  Real first;  // the others follow in steps of 1/8
};

void CheckArrays(const ForeignWeights& weights,
                 const std::vector<Expected>& expected) {
  CHECK(weights.order == MatrixOrder::kInputsFirst);
  CHECK(weights.arrays.size() == expected.size());
  for (const Expected& one : expected) {
    CAPTURE(one.name);
    const ForeignArray* array = weights.Find(one.name);
    REQUIRE(array != nullptr);
    CHECK(array->shape == one.shape);
    for (std::size_t i = 0; i < array->values.size(); ++i) {
      CHECK(array->values[i] == one.first + static_cast<Real>(i) / 8);
    }
  }
}

TEST_CASE("models of two versions of Keras come in by the users' names") {
  for (const char* name : {"keras-3.0.keras", "keras-3.15.keras",
                           "keras-3.0.h5", "keras-3.15.h5"}) {
    CAPTURE(name);
    CheckArrays(ReadForeignWeights(KerasFile(name)),
                {{"apple/kernel", {6, 2}, 0},
                 {"first/bias", {4}, 1},
                 {"first/kernel", {3, 4}, 0},
                 {"norm/beta", {4}, 0},
                 {"norm/moving_mean", {4}, 1},
                 {"norm/moving_variance", {4}, 2},
                 {"table/embeddings", {3, 2}, 0},
                 {"zebra/bias", {2}, 1},
                 {"zebra/kernel", {6, 2}, 0}});
  }
}

TEST_CASE("weights without a config have the names that they have") {
  CheckArrays(ReadForeignWeights(KerasFile("keras-3.15.weights.h5")),
              {{"apple/kernel", {6, 2}, 0},
               {"first/bias", {4}, 1},
               {"first/kernel", {3, 4}, 0},
               {"norm/moving_mean", {4}, 1},
               {"norm/moving_variance", {4}, 2},
               // Scale or center: the file does not say which there is.
               {"norm/vars/0", {4}, 0},
               {"table/embeddings", {3, 2}, 0},
               {"zebra/bias", {2}, 1},
               {"zebra/kernel", {6, 2}, 0}});
  CheckArrays(ReadForeignWeights(KerasFile("keras-3.0.weights.h5")),
              {{"batch_normalization/moving_mean", {4}, 1},
               {"batch_normalization/moving_variance", {4}, 2},
               {"batch_normalization/vars/0", {4}, 0},
               {"dense/bias", {4}, 1},
               {"dense/kernel", {3, 4}, 0},
               {"dense_1/kernel", {6, 2}, 0},
               {"dense_2/bias", {2}, 1},
               {"dense_2/kernel", {6, 2}, 0},
               {"embedding/embeddings", {3, 2}, 0}});
}

TEST_CASE("a Lambda layer is named and not run, models in models are read") {
  for (const char* name :
       {"keras-3.0-lambda.keras", "keras-3.15-lambda.keras"}) {
    CAPTURE(name);
    const ForeignWeights weights = ReadForeignWeights(KerasFile(name));
    CheckArrays(weights, {{"encoder/inside/bias", {2}, 1},
                          {"encoder/inside/kernel", {3, 2}, 0},
                          {"last/bias", {1}, 1},
                          {"last/kernel", {2, 1}, 0}});
    CHECK(weights.note ==
          "code was not run, only arrays are read; it has 'twice' (Lambda)");
  }
}

}  // namespace
}  // namespace mtlkit
