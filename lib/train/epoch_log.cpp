#include "train/epoch_log.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "train/network_terms.h"

namespace mtlkit {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

double PerWeight(double sum, double weight) {
  return weight > 0 ? sum / weight : kNoNumber;
}

}  // namespace

EpochLog::EpochLog(Index tasks) : losses_(At(tasks), kNoNumber) {}

std::vector<std::string> EpochLog::Columns(
    std::span<const Task> tasks, const Network& network,
    const std::optional<Validator>& validator) {
  std::vector<std::string> columns = {"epoch", "rate"};
  for (const Task& t : tasks) columns.push_back("train." + t.name + ".loss");
  for (const Task& t : tasks) columns.push_back("weight." + t.name);
  for (std::string& term : NetworkTerms::Columns(network)) {
    columns.push_back(std::move(term));
  }
  if (!validator) return columns;
  for (const Task& t : tasks) columns.push_back("valid." + t.name + ".loss");
  columns.push_back("valid");
  if (validator->has_metric()) {
    // "valid income.roc-auc" as "valid.income.roc-auc".
    std::string name = validator->selected_on();
    name[name.find(' ')] = '.';
    columns.push_back(name);
  }
  return columns;
}

void EpochLog::EndEpoch(Index epoch, double rate,
                        const std::optional<ValidationResult>& validation,
                        bool has_metric, LearnerState* sums,
                        std::vector<double>* log) {
  log->push_back(static_cast<double>(epoch));
  log->push_back(rate);
  for (std::size_t t = 0; t < losses_.size(); ++t) {
    losses_[t] = PerWeight(sums->loss_sum[t], sums->weight_sum[t]);
    log->push_back(losses_[t]);
  }
  for (std::size_t t = 0; t < losses_.size(); ++t) {
    log->push_back(PerWeight(sums->factor_sum[t], sums->batches[t]));
  }
  terms_ = NetworkTerms::Means(sums->term_sum);
  log->insert(log->end(), terms_.begin(), terms_.end());
  for (auto* list : {&sums->loss_sum, &sums->weight_sum, &sums->factor_sum,
                     &sums->lesson_sum, &sums->batches, &sums->term_sum}) {
    std::fill(list->begin(), list->end(), 0.0);
  }
  if (!validation) return;
  log->insert(log->end(), validation->losses.begin(), validation->losses.end());
  log->push_back(validation->relative);
  if (has_metric) log->push_back(validation->metric);
}

double EpochLog::mean_loss() const {
  double sum = 0;
  double count = 0;
  for (const double loss : losses_) {
    if (std::isnan(loss)) continue;
    sum += loss;
    ++count;
  }
  return PerWeight(sum, count);
}

}  // namespace mtlkit
