#include "train/whole_losses.h"

namespace mtlkit {

void WholeLoss::Add(const Batch& batch, std::size_t task, ConstMatView output,
                    std::span<Real> room, LossSums* sums) {
  const TargetBatch& target = batch.targets[task];
  if (loss_->coupling() == RowCoupling::kNone) {
    const std::span<Real> out = room.first(At(target.target.rows));
    const LossArgs args = {output, target.target, target.weight};
    loss_->Evaluate(args, out, {});
    sums->loss += SumRows(out);
    sums->weight += loss_->Divisor(args);
    return;
  }
  for (Index row = 0; row < batch.rows; ++row) {
    if (!(target.weight[At(row)] > 0)) continue;
    output_.insert(output_.end(), output.Row(row),
                   output.Row(row) + output.cols);
    target_.insert(target_.end(), target.target.Row(row),
                   target.target.Row(row) + target.target.cols);
    weight_.push_back(target.weight[At(row)]);
    if (!batch.groups.empty()) groups_.push_back(batch.groups[At(row)]);
  }
}

void WholeLoss::Finish(LossSums* sums) {
  if (weight_.empty()) return;
  const Index rows = std::ssize(weight_);
  RowRoom memory;
  LossArgs args;
  args.output = {output_.data(), rows, std::ssize(output_) / rows};
  args.target = {target_.data(), rows, std::ssize(target_) / rows};
  args.weight = weight_;
  args.groups = groups_;
  args.room = &memory;
  std::vector<Real> losses(At(rows));
  loss_->Evaluate(args, losses, {});
  sums->loss += SumRows(losses);
  sums->weight += loss_->Divisor(args);
  for (auto* kept : {&output_, &target_, &weight_}) kept->clear();
  groups_.clear();
}

}  // namespace mtlkit
