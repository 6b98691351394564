#pragma once

#include <span>

#include "base/reporter.h"
#include "data/dataset.h"
#include "interop/array_reading.h"
#include "interop/data_array.h"

namespace mtlkit {

// Arrays with a row each for the same rows, as a table before preparation:
// - `id` or `ids`, of whole numbers or texts, name the rows (without, the
//   dataset has no ids yet);
// - a list `weights` of numbers has a weight for each row, a list `groups` of
//   whole numbers or texts its group, but for arrays of `inputs` and `tasks`,
//   and neither is an `id` there;
// - any other list of numbers, dates or texts is a column of that name;
// - a matrix of numbers is a view of that name, with columns NAME.0, NAME.1
//   ...; of dates and texts it is as many columns;
// - bytes of rank 3 or 4 are images: rows x height x width (x channels);
// - `splits/NAME` holds row numbers, or a truth value a row;
// - `data`, `indices`, `indptr`, `shape` and `format` are SciPy's sparse
// matrix. Numbers are single where that changes none too much: whole ones stay
// themselves, and none becomes infinite; else a view is double.
//
// Lists, and columns of texts, are read as `reading` says.
//
// Throws kBadInput, naming the array, for other shapes, single values, no rows,
// numbers of rows that differ, names of rows that are there twice, whole
// numbers beyond 2^53, infinite numbers, weights below 0.
Dataset TableOfArrays(std::vector<DataArray> arrays,
                      const ArrayReading& reading = {});

}  // namespace mtlkit
