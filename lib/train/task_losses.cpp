#include "train/task_losses.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "data/task_families.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void Scale(double factor, MatView values) {
  if (factor == 1) return;
  ActiveKernels().scale(static_cast<Real>(factor), values.data, values.data,
                        values.size());
}

}  // namespace

TaskLosses::TaskLosses(std::span<const Task> tasks,
                       std::span<const std::unique_ptr<Loss>> losses,
                       std::vector<double> task_weight, const Network& network,
                       Index capacity, std::span<const Index> tokens)
    : tasks_(tasks),
      label_losses_(losses),
      member_losses_(tasks, network, capacity),
      rows_(tasks.size()),
      label_share_(tasks.size(), 1),
      task_weight_(std::move(task_weight)),
      losses_(tasks.size(), kNone),
      weighted_(tasks.size()),
      lesson_losses_(tasks.size()),
      sums_(tasks.size()),
      family_of_(TaskFamilies(tasks)),
      family_share_(tasks.size(), 1),
      present_(tasks.size()) {
  here_.fill(losses_);
  Index families = 0;
  for (const Index family : family_of_) {
    families = std::max(families, family + 1);
  }
  family_sums_.resize(2 * At(families));
  const std::size_t most_rows = At(capacity);
  Index largest = 1;
  for (Index task = 0; task < std::ssize(tasks); ++task) {
    most_rows_.push_back(network.MostTargets(task, capacity, tokens));
    row_loss_.emplace_back(At(most_rows_.back()));
    largest = std::max(largest, most_rows_.back() * network.members(task) *
                                    tasks[At(task)].output_cols());
  }
  scratch_.resize(At(largest));
  room_.order.reserve(most_rows);
  room_.terms.reserve(2 * most_rows);
}

Index TaskLosses::AddLesson(Index task, const std::optional<Choice>& loss) {
  Seat seat;
  seat.task = task;
  const Task& of_task = tasks_[At(task)];
  if (loss) seat.loss = MakeLoss(of_task, *loss);
  const Index most = most_rows_[At(task)];
  seat.values.resize(At(most * of_task.output_cols()));
  seat.row_loss.resize(At(most));
  seat.weight.resize(At(most));
  seats_.push_back(std::move(seat));
  return static_cast<Index>(seats_.size()) - 1;
}

void TaskLosses::EnableSelection() {
  for (const Index most : most_rows_) selected_.emplace_back(At(most));
}

void TaskLosses::Begin(const Batch& batch, const Plan& plan) {
  for (std::size_t task = 0; task < rows_.size(); ++task) {
    rows_[task] = batch.targets[task].target.rows;
  }
  for (Seat& seat : seats_) {
    const Index cols = tasks_[At(seat.task)].output_cols();
    const std::size_t rows = RowsOf(seat.task);
    const MatView values = {seat.values.data(), static_cast<Index>(rows), cols};
    (seat.loss != nullptr ? seat.lesson.target : seat.lesson.gradient) = values;
    seat.lesson.row_loss = {seat.row_loss.data(), rows};
    seat.lesson.weight = {seat.weight.data(), rows};
    seat.lesson.factor = 0;
  }
  for (std::size_t task = 0; task < selected_.size(); ++task) {
    const std::span<const Real> weight = batch.targets[task].weight;
    std::copy(weight.begin(), weight.end(), selected_[task].begin());
    Evaluate(batch, plan, static_cast<Index>(task), {});
  }
}

Lesson& TaskLosses::lesson(Index i) {
  return seats_[At(i)].lesson;
}

std::span<Real> TaskLosses::RowLoss(Index task) {
  return {row_loss_[At(task)].data(), RowsOf(task)};
}

std::span<Real> TaskLosses::Weights(Index task) {
  assert(!selected_.empty());
  return {selected_[At(task)].data(), RowsOf(task)};
}

std::span<const Real> TaskLosses::WeightsOf(const Batch& batch,
                                            Index task) const {
  if (selected_.empty()) return batch.targets[At(task)].weight;
  return {selected_[At(task)].data(), RowsOf(task)};
}

void TaskLosses::SetPartners(const Partners* partners) {
  partners_ = partners;
  if (partners != nullptr) {
    partner_loss_.resize(At(std::ranges::max(most_rows_)));
  }
}

// Partners are a shuffle of the batch: their weights have the same sum, by
// which the losses are divided.
void TaskLosses::MixIn(LossArgs args, Index task, MatView gradient) {
  const TargetBatch& theirs = partners_->targets[At(task)];
  args.target = theirs.target;
  args.weight = theirs.weight;
  const std::span<Real> row_loss = {partner_loss_.data(), RowsOf(task)};
  MatView slope;
  if (!gradient.empty())
    slope = {scratch_.data(), gradient.rows, gradient.cols};
  member_losses_.Evaluate(*label_losses_[At(task)], task, args, row_loss,
                          slope);
  const auto blend = [this](std::span<const Real> from, std::span<Real> into) {
    const Index size = static_cast<Index>(into.size());
    Scale(partners_->share, {into.data(), 1, size});
    ActiveKernels().axpy(static_cast<Real>(1 - partners_->share), from.data(),
                         into.data(), size);
  };
  blend(row_loss, RowLoss(task));
  if (!gradient.empty()) blend(slope.flat(), gradient.flat());
}

LossArgs TaskLosses::ArgsOf(const Batch& batch, const Plan& plan, Index task) {
  LossArgs args;
  args.output = plan.Output(task);
  args.target = batch.targets[At(task)].target;
  args.weight = WeightsOf(batch, task);
  args.groups = batch.groups;
  args.room = &room_;
  return args;
}

