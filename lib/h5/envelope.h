#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit::internal {

// The first 512 bytes of a file: how many bytes follow, and their SHA-256.
// HDF5 skips them as a "user block".
constexpr Index kEnvelopeSize = 512;

struct Envelope {
  Index body_size = 0;
  std::string body_sha256;
};

// Its only form, 512 bytes.
std::string RenderEnvelope(const Envelope& envelope);

// Throws kBadInput unless `bytes` are exactly what RenderEnvelope writes: so
// any change of it is seen. A later major version is named.
Envelope ParseEnvelope(std::string_view bytes);

// SHA-256 of what follows the envelope.
std::string HashBody(int fd, Index body_size, std::string_view name);

// Throws kBadInput unless length and digest are those that the file has.
void VerifyEnvelope(int fd, const Envelope& envelope, std::string_view name);

}  // namespace mtlkit::internal
