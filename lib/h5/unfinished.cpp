#include "h5/unfinished.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>

namespace mtlkit {
namespace {

constexpr pid_t kFree = 0;
constexpr pid_t kTaken = -1;  // its name is being written

// Never given back, since a handler may read it at any time.
struct UnfinishedName {
  std::atomic<pid_t> owner = kFree;
  char path[PATH_MAX];
};
constexpr int kUnfinishedNames = 32;
UnfinishedName names[kUnfinishedNames];

}  // namespace

static_assert(std::atomic<pid_t>::is_always_lock_free);

void RemoveUnfinishedOutputs() noexcept {
  const pid_t self = ::getpid();
  for (const UnfinishedName& name : names) {
    if (name.owner.load(std::memory_order_acquire) == self) {
      (void)::unlink(name.path);
    }
  }
}

UnfinishedOutput::UnfinishedOutput(const std::string& path) {
  if (path.size() >= PATH_MAX) return;
  for (int i = 0; i < kUnfinishedNames; ++i) {
    pid_t owner = kFree;
    if (!names[i].owner.compare_exchange_strong(owner, kTaken)) continue;
    std::copy_n(path.c_str(), path.size() + 1, names[i].path);
    names[i].owner.store(::getpid(), std::memory_order_release);
    slot_ = i;
    return;
  }
}

UnfinishedOutput::~UnfinishedOutput() {
  if (slot_ >= 0) names[slot_].owner.store(kFree, std::memory_order_release);
}

}  // namespace mtlkit
