#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/array.h"
#include "h5/array_info.h"
#include "h5/open_options.h"
#include "h5/types.h"

namespace mtlkit {
namespace internal {
struct ReaderState;
}

template <class T>
struct FileArray {
  std::vector<T> values;  // row-major
  Shape shape;
};

// Reads one file of docs/file-format.md. Open verifies the envelope and has a
// child process check the structure, so that a hostile file cannot bring this
// process down. No byte is seen by HDF5 or a caller before the SHA-256 of its
// chunk was checked: at once in small files, with the content digest; in large
// ones when it is first read, or, of what is mapped, first touched. What the
// numbers mean is checked by who reads them.
//
// Every failure is an Error that names the file and the path in it: kBadInput
// for what it holds, kMissingInput where it is not there, kIo for the device.
// Thread-compatible; several readers may be used at once.
class FileReader {
 public:
  // `operand` is a path, or "-" for the standard input; a FIFO or socket is
  // read as "-" is. `kinds` are those accepted, any if empty.
  static FileReader Open(const std::string& operand,
                         std::initializer_list<FileKind> kinds = {},
                         const OpenOptions& options = {});
  ~FileReader();
  FileReader(FileReader&&) noexcept;
  FileReader& operator=(FileReader&&) noexcept;

  FileKind kind() const;
  // What messages call it: the path as given, or "stdin".
  const std::string& name() const;
  // Identity of the logical content: 64 hexadecimal digits. Independent of
  // compression, layout and provenance.
  const std::string& content_sha256() const;
  // The digest of the envelope, which is one of all bytes of the file.
  const std::string& file_sha256() const;
  // The JSON array of h5/provenance.h; "[]" if there is none.
  std::string provenance() const;

  bool Has(std::string_view path) const;
  bool IsGroup(std::string_view path) const;
  // Names of the members of a group, sorted by bytes (as they stand in paths:
  // see UnescapeName). A path that is not a group has none.
  std::vector<std::string> Children(std::string_view path) const;
  // The true name of the object: its attribute `name`, else the last component
  // of the path, unescaped.
  std::string TrueName(std::string_view path) const;
  ArrayInfo Info(std::string_view path) const;

  // Attributes; T is std::int64_t, double, std::string, or a vector of
  // std::int64_t or std::string. Numbers convert if the value survives.
  bool HasAttribute(std::string_view path, std::string_view name) const;
  std::vector<std::string> AttributeNames(std::string_view path) const;
  template <class T>
  T Attribute(std::string_view path, std::string_view name) const;
  template <class T>
  std::optional<T> FindAttribute(std::string_view path,
                                 std::string_view name) const {
    if (!HasAttribute(path, name)) return std::nullopt;
    return Attribute<T>(path, name);
  }

  // A whole array as T. A value that T cannot hold exactly is kBadInput.
  template <FileNumber T>
  FileArray<T> ReadArray(std::string_view path) const {
    FileArray<T> result;
    result.shape = Info(path).shape;
    result.values.resize(CheckedCount(path, ElementTypeOf<T>()));
    ReadRaw(path, ElementTypeOf<T>(), 0, -1, result.values.data());
    return result;
  }
  // The values of an array of rank 1.
  template <FileNumber T>
  std::vector<T> ReadList(std::string_view path) const {
    RequireRank(path, 1);
    return ReadArray<T>(path).values;
  }
  // Rows [first, first + count) into `values`, which must have the room.
  template <FileNumber T>
  void ReadRows(std::string_view path, Index first, Index count,
                T* values) const {
    ReadRaw(path, ElementTypeOf<T>(), first, count, values);
  }
  // Rows of numbers as the file has them, little-endian.
  std::string ReadBytes(std::string_view path, Index first, Index count) const;
  // The values without a copy: a read-only mapping of the file, which lives as
  // long as the result, also after this reader. Where it cannot be mapped
  // (compressed, another type), they are read instead.
  template <FileNumber T>
  Array<T> Map(std::string_view path) const {
    Mapping mapping;
    if (const void* data = MapRaw(path, ElementTypeOf<T>(), &mapping)) {
      const std::size_t count = CheckedCount(path, ElementTypeOf<T>());
      return Array<T>({static_cast<const T*>(data), count},
                      std::move(mapping.owner), std::move(mapping.guard),
                      mapping.guarded_from);
    }
    return Array<T>(ReadArray<T>(path).values);
  }

  std::string ReadText(std::string_view path) const;
  std::vector<std::string> ReadTexts(std::string_view path) const;
  // Texts [first, first + count) of a list.
  std::vector<std::string> ReadTexts(std::string_view path, Index first,
                                     Index count) const;

 private:
  explicit FileReader(std::unique_ptr<internal::ReaderState> state);

  // Number of values; throws if it is not numbers or too large.
  std::size_t CheckedCount(std::string_view path, ElementType type) const;
  void RequireRank(std::string_view path, Index rank) const;
  // count < 0: all.
  void ReadRaw(std::string_view path, ElementType type, Index first,
               Index count, void* values) const;
  // What keeps a mapping alive and watches over it.
  struct Mapping {
    std::shared_ptr<const void> owner;
    std::shared_ptr<ArrayGuard> guard;
    Index guarded_from = 0;
  };
  // Null where it cannot be mapped.
  const void* MapRaw(std::string_view path, ElementType type,
                     Mapping* mapping) const;

  std::unique_ptr<internal::ReaderState> state_;
};

template <>
std::int64_t FileReader::Attribute(std::string_view, std::string_view) const;
template <>
double FileReader::Attribute(std::string_view, std::string_view) const;
template <>
std::string FileReader::Attribute(std::string_view, std::string_view) const;
template <>
std::vector<std::int64_t> FileReader::Attribute(std::string_view,
                                                std::string_view) const;
template <>
std::vector<std::string> FileReader::Attribute(std::string_view,
                                               std::string_view) const;

}  // namespace mtlkit
