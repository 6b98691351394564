#pragma once

#include <string_view>

#include "interop/data_array.h"

namespace mtlkit {

// A whole .npy file, or a member of an .npz, without a name. kBadInput as in
// npy.h.
DataArray ReadNpyArray(std::string_view bytes);

}  // namespace mtlkit
