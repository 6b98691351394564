#pragma once

#include <memory>
#include <string>

#include "train/sampler.h"

namespace mtlkit {

// The sampler that `text` names. With `keeps_groups` (a loss compares rows of
// one group) the usual one becomes `by-group`, and one that cuts groups is
// kUsage.
std::unique_ptr<Sampler> ChooseSampler(const std::string& text,
                                       bool keeps_groups,
                                       const SamplerArgs& args);

}  // namespace mtlkit
