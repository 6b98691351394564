#include "data/ragged.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "data/check_tools.h"

namespace mtlkit::internal {

Index MostEntries(const InputBlock& block, Index rows) {
  std::vector<Index> lengths;
  for (Index row = 0; row + 1 < block.row_starts.size(); ++row) {
    lengths.push_back(block.row_starts[row + 1] - block.row_starts[row]);
  }
  const Index count = std::min(rows, std::ssize(lengths));
  std::nth_element(lengths.begin(), lengths.begin() + count, lengths.end(),
                   std::greater<>());
  return std::accumulate(lengths.begin(), lengths.begin() + count, Index{0});
}

void CheckStarts(const InputBlock& block, Index rows, Index entries,
                 const std::string& what) {
  const auto starts = block.row_starts.span();
  if (block.row_starts.size() != rows + 1) {
    Bad(Str(what, " has ", block.row_starts.size(), " row starts; ", rows + 1,
            " were expected"));
  }
  if (starts.front() != 0 || starts.back() != entries) {
    Bad(Str(what, ": its row starts run from ", starts.front(), " to ",
            starts.back(), "; 0 to ", entries, " was expected"));
  }
  for (Index row = 0; row < rows; ++row) {
    const std::int64_t begin = block.row_starts[row];
    const std::int64_t end = block.row_starts[row + 1];
    if (end < begin || end > entries) {
      Bad(Str(what, ": row ", row, " starts at ", begin, " and ends at ", end));
    }
  }
}

}  // namespace mtlkit::internal
