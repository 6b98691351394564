#include "text/decompress.h"

#include <lzma.h>
#include <zlib.h>

#include <cstdint>
#include <vector>

namespace mtlkit {
namespace {

constexpr std::size_t kBufferBytes = 1 << 17;
// More than any preset of xz needs to decompress.
constexpr std::uint64_t kXzMemory = std::uint64_t{512} << 20;

class GzipDecoder : public MemberDecoder {
 public:
  GzipDecoder() { Check(inflateInit2(&zlib_, 16 + MAX_WBITS)); }
  ~GzipDecoder() override { inflateEnd(&zlib_); }
  std::string_view name() const override { return "gzip"; }
  void Start() override { Check(inflateReset(&zlib_)); }

  bool Decode(std::string_view* from, std::span<char>* to) override {
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from->data()));
    zlib_.avail_in = static_cast<uInt>(from->size());
    zlib_.next_out = reinterpret_cast<Bytef*>(to->data());
    zlib_.avail_out = static_cast<uInt>(to->size());
    const int code = inflate(&zlib_, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) FailNoMemory("gzip");
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      FailDamaged("gzip");
    }
    from->remove_prefix(from->size() - zlib_.avail_in);
    *to = to->last(zlib_.avail_out);
    return code == Z_STREAM_END;
  }

 private:
  static void Check(int code) {
    if (code != Z_OK) FailNoMemory("gzip");
  }

  z_stream zlib_ = {};
};

// Decodes streams that follow each other itself.
class XzStream : public ByteStream {
 public:
  explicit XzStream(ByteStream* input) : input_(input) { Start(); }
  ~XzStream() override { lzma_end(&lzma_); }

  std::size_t Read(char* to, std::size_t size) override {
    lzma_.next_out = reinterpret_cast<std::uint8_t*>(to);
    lzma_.avail_out = size;
    while (lzma_.avail_out == size && !done_) Step();
    return size - lzma_.avail_out;
  }

  void Rewind() override {
    input_->Rewind();
    lzma_end(&lzma_);
    lzma_ = LZMA_STREAM_INIT;
    at_end_ = done_ = false;
    Start();
  }

 private:
  void Start() {
    if (lzma_stream_decoder(&lzma_, kXzMemory, LZMA_CONCATENATED) != LZMA_OK) {
      FailNoMemory("xz");
    }
  }

  void Step() {
    if (lzma_.avail_in == 0 && !at_end_) {
      lzma_.avail_in = input_->Read(buffer_.data(), buffer_.size());
      lzma_.next_in = reinterpret_cast<std::uint8_t*>(buffer_.data());
      at_end_ = lzma_.avail_in == 0;
    }
    switch (lzma_code(&lzma_, at_end_ ? LZMA_FINISH : LZMA_RUN)) {
      case LZMA_OK:
        return;
      case LZMA_STREAM_END:
        done_ = true;
        return;
      case LZMA_BUF_ERROR:
        FailCut("xz");
      case LZMA_MEM_ERROR:
      case LZMA_MEMLIMIT_ERROR:
        FailNoMemory("xz");
      default:
        FailDamaged("xz");
    }
  }

  ByteStream* input_;
  lzma_stream lzma_ = LZMA_STREAM_INIT;
  std::vector<char> buffer_ = std::vector<char>(kBufferBytes);
  bool at_end_ = false;  // of the input
  bool done_ = false;
};

}  // namespace

std::unique_ptr<MemberDecoder> MakeGzipDecoder() {
  return std::make_unique<GzipDecoder>();
}

std::unique_ptr<ByteStream> MakeDecompressed(SourceKind kind,
                                             ByteStream* input) {
  switch (kind) {
    case SourceKind::kGzip:
      return MakeMemberStream(MakeGzipDecoder(), input);
    case SourceKind::kBzip2:
      return MakeMemberStream(MakeBzip2Decoder(), input);
    case SourceKind::kZstd:
      return MakeMemberStream(MakeZstdDecoder(), input);
    case SourceKind::kXz:
      return std::make_unique<XzStream>(input);
    default:
      return nullptr;
  }
}

}  // namespace mtlkit
