#include "eval/confusion.h"

namespace mtlkit {
namespace {

double RankMae(const Confusion& confusion) {
  double sum = 0;
  for (Index truth = 0; truth < confusion.classes; ++truth) {
    for (Index said = 0; said < confusion.known; ++said) {
      sum += confusion.At(truth, said) * confusion.Distance(truth, said);
    }
  }
  return sum / confusion.Total();  // 0/0: NaN, undefined
}

std::unique_ptr<Metric> PrepareRankMae(const MetricRows& rows) {
  return FromConfusion(rows, RankMae);
}

}  // namespace

extern const MetricEntry kRankMae;
const MetricEntry kRankMae = {
    MakeEntry<PrepareRankMae>(
        "rank-mae",
        "mean number of classes between the predicted one and the truth"),
    "rank MAE", false, 0.0, HasRanks};

}  // namespace mtlkit
