#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/choice.h"
#include "base/registry.h"
#include "base/view.h"
#include "data/dataset.h"
#include "data/task.h"
#include "kernels/kernels.h"

namespace mtlkit {

// Memory of losses that look at several rows at once, kept by whoever evaluates
// them: it grows to the largest batch, and not again. Not thread-safe.
struct RowRoom {
  std::vector<std::int32_t> order;
  std::vector<double> terms;
};

// What a loss compares, a batch of one task. Rows of all members correspond.
struct LossArgs {
  ConstMatView output;  // rows x task.output_cols(): logits, or normalised y
  ConstMatView target;  // rows x target_cols(); NaN cells are missing
  std::span<const Real> weight;  // one a row, at least 0
  const Kernels* kernels = &ActiveKernels();
  // For losses that couple rows: the group of each row, in any order (empty:
  // all are one), and memory.
  std::span<const std::int64_t> groups = {};
  RowRoom* room = nullptr;
};

// Which rows of a batch a loss compares with each other: none, those of a group
// (Dataset::groups), all.
enum class RowCoupling { kNone, kGroups, kBatch };

// Which labels a loss can learn: numbers from `least` on, or above it.
struct LabelBounds {
  double least = -std::numeric_limits<double>::infinity();
  bool above = false;
  bool Hold(double label) const {
    return above ? label > least : label >= least;
  }
};

// How far a batch of outputs is from its targets. Per row i with weight w_i:
// the loss w_i l_i and its gradient w_i dl_i/doutput. A row of weight 0 gives
// loss 0 and gradient 0 whatever its target holds; a missing cell gives 0 for
// its part. A loss never averages over rows: whoever steps divides by the sum
// of weights. Rows do not depend on each other, so a batch may be split, unless
// `coupling` says so: such a loss depends on which rows a batch has, not on
// their order, and a row of weight 0 is as if it were not there.
// Immutable: any number of threads may share it.
class Loss {
 public:
  virtual ~Loss() = default;

  // Columns of the target: task.target_cols() for losses towards labels,
  // task.output_cols() for losses towards distributions (soft targets).
  virtual Index target_cols() const = 0;

  // Whether a label far off pulls no harder than one that is near: such a loss
  // wants labels scaled by what outliers do not move (train/target_scale.h).
  virtual bool robust() const { return false; }

  virtual LabelBounds label_bounds() const { return {}; }

  // Sets row_loss (one a row) and `gradient` (shaped as output). An empty
  // gradient is not wanted. Needs shapes that agree. Allocates nothing.
  virtual void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                        MatView gradient) const = 0;

  // Which rows it compares. Others than kNone need LossArgs::room.
  virtual RowCoupling coupling() const { return RowCoupling::kNone; }
  // What the sum of the losses of rows is divided by: the sum of their weights;
  // of losses that couple rows that of the rows of which something is said. 0:
  // the batch says nothing of the task.
  virtual double Divisor(const LossArgs& args) const;
};

// A registered loss (losses.def).
struct LossEntry : RegistryEntry<std::unique_ptr<Loss>, const Task&> {
  // Names of the task types it can be used for; none: all.
  std::span<const std::string_view> types;
  // Whether targets are distributions or outputs of another model instead of
  // labels; such a loss is for Teach, never a task's own.
  bool soft = false;
  // Where the loss wants other outputs than the type's own: sets the task's
  // form, before a network is built. Null: it does not.
  void (*shape)(const Choice& choice, const std::string& where,
                Task* task) = nullptr;
  // Where it is for maps: of each pixel as it is of a row, and the mean over
  // an image's pixels that are not void (losses/pixel_loss.h).
  bool of_pixels = false;

  bool Accepts(TaskType type) const;
};

std::span<const LossEntry* const> LossEntries();
const LossEntry& FindLoss(std::string_view name);

// The loss of a task type that is used unless another is named.
std::string_view DefaultLoss(TaskType type);

// Makes a loss for a task that has the form that the loss gives. An unknown
// name or option, a loss that the task's type cannot have, and one of another
// form than the task's is kUsage.
std::unique_ptr<Loss> MakeLoss(const Task& task, const Choice& choice,
                               const std::string& where = "--loss");

// Of a map, whose pixels are rows of a loss of the trait of_pixels. Two classes
// have one logit, and their cross-entropy another name.
std::unique_ptr<Loss> MakeLossOfPixels(const Task& map, Choice choice,
                                       const std::string& where);

// One loss a task, in the order of tasks, from texts as of `--loss`:
// "TASK=NAME[:option=value,...]", where TASK may be a pattern of tasks; a later
// text replaces an earlier one; tasks that none names have the default. A text
// that matches no task is kUsage with the nearest name.
std::vector<std::unique_ptr<Loss>> MakeLosses(
    const std::vector<Task>& tasks, const std::vector<std::string>& texts);

// The tasks with the forms that their losses, from such texts, give them.
std::vector<Task> ShapeTasks(std::vector<Task> tasks,
                             const std::vector<std::string>& texts);

// That every label of the dataset is one that its task's loss can learn:
// kBadInput names task and row. `tasks` are those of the dataset with their
// forms.
void RequireLearnable(const Dataset& dataset, const std::vector<Task>& tasks,
                      const std::vector<std::string>& texts);

// Whether some loss couples rows so.
bool AnyCouples(std::span<const std::unique_ptr<Loss>> losses,
                RowCoupling coupling);

// Sum of per-row losses (or weights), in row order.
double SumRows(std::span<const Real> rows);

}  // namespace mtlkit
