#pragma once

// The kinds of transforms, for transform.cpp and fit.cpp only.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "prep/fit.h"
#include "prep/transform.h"

namespace mtlkit {

std::shared_ptr<const Transform> MakeSelect(const TransformRecord& record);
std::shared_ptr<const Transform> MakeImpute(const TransformRecord& record);
std::shared_ptr<const Transform> MakePieces(const TransformRecord& record);
std::shared_ptr<const Transform> MakeScale(const TransformRecord& record);
std::shared_ptr<const Transform> MakeEncode(const TransformRecord& record);

// A cell of a dense block in double.
inline double DenseCell(const InputBlock& block, Index at) {
  return block.wide.empty() ? static_cast<double>(block.dense[at])
                            : block.wide[at];
}

// The known values of each column of a dense block of `rows`, in their order.
std::vector<std::vector<double>> KnownValues(const TrainingRows& rows,
                                             const InputSpec& spec);

// The spec of a record; throws kBadInput where it is not JSON.
nlohmann::json ParseSpec(const TransformRecord& record);

// Refuses a stored transform that does not make sense. Anything from a file
// may be wrong, and these numbers index memory.
[[noreturn]] void FailDamagedTransform(const std::string& name,
                                       const std::string& why);

// The array of a record with one number a column of `block`; all finite.
const std::vector<double>& ColumnArray(const TransformRecord& record,
                                       const std::string& array,
                                       const InputSpec& block);

}  // namespace mtlkit
