#pragma once

#include "base/view.h"
#include "h5/types.h"

namespace mtlkit::internal {

// Writes `count` numbers of type `from` as type `to`. Returns the position of
// the first that `to` cannot hold exactly (NaN counts as kept between f4 and
// f8), or -1 if all are exact.
Index ConvertNumbers(ElementType from, const void* source, ElementType to,
                     void* target, Index count);

}  // namespace mtlkit::internal
