#include <limits>

#include "eval/row_mean.h"
#include "eval/tag_rows.h"

namespace mtlkit {
namespace {

// A text counts by the weight of its first token.
std::unique_ptr<Metric> PrepareSentenceAccuracy(const MetricRows& rows) {
  const TagRows tags(rows);
  std::vector<double> right(At(rows.rows),
                            std::numeric_limits<double>::quiet_NaN());
  tags.ForEach([&](Index first, Index count) {
    bool any = false;
    bool is_right = true;
    for (Index i = first; i < first + count; ++i) {
      const std::int32_t truth = tags.truth()[At(i)];
      if (truth < 0) continue;
      any = true;
      is_right &= tags.predicted()[At(i)] == truth;
    }
    if (any) right[At(first)] = is_right ? 1 : 0;
  });
  return std::make_unique<RowMean>(std::move(right), 1);
}

}  // namespace

extern const MetricEntry kSentenceAccuracy;
const MetricEntry kSentenceAccuracy = {
    MakeEntry<PrepareSentenceAccuracy>(
        "sentence-accuracy",
        "share of texts all of whose tokens have the predicted tag"),
    "sentence accuracy",
    true,
    1.0,
    HasTags,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
