#include "base/memory_room.h"

#include <sys/mman.h>

#include <cstddef>

#include "base/error.h"
#include "base/size_budget.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// What is less is found out soon enough.
constexpr double kWorthAsking = 1 << 26;
constexpr double kMostOfAnAddress = 1e18;

bool HasRoomFor(double bytes) {
  if (bytes < kWorthAsking) return true;
  if (bytes > kMostOfAnAddress) return false;
  const auto size = static_cast<std::size_t>(bytes);
  void* const room = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return false;
  ::munmap(room, size);
  return true;
}

}  // namespace

void RequireRoomFor(double bytes, std::string_view what,
                    std::string_view way_out) {
  if (HasRoomFor(bytes)) return;
  Fail(ErrorKind::kIo,
       Str(what, " would take ", SizeText(bytes),
           " of memory, more than there is"),
       Str(way_out, ", or use a machine with more"));
}

}  // namespace mtlkit
