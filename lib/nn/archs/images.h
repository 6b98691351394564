#pragma once

#include "nn/archs/numbers.h"

namespace mtlkit {

// What --images makes of an image block: its pixels side by side by a layer
// PREFIXflatten, or what a residual network PREFIXcnn or a U-net PREFIXunet
// says of each image. What the latter says of each pixel goes to
// `place.pixels`.
Value AddImages(const InputPlace& place, const InputSpec& input, Value value,
                NetworkBuilder* builder);

}  // namespace mtlkit
