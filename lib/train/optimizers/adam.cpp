#include "train/optimizers/adam_step.h"

namespace mtlkit {
namespace {

class Adam : public AdamStep {
 public:
  explicit Adam(const AdamOptions& options) : AdamStep(options, false) {}
};

}  // namespace

extern const OptimizerEntry kAdam;
const OptimizerEntry kAdam = {MakeEntry<Adam, AdamOptions>(
    "adam",
    "moving means of gradient and square; decay joins the gradient (Kingma and "
    "Ba 2015)")};

}  // namespace mtlkit
