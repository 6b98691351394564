#include "eval/confusion.h"

namespace mtlkit {
namespace {

double RankMae(const ClassCounts& counts) {
  return counts.distance / counts.total;  // 0/0: NaN, undefined
}

std::unique_ptr<Metric> PrepareRankMae(const MetricRows& rows) {
  return FromClassCounts(rows, RankMae);
}

}  // namespace

extern const MetricEntry kRankMae;
const MetricEntry kRankMae = {
    MakeEntry<PrepareRankMae>(
        "rank-mae",
        "mean number of classes between the predicted one and the truth"),
    "rank MAE", false, 0.0, HasRanks};

}  // namespace mtlkit
