#pragma once

#include <string>
#include <string_view>

#include "base/array_guard.h"
#include "h5/envelope.h"
#include "h5/posix.h"

namespace mtlkit::internal {

// Holds the body of a file to the digests of its chunks, each when it is first
// needed. Positions are those in the body. It keeps the file open, so it may
// outlive the reader.
class BodyCheck : public ArrayGuard {
 public:
  // Reads the list of digests and holds it to the envelope: kBadInput, kIo.
  BodyCheck(int fd, const Envelope& envelope, std::string name);

  // Whether bytes of the file hold, from the start of the file on; what is not
  // of the body is not looked at. For HDF5, through which nothing can be
  // thrown, and for readers that name the file themselves.
  bool Holds(Index offset, Index count) noexcept;

 private:
  bool IsGood(Index chunk) const;
  void Check(Index chunk) override;

  UniqueFd fd_;
  std::string name_;
  Index body_size_;
  std::string digests_;
};

}  // namespace mtlkit::internal
