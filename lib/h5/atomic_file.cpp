#include "h5/atomic_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/terminal_text.h"
#include "base/text.h"
#include "h5/posix.h"
#include "h5/unfinished.h"

namespace mtlkit {
namespace {

using internal::ErrnoText;
using internal::UniqueFd;

// A destination, taken apart.
struct Target {
  std::string name;         // as messages call it
  std::string path = {};    // symbolic links resolved; "" for stdout
  std::string folder = {};  // of `path`, without the last '/'
  std::string file = {};    // its last component
  bool is_stream = false;   // sent, not renamed: stdout, a device, a FIFO
};

// What a symbolic link that points to nothing yet stands for, else `path`.
std::string FollowLinks(std::string path, const std::string& destination) {
  constexpr int kMostLinks = 40;
  for (int links = 0; links <= kMostLinks; ++links) {
    std::array<char, PATH_MAX> text{};
    const ssize_t size = ::readlink(path.c_str(), text.data(), text.size() - 1);
    if (size < 0) return path;
    const std::filesystem::path next(
        std::string(text.data(), static_cast<std::size_t>(size)));
    path = next.is_absolute()
               ? next.string()
               : (std::filesystem::path(path).parent_path() / next).string();
  }
  Fail(ErrorKind::kCannotCreate,
       Str(destination, ": cannot be created: ", ErrnoText(ELOOP)),
       "it is a symbolic link that leads back to itself");
}

Target ResolveTarget(const std::string& destination) {
  Target target{.name = destination, .path = destination};
  if (destination == "-") {
    return {.name = "stdout", .is_stream = true};
  }
  Require(!destination.empty(), ErrorKind::kUsage,
          "the name of the output is empty");
  struct stat status {};
  if (::stat(destination.c_str(), &status) == 0) {
    Require(!S_ISDIR(status.st_mode), ErrorKind::kCannotCreate,
            Str(destination, ": cannot be created: it is a folder"));
    target.is_stream = !S_ISREG(status.st_mode);
    // What a link points to is replaced, not the link.
    std::array<char, PATH_MAX> resolved{};
    if (::realpath(destination.c_str(), resolved.data()) != nullptr) {
      target.path = resolved.data();
    }
  } else {
    target.path = FollowLinks(destination, destination);
  }
  const std::size_t slash = target.path.rfind('/');
  if (slash == std::string::npos) {
    target.folder = ".";
    target.file = target.path;
  } else {
    target.folder = slash == 0 ? "/" : target.path.substr(0, slash);
    target.file = target.path.substr(slash + 1);
  }
  Require(!target.file.empty(), ErrorKind::kCannotCreate,
          Str(destination, ": cannot be created: it names a folder"));
  // The temporary name may be shorter: all work would be done in vain.
  const long longest = ::pathconf(target.folder.c_str(), _PC_NAME_MAX);
  Require(
      longest < 0 || target.file.size() <= static_cast<std::size_t>(longest),
      ErrorKind::kCannotCreate,
      Str(destination, ": cannot be created: ", ErrnoText(ENAMETOOLONG)));
  return target;
}

std::string HostName() {
  std::array<char, 64> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::string name(host.data());
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

// Temporary files of one destination and host start with this; the process id
// and a number follow. Long names are cut, since a name ends at 255 bytes.
std::string TemporaryPrefix(const Target& target) {
  return Str(".", target.file.substr(0, 120), ".tmp.", HostName(), ".");
}

// Whether the writer of a temporary file is gone. A live one holds a lock on
// it, which also tells apart processes of containers that share a host name.
bool IsAbandoned(const std::string& path, long long pid) {
  if (::kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH) return false;
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) return false;
  return ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

void RemoveAbandoned(const Target& target) {
  DIR* folder = ::opendir(target.folder.c_str());
  if (folder == nullptr) return;
  const std::string prefix = TemporaryPrefix(target);
  std::vector<std::string> abandoned;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(prefix)) continue;
    const std::string_view tail = name.substr(prefix.size());
    long long pid = 0;
    if (!ParseInteger(tail.substr(0, tail.find('.')), &pid) || pid <= 0) {
      continue;
    }
    const std::string path = target.folder + "/" + std::string(name);
    if (IsAbandoned(path, pid)) abandoned.push_back(path);
  }
  ::closedir(folder);
  for (const std::string& path : abandoned) ::unlink(path.c_str());
}

// Creates the temporary file beside its destination; a signal that comes right
// behind knows it already.
UniqueFd CreateTemporary(const Target& target, std::string* path,
                         std::optional<UnfinishedOutput>* unfinished) {
  for (int number = 0;; ++number) {
    *path = Str(target.folder, "/", TemporaryPrefix(target), ::getpid(), ".",
                number);
    unfinished->emplace(*path);
    UniqueFd fd(::open(path->c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
                       S_IRUSR | S_IWUSR));
    if (fd.valid()) {
      // File systems without locks are served by the process id alone.
      (void)::flock(fd.get(), LOCK_EX | LOCK_NB);
      return fd;
    }
    if (errno == EEXIST) continue;
    const int error = errno;
    std::error_code ignored;
    const bool is_link = std::filesystem::is_symlink(target.name, ignored);
    Fail(ErrorKind::kCannotCreate,
         Str(target.name, ": cannot be created: ", ErrnoText(error)),
         is_link ? Str("it is a symbolic link to ", target.path) : "");
  }
}

// The umask, without a moment in which another thread would see it changed.
mode_t ProcessUmask() {
  static const mode_t mask = [] {
    const mode_t current = ::umask(022);
    ::umask(current);
    return current;
  }();
  return mask;
}

[[noreturn]] void FailWrite(const std::string& name, int error) {
  Fail(ErrorKind::kIo, Str(name, ": cannot write: ", ErrnoText(error)),
       internal::WriteAdvice(name));
}

// Copies all of `from` to `to` inside the kernel where it can.
void SendFile(int from, int to, const std::string& name) {
  const Index size = internal::FileSize(from, name);
  off_t offset = 0;
  while (offset < size) {
    const auto left = static_cast<std::size_t>(
        std::min<Index>(size - offset, Index{1} << 30));
    const ssize_t sent = ::sendfile(to, from, &offset, left);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EINVAL || errno == ENOSYS)) break;
    if (sent < 0) FailWrite(name, errno);
    if (sent == 0) FailWrite(name, EIO);
  }
  std::vector<char> block(1 << 20);
  while (offset < size) {
    const Index count = internal::ReadFullyAt(
        from, block.data(), static_cast<Index>(block.size()), offset, name);
    if (count == 0) FailWrite(name, EIO);
    internal::WriteFully(to, block.data(), count, name);
    offset += count;
  }
}

