#pragma once

#include <cstddef>
#include <string>

#include "data/dataset.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

// What readers and writers of the parts of a dataset have in common.
namespace mtlkit::internal {

inline constexpr StoreOptions kPacked = {Compress::kAuto};

// kBadInput, with the file and the path in front.
[[noreturn]] void BadPart(const FileReader& file, const std::string& path,
                          const std::string& message);

// The shape of an array of so many axes.
Shape RequireRank(const FileReader& file, const std::string& path,
                  std::size_t least, std::size_t most);

// The shape of a table of `rows` rows.
Shape RequireRows(const FileReader& file, const std::string& path,
                  std::size_t rank, Index rows);

// Whether a group has that attribute `encoding-type`.
bool HasEncoding(const FileReader& file, const std::string& path,
                 std::string_view encoding);

// The attributes of a matrix of rows x columns, as AnnData has them.
void WriteTableEncoding(FileWriter& file, const std::string& path);

// The true name of an object whose path had to be escaped.
void NameObject(FileWriter& file, const std::string& path,
                const std::string& name);

}  // namespace mtlkit::internal
