#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "data/dataset.h"

namespace mtlkit {

// Finds rows by id: how anything made of other rows, or of the same rows in
// another order, is brought onto a dataset. Copies ids that do not run.
class IdIndex {
 public:
  explicit IdIndex(const RowIds& ids);

  // The position of the id that stands at `row` of `ids`, or -1. Numbers and
  // texts never match each other.
  Index Find(const RowIds& ids, Index row) const;

 private:
  NumberIds running_;
  std::unordered_map<std::int64_t, Index> numbers_;
  std::unordered_map<std::string, Index> texts_;
};

}  // namespace mtlkit
