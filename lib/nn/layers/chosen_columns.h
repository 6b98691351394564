#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "base/error.h"
#include "base/view.h"

namespace mtlkit {

// The columns of an input that a layer acts upon, ascending; none are all.
struct ChosenColumns {
  std::vector<Index> columns;

  bool are_all() const { return columns.empty(); }
  // How many of `cols` there are; kUsage where one of them does not exist.
  Index Count(Index cols) const {
    if (are_all()) return cols;
    Require(std::ranges::is_sorted(columns, std::ranges::less_equal()) &&
                columns.front() >= 0 && columns.back() < cols,
            ErrorKind::kUsage,
            Str("its columns do not ascend from 0 to ", cols - 1));
    return std::ssize(columns);
  }
  Index operator[](Index i) const { return are_all() ? i : columns[At(i)]; }
  // The place of a column, or -1.
  Index Find(Index column) const {
    if (are_all()) return column;
    const auto found = std::ranges::lower_bound(columns, column);
    return found != columns.end() && *found == column ? found - columns.begin()
                                                      : -1;
  }
  // Their numbers of a row, in `to` unless they are all.
  const Real* Take(const Real* row, Real* to) const {
    if (are_all()) return row;
    for (std::size_t i = 0; i < columns.size(); ++i) to[i] = row[columns[i]];
    return to;
  }
};

}  // namespace mtlkit
