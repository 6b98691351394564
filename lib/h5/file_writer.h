#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "h5/store_options.h"
#include "h5/types.h"

namespace mtlkit {

namespace internal {
class WriterState;
class RowsState;

// The untyped side of RowWriter.
class RowSink {
 public:
  RowSink(std::shared_ptr<WriterState> writer, std::shared_ptr<RowsState> rows);
  void Append(const void* values, Index count);
  void Close();
  Index rows() const;
  Index row_size() const;

 private:
  std::shared_ptr<WriterState> writer_;
  std::shared_ptr<RowsState> rows_;
};
}  // namespace internal

// Rows of one array, written as they come. Belongs to the FileWriter that made
// it and must not be used after its Commit. Move-only in spirit: copies append
// to the same array.
template <FileNumber T>
class RowWriter {
 public:
  explicit RowWriter(internal::RowSink sink) : sink_(std::move(sink)) {}

  // A whole number of rows, row-major.
  void Append(std::span<const T> values) {
    sink_.Append(values.data(), static_cast<Index>(values.size()));
  }
  // Rows so far.
  Index rows() const { return sink_.rows(); }
  // Values of a row.
  Index row_size() const { return sink_.row_size(); }
  // No more rows come: the array gets its final number of rows. Commit does
  // it for all that are still open.
  void Close() { sink_.Close(); }

 private:
  internal::RowSink sink_;
};

// Builds one file of docs/file-format.md. Everything goes into a temporary
// file; Commit makes it appear at its destination whole, or not at all. Without
// Commit nothing is left behind.
//
//   FileWriter writer("model.h5", FileKind::kModel);
//   writer.WriteArray<float>("params/trunk.0/kernel", kernel, {8, 16});
//   writer.Commit();
//
// Paths are relative to the root, with '/' between components; groups are made
// as needed. Bytes depend on the content alone: not on the destination, the
// time, the host or the order of calls within a group... Errors are kIo (disk
// full, device), kCannotCreate (destination) or kBug (a path written twice, a
// shape that does not fit). Thread-compatible.
class FileWriter {
 public:
  // `destination` is a path, or "-" for the standard output. The temporary
  // file is made at once, in the folder of the destination, so a destination
  // that cannot be created fails here (kCannotCreate); a terminal as standard
  // output is kUsage. Leftovers of writers that died are removed.
  FileWriter(const std::string& destination, FileKind kind);
  ~FileWriter();
  FileWriter(FileWriter&&) noexcept;
  FileWriter& operator=(FileWriter&&) noexcept;

  // The attribute `name` of the object at `path` ("" or "/" is the root). The
  // object must exist, or becomes a group. At most 64,000 bytes each: longer
  // texts and lists are datasets.
  void SetAttribute(std::string_view path, std::string_view name,
                    std::int64_t value);
  void SetAttribute(std::string_view path, std::string_view name, double value);
  void SetAttribute(std::string_view path, std::string_view name,
                    std::string_view value);
  void SetAttribute(std::string_view path, std::string_view name,
                    const std::vector<std::string>& values);
  void SetAttribute(std::string_view path, std::string_view name,
                    const std::vector<std::int64_t>& values);
  // Spelled out, so that literals do not become numbers or pointers.
  void SetAttribute(std::string_view path, std::string_view name, int value) {
    SetAttribute(path, name, static_cast<std::int64_t>(value));
  }
  void SetAttribute(std::string_view path, std::string_view name,
                    const char* value) {
    SetAttribute(path, name, std::string_view(value));
  }

  // An empty group, for what has no members (yet).
  void MakeGroup(std::string_view path);

  // A whole array, row-major. Needs values.size() == ElementCount(shape).
  template <FileNumber T>
  void WriteArray(std::string_view path, std::span<const T> values,
                  const Shape& shape, const StoreOptions& options = {}) {
    WriteRaw(path, ElementTypeOf<T>(), values.data(),
             static_cast<Index>(values.size()), shape, options);
  }
  template <FileNumber T>
  void WriteArray(std::string_view path, const std::vector<T>& values,
                  const Shape& shape, const StoreOptions& options = {}) {
    WriteArray<T>(path, std::span<const T>(values), shape, options);
  }
  // A list: an array of rank 1.
  template <FileNumber T>
  void WriteList(std::string_view path, const std::vector<T>& values,
                 const StoreOptions& options = {}) {
    WriteArray<T>(path, values, {static_cast<Index>(values.size())}, options);
  }
  // A text of any length (a scalar dataset), and a list of texts. UTF-8
  // without NUL bytes.
  void WriteText(std::string_view path, std::string_view text);
  void WriteTexts(std::string_view path, const std::vector<std::string>& texts);

  // An array whose rows come one after the other; memory stays bounded.
  // `row_shape` is the shape of one row ({} for a list of numbers); `rows` the
  // number of rows if it is known, else -1, which costs writing them twice.
  // The stored bytes are those that WriteArray would have written.
  template <FileNumber T>
  RowWriter<T> CreateRows(std::string_view path, const Shape& row_shape,
                          Index rows = -1, const StoreOptions& options = {}) {
    return RowWriter<T>(
        CreateRowsRaw(path, ElementTypeOf<T>(), row_shape, rows, options));
  }

  // How the content came about: a JSON array, see h5/provenance.h. Not part of
  // the content digest.
  void SetProvenance(std::string_view json);

  // Completes the file and puts it in place: closes it, adds the content
  // digest and the envelope, syncs, renames, syncs the folder. Or sends it to
  // the standard output. Returns the content digest. The writer is then done.
  std::string Commit();

  // The untyped forms.
  void WriteRaw(std::string_view path, ElementType type, const void* values,
                Index count, const Shape& shape, const StoreOptions& options);
  internal::RowSink CreateRowsRaw(std::string_view path, ElementType type,
                                  const Shape& row_shape, Index rows,
                                  const StoreOptions& options);

 private:
  std::shared_ptr<internal::WriterState> state_;
};

}  // namespace mtlkit
