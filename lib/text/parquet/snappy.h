#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// What bytes of Snappy's raw format unpack to (format_description.txt of
// google/snappy). `size` is how many bytes are due: the data have to say the
// same. Throws kBadInput for damaged or cut data, before memory is taken for
// more than they can hold.
std::string UnpackSnappy(std::string_view packed, std::size_t size);

}  // namespace mtlkit
