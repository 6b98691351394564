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

}  // namespace

extern const MetricEntry kRankMae;
const MetricEntry kRankMae = {
    "rank-mae",
    "rank MAE",
    "mean number of classes between the predicted one and the truth",
    false,
    0.0,
    HasRanks,
    [](const MetricRows& rows) { return FromConfusion(rows, RankMae); }};

}  // namespace mtlkit
