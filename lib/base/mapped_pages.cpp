#include "base/mapped_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <mutex>

namespace mtlkit {
namespace {

struct Mappings {
  std::mutex mutex;
  std::map<std::uintptr_t, std::uintptr_t> ends;  // by their beginning
};

Mappings& AllMappings() {
  static Mappings mappings;
  return mappings;
}

}  // namespace

void AddMapping(const void* begin, std::size_t bytes) {
  Mappings& all = AllMappings();
  const std::lock_guard lock(all.mutex);
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  all.ends[first] = first + bytes;
}

void RemoveMapping(const void* begin) {
  Mappings& all = AllMappings();
  const std::lock_guard lock(all.mutex);
  all.ends.erase(reinterpret_cast<std::uintptr_t>(begin));
}

void ForgetPages(const void* begin, std::size_t bytes) {
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  // Whole pages only: others hold bytes that may be in use.
  const std::uintptr_t from = (first + page - 1) / page * page;
  const std::uintptr_t to = (first + bytes) / page * page;
  if (from >= to) return;
  Mappings& all = AllMappings();
  const std::lock_guard lock(all.mutex);
  auto at = all.ends.upper_bound(from);
  if (at == all.ends.begin()) return;
  --at;
  if (to > at->second) return;
  // Of a shared mapping that is only read nothing is lost.
  ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

}  // namespace mtlkit
