#include "train/length.h"

#include <doctest/doctest.h>

#include "train/loop.h"

namespace mtlkit {
namespace {

TEST_CASE("epochs that are left open make enough steps") {
  const TrainOptions open;
  CHECK(EpochsOf(open, 2, true) == 1500);
  CHECK(EpochsOf(open, 7, true) == 429);
  CHECK(EpochsOf(open, 2, false) == 500);
  CHECK(EpochsOf(open, 104, true) == 30);
  CHECK(EpochsOf(open, 100000, true) == 30);
  TrainOptions given;
  given.epochs = 3;
  CHECK(EpochsOf(given, 2, true) == 3);
}

TEST_CASE("patience that is left open goes with the epochs") {
  TrainOptions options;
  CHECK(PatienceOf(options, 3) == 8);
  CHECK(PatienceOf(options, 30) == 8);
  CHECK(PatienceOf(options, 429) == 108);
  options.patience = 0;
  CHECK(PatienceOf(options, 429) == 0);
  options.patience = 5;
  CHECK(PatienceOf(options, 429) == 5);
}

}  // namespace
}  // namespace mtlkit
