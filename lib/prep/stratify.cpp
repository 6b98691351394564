#include "prep/stratify.h"

#include "data/head.h"
#include "data/label_view.h"

namespace mtlkit {

void StratifyByTask(const Dataset& data, Index task, SplitMethod* method) {
  const LabelView labels(data, task);
  const bool several = !labels.task().traits().one_class;
  if (several) {
    method->kind = SplitMethod::kMultilabel;
    method->labels.resize(At(data.rows));
    method->label_count = labels.cols();
  } else {
    method->numbers.assign(At(data.rows), -1);
  }
  for (Index place = 0; place < labels.places(); ++place) {
    const std::size_t row = At(labels.RowOf(place));
    for (Index col = 0; col < labels.cols(); ++col) {
      const float value = labels.Value(place, col);
      if (several && value > 0) {
        method->labels[row].push_back(col);
      } else if (!several && value >= 0) {
        method->numbers[row] = static_cast<std::int64_t>(value);
      }
    }
  }
}

}  // namespace mtlkit
