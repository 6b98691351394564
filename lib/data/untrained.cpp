#include "data/untrained.h"

#include <cmath>
#include <limits>

#include "data/head.h"

namespace mtlkit {

void ForgetUntrained(const Task& task, std::span<const double> frequencies,
                     Labels* labels) {
  if (!task.traits().one_class || frequencies.size() != task.classes.size()) {
    return;
  }
  std::vector<std::int32_t> name_of(frequencies.size(), -1);
  for (std::size_t place = 0; place < labels->values.size(); ++place) {
    const float label = labels->values[place];
    if (std::isnan(label)) continue;
    const auto number = static_cast<std::size_t>(label);
    if (frequencies[number] > 0) continue;
    UnknownLabels& unknown = labels->unknown;
    if (name_of[number] < 0) {
      name_of[number] = static_cast<std::int32_t>(unknown.names.size());
      unknown.names.push_back(task.classes[number]);
    }
    SetUnknown(static_cast<Index>(place), std::ssize(labels->values),
               name_of[number], &unknown.places);
    ++unknown.cells;
    labels->values[place] = std::numeric_limits<float>::quiet_NaN();
  }
}

}  // namespace mtlkit
