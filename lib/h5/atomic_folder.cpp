#include "h5/atomic_folder.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "h5/atomic_file.h"
#include "h5/posix.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// Temporary folders of one destination and host begin so; a process id follows.
std::string PrefixOf(const std::string& path) {
  std::array<char, 64> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::string name = host.data();
  for (char& c : name) {
    if (c == '/') c = '_';
  }
  return Str(".", fs::path(path).filename().string().substr(0, 120), ".tmp.",
             name, ".");
}

void RemoveDead(const std::string& path) {
  const std::string prefix = PrefixOf(path);
  std::error_code ignored;
  std::vector<fs::path> dead;
  for (const auto& entry : fs::directory_iterator(ParentOf(path), ignored)) {
    const std::string name = entry.path().filename().string();
    long long pid = 0;
    if (!name.starts_with(prefix) ||
        !ParseInteger(std::string_view(name).substr(prefix.size()), &pid) ||
        pid <= 0) {
      continue;
    }
    const bool is_gone =
        ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH;
    if (is_gone) dead.push_back(entry.path());
  }
  for (const fs::path& folder : dead) fs::remove_all(folder, ignored);
}

// Nothing may be there but an empty folder.
void RequireFree(const std::string& name, const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (status.type() == fs::file_type::not_found) return;
  const bool is_empty = status.type() == fs::file_type::directory &&
                        fs::is_empty(path, ignored) && !ignored;
  Require(is_empty, ErrorKind::kCannotCreate,
          Str(name, ": cannot be created: it is there already"),
          "choose another name, or remove it first");
}

}  // namespace

AtomicFolder::AtomicFolder(const std::string& destination)
    : name_(destination), path_(destination) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  Require(!path_.empty(), ErrorKind::kUsage, "the name of the output is empty");
  RequireFree(name_, path_);
  RemoveDead(path_);
  temporary_ = Str(ParentOf(path_), "/", PrefixOf(path_), ::getpid());
  if (::mkdir(temporary_.c_str(), 0777) != 0) {
    const int error = errno;
    temporary_.clear();
    Fail(ErrorKind::kCannotCreate,
         Str(name_, ": cannot be created: ", internal::ErrnoText(error)));
  }
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

std::string AtomicFolder::PathOf(std::string_view file) const {
  return Str(temporary_, "/", file);
}

void AtomicFolder::Write(std::string_view file, std::string_view bytes) const {
  AtomicFile written(PathOf(file));
  written.Write(bytes);
  written.Commit();
}

void AtomicFolder::Commit() {
  RequireFree(name_, path_);
  // Replaces an empty folder, and nothing else.
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    Fail(ErrorKind::kCannotCreate,
         Str(name_, ": cannot be created: ", internal::ErrnoText(errno)));
  }
  temporary_.clear();
  internal::SyncFolder(ParentOf(path_), path_, name_);
}

}  // namespace mtlkit
