#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/params.h"

namespace mtlkit {

// Which numbers of its parameters a peer exchanges, in one row: those of the
// weights first, then buffers (running statistics of batch norm).
class Exchanged {
 public:
  // `params` (--params): "all"; "trunk", what several tasks share; or a pattern
  // of train/slice_pattern.h. Without `with_buffers` these stay a peer's own.
  Exchanged(const std::string& params, bool with_buffers, const Params& like);

  std::size_t size() const { return size_; }
  std::size_t weight_count() const { return weight_count_; }

  std::vector<Real> Take(const Params& params) const;
  // Needs size() values; everything else stays as it is.
  void Put(std::span<const Real> values, Params* params) const;

 private:
  // Of one block.
  struct Range {
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  static std::vector<Range> RangesOf(const std::string& params,
                                     const Block& block);

  std::vector<Range> weights_;
  std::vector<Range> buffers_;
  std::size_t size_ = 0;
  std::size_t weight_count_ = 0;
};

}  // namespace mtlkit
