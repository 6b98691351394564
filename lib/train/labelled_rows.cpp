#include "train/labelled_rows.h"

#include "data/label_view.h"

namespace mtlkit {

std::vector<Index> LabelledRows(const Dataset& data, Index task) {
  const LabelView labels(data, task);
  std::vector<Index> rows;
  for (Index place = 0; place < labels.places(); ++place) {
    const Index row = labels.RowOf(place);
    if (!rows.empty() && rows.back() == row) continue;  // another token of it
    if (labels.Weight(place) > 0 && labels.HasLabel(place)) {
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace mtlkit
