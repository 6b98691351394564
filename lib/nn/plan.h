#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/view.h"
#include "data/batch.h"
#include "nn/layer.h"
#include "nn/network.h"
#include "nn/params.h"
#include "nn/plan_options.h"

namespace mtlkit {

class PlanState;

// A network made ready to run on batches of up to `capacity` rows: where every
// value and gradient lies in one arena, what may share memory, and in which
// regions the work is done. Allocates when built and never again. Results do
// not depend on the number of threads. One pass at a time; the network is
// kept alive by the caller.
//
// A training step:
//   plan.Forward(pass, batch);
//   for each task: set plan.OutputGradient(task)   (of the loss, times its
//                                                   weight)
//   plan.Backward(pass);
//   kGramian:   solve for w from plan.Gramian(); plan.Combine(pass, w);
//   kGradients: set `combined` of each block; plan.Finish(pass);
//   ... use plan.gradient()
class Plan {
 public:
  // Throws kUsage if `at` is the representation and the network has none.
  Plan(const Network& network, const PlanOptions& options);
  ~Plan();
  Plan(Plan&&) noexcept;
  Plan& operator=(Plan&&) noexcept;

  const Network& network() const;
  const PlanOptions& options() const;

  // Computes the outputs. The batch must stay until the step is done; its
  // inputs must match the network's, 1 <= rows <= capacity.
  void Forward(const Pass& pass, const Batch& batch);

  // Of the last batch: rows x output columns of the task; where an ensemble
  // puts out, the rows of its members (Network::members), those of one row of
  // the batch beside each other.
  ConstMatView Output(Index task) const;
  // Of the last batch: a value in PlanOptions::keep.
  ConstMatView Kept(Value value) const;

  // Of the last batch: how much of each expert a layer that mixes some
  // (LayerTraits::has_gates) took, rows of its space x experts.
  ConstMatView Gates(Index node);

  // What the layers' own penalties (Layer::Penalty) add to the loss of a task,
  // of the last training batch; those of layers that several tasks use are
  // divided equally among them. Their gradients go into Backward times the
  // factor that is set here, which each Forward sets to 1.
  double Penalty(Index task) const;
  void SetPenaltyFactor(Index task, double factor);

  // Of the last training batch, as its layer's gates had them
  // (Layer::GateShares).
  void GateShares(Index node, std::span<double> shares) const;

  // To be set in full between Forward and Backward: gradient of the total loss
  // with respect to Output(task). A task without labels: zeros.
  MatView OutputGradient(Index task);

  // Only with PlanOptions::lane_rows, for each batch before Backward: the rows
  // that have gradients of each task, one range a task, apart and ascending but
  // for empty ones.
  void SetLaneRows(std::span<const RowRange> rows);

  // Takes the gradients down.
  // kPlain: sets all of gradient().
  // kGramian: sets Gramian() and the part of gradient() that is not shared:
  // each task's own parameters get its own gradient.
  // kGradients: sets that part and the blocks.
  void Backward(const Pass& pass);

  // kGramian: tasks x tasks inner products, symmetric.
  Mat<const double> Gramian() const;
  // InParts: the same of one part of the parameters, for each that has
  // shared ones that learn; their sum is Gramian(). Otherwise 0.
  Index part_count() const;
  Mat<const double> PartGramian(Index part) const;
  // kGramian: sets the shared part of gradient() to the sum of the tasks'
  // gradients times `weights`, one a task; where there are parts, one a task
  // for each of them. Once for each Backward.
  void Combine(const Pass& pass, std::span<const double> weights);

  // kGradients: what the caller has to combine.
  std::span<const GradientBlock> Gradients() const;
  // kGradients: after `combined` of every block is set, sets the shared part
  // of gradient().
  void Finish(const Pass& pass);

  // One number a weight, in the layout of network().weights(); padding is 0.
  std::span<Real> gradient();

  // Multiply-adds of the network's products for one row of a full batch,
  // forward.
  Index work_per_row() const;
  // Bytes of the arena.
  Index bytes() const;
  // The plan as a table: values with their lanes and places, regions, memory.
  // For users before training, and for tests.
  std::string Describe() const;

 private:
  std::unique_ptr<PlanState> state_;
};

}  // namespace mtlkit
