#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/options.h"
#include "base/view.h"
#include "train/protocol.h"

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

// Which rows a peer learns from by what a judge loses on them: the part that
// SmallLossOptions say of a batch's labelled rows or, over the epoch, of all
// rows by the judge's losses in the epoch before (PeerTask::last_losses; in the
// first all are kept). Allocates in Prepare only.
class SmallLossRows {
 public:
  SmallLossRows(const SmallLossOptions& options, bool by_epoch)
      : options_(options), by_epoch_(by_epoch) {}

  static void DescribeOver(Fields& field, std::string* over);

  // `places`: peers x tasks. `rows`: of the largest batch.
  void Prepare(std::size_t places, Index rows);
  // Before the rows of a batch are chosen.
  void Begin(const PeerView& view);
  // Sets the weights of rows to 0 that `judge` finds hard, among those of a
  // batch whose `counts` is not 0; empty: all of them. Over the epoch, the part
  // is not of those alone.
  void Keep(const PeerView& view, Index judge, Index task,
            std::span<const Real> counts, std::span<Real> weights);

 private:
  struct RowLimit {
    bool any = false;
    std::pair<Real, std::size_t> at;
  };
  void KeepOfAll(const PeerView& view, Index judge, Index task,
                 std::span<Real> weights) const;

  SmallLossOptions options_;
  bool by_epoch_;
  SmallLoss rows_;
  std::vector<RowLimit> limits_;  // peers x tasks
  Index limits_of_ = -1;          // the epoch that they are for
};

}  // namespace mtlkit
