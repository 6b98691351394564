#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Collects ids in the order of rows: whole numbers as long as all are, else
// texts.
class IdList {
 public:
  void Add(std::string_view text);
  RowIds Take() &&;

 private:
  NumberIds numbers_;
  std::vector<std::string> texts_;
};

// Two rows that have one id, the first such pair by id; {-1, -1} if none.
std::pair<Index, Index> FindTwice(const RowIds& ids);

}  // namespace mtlkit