double TaskLosses::Evaluate(const Batch& batch, const Plan& plan, Index task,
                            MatView gradient) {
  const LossArgs args = ArgsOf(batch, plan, task);
  member_losses_.Evaluate(*label_losses_[At(task)], task, args, RowLoss(task),
                          gradient);
  if (partners_ != nullptr) MixIn(args, task, gradient);
  return SumRows(RowLoss(task));
}

void TaskLosses::ShareFamilies(const Batch& batch) {
  if (family_sums_.empty()) return;
  const std::size_t families = family_sums_.size() / 2;
  std::ranges::fill(family_sums_, 0);
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    if (family_of_[task] < 0) continue;
    const std::size_t family = At(family_of_[task]);
    const double sum = SumRows(WeightsOf(batch, static_cast<Index>(task)));
    family_share_[task] = sum;
    family_sums_[family] += sum;
    family_sums_[families + family] += sum > 0 ? 1 : 0;
  }
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    if (family_of_[task] < 0 || family_share_[task] <= 0) continue;
    const std::size_t family = At(family_of_[task]);
    family_share_[task] *=
        family_sums_[families + family] / family_sums_[family];
  }
}

Index TaskLosses::SetGradients(const Batch& batch,
                               std::span<const Index> stopped, Plan* plan) {
  ShareFamilies(batch);
  for (Index task = 0; task < static_cast<Index>(tasks_.size()); ++task) {
    if (stopped[At(task)] != 0) {
      SetAbsent(task, plan);
      continue;
    }
    SetGradient(batch, task, plan);
    if (!std::isfinite(weighted_[At(task)])) return task;
  }
  return -1;
}

Index TaskLosses::SetGradientsElsewhere(const Batch& batch,
                                        std::span<const Index> stopped,
                                        Plan* plan,
                                        std::span<double> elsewhere) {
  const auto exchange = [this] {
    losses_.swap(here_[0]);
    weighted_.swap(here_[1]);
    lesson_losses_.swap(here_[2]);
  };
  exchange();
  const Index diverged = SetGradients(batch, stopped, plan);
  std::ranges::copy(weighted_, elsewhere.begin());
  exchange();
  return diverged;
}

void TaskLosses::SetAbsent(Index task, Plan* plan) {
  const std::size_t t = At(task);
  const std::span<Real> gradient = plan->OutputGradient(task).flat();
  std::fill(gradient.begin(), gradient.end(), Real{0});
  sums_[t] = 0;
  present_[t] = 0;
  losses_[t] = kNone;
  weighted_[t] = 0;
  lesson_losses_[t] = 0;
}

void TaskLosses::SetGradient(const Batch& batch, Index task, Plan* plan) {
  const std::size_t t = At(task);
  const MatView gradient = plan->OutputGradient(task);
  const double share = task_weight_[t];
  const double labels = share * label_share_[t] * family_share_[t];
  const double sum = Evaluate(batch, *plan, task, gradient);
  sums_[t] = member_losses_.Divisor(*label_losses_[t], task,
                                    ArgsOf(batch, *plan, task));
  present_[t] = sums_[t] > 0 ? 1 : 0;
  losses_[t] = present_[t] != 0 ? sum / sums_[t] : kNone;
  weighted_[t] = present_[t] != 0 ? labels * losses_[t] : 0;
  lesson_losses_[t] = 0;
  if (present_[t] != 0) {
    Scale(labels / sums_[t] / MembersOf(task), gradient);
  } else {
    std::fill(gradient.flat().begin(), gradient.flat().end(), Real{0});
  }
  for (Seat& seat : seats_) {
    if (seat.task != task || seat.lesson.factor == 0) continue;
    if (SumRows(seat.lesson.weight) <= 0) continue;
    const double loss = AddLessonTo(seat, plan->Output(task), share, gradient);
    lesson_losses_[t] += loss;
    weighted_[t] += share * loss;
    present_[t] = 1;
  }
  if (present_[t] != 0) weighted_[t] += share * plan->Penalty(task);
}

double TaskLosses::AddLessonTo(Seat& seat, ConstMatView output, double share,
                               MatView into) {
  const std::span<const Real> weight = seat.lesson.weight;
  const double factor = seat.lesson.factor / SumRows(weight);
  const std::span<Real> row_losses = {seat.row_loss.data(), RowsOf(seat.task)};
  MatView gradient = seat.lesson.gradient;
  if (seat.loss != nullptr) {
    gradient = {};
    if (!into.empty()) gradient = {scratch_.data(), into.rows, into.cols};
    member_losses_.Evaluate(*seat.loss, seat.task,
                            {output, seat.lesson.target, weight}, row_losses,
                            gradient);
  }
  if (!into.empty()) {
    const double of_each = share * factor / MembersOf(seat.task);
    ActiveKernels().axpy(static_cast<Real>(of_each), gradient.data, into.data,
                         into.size());
  }
  return factor * SumRows(row_losses);
}

void TaskLosses::MeasureAgain(const Batch& batch, const Plan& plan,
                              std::span<double> after) {
  for (Index task = 0; task < static_cast<Index>(tasks_.size()); ++task) {
    const std::size_t t = At(task);
    after[t] = kNone;
    if (present_[t] == 0) continue;
    after[t] = sums_[t] > 0 ? label_share_[t] * family_share_[t] *
                                  Evaluate(batch, plan, task, {}) / sums_[t]
                            : 0;
    for (Seat& seat : seats_) {
      if (seat.task != task || seat.lesson.factor == 0) continue;
      if (SumRows(seat.lesson.weight) <= 0) continue;
      after[t] += AddLessonTo(seat, plan.Output(task), 1, {});
    }
    after[t] += plan.Penalty(task);
    after[t] *= task_weight_[t];
  }
}

}  // namespace mtlkit
