#pragma once

#include <optional>
#include <string>
#include <vector>

#include "h5/foreign_object.h"
#include "h5/hdf5_session.h"

// Arrays and attributes of other programs as numbers and texts, inside of the
// confined child.
namespace mtlkit::internal {

// What a dataset is, and whether its values can be read: not where they are in
// other files, or not stored at all.
ForeignObject InspectForeignArray(hid_t dataset, const std::string& path);

// Nothing where it is neither numbers nor texts.
std::optional<ForeignAttribute> ReadForeignAttribute(hid_t attribute,
                                                     const std::string& path);

// Texts of a dataset in the given selections, `count` of them.
std::vector<std::string> ReadTextsOf(hid_t dataset, hid_t memory_space,
                                     hid_t file_space, Index count,
                                     const std::string& path);

[[noreturn]] void FailForeign(std::string_view path, std::string_view doing);

}  // namespace mtlkit::internal