// Sends to the standard output, a device or a FIFO.
// Text on a terminal cannot command it.
void ShowFile(int from, int to, const std::string& name) {
  std::string text;
  std::array<char, 1 << 16> piece{};
  Index offset = 0;
  for (Index count = -1; count != 0;) {
    count = internal::ReadFullyAt(
        from, piece.data(), static_cast<Index>(piece.size()), offset, name);
    offset += count;
    text.append(piece.data(), static_cast<std::size_t>(count));
    const std::size_t cut = count == 0 ? 0 : CutCharacter(text);
    const std::string shown =
        TerminalText(std::string_view(text).substr(0, text.size() - cut));
    internal::WriteFully(to, shown.data(), static_cast<Index>(shown.size()),
                         name);
    text.erase(0, text.size() - cut);
  }
}

void SendToStream(int from, const Target& target) {
  UniqueFd opened;
  int to = STDOUT_FILENO;
  if (!target.path.empty()) {
    opened = UniqueFd(::open(target.path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!opened.valid()) {
      Fail(ErrorKind::kCannotCreate,
           Str(target.name, ": cannot be opened: ", ErrnoText(errno)));
    }
    to = opened.get();
  }
  if (::isatty(to) == 1) return ShowFile(from, to, target.name);
  SendFile(from, to, target.name);
  internal::SyncDescriptor(to, target.name);
}

}  // namespace

