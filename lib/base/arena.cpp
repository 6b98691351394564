#include "base/arena.h"

#include <cstring>
#include <new>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr Index kAlignment = 64;

Index RoundUp(Index bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

Index ArenaPlan::Reserve(std::string name, Index bytes) {
  assert(bytes >= 0);
  const Index offset = bytes_;
  entries_.push_back({std::move(name), offset, bytes});
  bytes_ = offset + RoundUp(bytes);
  return offset;
}

std::string ArenaPlan::Describe() const {
  std::string text;
  for (const Entry& entry : entries_) {
    text += Str(entry.name, " ", entry.offset, " ", entry.bytes, "\n");
  }
  return text;
}

Arena::Arena(Index bytes) : bytes_(RoundUp(bytes)) {
  assert(bytes >= 0);
  if (bytes_ == 0) return;
  const auto size = static_cast<std::size_t>(bytes_);
  void* block =
      ::operator new (size, std::align_val_t{kAlignment}, std::nothrow);
  if (block == nullptr) {
    Fail(ErrorKind::kIo, Str("out of memory: ", bytes_, " bytes are needed"),
         "use a smaller batch or network, or a machine with more memory");
  }
  std::memset(block, 0, size);
  block_.reset(static_cast<std::byte*>(block));
}

void Arena::Free::operator()(std::byte* block) const {
  ::operator delete (block, std::align_val_t{kAlignment});
}

}  // namespace mtlkit
