#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// Rows of one task with what was predicted and what is true, as metrics see
// them. Double, whatever the networks compute in.
struct MetricRows {
  // The task's form, or else its type.
  TaskType type = TaskType::kRegression;
  Index rows = 0;
  Index target_cols = 1;
  Index output_cols = 1;  // of predictions
  // rows x target_cols: numbers, class numbers or 0/1; NaN cells are missing.
  // The number behind those of the classes stands for any class that the model
  // does not know: no prediction of such a row is right.
  std::vector<double> y;
  // rows x output_cols: predictions, or probabilities (binary: of the positive
  // class, one column).
  std::vector<double> output;
  std::vector<double> levels = {};  // Task::levels
  // Where these are a part of all rows: the mean label of each column of all,
  // from which moments are taken. Empty: these are all.
  std::vector<double> centres = {};
  // Of each row, in any order; empty: there are none.
  std::vector<std::int64_t> groups = {};
  // Of tasks whose rows are tokens (HeadTraits::of_tokens): the names of tags,
  // those that only labels have behind the others; the text of each token,
  // those of one beside each other (empty: each is one by itself); and the tag
  // that is predicted of it (TagScheme::Decode of its text; empty: not known).
  std::vector<std::string> tags = {};
  std::vector<Index> texts = {};
  std::vector<std::int32_t> decoded = {};
  // Of texts that are written: what is true, and what is.
  std::vector<std::string> true_texts = {};
  std::vector<std::string> said_texts = {};

  // Whether a prediction has a probability for each of several classes, of
  // which one is true.
  bool has_class_columns() const;

  // Tasks of one class: how many the model knows, and whether y is none of
  // them.
  Index known_classes() const;
  bool IsUnknown(double label) const {
    return label >= static_cast<double>(known_classes());
  }

  // The number that is predicted for a cell of y; of quantiles the median, NaN
  // where it is not among them; of several numbers the first.
  double Point(std::size_t cell) const;

  Mat<const double> Y() const { return {y.data(), rows, target_cols}; }
  Mat<const double> Output() const {
    return {output.data(), rows, output_cols};
  }
};

// Of a task, without rows.
MetricRows EmptyRows(const Task& task);

// Of a mean over parts (labels, classes, columns): over how many it is taken,
// the others being undefined, and how many there are. 0 of 0: no such mean.
struct PartCount {
  Index defined = 0;
  Index all = 0;
};

// A measure as a function of the weights of rows, or of blocks of rows. What
// does not depend on the weights (a sorted order, row losses) is done before,
// so that a bootstrap costs one pass a draw. Any number of threads may share
// it.
class WeightedMetric {
 public:
  virtual ~WeightedMetric() = default;
  // Needs one weight a row (block), none negative. NaN where the measure is
  // undefined (one class only, no rows).
  virtual double Value(std::span<const double> weights) const = 0;
  // What the value is a mean over.
  virtual PartCount Parts(std::span<const double> weights) const {
    (void)weights;
    return {};
  }
  // Numbers that it holds, and goes through for a value.
  virtual std::size_t size() const = 0;
};

// A metric of rows that were put into blocks as they came, in memory that
// mostly does not grow with rows. Value(w) is that of all rows, each weight
// times w of its block, up to rounding.
class BlockedMetric : public WeightedMetric {
 public:
  // How many rows there will be, to reserve memory for; may be called once,
  // before any come.
  virtual void Expect(Index rows) { (void)rows; }
  // All rows have come. To be called once, before anything is asked.
  virtual void Finish() {}
  // The value of all rows, to the bit as without blocks.
  virtual double Whole() const = 0;
  virtual PartCount WholeParts() const { return {}; }
};

// Rows that are put into blocks: row i of a metric, of weight weights[i],
// belongs to block_of_row[i].
struct RowBlocks {
  std::span<const double> weights;
  std::span<const std::uint16_t> block_of_row;
};

// A metric of fixed rows: a weight of 2 is the row twice, 0 is the row left
// out. Immutable.
class Metric : public WeightedMetric {
 public:
  // What AddTo of metrics of this kind and task may fill.
  virtual std::unique_ptr<BlockedMetric> EmptyBlocks(Index blocks) const = 0;
  // Adds its rows behind those that are there.
  virtual void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const = 0;
};

// What a metric may apply to: numbers in the labels' units (MetricRows::Point),
// anything with classes, one class a row, or sets of labels.
bool HasNumbers(TaskType type);
bool HasClasses(TaskType type);
bool HasOneClass(TaskType type);
// A class for each token of a text.
bool HasTags(TaskType type);
bool HasLabelSets(TaskType type);
// A text; none of the others then.
bool HasWrittenTexts(TaskType type);
// A class for each pixel; none of the others then.
bool HasMaps(TaskType type);
// A time that may be censored, and a risk; scores within groups of rows.
bool HasEvents(TaskType type);
bool HasGroups(TaskType type);
// One class of several in order; quantiles.
bool HasRanks(TaskType type);
bool HasLevels(TaskType type);
// Numbers that are not negative.
bool HasPositive(TaskType type);
// Numbers with the standard deviation of a normal distribution; that, or
// quantiles.
bool HasDeviation(TaskType type);
bool HasSpread(TaskType type);

// What else must be known of a metric.
struct MetricTraits {
  // No value is worse; NaN: there is no such bound.
  double worst = std::numeric_limits<double>::quiet_NaN();
  // It looks at what a threshold makes of the probabilities of a binary task or
  // of labels (1/2 if there is no other), and at nothing else of these.
  bool decides = false;
  // It compares the labels of a row, and says nothing of one label.
  bool of_several_labels = false;
  // It is a mean over groups of rows, and needs MetricRows::groups. All rows of
  // a group have one weight, or it counts by that of its first.
  bool of_groups = false;
};

// One line of the registry metrics.def; `help` is the definition.
struct MetricEntry : RegistryEntry<std::unique_ptr<Metric>, const MetricRows&> {
  std::string_view label;  // "ROC AUC", as in tables
  bool up;                 // larger is better
  // The value of a perfect prediction: the error of a value is its distance
  // to it.
  double perfect;
  bool (*applies)(TaskType type);
  // Whether it is the root of a mean.
  bool is_root = false;
  MetricTraits traits = {};

  std::unique_ptr<Metric> prepare(const MetricRows& rows) const {
    return make({std::string(name), {}}, "--metrics", rows);
  }
};

std::span<const MetricEntry* const> AllMetrics();
// Throws kUsage for an unknown name.
const MetricEntry& FindMetric(std::string_view name);
// What is shown and compared where nothing else is asked for.
const MetricEntry& MainMetric(TaskType type);
const MetricEntry& MainMetric(const Task& task);

// The distance of a value to the perfect one; the relative fall of this is the
// gain of one model over another.
double MetricError(const MetricEntry& entry, double value);

}  // namespace mtlkit
