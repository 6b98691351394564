#include "train/member_losses.h"

#include <algorithm>

#include "data/head.h"

namespace mtlkit {

MemberLosses::MemberLosses(std::span<const Task> tasks, const Network& network,
                           Index capacity)
    : network_(network) {
  Index rows = 0;
  Index numbers = 0;
  for (Index task = 0; task < std::ssize(tasks); ++task) {
    if (members(task) == 1) continue;
    const Task& of = tasks[At(task)];
    rows = std::max(rows, capacity * members(task));
    numbers =
        std::max(numbers, capacity * members(task) *
                              std::max(of.target_cols(), of.output_cols()));
  }
  target_.resize(At(numbers));
  weight_.resize(At(rows));
  row_loss_.resize(At(rows));
  of_one_.resize(At(2 * numbers));
}

double MemberLosses::Divisor(const Loss& loss, Index task,
                             const LossArgs& args) const {
  // What rows are worth does not depend on what is said of them.
  LossArgs of_one = args;
  of_one.output.rows = args.output.rows / members(task);
  return loss.Divisor(of_one);
}

void MemberLosses::EvaluateApart(const Loss& loss, Index members,
                                 const LossArgs& args, std::span<Real> row_loss,
                                 MatView gradient) {
  const Index rows = args.target.rows;
  const Index cols = args.output.cols;
  const MatView output = {of_one_.data(), rows, cols};
  MatView slopes;
  if (!gradient.empty()) slopes = {output.data + output.size(), rows, cols};
  const std::span<Real> losses = std::span(row_loss_).first(At(rows));
  LossArgs of_one = args;
  of_one.output = output;
  std::ranges::fill(row_loss.first(At(rows)), Real{0});
  for (Index m = 0; m < members; ++m) {
    for (Index row = 0; row < rows; ++row) {
      std::copy_n(args.output.Row(row * members + m), cols, output.Row(row));
    }
    loss.Evaluate(of_one, losses, slopes);
    for (Index row = 0; row < rows; ++row) {
      row_loss[At(row)] += losses[At(row)] / static_cast<Real>(members);
      if (gradient.empty()) continue;
      std::copy_n(slopes.Row(row), cols, gradient.Row(row * members + m));
    }
  }
}

void MemberLosses::Evaluate(const Loss& loss, Index task, const LossArgs& args,
                            std::span<Real> row_loss, MatView gradient) {
  const Index each = members(task);
  if (each == 1) {
    loss.Evaluate(args, row_loss, gradient);
    return;
  }
  if (loss.coupling() != RowCoupling::kNone) {
    return EvaluateApart(loss, each, args, row_loss, gradient);
  }
  const ConstMatView& target = args.target;
  const std::size_t rows = At(args.output.rows);
  Real* into = target_.data();
  for (Index row = 0; row < target.rows; ++row) {
    for (Index m = 0; m < each; ++m) {
      into = std::copy_n(target.Row(row), target.cols, into);
    }
    std::fill_n(weight_.begin() + row * each, each, args.weight[At(row)]);
  }
  LossArgs of_members = args;
  of_members.target = {target_.data(), args.output.rows, target.cols};
  of_members.weight = std::span(weight_).first(rows);
  loss.Evaluate(of_members, std::span(row_loss_).first(rows), gradient);
  for (Index row = 0; row < target.rows; ++row) {
    double sum = 0;
    for (Index m = 0; m < each; ++m) {
      sum += static_cast<double>(row_loss_[At(row * each + m)]);
    }
    row_loss[At(row)] = static_cast<Real>(sum / static_cast<double>(each));
  }
}

}  // namespace mtlkit
