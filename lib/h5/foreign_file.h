#pragma once

#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "h5/foreign_object.h"
#include "h5/types.h"

namespace mtlkit {

namespace internal {
struct ForeignState;
}

// An HDF5 file that another program made (h5py, Keras, MATLAB 7.3, h5ad),
// which may be hostile. HDF5 sees it in a child process alone that can compute
// and answer and nothing else (h5/guard.h): what brings HDF5 down ends the
// child, and is kBadInput here. Values in other files (virtual datasets,
// external storage, links) are never read. Read-only; threads may share it.
//
// All throw kBadInput without the file's name in front, kIo where the machine
// has no memory or processes left.
class ForeignFile {
 public:
  // The bytes of a file, which must outlive this. What is asked for at once may
  // take `most_bytes` of memory, and no array more than that.
  ForeignFile(std::string_view bytes, Index most_bytes);
  // Takes over the open file `fd`, whose bytes are not to change.
  ForeignFile(int fd, Index most_bytes);
  ~ForeignFile();
  ForeignFile(ForeignFile&&) noexcept;
  ForeignFile& operator=(ForeignFile&&) noexcept;

  const ForeignObjects& objects() const;
  // Null where nothing is.
  const ForeignObject* Find(std::string_view path) const;
  // Null where there is none that is numbers or texts.
  const ForeignAttribute* FindAttribute(std::string_view path,
                                        std::string_view name) const;

  // Whole arrays, in this order. A value that T cannot hold exactly is
  // kBadInput, and so are what is not there and what cannot be read.
  template <FileNumber T>
  std::vector<std::vector<T>> ReadArrays(
      std::span<const std::string> paths) const {
    std::vector<std::vector<T>> arrays;
    const Block block = ReadNumbers(paths, 0, -1);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      arrays.emplace_back(static_cast<std::size_t>(block.counts[i]));
      Convert(block, i, paths[i], ElementTypeOf<T>(), arrays.back().data());
    }
    return arrays;
  }
  // The same rounded to T; whole numbers beyond double precision are kBadInput.
  template <std::floating_point T>
  std::vector<std::vector<T>> ReadRounded(
      std::span<const std::string> paths) const {
    std::vector<std::vector<T>> arrays;
    const Block block = ReadNumbers(paths, 0, -1);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      std::vector<double> exact(static_cast<std::size_t>(block.counts[i]));
      Convert(block, i, paths[i], ElementType::kF64, exact.data());
      std::vector<T>& values = arrays.emplace_back();
      values.reserve(exact.size());
      for (const double value : exact) values.push_back(static_cast<T>(value));
    }
    return arrays;
  }
  // Rows [first, first + count) of one; count < 0: all that follow.
  template <FileNumber T>
  std::vector<T> ReadRows(const std::string& path, Index first,
                          Index count) const {
    const Block block = ReadNumbers({&path, 1}, first, count);
    std::vector<T> values(static_cast<std::size_t>(block.counts[0]));
    Convert(block, 0, path, ElementTypeOf<T>(), values.data());
    return values;
  }
  std::vector<std::string> ReadTexts(const std::string& path, Index first = 0,
                                     Index count = -1) const;

 private:
  // Numbers as they are in the file, in memory that the child has filled.
  struct Block {
    std::shared_ptr<const char> memory;
    std::vector<Index> offsets;  // bytes
    std::vector<Index> counts;   // of elements
  };

  Block ReadNumbers(std::span<const std::string> paths, Index first,
                    Index count) const;
  void Convert(const Block& block, std::size_t i, const std::string& path,
               ElementType type, void* values) const;

  std::unique_ptr<internal::ForeignState> state_;
};

}  // namespace mtlkit
