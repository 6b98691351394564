#include "train/optimizers/adam_step.h"

namespace mtlkit {

extern const OptimizerEntry kAdam;
const OptimizerEntry kAdam = {
    "adam",
    "moving means of gradient and square; decay joins the gradient (Kingma and "
    "Ba 2015)",
    [](Fields& fields) { AdamOptions().Describe(fields); },
    [](const Choice& choice,
       const std::string& where) -> std::unique_ptr<Optimizer> {
      AdamOptions options;
      ReadOptions(choice, where, &options);
      return std::make_unique<AdamStep>(options, false);
    }};

}  // namespace mtlkit
