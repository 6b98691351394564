#include "data/finite.h"

#include <cmath>

#include "base/error.h"
#include "data/schema.h"

namespace mtlkit::internal {

void FailNotFinite(const Dataset& dataset, const InputBlock& block, Index row,
                   Index col, double value) {
  Fail(ErrorKind::kBadInput,
       Str("input block '", block.name, "', column '", ColumnName(block, col),
           "', row '", IdText(dataset.ids, row), "' is ",
           std::isnan(value) ? "missing"
                             : "beyond the range of single precision, 3.4e38"),
       std::isnan(value)
           ? "mtl-prep fills missing values"
           : "perhaps once it is scaled: look at this cell of the "
             "table; mtl-convert --missing lists what stands for "
             "no value");
}

}  // namespace mtlkit::internal
