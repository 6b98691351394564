#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "h5/atomic_file.h"
#include "h5/fd_driver.h"
#include "h5/hdf5_session.h"
#include "h5/posix.h"
#include "h5/store_options.h"
#include "h5/types.h"

namespace mtlkit::internal {

// Type of the values of an array that is being written.
struct ValueType {
  bool is_text = false;
  ElementType type = ElementType::kI64;
  Index text_size = 0;
  Index size() const { return is_text ? text_size : ElementSize(type); }
};

// An array whose rows are still coming.
class RowsState {
 public:
  std::string path;
  ElementType type = ElementType::kF32;
  Shape row_shape;
  StoreOptions options;
  Index declared = -1;  // rows, if known beforehand
  Index written = 0;
  Handle dataset;  // if `declared` is known
  UniqueFd spill;  // else: the rows, until their number is known
  bool is_closed = false;
};

// The file that a FileWriter builds. Its members are called with Hdf5Lock held.
class WriterState {
 public:
  WriterState(const std::string& destination, FileKind kind);
  // Gives the file up unless it was committed.
  ~WriterState();
  // Closes everything and removes the temporary file. Takes Hdf5Lock itself.
  void GiveUp();

  void MakeGroup(const std::string& path);
  // The values are written by the caller, all of them.
  Handle CreateArray(const std::string& path, const ValueType& type,
                     const Shape& shape, const StoreOptions& options);
  void WriteArray(const std::string& path, const ValueType& type,
                  const Shape& shape, const StoreOptions& options,
                  const void* values);
  void WriteRows(const RowsState& rows, Index first, Index count,
                 const void* values);
  void WriteAttribute(const std::string& path, std::string_view name,
                      const ValueType& type, const Shape& shape,
                      const void* values);

  std::shared_ptr<RowsState> CreateRows(RowsState rows);
  void AppendRows(RowsState* rows, const void* values, Index count);
  void CloseRows(RowsState* rows);

  void SetProvenance(std::string_view json);
  std::string Commit();

  // "" is the root; a leading '/' is left out. Throws kBug for a path that no
  // file can have.
  static std::string CheckedPath(std::string_view path);

 private:
  // Throws kIo with the system's reason, if it gave one, else kBug.
  [[noreturn]] void FailWrite(std::string_view path);
  void RequireOpen() const;
  void Claim(const std::string& path, bool is_group);
  void MakeParents(const std::string& path);
  Handle CreationList(const ValueType& type, const Shape& shape,
                      const StoreOptions& options);
  std::string AddDigests();
  void Seal();

  std::unique_ptr<AtomicFile> output_;
  Channel channel_;
  Handle file_;
  std::map<std::string, bool, std::less<>> objects_;  // path -> is a group
  std::vector<std::shared_ptr<RowsState>> rows_;
  std::string provenance_;
  std::string name_;  // of where it is until it is done, for messages
  bool is_done_ = false;
};

}  // namespace mtlkit::internal
