#include "train/optimizers/adam_step.h"

namespace mtlkit {

extern const OptimizerEntry kAdamW;
const OptimizerEntry kAdamW = {
    "adamw",
    "adam with decay apart from the gradient (Loshchilov and Hutter 2019)",
    [](Fields& fields) { AdamOptions().Describe(fields); },
    [](const Choice& choice,
       const std::string& where) -> std::unique_ptr<Optimizer> {
      AdamOptions options;
      ReadOptions(choice, where, &options);
      return std::make_unique<AdamStep>(options, true);
    }};

}  // namespace mtlkit
