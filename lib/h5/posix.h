#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/view.h"

// Thin wrappers of the system's files, private to this module.
namespace mtlkit::internal {

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() { Reset(); }
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset();

 private:
  int fd_ = -1;
};

// "No space left on device".
std::string ErrnoText(int error);

// An input that cannot be opened, for which reason. Throws kMissingInput; the
// name is left out where it is "".
[[noreturn]] void FailToOpen(std::string_view name, int error);

// What to do where a file of that name cannot be written: of one in
// TemporaryFolder() that nobody has asked for, or of that folder, to choose
// another; else "".
std::string WriteAdvice(std::string_view name);

// Bytes read from `fd` until `count` are there or it ends. Throws kIo.
Index ReadFully(int fd, void* bytes, Index count, std::string_view name);
// The same at a place, without moving the descriptor's own.
Index ReadFullyAt(int fd, void* bytes, Index count, Index offset,
                  std::string_view name);
void WriteFully(int fd, const void* bytes, Index count, std::string_view name);
void WriteFullyAt(int fd, const void* bytes, Index count, Index offset,
                  std::string_view name);
// Makes a new name in `folder` survive a crash. `path` is the file, `name` what
// messages call it; kIo where the device fails.
void SyncFolder(const std::string& folder, const std::string& path,
                const std::string& name);
// One descriptor; what cannot be synced (a pipe, some file systems' folders) is
// no error, what fails is.
void SyncDescriptor(int fd, const std::string& name);

Index FileSize(int fd, std::string_view name);

// ${MTLKIT_TMPDIR:-${TMPDIR:-/tmp}}.
std::string TemporaryFolder();
// A file in that folder which has no name any more: messages call it as the
// folder. Throws kCannotCreate.
UniqueFd UnlinkedTemporaryFile();
// A file over the size limit is then an error (EFBIG) and not a signal.
void IgnoreSizeSignal();

}  // namespace mtlkit::internal
