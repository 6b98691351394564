#pragma once

#include <string>
#include <vector>

#include "h5/fd_driver.h"
#include "h5/foreign_object.h"

// What runs inside of the confined child: HDF5 on bytes that may be hostile.
namespace mtlkit::internal {

// An open file of another program.
Handle OpenForeign(Channel* channel);

// All that is in it, found by hard links alone. Links of other kinds, values in
// other files, filters that are not here and types that are neither numbers
// nor texts are kUnread. kBadInput for what is damaged, or deeper or larger
// than any sensible file.
ForeignObjects WalkForeign(hid_t file);

// Rows [first, first + count) of an array of numbers, as object.type. An array
// without dimensions is one row.
struct ForeignRows {
  std::string path;
  Index first = 0;
  Index count = 0;
};
void ReadForeignNumbers(hid_t file, const ForeignRows& rows,
                        const ForeignObject& object, void* values);
std::vector<std::string> ReadForeignTexts(hid_t file, const ForeignRows& rows,
                                          const ForeignObject& object);

}  // namespace mtlkit::internal
