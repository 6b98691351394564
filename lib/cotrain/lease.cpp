#include "cotrain/lease.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr seconds kTouched{15};
constexpr seconds kDead{120};

std::string ThisHost() {
  utsname names{};
  return uname(&names) == 0 ? names.nodename : "";
}

// When a process began, in ticks since the machine did: a number that is used
// again belongs to another process. "" if there is none, or it cannot be said.
std::string ProcessBegan(long pid) {
  std::ifstream file(Str("/proc/", pid, "/stat"));
  std::string text;
  std::getline(file, text, '\0');
  const std::size_t name_end = text.rfind(')');
  if (name_end == text.npos) return "";
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int i = 0; i < 20; ++i) fields >> field;
  return field;
}

struct Holder {
  std::string host;
  long pid = 0;
  std::string began;
  Index term = 0;
};

Holder HolderOf(const std::string& path) {
  Holder holder;
  std::ifstream file(path);
  const Json json = Json::parse(file, nullptr, false);
  if (!json.is_object()) return holder;
  holder.host = json.value("host", "");
  holder.pid = json.value("pid", 0L);
  holder.began = json.value("began", "");
  holder.term = json.value("term", Index{0});
  return holder;
}

double ModifiedAt(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return static_cast<double>(status.st_mtim.tv_sec) +
         1e-9 * static_cast<double>(status.st_mtim.tv_nsec);
}

// `now`: a file that has just been written beside it.
bool IsAlive(const Holder& holder, const std::string& path,
             const std::string& now) {
  if (holder.pid == 0) return false;  // cut short, or no lease at all
  if (holder.host == ThisHost()) {
    const bool is_there =
        ::kill(static_cast<pid_t>(holder.pid), 0) == 0 || errno == EPERM;
    return is_there && ProcessBegan(holder.pid) == holder.began;
  }
  return ModifiedAt(now) - ModifiedAt(path) <
         static_cast<double>(kDead.count());
}

}  // namespace

struct Lease::State {
  std::string path;
  Holder self;
  std::mutex mutex;
  std::condition_variable changed;
  bool ends = false;
  std::thread toucher;

  bool IsOwn() const {
    const Holder holder = HolderOf(path);
    return holder.host == self.host && holder.pid == self.pid &&
           holder.began == self.began;
  }

  void Touch() {
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, kTouched, [this] { return ends; })) {
      ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
    }
  }

  // What processes that were killed on their way to a lease have left.
  void RemoveLeftovers() const {
    const std::string start =
        Str(fs::path(path).filename().string(), ".", self.host, ".");
    std::error_code none;
    for (const auto& entry :
         fs::directory_iterator(fs::path(path).parent_path(), none)) {
      const std::string name = entry.path().filename().string();
      long long pid = 0;
      if (name.starts_with(start) &&
          ParseInteger(name.substr(start.size()), &pid) &&
          ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) {
        fs::remove(entry.path(), none);
      }
    }
  }

  void Take(const std::string& who) {
    RemoveLeftovers();
    const std::string own = Str(path, ".", self.host, ".", self.pid);
    Write(own);
    if (::link(own.c_str(), path.c_str()) == 0) {
      ::unlink(own.c_str());
      return;
    }
    // It is there, or the file system has no links: then the newest holds.
    const Holder holder = HolderOf(path);
    const bool alive = IsAlive(holder, path, own) && !IsOwn();
    if (alive) {
      ::unlink(own.c_str());
      Fail(ErrorKind::kStopped,
           Str(who, " is being worked on by process ", holder.pid, " on ",
               holder.host),
           "run it again when that has ended");
    }
    self.term = holder.term + 1;
    Write(own);
    if (::rename(own.c_str(), path.c_str()) == 0) return;
    ::unlink(own.c_str());
    Fail(ErrorKind::kCannotCreate, Str(path, ": it cannot be written"));
  }

  void Write(const std::string& own) const {
    std::ofstream file(own, std::ios::trunc);
    file << JsonText({{"host", self.host},
                      {"pid", self.pid},
                      {"began", self.began},
                      {"term", self.term}})
         << '\n';
  }
};

Lease::Lease(const RunFolder& folder, Index peer, Index round)
    : state_(std::make_unique<State>()) {
  state_->path = folder.LeasePath(peer, round);
  state_->self = {ThisHost(), static_cast<long>(getpid()),
                  ProcessBegan(getpid()), 0};
  state_->Take(Str("round ", round, " of peer ", peer));
  state_->toucher = std::thread([state = state_.get()] { state->Touch(); });
}

Lease::Lease(Lease&&) noexcept = default;

Lease::~Lease() {
  if (state_ == nullptr) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->ends = true;
  }
  state_->changed.notify_all();
  state_->toucher.join();
  if (state_->IsOwn()) ::unlink(state_->path.c_str());
}

}  // namespace mtlkit
