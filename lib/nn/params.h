#pragma once

#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "base/view.h"

namespace mtlkit {

// Slices, rows of an arena and kernels' panels begin on cache lines.
inline constexpr std::size_t kCacheLine = 64;
inline constexpr Index kRealsPerLine =
    static_cast<Index>(kCacheLine / sizeof(Real));
// The least multiple of a cache line that holds `count` numbers.
inline Index PaddedSize(Index count) {
  return (count + kRealsPerLine - 1) / kRealsPerLine * kRealsPerLine;
}

template <class T>
struct CacheLineAllocator {
  using value_type = T;
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}
  T* allocate(std::size_t count) {
    return static_cast<T*>(
        ::operator new (count * sizeof(T), std::align_val_t{kCacheLine}));
  }
  void deallocate(T* memory, std::size_t) {
    ::operator delete (memory, std::align_val_t{kCacheLine});
  }
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) {
    return true;
  }
};
using AlignedVector = std::vector<Real, CacheLineAllocator<Real>>;

// How the numbers of a parameter begin. `fan_in` and `fan_out` are those of
// the ParamSpec.
enum class InitKind {
  kConstant,       // `value`
  kHeNormal,       // normal, variance 2 / fan_in (He et al. 2015)
  kHeUniform,      // uniform of the same variance
  kGlorotNormal,   // normal, variance 2 / (fan_in + fan_out) (Glorot 2010)
  kGlorotUniform,  // uniform of the same variance
  kTorchLinear,    // uniform in +-1 / sqrt(fan_in), PyTorch's Linear
  kNormal,         // normal of deviation `value`
  kSigns,          // 1 or -1, as a coin says
  // A cross-stitch row: `value` in column fan_out, the rest of 1 shared
  // equally by the other columns.
  kStitch,
};
struct Initializer {
  InitKind kind = InitKind::kConstant;
  double value = 0;
};
// "constant", "he-normal", "he-uniform", "glorot-normal", "glorot-uniform",
// "torch-linear", "normal", "signs", "stitch"; an unknown name is an error
// (kUsage).
Initializer ParseInitializer(std::string_view name, double value = 0);
std::string_view InitializerName(const Initializer& init);
std::vector<std::string> InitializerNames();

// A parameter or buffer that a layer asks for.
struct ParamSpec {
  std::string name;  // within its layer: "kernel", "bias"
  Index rows = 1;    // a kernel's inputs; 1 for vectors
  Index cols = 0;
  Initializer init = {};
  Index fan_in = 0;
  Index fan_out = 0;
  bool decay = false;  // whether weight decay applies: kernels, not biases
};

// A named range of a block.
struct Slice {
  std::string name;  // "trunk.0/kernel"
  ParamSpec spec;
  Index offset = 0;  // of its first number in the block; a whole cache line
  // Tasks from whose losses it learns, ascending (ValueInfo::tasks).
  std::vector<Index> tasks;
  // Whether the gradients of several tasks meet in it: the trunk. A head whose
  // columns belong to one task each is not shared.
  bool shared = false;

  Index size() const { return spec.rows * spec.cols; }
};

// Where the slices of a block lie: shared ones first, each group in the order
// of the network; so the shared parameters are the first `shared_size()`
// numbers. Padding between slices holds zeros. Immutable once in use.
class Layout {
 public:
  Layout() = default;
  // Sets offsets; names must be unique.
  explicit Layout(std::vector<Slice> slices);

  std::span<const Slice> slices() const { return slices_; }
  const Slice& slice(Index i) const {
    return slices_[static_cast<std::size_t>(i)];
  }
  // Position of `name`, or -1.
  Index Find(std::string_view name) const;
  // With padding.
  Index size() const { return size_; }
  Index shared_size() const { return shared_size_; }
  // Without padding: what a user calls the number of parameters.
  Index count() const;

 private:
  std::vector<Slice> slices_;
  Index size_ = 0;
  Index shared_size_ = 0;
};

// The numbers of a layout, in one contiguous piece of memory that begins on a
// cache line. A value type: copying copies the numbers. The optimiser, weight
// averages, clipping, checkpoints and Exchange see one span.
class Block {
 public:
  Block() = default;
  explicit Block(std::shared_ptr<const Layout> layout);

  const Layout& layout() const { return *layout_; }
  std::span<Real> all() { return values_; }
  std::span<const Real> all() const { return values_; }
  MatView At(Index i);
  ConstMatView At(Index i) const;

 private:
  std::shared_ptr<const Layout> layout_;
  AlignedVector values_;
};

// What training changes of a network. `buffers` are numbers that the forward
// pass keeps (running statistics of batch norm); no gradient reaches them.
struct Params {
  Block weights;
  Block buffers;
};

// Sets every slice to its initial numbers. They depend on the seed and the
// slice's name only, so adding a layer changes nothing elsewhere.
void Initialize(Seed seed, Block* block);

}  // namespace mtlkit
