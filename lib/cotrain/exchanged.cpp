#include "cotrain/exchanged.h"

#include <algorithm>
#include <cassert>

#include "train/slice_pattern.h"

namespace mtlkit {

std::vector<Exchanged::Range> Exchanged::RangesOf(const std::string& params,
                                                  const Block& block) {
  std::vector<Range> ranges;
  for (const Slice& slice : block.layout().slices()) {
    const bool chosen =
        params == "all" ||
        (params == "trunk" ? slice.shared : NamesSlice(params, slice.name));
    if (chosen) ranges.push_back({At(slice.offset), At(slice.size())});
  }
  return ranges;
}

Exchanged::Exchanged(const std::string& params, bool with_buffers,
                     const Params& like)
    : weights_(RangesOf(params, like.weights)) {
  if (with_buffers) buffers_ = RangesOf(params, like.buffers);
  for (const Range& range : weights_) weight_count_ += range.size;
  size_ = weight_count_;
  for (const Range& range : buffers_) size_ += range.size;
}

std::vector<Real> Exchanged::Take(const Params& params) const {
  std::vector<Real> values;
  values.reserve(size_);
  const auto take = [&values](const std::vector<Range>& ranges,
                              const Block& block) {
    for (const Range& range : ranges) {
      const auto part = block.all().subspan(range.offset, range.size);
      values.insert(values.end(), part.begin(), part.end());
    }
  };
  take(weights_, params.weights);
  take(buffers_, params.buffers);
  return values;
}

void Exchanged::Put(std::span<const Real> values, Params* params) const {
  assert(values.size() == size_);
  const auto put = [&values](const std::vector<Range>& ranges, Block* block) {
    for (const Range& range : ranges) {
      std::ranges::copy(values.first(range.size),
                        block->all().subspan(range.offset).begin());
      values = values.subspan(range.size);
    }
  };
  put(weights_, &params->weights);
  put(buffers_, &params->buffers);
}

}  // namespace mtlkit
