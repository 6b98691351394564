#include "train/small_loss.h"

#include <algorithm>
#include <cmath>

namespace mtlkit {

void SmallLossOptions::Describe(Fields& field) {
  field("forget", forget, "part of the labels thought to be wrong",
        BelowFrom(0, 1));
  field("ramp", ramp, "epochs in which the part left out grows to that",
        AtLeast(0));
}

double SmallLossOptions::KeepRate(Index epoch) const {
  const double e = static_cast<double>(epoch);
  const double grown = ramp > 0 ? std::min(e / ramp, 1.0) : 1.0;
  return 1 - forget * grown;
}

std::pair<Real, std::size_t> SmallLoss::Limit(double rate) {
  // A hair above, so that 0.8 x 5 is 4 and not 3.
  const double kept =
      std::floor(rate * static_cast<double>(rows_.size()) + 1e-9);
  const auto last =
      rows_.begin() + static_cast<std::ptrdiff_t>(std::max(1.0, kept)) - 1;
  std::nth_element(rows_.begin(), last, rows_.end());
  return *last;
}

void SmallLossRows::DescribeOver(Fields& field, std::string* over) {
  field("over", *over,
        "rows among which the small losses are sought: the batch, or all, by "
        "their losses in the epoch before",
        {"batch", "epoch"});
}

void SmallLossRows::Prepare(std::size_t places, Index rows) {
  rows_.Reserve(rows);
  limits_.resize(places);
}

// The limits depend on the epoch before only: found once an epoch.
void SmallLossRows::Begin(const PeerView& view) {
  if (!by_epoch_ || limits_of_ == view.epoch) return;
  limits_of_ = view.epoch;
  for (std::size_t place = 0; place < view.seen.size(); ++place) {
    rows_.Clear();
    const std::span<const Real> losses = view.seen[place].last_losses;
    for (std::size_t row = 0; row < losses.size(); ++row) {
      if (!std::isnan(losses[row])) rows_.Add(losses[row], row);
    }
    limits_[place].any = !rows_.empty();
    if (rows_.empty()) continue;
    limits_[place].at = rows_.Limit(options_.KeepRate(view.epoch));
  }
}

void SmallLossRows::Keep(const PeerView& view, Index judge, Index task,
                         std::span<const Real> counts,
                         std::span<Real> weights) {
  if (by_epoch_) return KeepOfAll(view, judge, task, weights);
  const PeerTask& seen = view.At(judge, task);
  const auto takes_part = [&](std::size_t row) {
    return seen.weight[row] > 0 && (counts.empty() || counts[row] > 0);
  };
  rows_.Clear();
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (takes_part(row)) rows_.Add(seen.row_loss[row] / seen.weight[row], row);
  }
  if (rows_.empty()) return;
  const auto limit = rows_.Limit(options_.KeepRate(view.epoch));
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!takes_part(row)) continue;
    const std::pair<Real, std::size_t> own = {
        seen.row_loss[row] / seen.weight[row], row};
    if (own > limit) weights[row] = 0;
  }
}

void SmallLossRows::KeepOfAll(const PeerView& view, Index judge, Index task,
                              std::span<Real> weights) const {
  const RowLimit& limit = limits_[view.Place(judge, task)];
  if (!limit.any) return;
  const std::span<const Real> losses = view.At(judge, task).last_losses;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto row = At(view.row_numbers[i]);
    if (std::isnan(losses[row])) continue;
    if (std::pair(losses[row], row) > limit.at) weights[i] = 0;
  }
}

}  // namespace mtlkit
