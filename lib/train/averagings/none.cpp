#include "train/averaging.h"

namespace mtlkit {
namespace {

class NoAveraging : public Averaging {
 public:
  bool averages() const override { return false; }
  bool HasBegun(Index /*epochs*/) const override { return false; }
};

}  // namespace

extern const AveragingEntry kNoAveraging;
const AveragingEntry kNoAveraging = MakeEntry<NoAveraging>(
    "none", "weights are kept as the last step left them");

}  // namespace mtlkit
