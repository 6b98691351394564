#include <limits>

#include "eval/row_mean.h"
#include "eval/tag_rows.h"

namespace mtlkit {
namespace {

std::unique_ptr<Metric> PrepareTokenAccuracy(const MetricRows& rows) {
  const TagRows tags(rows);
  return MeanOverRows(rows, [&](Index row) {
    const std::int32_t truth = tags.truth()[At(row)];
    if (truth < 0) return std::numeric_limits<double>::quiet_NaN();
    return tags.predicted()[At(row)] == truth ? 1.0 : 0.0;
  });
}

}  // namespace

extern const MetricEntry kTokenAccuracy;
const MetricEntry kTokenAccuracy = {
    MakeEntry<PrepareTokenAccuracy>("token-accuracy",
                                    "share of tokens whose tag is predicted"),
    "token accuracy",
    true,
    1.0,
    HasTags,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
