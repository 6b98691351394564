#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "h5/foreign_object.h"

// What a confined child found, as bytes for the process that asked, which
// believes none of them.
namespace mtlkit::internal {

std::string PackObjects(const ForeignObjects& objects);
// kBadInput for bytes that are no such thing.
ForeignObjects UnpackObjects(std::string_view bytes);

std::string PackTexts(const std::vector<std::string>& texts);
std::vector<std::string> UnpackTexts(std::string_view bytes);

}  // namespace mtlkit::internal
