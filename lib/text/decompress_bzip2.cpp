#include <bzlib.h>

#include "text/decompress.h"

namespace mtlkit {
namespace {

// Needs 4 MB at most.
class Bzip2Decoder : public MemberDecoder {
 public:
  ~Bzip2Decoder() override { Stop(); }
  std::string_view name() const override { return "bzip2"; }

  void Start() override {
    Stop();
    if (BZ2_bzDecompressInit(&bzip2_, 0, 0) != BZ_OK) FailNoMemory("bzip2");
    is_open_ = true;
  }

  bool Decode(std::string_view* from, std::span<char>* to) override {
    bzip2_.next_in = const_cast<char*>(from->data());
    bzip2_.avail_in = static_cast<unsigned>(from->size());
    bzip2_.next_out = to->data();
    bzip2_.avail_out = static_cast<unsigned>(to->size());
    const int code = BZ2_bzDecompress(&bzip2_);
    if (code == BZ_MEM_ERROR) FailNoMemory("bzip2");
    if (code != BZ_OK && code != BZ_STREAM_END) FailDamaged("bzip2");
    from->remove_prefix(from->size() - bzip2_.avail_in);
    *to = to->last(bzip2_.avail_out);
    return code == BZ_STREAM_END;
  }

 private:
  void Stop() {
    if (is_open_) BZ2_bzDecompressEnd(&bzip2_);
    bzip2_ = {};
    is_open_ = false;
  }

  bz_stream bzip2_ = {};
  bool is_open_ = false;
};

}  // namespace

std::unique_ptr<MemberDecoder> MakeBzip2Decoder() {
  return std::make_unique<Bzip2Decoder>();
}

}  // namespace mtlkit
