#include "cotrain/teaching.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "cotrain/selection.h"
#include "data/head.h"

namespace mtlkit {
namespace {

// Below it a probability counts as this.
constexpr double kLeastProbability = 1e-7;

// What the teachers say of a row, added up.
struct Opinions {
  double weight = 0;
  std::vector<double> sum;
};

// One number of a prediction, as it is added up: log-odds of a probability that
// stands alone, the log of one among several.
class Scale {
 public:
  Scale(const Task& task, Consensus consensus)
      : logs_(consensus == Consensus::kLogMean && task.is_classification()),
        alone_(!task.traits().one_class || task.traits().has_positive) {}

  double To(double value) const {
    if (!logs_) return value;
    const double p = std::clamp(value, kLeastProbability, 1.0);
    if (!alone_) return std::log(p);
    return std::log(p) - std::log(std::max(kLeastProbability, 1 - value));
  }
  void Back(std::vector<double>* values) const {
    if (!logs_) return;
    if (alone_) {
      for (double& value : *values) value = 1 / (1 + std::exp(-value));
      return;
    }
    double total = 0;
    for (double& value : *values) total += value = std::exp(value);
    for (double& value : *values) value /= total;
  }

 private:
  bool logs_;
  bool alone_;
};

bool Teaches(const RoundArgs& args, const TeachingRule& rule,
             const Publication& publication) {
  using Teachers = TeachingRule::Teachers;
  if (rule.teachers == Teachers::kAll) return true;
  return (publication.peer == args.peer) == (rule.teachers == Teachers::kOwn);
}

std::map<Index, Opinions> OpinionsOn(const RoundArgs& args,
                                     const TeachingRule& rule, Index task,
                                     const Scale& scale) {
  const auto cols = At(args.data.tasks[At(task)].prediction_cols());
  std::map<Index, Opinions> opinions;
  for (const Publication& publication : args.publications) {
    const PublishedTask* published = FindTask(publication, task);
    if (published == nullptr || !Teaches(args, rule, publication)) continue;
    // The youngest that can be read is one round old.
    const Index age = std::max<Index>(0, args.round - publication.round - 1);
    const double share =
        std::pow(args.spec.cotrain.stale_decay, static_cast<double>(age));
    for (std::size_t i = 0; i < published->rows.size(); ++i) {
      Opinions& of_row = opinions[published->rows[i]];
      of_row.sum.resize(cols);
      of_row.weight += share;
      for (std::size_t col = 0; col < cols; ++col) {
        const auto value =
            static_cast<double>(published->values[i * cols + col]);
        of_row.sum[col] += share * scale.To(value);
      }
    }
  }
  return opinions;
}

}  // namespace

void PlanTeaching(const RoundArgs& args, const TeachingRule& rule,
                  RoundPlan* plan) {
  for (Index task = 0; task < std::ssize(args.data.tasks); ++task) {
    std::vector<Index> unlabelled;
    if (rule.unlabelled_only) {
      unlabelled = UnlabelledRows(args.data, task, args.train_rows);
    }
    const Scale scale(args.data.tasks[At(task)], rule.consensus);
    SoftTargets targets;
    targets.task = task;
    targets.factor = rule.weight;
    targets.loss = rule.loss;
    if (rule.anneals) {
      targets.fall_epochs = static_cast<double>(args.spec.train.epochs);
    }
    for (auto& [row, of_row] : OpinionsOn(args, rule, task, scale)) {
      if (rule.unlabelled_only &&
          !std::binary_search(unlabelled.begin(), unlabelled.end(), row)) {
        continue;
      }
      if (of_row.weight <= 0) continue;
      std::vector<double> values = of_row.sum;
      for (double& value : values) value /= of_row.weight;
      scale.Back(&values);
      targets.rows.push_back(row);
      targets.values.insert(targets.values.end(), values.begin(), values.end());
    }
    if (!targets.rows.empty()) plan->soft_targets.push_back(std::move(targets));
  }
}

}  // namespace mtlkit
