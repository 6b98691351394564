#include <doctest/doctest.h>

#include <limits>

#include "train/run_report.h"

namespace mtlkit {
namespace {

TEST_CASE("what is no better than the best constants is told") {
  History history;
  history.best_epoch = 3;
  history.selected_on = "valid loss";
  history.best = 1;
  CHECK(UselessText(history).starts_with(
      "on the validation rows the model is no better than the best constants"));
  history.best = std::numeric_limits<double>::quiet_NaN();
  CHECK(!UselessText(history).empty());
  history.best = 0.999;
  CHECK(UselessText(history).empty());
  // A metric has no such bound, and without validation nothing is known.
  history.best = 1.5;
  history.selected_on = "valid pay.rmse";
  CHECK(UselessText(history).empty());
  history.selected_on = "valid loss";
  history.best_epoch = 0;
  CHECK(UselessText(history).empty());
}

}  // namespace
}  // namespace mtlkit
