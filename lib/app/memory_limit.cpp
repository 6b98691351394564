#include "app/memory_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <string>

#include "h5/guard.h"

namespace mtlkit {
namespace {

// Bytes, or 0 where the kernel does not say.
double OfMachine() {
  std::ifstream info("/proc/meminfo");
  double total = 0;
  double free = 0;
  std::string name;
  double kibibytes = 0;
  for (std::string unit; info >> name >> kibibytes;) {
    if (name == "MemTotal:") total = kibibytes;
    if (name == "MemAvailable:" || name == "SwapFree:") free += kibibytes;
    std::getline(info, unit);
  }
  // What others use for a moment does not count.
  return std::max(free, total / 2) * 1024;
}

// The least limit of the groups that this process may be in; 0 for none.
double OfControlGroup() {
  double least = 0;
  std::ifstream own("/proc/self/cgroup");
  for (std::string line; std::getline(own, line);) {
    const std::size_t colon = line.rfind(':');
    const std::string folder = line.substr(colon + 1);
    std::string file;
    if (line.rfind("0::", 0) == 0) {
      file = "/sys/fs/cgroup" + folder + "/memory.max";
    } else if (line.find(":memory:") != std::string::npos) {
      file = "/sys/fs/cgroup/memory" + folder + "/memory.limit_in_bytes";
    }
    std::ifstream limit(file);
    double bytes = 0;
    if (limit >> bytes && bytes > 0 && (least == 0 || bytes < least)) {
      least = bytes;
    }
  }
  return least;
}

}  // namespace

void LimitMemory() {
  // Sanitizers map far more than they use.
  if (internal::kIsSanitized) return;
  double bytes = OfMachine();
  const double group = OfControlGroup();
  if (group > 0 && (bytes == 0 || group < bytes)) bytes = group;
  rlimit limit{};
  if (bytes <= 0 || getrlimit(RLIMIT_DATA, &limit) != 0) return;
  const auto wanted = static_cast<rlim_t>(std::min(bytes, 9e18));
  if (wanted >= limit.rlim_cur) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_DATA, &limit);
}

}  // namespace mtlkit
