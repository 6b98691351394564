#include "h5/posix.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/error.h"

namespace mtlkit::internal {
namespace {

// Linux moves at most this much in one call.
constexpr Index kLargestTransfer = Index{1} << 30;

std::size_t Piece(Index left) {
  return static_cast<std::size_t>(left < kLargestTransfer ? left
                                                          : kLargestTransfer);
}

[[noreturn]] void FailIo(std::string_view name, std::string_view doing,
                         int error) {
  Fail(ErrorKind::kIo, Str(name, ": cannot ", doing, ": ", ErrnoText(error)),
       doing == "write" ? WriteAdvice(name) : "");
}

// Repeats `transfer(done, left)` until `count` bytes have moved or none does.
template <class Transfer>
Index Repeat(Index count, std::string_view name, std::string_view doing,
             Transfer transfer) {
  Index done = 0;
  while (done < count) {
    const ssize_t moved = transfer(done, Piece(count - done));
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0) FailIo(name, doing, errno);
    if (moved == 0) break;
    done += moved;
  }
  return done;
}

}  // namespace

void UniqueFd::Reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string ErrnoText(int error) {
  return std::generic_category().message(error);
}

void FailToOpen(std::string_view name, int error) {
  const bool is_path = error == ENOENT || error == ENOTDIR;
  Fail(ErrorKind::kMissingInput,
       Str(name, name.empty() ? "" : ": ",
           "cannot be opened: ", ErrnoText(error)),
       is_path ? "check the path" : "");
}

std::string WriteAdvice(std::string_view name) {
  const std::string folder = TemporaryFolder();
  const bool is_temporary =
      name == folder || name.starts_with(folder + "/mtlkit-");
  return is_temporary ? "temporary files are there: set MTLKIT_TMPDIR to a "
                        "folder with more room"
                      : "";
}

Index ReadFully(int fd, void* bytes, Index count, std::string_view name) {
  return Repeat(count, name, "read", [&](Index done, std::size_t left) {
    return ::read(fd, static_cast<char*>(bytes) + done, left);
  });
}

Index ReadFullyAt(int fd, void* bytes, Index count, Index offset,
                  std::string_view name) {
  return Repeat(count, name, "read", [&](Index done, std::size_t left) {
    return ::pread(fd, static_cast<char*>(bytes) + done, left, offset + done);
  });
}

void WriteFully(int fd, const void* bytes, Index count, std::string_view name) {
  const Index done =
      Repeat(count, name, "write", [&](Index at, std::size_t left) {
        return ::write(fd, static_cast<const char*>(bytes) + at, left);
      });
  if (done < count) FailIo(name, "write", ENOSPC);
}

void WriteFullyAt(int fd, const void* bytes, Index count, Index offset,
                  std::string_view name) {
  const Index done =
      Repeat(count, name, "write", [&](Index at, std::size_t left) {
        return ::pwrite(fd, static_cast<const char*>(bytes) + at, left,
                        offset + at);
      });
  if (done < count) FailIo(name, "write", ENOSPC);
}

void SyncDescriptor(int fd, const std::string& name) {
  if (::fsync(fd) == 0) return;
  if (errno == EINVAL || errno == EROFS || errno == ENOTSUP) return;
  FailIo(name, "write", errno);
}

void SyncFolder(const std::string& folder, const std::string& path,
                const std::string& name) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) return SyncDescriptor(fd.get(), name);
  if (errno != EACCES) FailIo(name, "sync its folder", errno);
  // A folder that may be written and not read: its whole file system then.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) FailIo(name, "sync its folder", errno);
  if (::syncfs(file.get()) != 0) FailIo(name, "sync its folder", errno);
}

Index FileSize(int fd, std::string_view name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) FailIo(name, "examine", errno);
  return status.st_size;
}

std::string TemporaryFolder() {
  for (const char* variable : {"MTLKIT_TMPDIR", "TMPDIR"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return "/tmp";
}

UniqueFd UnlinkedTemporaryFile() {
  IgnoreSizeSignal();
  const std::string folder = TemporaryFolder();
  std::string path = folder + "/mtlkit.XXXXXX";
  UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd.valid()) {
    Fail(ErrorKind::kCannotCreate,
         Str(folder, ": cannot create a temporary file: ", ErrnoText(errno)),
         "set MTLKIT_TMPDIR to a folder that can be written");
  }
  ::unlink(path.c_str());
  return fd;
}

void IgnoreSizeSignal() {
  struct sigaction action {};
  if (::sigaction(SIGXFSZ, nullptr, &action) == 0 &&
      action.sa_handler == SIG_DFL) {
    ::signal(SIGXFSZ, SIG_IGN);
  }
}

}  // namespace mtlkit::internal
