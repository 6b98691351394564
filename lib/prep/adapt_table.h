#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "prep/transform_entry.h"

namespace mtlkit {

// A table as the transforms of a model want it: columns that they do not know
// are left out, numbers where they know categories are read as categories, and
// words that all are numbers as numbers. What the user should know goes into
// `warnings`: columns left out, categories that training never saw. Columns
// that are missing, and those of words where numbers are known, are refused
// (kBadInput), all of them by name, and so are numbers that are no dates where
// dates are known. A table that has been through transforms is
// returned as it is. `whose` the transforms are is for messages.
Dataset AdaptTable(const TransformRecords& transforms, Dataset raw,
                   std::vector<std::string>* warnings,
                   std::string_view whose = "the model");
// The same of a table of the columns of `selection`.
Dataset AdaptTable(const SelectedInputs& selection, Dataset raw,
                   std::vector<std::string>* warnings, std::string_view whose);

// The sparse block without names that the table behind `transforms` had (of one
// that is not prepared, that of `schema`), with all its columns; one of no
// columns if it had none.
InputSpec NumberedInput(const TransformRecords& transforms,
                        const Schema& schema = {});

}  // namespace mtlkit
