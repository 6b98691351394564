#pragma once

#include <span>
#include <utility>
#include <vector>

#include "base/options.h"
#include "base/view.h"

namespace mtlkit {

// The part of the labelled rows that is learned from in an epoch (from 0):
// R(e) = 1 - forget min(e / ramp, 1), of Han et al. 2018.
struct SmallLossOptions {
  double forget = 0.2;
  double ramp = 10;

  void Describe(Fields& field);
  double KeepRate(Index epoch) const;
};

// Finds the rows of smallest loss. Allocates when it grows only.
class SmallLoss {
 public:
  void Reserve(Index rows) { rows_.reserve(At(rows)); }
  void Clear() { rows_.clear(); }
  void Add(Real loss, std::size_t row) { rows_.emplace_back(loss, row); }
  // The largest pair of loss and row among the part `rate` of the rows with
  // the smallest losses, at least one; ties go to the earlier row. Needs a row.
  // Changes the order in which rows are held.
  std::pair<Real, std::size_t> Limit(double rate);
  bool empty() const { return rows_.empty(); }

 private:
  std::vector<std::pair<Real, std::size_t>> rows_;  // loss, row
};

}  // namespace mtlkit