struct AtomicFile::State {
  Target target;
  UniqueFd fd;
  std::string temporary;  // path; "" once it has no name of its own
  std::optional<UnfinishedOutput> unfinished;

  ~State() {
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }
};

void ProbeOutput(const std::string& destination, bool text) {
  if (destination == "-") {
    Require(text || ::isatty(STDOUT_FILENO) == 0, ErrorKind::kUsage,
            "refusing to write HDF5 to a terminal", "use -o FILE or a pipe");
    return;
  }
  const Target target = ResolveTarget(destination);
  if (target.is_stream) return;
  RemoveAbandoned(target);
  std::string path;
  std::optional<UnfinishedOutput> unfinished;
  const UniqueFd fd = CreateTemporary(target, &path, &unfinished);
  const int error = ::fsync(fd.get()) == 0 ? 0 : errno;
  ::unlink(path.c_str());
  Require(error == 0, ErrorKind::kCannotCreate,
          Str(target.name, ": cannot be created: ", ErrnoText(error)));
}

void RemoveOutput(const std::string& destination) {
  const Target target = ResolveTarget(destination);
  if (target.is_stream) return;
  RemoveAbandoned(target);
  ::unlink(target.path.c_str());
}

void CreateFolders(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> made;
  for (fs::path at = path; !at.empty() && !fs::exists(at, error);
       at = at.parent_path()) {
    made.push_back(at);
  }
  fs::create_directories(path, error);
  if (!error) {
    for (const fs::path& folder : made) {
      const std::string above = folder.parent_path().string();
      internal::SyncFolder(above.empty() ? "." : above, folder.string(), path);
    }
    return;
  }
  const bool is_full =
      error == std::errc::no_space_on_device || error == std::errc::io_error;
  Fail(is_full ? ErrorKind::kIo : ErrorKind::kCannotCreate,
       Str(path, ": ", error.message()), "choose a folder that can be written");
}

AtomicFile::AtomicFile(const std::string& destination)
    : state_(std::make_unique<State>()) {
  internal::IgnoreSizeSignal();
  state_->target = ResolveTarget(destination);
  if (state_->target.is_stream) {
    state_->fd = internal::UnlinkedTemporaryFile();
    return;
  }
  (void)ProcessUmask();
  RemoveAbandoned(state_->target);
  std::string path;
  state_->fd = CreateTemporary(state_->target, &path, &state_->unfinished);
  state_->temporary = path;
}

AtomicFile::~AtomicFile() = default;
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&&) noexcept = default;

const std::string& AtomicFile::name() const {
  return state_->target.name;
}

std::string AtomicFile::place() const {
  return state_->target.is_stream ? internal::TemporaryFolder() : name();
}

int AtomicFile::descriptor() const {
  return state_->fd.get();
}

void AtomicFile::Write(std::string_view bytes) {
  internal::WriteFully(state_->fd.get(), bytes.data(),
                       static_cast<Index>(bytes.size()), place());
}

void AtomicFile::Commit() {
  const Target& target = state_->target;
  const int fd = state_->fd.get();
  if (target.is_stream) {
    SendToStream(fd, target);
    return;
  }
  if (::fsync(fd) != 0) FailWrite(target.name, errno);
  if (::fchmod(fd, 0666 & ~ProcessUmask()) != 0) FailWrite(target.name, errno);
  // The lock ends with the descriptor; errors of close are errors of writing.
  if (::close(state_->fd.Release()) != 0) FailWrite(target.name, errno);
  if (::rename(state_->temporary.c_str(), target.path.c_str()) != 0) {
    Fail(ErrorKind::kCannotCreate,
         Str(target.name, ": cannot be created: ", ErrnoText(errno)));
  }
  state_->temporary.clear();
  internal::SyncFolder(target.folder, target.path, target.name);
}

}  // namespace mtlkit
