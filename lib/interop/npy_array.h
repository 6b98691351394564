#pragma once

#include "interop/data_array.h"

namespace mtlkit {

// A whole .npy file, or a member of an .npz, without a name. kBadInput as in
// npy.h.
DataArray ReadNpyArray(const MappedBytes& file);

}  // namespace mtlkit
