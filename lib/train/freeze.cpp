#include "train/freeze.h"

#include <algorithm>

#include "base/error.h"
#include "train/slice_pattern.h"

namespace mtlkit {

std::vector<bool> FrozenSlices(const Network& network,
                               std::span<const std::string> patterns) {
  if (patterns.empty()) return {};
  std::vector<bool> frozen(network.weights()->slices().size());
  for (const std::string& pattern : patterns) {
    for (const Index slice : SlicesNamed(network, pattern, "--freeze")) {
      frozen[At(slice)] = true;
    }
  }
  Require(std::find(frozen.begin(), frozen.end(), false) != frozen.end(),
          ErrorKind::kUsage, "--freeze leaves nothing to learn",
          "freeze fewer layers");
  return frozen;
}

}  // namespace mtlkit
