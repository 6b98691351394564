#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "h5/fd_driver.h"
#include "h5/hdf5_session.h"
#include "h5/input_file.h"
#include "h5/open_options.h"
#include "h5/stored_file.h"

namespace mtlkit::internal {

// What to do where a file of that kind is wanted.
std::string HowToMake(FileKind kind);

// What FileReader knows of its file.
struct ReaderState {
  ~ReaderState();

  // Checks the file in a child process, then opens it here.
  void Open();
  void RequireKind(const std::vector<FileKind>& kinds) const;

  // The array at `path` with its path; kBadInput if there is none.
  const std::pair<const std::string, Object>& Array(
      std::string_view path) const;
  void RequireNumbers(const std::string& path, const Object& object) const;
  // kBug unless it has these rows.
  static void RequireRows(const std::string& path, const Object& object,
                          Index first, Index count);
  // Its size, at most options.max_array_bytes.
  std::size_t CheckedBytes(const std::string& path, const Object& object) const;
  void ReadConverted(const std::string& path, const Object& object,
                     ElementType type, Index first, Index count,
                     void* values) const;

  // Null if there is no such attribute.
  const AttributeValue* FindAttribute(std::string_view path,
                                      std::string_view name) const;
  // The attribute; kBadInput if it is not there or of another sort.
  const AttributeValue& Numbers(std::string_view path,
                                std::string_view name) const;
  const AttributeValue& Texts(std::string_view path,
                              std::string_view name) const;
  void RequireScalar(std::string_view path, std::string_view name) const;
  void Convert(std::string_view path, std::string_view name, ElementType type,
               void* values) const;

  InputFile input;
  OpenOptions options;
  Channel channel;
  Handle file;
  StoredFile stored;
  FileKind kind = FileKind::kDataset;
  std::string content_sha256;
  bool is_open = false;

 private:
  void OpenHdf5();
  void OpenAndWalk();
  // Opens the file and recomputes its content digest.
  void CheckContent();
  void ReadHeader();
  // "model.h5: " for messages; "" while opening, where Open's caller says it.
  std::string Prefix() const;
  std::string RootText(std::string_view name) const;
  [[noreturn]] void FailAttribute(std::string_view path, std::string_view name,
                                  std::string_view why) const;
};

}  // namespace mtlkit::internal
