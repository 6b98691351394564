#pragma once

#include <vector>

#include "h5/foreign_file.h"
#include "interop/data_array.h"

namespace mtlkit {

// Whether it is a file of AnnData (.h5ad).
bool IsAnnData(const ForeignFile& file);

// Its matrix `X`, dense or compressed, with the names of `var` as
// columns; the columns of `obs` (numbers, texts, categories); matrices of
// `obsm` under their names; the index of `obs` as `ids`. (AnnData's on-disk
// format, encoding versions 0.1 and 0.2.) `layers`, `uns`, `obsp` and `varm`
// are left alone. kBadInput for what is written otherwise.
std::vector<DataArray> ReadAnnData(const ForeignFile& file);

}  // namespace mtlkit
