#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"
#include "prep/fit.h"

namespace mtlkit {

// Rows of one split whose inputs are those of a row of another.
struct Leak {
  std::string from;  // the split that comes first: train, valid, test ...
  std::string to;
  Index rows = 0;        // of `to`
  Index rows_of_to = 0;  // all of `to`
  Index example = 0;     // one of these rows of `to`, and its equal
  Index equal = 0;
};

// Finds them by a hash of 64 bits of all input columns but `left_out`, so that
// memory is 20 bytes a row, whatever a row holds, and two different rows of 100
// million pass for equal once in 3,700 times. Missing equals missing, 0 equals
// -0. Splits against splits, and folds against folds.
std::vector<Leak> FindLeaks(const Dataset& data,
                            const std::set<ColumnRef>& left_out);

// What --check-leaks `how` ("none", "warn", "error") asks for: warns of leaks,
// or fails (kBadInput) with the first. kUsage where there is no split to look
// at.
void CheckLeaks(const Dataset& data, const std::set<ColumnRef>& left_out,
                const std::string& how, Reporter* reporter);

}  // namespace mtlkit
