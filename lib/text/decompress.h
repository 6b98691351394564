#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "text/byte_stream.h"
#include "text/source_kind.h"

namespace mtlkit {

// The unpacked bytes of a file of a compressed kind; null of any other kind.
// `input` must outlive the result. Reading throws kBadInput where data are
// damaged or cut, kIo where memory does not suffice. Several members (streams,
// frames) one after another are one text; zero bytes after the last one are
// padding.
std::unique_ptr<ByteStream> MakeDecompressed(SourceKind kind,
                                             ByteStream* input);

// One format of compression, member by member (member_stream.cpp).
class MemberDecoder {
 public:
  virtual ~MemberDecoder() = default;
  // "gzip"; for messages.
  virtual std::string_view name() const = 0;
  // Before the first byte of a member.
  virtual void Start() = 0;
  // Takes bytes from the front of `from` and puts bytes to the front of `to`,
  // shortening both. True at the end of a member.
  virtual bool Decode(std::string_view* from, std::span<char>* to) = 0;
};
std::unique_ptr<ByteStream> MakeMemberStream(
    std::unique_ptr<MemberDecoder> decoder, ByteStream* input);

std::unique_ptr<MemberDecoder> MakeGzipDecoder();
std::unique_ptr<MemberDecoder> MakeBzip2Decoder();
std::unique_ptr<MemberDecoder> MakeZstdDecoder();

[[noreturn]] void FailCut(std::string_view method);
[[noreturn]] void FailDamaged(std::string_view method);
[[noreturn]] void FailNoMemory(std::string_view method);

}  // namespace mtlkit
