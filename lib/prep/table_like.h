#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Makes of a converted table one like that from which a dataset or a model was
// made whose `transforms` and `schema` these are (of a table that is not
// prepared, no transforms and its own schema): its columns, types and order,
// and of categories its list with new ones behind. Columns that it does not
// know are left out, and what it knows and does not use, targets among them,
// may be there or not and stands behind; see AdaptTable for what goes into
// `warnings`. Labels that came with the file get its classes.
//
// Throws kBadInput for what contradicts it, all columns by name: those that are
// missing, words where it has numbers, and classes of a target that it does not
// know.
Dataset MakeTableLike(const TransformRecords& transforms, const Schema& schema,
                      Dataset raw, std::vector<std::string>* warnings);

}  // namespace mtlkit
