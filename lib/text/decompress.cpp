#include <lzma.h>
#include <zlib.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "text/text_source.h"

namespace mtlkit {
namespace {

constexpr std::size_t kBufferBytes = 1 << 17;
// More than any preset of xz needs to decompress.
constexpr std::uint64_t kXzMemory = std::uint64_t{512} << 20;

[[noreturn]] void FailCut(std::string_view method) {
  Fail(ErrorKind::kBadInput, Str("truncated ", method, " data"),
       "the file is incomplete: copy or download it again");
}

[[noreturn]] void FailDamaged(std::string_view method) {
  Fail(ErrorKind::kBadInput, Str("damaged ", method, " data"),
       "copy or download the file again");
}

// Members that follow each other are one text, as gunzip has it; zero bytes
// after the last one are padding.
class GzipStream : public ByteStream {
 public:
  explicit GzipStream(ByteStream* input) : input_(input) {
    Start(inflateInit2(&zlib_, 16 + MAX_WBITS));
  }
  ~GzipStream() override { inflateEnd(&zlib_); }

  std::size_t Read(char* to, std::size_t size) override {
    zlib_.next_out = reinterpret_cast<Bytef*>(to);
    zlib_.avail_out = static_cast<uInt>(size);
    while (zlib_.avail_out == size && !done_) Step();
    return size - zlib_.avail_out;
  }

  void Rewind() override {
    input_->Rewind();
    zlib_.avail_in = 0;
    done_ = false;
    between_ = true;
    any_ = false;
    Start(inflateReset(&zlib_));
  }

 private:
  static void Start(int code) {
    if (code != Z_OK) Fail(ErrorKind::kIo, "no memory to decompress gzip data");
  }

  bool Refill() {
    if (zlib_.avail_in > 0) return true;
    const std::size_t got = input_->Read(buffer_.data(), buffer_.size());
    zlib_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    zlib_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  void Step() {
    if (!Refill()) {
      if (!between_ || !any_) FailCut("gzip");
      done_ = true;
      return;
    }
    if (between_ && any_ && *zlib_.next_in == 0) return SkipPadding();
    between_ = false;
    const int code = inflate(&zlib_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      between_ = any_ = true;
      Start(inflateReset(&zlib_));
    } else if (code == Z_MEM_ERROR) {
      Fail(ErrorKind::kIo, "no memory to decompress gzip data");
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      FailDamaged("gzip");
    }
  }

  void SkipPadding() {
    while (Refill()) {
      if (*zlib_.next_in != 0) FailDamaged("gzip");
      ++zlib_.next_in;
      --zlib_.avail_in;
    }
    done_ = true;
  }

  ByteStream* input_;
  z_stream zlib_ = {};
  std::vector<char> buffer_ = std::vector<char>(kBufferBytes);
  bool between_ = true;  // at the border of two members
  bool any_ = false;     // a member was read to its end
  bool done_ = false;
};

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
      Fail(ErrorKind::kIo, "no memory to decompress xz data");
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
        Fail(ErrorKind::kIo, "no memory to decompress xz data");
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

std::unique_ptr<ByteStream> MakeGzipStream(ByteStream* input) {
  return std::make_unique<GzipStream>(input);
}

std::unique_ptr<ByteStream> MakeXzStream(ByteStream* input) {
  return std::make_unique<XzStream>(input);
}

}  // namespace mtlkit
