#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "data/label_cells.h"
#include "data/task.h"

namespace mtlkit {

class OutputDistance;

// Of outputs that are a score less a threshold each: none, one each as training
// finds it, or in ascending order whatever training finds.
enum class Thresholds { kNone, kFree, kOrdered };

struct HeadTraits {
  // Task::classes names what labels mean; predictions are probabilities.
  bool has_classes = false;
  // A label is the number of one class.
  bool one_class = false;
  // A label is the number of a class for each pixel (Task::map_height lines of
  // map_width), NaN where a pixel is void; so are outputs and predictions.
  bool is_map = false;
  // A place is a token of the texts of the input that Task::tokens names, not
  // a row.
  bool of_tokens = false;
  // A label is whether a row has a text (1), which is that of the input
  // Task::tokens, and a prediction is a text with the log of its probability. A
  // network puts out, for each token of that input, a logit of what the next
  // one is, made of the texts of the input Task::from.
  bool is_written = false;
  // Of two classes the second is the positive one, and a prediction is its
  // probability.
  bool has_positive = false;
  // Classes ascend, so that a label can be missed by more or less.
  bool is_ordered = false;
  // Predictions are quantiles at Task::levels, for each target column.
  bool has_levels = false;
  // Whether tasks can be declared so; else it is a form that a loss gives.
  bool is_type = true;
  LabelStorage storage = LabelStorage::kNumbers;
  // Labels that are numbers reach a loss less their mean, by their deviation,
  // as preparation finds them. False: as they are, as a log needs them.
  bool scales_labels = true;
  // Labels that are numbers are at least this: 0 of counts.
  double least_label = -std::numeric_limits<double>::infinity();
  std::string_view default_loss;
  std::string_view main_metric;
  // Predictions of each column of labels that are numbers, the first of which
  // is the number itself; of quantiles: 1, and Task::levels says more.
  Index predictions_per_column = 1;
  // The second of them is the standard deviation of a normal distribution.
  bool has_deviation = false;
  // Whether one score of a network becomes the outputs, which are logits of
  // "above class k", by thresholds that are the same for all rows.
  Thresholds thresholds = Thresholds::kNone;
  // Whether a network puts out a row for each token of Task::tokens, not one
  // for each row.
  bool puts_out_tokens() const { return of_tokens || is_written; }
  // A label is a time and whether the event came then (1) or was still to come
  // when the row was last seen (0: censored): two columns that mean nothing
  // apart. The prediction is one number, larger where the event comes sooner.
  bool is_censored = false;
  // Predictions are scores that say an order, of rows of one group
  // (Dataset::groups), and nothing else.
  bool is_ranking = false;
};

// A label of a task with the weight that it has in training.
struct WeightedLabel {
  double value = 0;
  double weight = 0;
};
using WeightedLabels = std::vector<WeightedLabel>;

// A kind of task: how its labels look and are checked, how many columns a
// network puts out, what these say (the link), and which constants are best.
// Stateless; every function gets the task. Predictions are probabilities, or
// numbers in the labels' units; they need not have the shape of the outputs.
class Head {
 public:
  // Labels.
  virtual Index target_cols(const Task& task) const = 0;
  // Labels are 0 .. count - 1; 0: any finite number.
  virtual Index label_count(const Task& task) const = 0;
  // What is impossible about the task (" is binary and has 3 classes"), or "".
  // That names of classes differ is the caller's to check.
  virtual std::string Fault(const Task& task) const = 0;
  // "3 classes", for people.
  virtual std::string Describe(const Task& task) const = 0;
  // What tells the columns of labels apart: ".LABEL", ".2", or "".
  virtual std::string LabelSuffix(const Task& task, Index col) const = 0;
  // Labels as networks learn them, in original units.
  virtual void LabelsToUnits(const Task& task, MatView labels) const;

  // Outputs and predictions.
  virtual Index output_cols(const Task& task) const = 0;
  virtual Index prediction_cols(const Task& task) const;
  // The same for the columns of predictions: ".prob", ".prob.CLASS", ".2".
  virtual std::string PredictionSuffix(const Task& task, Index col) const = 0;
  // What outputs say. `predictions` may be `outputs` itself where it has as
  // many columns.
  virtual void Link(const Task& task, ConstMatView outputs,
                    MatView predictions) const = 0;
  // What a network with the outputs of another is to come near (soft targets,
  // rows x output_cols), linear in the other's predictions; may be in place.
  virtual void SoftTargets(const Task& task, ConstMatView outputs,
                           MatView targets) const = 0;
  // The same, from predictions; may be in place where the columns agree.
  virtual void TargetsOf(const Task& task, ConstMatView predictions,
                         MatView targets) const = 0;

  // How outputs of two networks are compared, by what they mean.
  virtual const OutputDistance& distance() const = 0;
  // The same where it depends on the task.
  virtual const OutputDistance& DistanceOf(const Task& /*task*/) const {
    return distance();
  }

  // Whether there are outputs that say the mean of what several networks say:
  // those that Merge sets, one row (rows x output_cols) for the rows of as many
  // networks, beside each other in `outputs`. Their link is the mean of the
  // links.
  virtual bool merges() const { return false; }
  virtual void Merge(const Task& task, ConstMatView outputs,
                     MatView merged) const;

  // The class that a row of predictions speaks for. Needs traits().one_class.
  virtual Index PredictedClass(std::span<const float> row) const;
  virtual Index PredictedClass(std::span<const double> row) const;
  // A row of predictions with the classes in another order: class i of the
  // result is class order[i] of `from`.
  virtual void Reorder(std::span<const Index> order,
                       std::span<const float> from, double* to) const = 0;

  // The best constant predictions, from the labels of each target column (none
  // empty; of maps all pixels are one column); constant_count numbers. What
  // they are: eval/predictions.h.
  virtual Index constant_count(const Task& task) const = 0;
  virtual std::vector<double> Constants(
      const Task& task, std::span<const WeightedLabels> columns) const = 0;
  // Rows of predictions made of them: one, or two where it depends on the
  // measure which is best (means, then medians).
  virtual std::vector<std::vector<double>> ConstantPredictions(
      const Task& task, std::span<const double> constants) const = 0;
  // Rows of outputs that say so.
  virtual std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const = 0;

 protected:
  ~Head() = default;
};

// One line of the registry heads.def.
struct HeadEntry {
  std::string_view name;
  std::string_view help;
  HeadTraits traits;
  const Head& head;
};
std::span<const HeadEntry* const> HeadEntries();

// Whether a place has one number, stored as a list; else it has a row, even of
// one column.
bool IsListOfLabels(const Task& task);
bool IsListOfPredictions(const Task& task);

}  // namespace mtlkit
