#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "prep/fit.h"
#include "prep/prepare_options.h"

namespace mtlkit {

// The transforms of a table, fitted on its training rows one behind the other:
// the columns that go in; what --transform asks for, in its order; what the
// short forms (--impute, --pieces, --scale, --encode) do to columns that it
// does not name, and to what is still missing or a category; and the layout of
// blocks.
Transforms FitInputs(const std::vector<InputBlock>& inputs,
                     std::span<const Index> train, const ColumnSet& left_out,
                     const PrepareOptions& options);

// Refuses (kUsage) what is said of columns where images and texts alone go in,
// and of one of these (`other_blocks`) as if it had columns.
void RequireColumnsFor(const PrepareOptions& options, bool has_no_table,
                       const std::set<std::string>& other_blocks);

// Kinds of columns that are inputs.
struct KindsOfColumns {
  bool numbers = false;
  bool scaled = false;  // numbers, or sparse ones
  bool categories = false;
};
// Refuses (kUsage) a short form that is chosen where there is no column for it.
void RequireUsefulForms(const PrepareOptions& options,
                        const KindsOfColumns& kinds);

}  // namespace mtlkit
