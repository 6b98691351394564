// Training that ends without weights of use.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "train/loop.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// What training with plain steps of a rate says when it diverges.
Error DivergenceOf(const Dataset& data, TrainOptions options, double rate) {
  options.optimizer.optimizer = "sgd";
  options.optimizer.rate = rate;
  Model model = SampleModel(data);
  try {
    Train(InputsOf(data, options), options, 1, {}, &model);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kNo);
    CHECK(error.message().find("training diverged in epoch 1: ") == 0);
    CHECK(error.hint() ==
          Str("lower --rate (it is ", rate, ") or set --clip-norm"));
    return error;
  }
  FAIL("it did not diverge");
  return {ErrorKind::kBug, ""};
}

TEST_CASE("divergence names the task and the epoch") {
  const Error error = DivergenceOf(SampleData(200), SampleOptions(), 1e12);
  CHECK(error.message().find("in epoch 1: the loss of task '") !=
        std::string::npos);
  CHECK(error.message().find("' is not finite in step ") != std::string::npos);
  CHECK(error.message().find(", first of row '") != std::string::npos);
}

TEST_CASE("a label that no rate can help with is a fault of the data") {
  if (sizeof(Real) > 4) return;  // its square is a number there
  Dataset data = SampleData(200);
  data.labels[2].values[10] = 1e30F;
  TrainOptions options = SampleOptions();
  options.epochs = 1;
  Model model = SampleModel(data);
  try {
    Train(InputsOf(data, options), options, 1, {}, &model);
    FAIL("it learned");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    CHECK(error.message().starts_with("task 'value', row '10': the loss in "));
  }
}

TEST_CASE("divergence in the last step is one, with validation rows or not") {
  TrainOptions options = SampleOptions();
  options.epochs = 1;
  options.batch = 1000;
  for (const bool validates : {false, true}) {
    Dataset data = SampleData(200);
    if (!validates) data.splits.erase("valid");
    // Weights that are not finite, and such that give no finite loss.
    const double large = std::sqrt(std::numeric_limits<Real>::max());
    for (const double rate : {1e300, 1e6 * large}) {
      CAPTURE(validates);
      CAPTURE(rate);
      const bool overflows = std::isinf(static_cast<Real>(rate));
      if (!validates && !overflows) continue;  // nobody has looked
      const Error error = DivergenceOf(data, options, rate);
      CHECK(error.message().find("finite") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace mtlkit
