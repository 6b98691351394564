#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit::internal {

// The first 512 bytes of a file, which HDF5 skips as a "user block": how many
// bytes of HDF5 follow (the body), and a digest of all of them. Each chunk of
// the body has a SHA-256. Of one chunk this is the digest; of several their
// list follows the body, and the digest is that of the list: so a part of a
// large file can be checked without the rest.
constexpr Index kEnvelopeSize = 512;
constexpr Index kDigestChunk = Index{4} << 20;

struct Envelope {
  Index body_size = 0;
  std::string sha256;

  // Of the whole file.
  Index file_size() const;
};

// Its only form, 512 bytes.
std::string RenderEnvelope(const Envelope& envelope);

// Throws kBadInput unless `bytes` are exactly what RenderEnvelope writes: so
// any change of it is seen. Another major version is named with the remedy.
Envelope ParseEnvelope(std::string_view bytes);

Index ChunkCount(Index body_size);
// SHA-256 of `count` bytes from `offset` on, in hexadecimal digits.
std::string HashBytes(int fd, Index offset, Index count, std::string_view name);
// The digests of all chunks of the body, a line each.
std::string HashChunks(int fd, Index body_size, std::string_view name);
std::string_view DigestOf(std::string_view digests, Index chunk);
// Puts envelope and list around a body that lies in its place.
void SealBody(int fd, Index body_size, std::string_view name);
// Throws kBadInput: bytes do not have the digest that they should.
[[noreturn]] void FailDamaged();
// The list as the file gives it, held to the envelope, and the length of the
// file with it. Throws kBadInput.
std::string ReadDigests(int fd, const Envelope& envelope,
                        std::string_view name);

}  // namespace mtlkit::internal
