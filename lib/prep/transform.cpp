#include "prep/transform.h"

namespace mtlkit {

TransformRecords RecordsOf(const Transforms& transforms) {
  TransformRecords records;
  for (const auto& transform : transforms) {
    records.push_back(transform->Record());
  }
  return records;
}

}  // namespace mtlkit
