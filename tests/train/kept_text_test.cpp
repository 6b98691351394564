// What is said when training is over.
#include "train/kept_text.h"

#include <doctest/doctest.h>

namespace mtlkit {
namespace {

Model KeptNetworks(Index networks) {
  Model model;
  const auto log = [](Index number) {
    History history;
    history.columns = {"epoch"};
    history.values = {{1, 2, 3}};
    history.best_epoch = number;
    history.best = 0.5 + 0.01 * static_cast<double>(number);
    history.selected_on = "valid loss";
    return history;
  };
  model.log = log(1);
  for (Index i = 2; i <= networks; ++i) model.others.push_back({{}, log(i)});
  return model;
}

TEST_CASE("epochs of a few networks are said, of many the first and the last") {
  CHECK(KeptText(KeptNetworks(1), false) ==
        "kept the weights of epoch 1 of 3: valid loss .510");
  CHECK(KeptText(KeptNetworks(1), true) ==
        "the last of these is epoch 1 of 3: valid loss .510");
  CHECK(KeptText(KeptNetworks(3), false) ==
        "kept the weights of epochs 1, 2, 3: valid loss .510 to .530");
  Model alike = KeptNetworks(3);
  for (TrainedNetwork& other : alike.others) other.log.best_epoch = 1;
  CHECK(KeptText(alike, false) ==
        "kept the weights of epoch 1: valid loss .510 to .530");
  CHECK(KeptText(KeptNetworks(20), false) ==
        "kept the weights of epochs 1 to 20: valid loss .510 to .700");
}

}  // namespace
}  // namespace mtlkit
