#include "kernels/levels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/vector_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/tails-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mtlkit {
namespace HWY_NAMESPACE {
namespace {

void Axpy(Real a, const Real* x, Real* y, Index size) noexcept {
  const V factor = hn::Set(kD, a);
  for (Index i = 0; i < size; i += kLanes) {
    const V sum = hn::MulAdd(factor, LoadUpTo(x + i, size - i),
                             LoadUpTo(y + i, size - i));
    StoreUpTo(sum, y + i, size - i);
  }
}

void Scale(Real a, const Real* x, Real* y, Index size) noexcept {
  const V factor = hn::Set(kD, a);
  for (Index i = 0; i < size; i += kLanes) {
    StoreUpTo(hn::Mul(factor, LoadUpTo(x + i, size - i)), y + i, size - i);
  }
}

void Add(const Real* x, const Real* y, Real* z, Index size) noexcept {
  for (Index i = 0; i < size; i += kLanes) {
    const Index left = size - i;
    StoreUpTo(hn::Add(LoadUpTo(x + i, left), LoadUpTo(y + i, left)), z + i,
              left);
  }
}

void Multiply(const Real* x, const Real* y, Real* z, Index size) noexcept {
  for (Index i = 0; i < size; i += kLanes) {
    const Index left = size - i;
    StoreUpTo(hn::Mul(LoadUpTo(x + i, left), LoadUpTo(y + i, left)), z + i,
              left);
  }
}

void AxpyDouble(double a, const double* x, double* y, Index size) noexcept {
  const hn::ScalableTag<double> wide;
  const hn::CappedTag<double, 1> one;
  constexpr auto kWide = static_cast<Index>(hn::MaxLanes(wide));
  const auto factor = hn::Set(wide, a);
  Index i = 0;
  for (; i + kWide <= size; i += kWide) {
    const auto sum = hn::LoadU(wide, y + i);
    hn::StoreU(hn::MulAdd(factor, hn::LoadU(wide, x + i), sum), wide, y + i);
  }
  for (; i < size; ++i) {
    const auto sum = hn::LoadU(one, y + i);
    hn::StoreU(hn::MulAdd(hn::Set(one, a), hn::LoadU(one, x + i), sum), one,
               y + i);
  }
}

// Random words of the columns [4 block, 4 block + kWordCols) of a row.
#if HWY_TARGET == HWY_SCALAR
constexpr Index kWordCols = 4;

HWY_INLINE void RandomWords(const Rng& random, Index row, Index block,
                            std::uint32_t* words) {
  const auto four = random.Block(static_cast<std::uint64_t>(row),
                                 static_cast<std::uint32_t>(block));
  for (std::size_t i = 0; i < 4; ++i) words[i] = four[i];
}
#else
using D32 = hn::ScalableTag<std::uint32_t>;
using V32 = hn::Vec<D32>;
constexpr D32 kD32;
constexpr Index kWordCols = 8 * static_cast<Index>(hn::MaxLanes(kD32));

struct WidePair {
  V32 low;
  V32 high;
};

// The 64-bit products of 32-bit lanes.
HWY_INLINE WidePair MultiplyWide(V32 a, std::uint32_t b) {
  const hn::Repartition<std::uint64_t, D32> wide;
  const V32 factor = hn::Set(kD32, b);
  const auto even = hn::MulEven(a, factor);
  const auto lifted = hn::ShiftRight<32>(hn::BitCast(wide, a));
  const auto odd = hn::MulEven(hn::BitCast(kD32, lifted), factor);
  const V32 even_high = hn::BitCast(kD32, hn::ShiftRight<32>(even));
  const V32 odd_low = hn::BitCast(kD32, hn::ShiftLeft<32>(odd));
  return {hn::OddEven(odd_low, hn::BitCast(kD32, even)),
          hn::OddEven(hn::BitCast(kD32, odd), even_high)};
}

// Philox 4x32-10, one block a lane; the same words as base/rng.cpp. Two vectors
// of blocks at once, since a round waits for the one before.
HWY_INLINE void RandomWords(const Rng& random, Index row, Index block,
                            std::uint32_t* words) {
  const auto wide_row = static_cast<std::uint64_t>(row);
  V32 c0[2];
  V32 c1[2];
  V32 c2[2];
  V32 c3[2];
  HWY_UNROLL(2)
  for (int i = 0; i < 2; ++i) {
    const auto first = static_cast<std::uint32_t>(block + i * kWordCols / 8);
    c0[i] = hn::Iota(kD32, first);
    c1[i] = hn::Set(kD32, static_cast<std::uint32_t>(wide_row));
    c2[i] = hn::Set(kD32, static_cast<std::uint32_t>(wide_row >> 32));
    c3[i] = hn::Set(kD32, random.step());
  }
  std::uint32_t key0 = random.key()[0];
  std::uint32_t key1 = random.key()[1];
  for (int round = 0; round < 10; ++round) {
    HWY_UNROLL(2)
    for (int i = 0; i < 2; ++i) {
      const WidePair a = MultiplyWide(c0[i], 0xD2511F53);
      const WidePair b = MultiplyWide(c2[i], 0xCD9E8D57);
      c0[i] = hn::Xor(hn::Xor(b.high, c1[i]), hn::Set(kD32, key0));
      c2[i] = hn::Xor(hn::Xor(a.high, c3[i]), hn::Set(kD32, key1));
      c1[i] = b.low;
      c3[i] = a.low;
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  HWY_UNROLL(2)
  for (int i = 0; i < 2; ++i) {
    hn::StoreInterleaved4(c0[i], c1[i], c2[i], c3[i], kD32,
                          words + i * kWordCols / 2);
  }
}
#endif

// y of up to kWordCols columns of a row, whose bits begin at `kept`.
#if HWY_TARGET == HWY_SCALAR || defined(MTLKIT_REAL64)
HWY_INLINE void DropRow(const std::uint32_t* words, std::uint32_t threshold,
                        Index count, Index first_bit, std::uint8_t* kept) {
  for (Index c = 0; c < count; ++c) {
    std::uint8_t& byte = kept[(first_bit + c) / 8];
    const int bit = static_cast<int>((first_bit + c) % 8);
    const int is_kept = words[c] >= threshold ? 1 : 0;
    byte = static_cast<std::uint8_t>((byte & ~(1 << bit)) | (is_kept << bit));
  }
}

HWY_INLINE void KeepRow(const std::uint8_t* kept, Real factor, const Real* x,
                        Real* y, Index count) {
  for (Index c = 0; c < count; ++c) {
    y[c] = (kept[c / 8] >> (c % 8)) % 2 != 0 ? factor * x[c] : Real{0};
  }
}
#else
HWY_INLINE void DropRow(const std::uint32_t* words, std::uint32_t threshold,
                        Index count, Index first_bit, std::uint8_t* kept) {
  const V32 least = hn::Set(kD32, threshold);
  for (Index c = 0; c < count; c += kLanes) {
    const V32 word = hn::Load(kD32, words + c);
    const auto is_kept = hn::Eq(hn::Max(word, least), word);
    hn::StoreMaskBits(kD32, is_kept, kept + (first_bit + c) / 8);
  }
}

HWY_INLINE void KeepRow(const std::uint8_t* kept, Real factor, const Real* x,
                        Real* y, Index count) {
  const V scale = hn::Set(kD, factor);
  for (Index c = 0; c < count; c += kLanes) {
    const auto is_kept = hn::LoadMaskBits(kD, kept + c / 8);
    const V v = hn::Mul(scale, LoadUpTo(x + c, count - c));
    StoreUpTo(hn::IfThenElseZero(is_kept, v), y + c, count - c);
  }
}
#endif

void DropoutAgain(const DropoutArgs& d) noexcept {
  const Real factor = static_cast<Real>(1.0 / (1.0 - d.rate));
  for (Index r = 0; r < d.rows; ++r) {
    KeepRow(d.kept + r * KeptBytes(d.cols), factor, d.x + r * d.x_stride,
            d.y + r * d.y_stride, d.cols);
  }
}

void Dropout(const DropoutArgs& d) noexcept {
  const auto threshold = static_cast<std::uint32_t>(d.rate * 0x1p32);
  HWY_ALIGN std::uint32_t words[kWordCols];
  for (Index r = 0; r < d.rows; ++r) {
    for (Index col = 0; col < d.cols; col += kWordCols) {
      RandomWords(*d.random, d.first_row + r, col / 4, words);
      DropRow(words, threshold, Smaller(kWordCols, d.cols - col), col,
              d.kept + r * KeptBytes(d.cols));
    }
  }
  DropoutAgain(d);
}

}  // namespace

extern const VectorKernels kVectorTable;
constexpr VectorKernels kVectorTable = {
    Axpy, Scale, Add, Multiply, AxpyDouble, Dropout, DropoutAgain};

}  // namespace HWY_NAMESPACE
}  // namespace mtlkit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mtlkit {

const VectorKernels* VectorKernelsOf(Level level) {
  MTLKIT_CHOOSE_LEVEL(level, kVectorTable);
}

}  // namespace mtlkit
#endif
