#include "h5/body_check.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"

namespace mtlkit::internal {

BodyCheck::BodyCheck(int fd, const Envelope& envelope, std::string name)
    : ArrayGuard(kDigestChunk, ChunkCount(envelope.body_size)),
      fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 0)),
      name_(std::move(name)),
      body_size_(envelope.body_size) {
  if (!fd_.valid()) {
    Fail(ErrorKind::kIo, Str("cannot be opened twice: ", ErrnoText(errno)));
  }
  digests_ = ReadDigests(fd_.get(), envelope, name_);
}

bool BodyCheck::IsGood(Index chunk) const {
  const Index first = chunk * kDigestChunk;
  const Index count = std::min(kDigestChunk, body_size_ - first);
  return HashBytes(fd_.get(), kEnvelopeSize + first, count, name_) ==
         DigestOf(digests_, chunk);
}

void BodyCheck::Check(Index chunk) {
  if (IsGood(chunk)) return;
  InContext(name_, [] { FailDamaged(); });
}

bool BodyCheck::Holds(Index offset, Index count) noexcept {
  const Index first = std::max<Index>(offset - kEnvelopeSize, 0);
  const Index end = std::min(offset + count - kEnvelopeSize, body_size_);
  try {
    Require(first, end - first);
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace mtlkit::internal
