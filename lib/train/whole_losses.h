#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "data/batch.h"
#include "nn/loss.h"

namespace mtlkit {

// Sums of one task's weighted losses over rows.
struct LossSums {
  double loss = 0;
  double weight = 0;
  double Mean() const {
    return weight > 0 ? loss / weight
                      : std::numeric_limits<double>::quiet_NaN();
  }
};

// The loss of rows that come batch by batch. One that couples rows is that of
// all rows together, however they came: `Finish` adds it.
class WholeLoss {
 public:
  explicit WholeLoss(const Loss* loss) : loss_(loss) {}

  // Adds the rows of a batch, whose outputs for the task these are. `room` has
  // one number a row of it, or a token where the task has labels of these.
  void Add(const Batch& batch, std::size_t task, ConstMatView output,
           std::span<Real> room, LossSums* sums);
  // Adds what had to wait for all rows, and forgets them.
  void Finish(LossSums* sums);

 private:
  const Loss* loss_;
  // Of rows that are kept.
  std::vector<Real> output_;
  std::vector<Real> target_;
  std::vector<Real> weight_;
  std::vector<std::int64_t> groups_;
};

}  // namespace mtlkit
