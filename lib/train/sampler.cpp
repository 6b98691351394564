#include "train/sampler.h"

#include <algorithm>
#include <cassert>

namespace mtlkit {

#define MTLKIT_REGISTRY SamplerEntries
#define MTLKIT_REGISTRY_ENTRY SamplerEntry
#define MTLKIT_REGISTRY_LIST "train/samplers.def"
#include "base/registry_list.inc"

std::unique_ptr<Sampler> MakeSampler(const Choice& choice,
                                     const SamplerArgs& args,
                                     const std::string& where) {
  return MakeChosen(SamplerEntries(), "sampler", choice, where, args);
}

std::span<const Index> EpochRows::Batch(Index i) const {
  assert(i >= 0 && i < batch_count());
  const auto place = At(i);
  const std::size_t first = place == 0 ? 0 : ends[place - 1];
  return std::span(rows).subspan(first, ends[place] - first);
}

void CutEvenly(Index batch, EpochRows* epoch) {
  assert(batch > 0);
  const auto most = At(batch);
  const std::size_t count = (epoch->rows.size() + most - 1) / most;
  epoch->ends.clear();
  for (std::size_t i = 1; i <= count; ++i) {
    epoch->ends.push_back(epoch->rows.size() / count * i +
                          std::min(i, epoch->rows.size() % count));
  }
}

}  // namespace mtlkit
