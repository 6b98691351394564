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
constexpr Index kWordCols = 4 * static_cast<Index>(hn::MaxLanes(kD32));

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

// Philox 4x32-10, one block a lane; the same words as base/rng.cpp.
HWY_INLINE void RandomWords(const Rng& random, Index row, Index block,
                            std::uint32_t* words) {
  const auto wide_row = static_cast<std::uint64_t>(row);
  V32 c0 = hn::Iota(kD32, static_cast<std::uint32_t>(block));
  V32 c1 = hn::Set(kD32, static_cast<std::uint32_t>(wide_row));
  V32 c2 = hn::Set(kD32, static_cast<std::uint32_t>(wide_row >> 32));
  V32 c3 = hn::Set(kD32, random.step());
  std::uint32_t key0 = random.key()[0];
  std::uint32_t key1 = random.key()[1];
  for (int round = 0; round < 10; ++round) {
    const WidePair a = MultiplyWide(c0, 0xD2511F53);
    const WidePair b = MultiplyWide(c2, 0xCD9E8D57);
    c0 = hn::Xor(hn::Xor(b.high, c1), hn::Set(kD32, key0));
    c2 = hn::Xor(hn::Xor(a.high, c3), hn::Set(kD32, key1));
    c1 = b.low;
    c3 = a.low;
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  hn::StoreInterleaved4(c0, c1, c2, c3, kD32, words);
}
#endif

void Dropout(const Rng& random, double rate, Index first_row, const Real* x,
             Index x_stride, Real* y, Index y_stride, Index rows,
             Index cols) noexcept {
  const auto threshold = static_cast<std::uint32_t>(rate * 0x1p32);
  const Real factor = static_cast<Real>(1.0 / (1.0 - rate));
  HWY_ALIGN std::uint32_t words[kWordCols];
  for (Index r = 0; r < rows; ++r) {
    for (Index col = 0; col < cols; col += kWordCols) {
      RandomWords(random, first_row + r, col / 4, words);
      const Real* from = x + r * x_stride + col;
      Real* to = y + r * y_stride + col;
      const Index here = Smaller(kWordCols, cols - col);
      for (Index c = 0; c < here; ++c) {
        to[c] = words[c] >= threshold ? factor * from[c] : Real{0};
      }
    }
  }
}

}  // namespace

extern const VectorKernels kVectorTable;
constexpr VectorKernels kVectorTable = {Axpy, Scale, Add, Multiply, Dropout};

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
