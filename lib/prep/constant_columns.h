#pragma once

#include "base/reporter.h"
#include "prep/fit.h"

namespace mtlkit {

// The columns that go in (all but `left_out`) and have one value in all of the
// rows: one number everywhere, or one category (what is missing of those
// becomes the most frequent one). Nothing can be learned of them, and the
// weights that another value would meet in new rows were never trained. Of
// sparse blocks none, and none of a single row. Throws kBadInput where no other
// column goes in.
ColumnSet ConstantColumns(const TrainingRows& rows, const ColumnSet& left_out);

// Notes which columns are left out since they are constant.
void NoteConstant(const ColumnSet& columns, Reporter* reporter);

}  // namespace mtlkit
