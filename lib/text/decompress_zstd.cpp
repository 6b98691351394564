#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"
#include "text/decompress.h"

namespace mtlkit {
namespace {

// 512 MB, as of xz; what zstd makes unless told otherwise needs 128 MB at most.
constexpr int kMaxWindowLog = 29;

[[noreturn]] void FailCode(ZSTD_ErrorCode code) {
  if (code == ZSTD_error_memory_allocation) FailNoMemory("zstd");
  if (code == ZSTD_error_frameParameter_windowTooLarge) {
    Fail(ErrorKind::kBadInput, "zstd data that need more than 512 MB of memory",
         "unpack it first: zstd -dc --long=31 FILE | mtl-convert -");
  }
  if (code == ZSTD_error_dictionary_wrong) {
    Fail(ErrorKind::kBadInput, "zstd data that need a dictionary",
         "unpack it first: zstd -dc -D DICTIONARY FILE | mtl-convert -");
  }
  FailDamaged("zstd");
}

class ZstdDecoder : public MemberDecoder {
 public:
  ZstdDecoder() {
    if (zstd_ == nullptr) FailNoMemory("zstd");
    ZSTD_DCtx_setParameter(zstd_, ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(zstd_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;
  std::string_view name() const override { return "zstd"; }

  void Start() override { ZSTD_DCtx_reset(zstd_, ZSTD_reset_session_only); }

  bool Decode(std::string_view* from, std::span<char>* to) override {
    ZSTD_inBuffer input = {from->data(), from->size(), 0};
    ZSTD_outBuffer output = {to->data(), to->size(), 0};
    const std::size_t code = ZSTD_decompressStream(zstd_, &output, &input);
    if (ZSTD_isError(code) != 0) FailCode(ZSTD_getErrorCode(code));
    from->remove_prefix(input.pos);
    *to = to->subspan(output.pos);
    return code == 0;
  }

 private:
  ZSTD_DCtx* zstd_ = ZSTD_createDCtx();
};

}  // namespace

std::unique_ptr<MemberDecoder> MakeZstdDecoder() {
  return std::make_unique<ZstdDecoder>();
}

}  // namespace mtlkit
