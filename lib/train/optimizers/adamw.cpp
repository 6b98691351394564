#include "train/optimizers/adam_step.h"

namespace mtlkit {
namespace {

class AdamW : public AdamStep {
 public:
  explicit AdamW(const AdamOptions& options) : AdamStep(options, true) {}
};

}  // namespace

extern const OptimizerEntry kAdamW;
const OptimizerEntry kAdamW = {MakeEntry<AdamW, AdamOptions>(
    "adamw",
    "adam with decay apart from the gradient (Loshchilov and Hutter 2019)")};

}  // namespace mtlkit
