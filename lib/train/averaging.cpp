#include "train/averaging.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace mtlkit {

#define MTLKIT_REGISTRY AveragingEntries
#define MTLKIT_REGISTRY_ENTRY AveragingEntry
#define MTLKIT_REGISTRY_LIST "train/averagings.def"
#include "base/registry_list.inc"

std::unique_ptr<Averaging> MakeAveraging(const Choice& choice,
                                         const AveragingArgs& args,
                                         const std::string& where) {
  return MakeChosen(AveragingEntries(), "averaging", choice, where, args);
}

void MoveAverage(double share, std::span<const Real> values,
                 std::span<Real> average) {
  if (share == 1) {
    std::copy(values.begin(), values.end(), average.begin());
    return;
  }
  ActiveKernels().average(share, values.data(), average.data(),
                          static_cast<Index>(values.size()));
}

}  // namespace mtlkit
