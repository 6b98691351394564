#include <array>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "kernels/kernels.h"
#include "kernels/levels.h"
#include "kernels/processor.h"

namespace mtlkit {
namespace {

struct LevelInfo {
  Level level;
  const char* name;
  bool (*runs_here)();
  bool fused;
};

constexpr std::array kLevels = {
    LevelInfo{Level::kAvx3, "AVX512", HasAvx512, true},
    LevelInfo{Level::kAvx2, "AVX2", HasAvx2, true},
    LevelInfo{Level::kBase, "BASE", [] { return true; }, false}};

Kernels Assemble(const LevelInfo& info) {
  Kernels k;
  static_cast<ProductKernels&>(k) = *ProductKernelsOf(info.level);
  static_cast<ActivationKernels&>(k) = *ActivationKernelsOf(info.level);
  static_cast<VectorKernels&>(k) = *VectorKernelsOf(info.level);
  static_cast<SoftmaxKernels&>(k) = *SoftmaxKernelsOf(info.level);
  static_cast<NormKernels&>(k) = *NormKernelsOf(info.level);
  static_cast<OptimizerKernels&>(k) = *OptimizerKernelsOf(info.level);
  static_cast<ReduceKernels&>(k) = *ReduceKernelsOf(info.level);
  static_cast<SparseKernels&>(k) = *SparseKernelsOf(info.level);
  static_cast<NumberKernels&>(k) = *NumberKernelsOf(info.level);
  static_cast<SequenceKernels&>(k) = *SequenceKernelsOf(info.level);
  k.name = info.name;
  k.fused = info.fused;
  return k;
}

// The tables that this build has and this processor can run.
struct Tables {
  Tables() {
    for (const LevelInfo& info : kLevels) {
      if (ProductKernelsOf(info.level) == nullptr) continue;
      if (!info.runs_here()) continue;
      kernels[count] = Assemble(info);
      pointers[count] = &kernels[count];
      ++count;
    }
  }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  std::array<Kernels, kLevels.size()> kernels{};
  std::array<const Kernels*, kLevels.size()> pointers{};
  std::size_t count = 0;
};

bool IsLevel(std::string_view name) {
  for (const LevelInfo& info : kLevels) {
    if (name == info.name) return true;
  }
  return false;
}

}  // namespace

std::span<const Kernels* const> SupportedKernels() {
  static const Tables tables;
  return {tables.pointers.data(), tables.count};
}

const Kernels& FindKernels(std::string_view name) {
  for (const Kernels* kernels : SupportedKernels()) {
    if (name == kernels->name) return *kernels;
  }
  const std::string hint = "known: AVX512, AVX2, BASE";
  if (IsLevel(name)) {
    Fail(ErrorKind::kUnavailable,
         Str("this processor or build lacks the instruction set ", name), hint);
  }
  Fail(ErrorKind::kUsage, Str("there is no instruction set '", name, "'"),
       hint);
}

const Kernels& ActiveKernels() {
  static const Kernels& active = []() -> const Kernels& {
    const char* forced = std::getenv("MTLKIT_ISA");
    if (forced == nullptr || *forced == '\0') return *SupportedKernels()[0];
    return InContext("MTLKIT_ISA", [forced]() -> const Kernels& {
      return FindKernels(forced);
    });
  }();
  return active;
}

}  // namespace mtlkit
