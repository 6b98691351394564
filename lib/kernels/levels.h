#pragma once

// What every *_kernels.cpp shares: which processor levels are compiled, and
// how a level's part of the table is named. Include it before Highway.

// AVX3_DL would need instructions that not every AVX-512 processor has, and
// the levels between the base and AVX2 are not worth their compile time. g++
// before 12.3 miscompiles EMU128, so that the base level is SCALAR everywhere.
#define HWY_BROKEN_EMU128 1
#define HWY_DISABLED_TARGETS (HWY_AVX3_DL | HWY_SSE4 | HWY_SSSE3)

#include "kernels/kernels.h"

namespace mtlkit {

// The parts of the table, one of each file; a null pointer where this build
// has no such level.
enum class Level { kAvx3, kAvx2, kBase };

const ProductKernels* ProductKernelsOf(Level level);
const ActivationKernels* ActivationKernelsOf(Level level);
const VectorKernels* VectorKernelsOf(Level level);
const SoftmaxKernels* SoftmaxKernelsOf(Level level);
const NormKernels* NormKernelsOf(Level level);
const OptimizerKernels* OptimizerKernelsOf(Level level);
const ReduceKernels* ReduceKernelsOf(Level level);
const SparseKernels* SparseKernelsOf(Level level);
const NumberKernels* NumberKernelsOf(Level level);
const SequenceKernels* SequenceKernelsOf(Level level);

}  // namespace mtlkit

// The body of XKernelsOf: the table `kTable` of each compiled level, which
// must have been declared in the target's namespace.
#define MTLKIT_CHOOSE_LEVEL(level, kTable) \
  switch (level) {                         \
    case Level::kAvx3:                     \
      return HWY_CHOOSE_AVX3(kTable);      \
    case Level::kAvx2:                     \
      return HWY_CHOOSE_AVX2(kTable);      \
    case Level::kBase:                     \
      return HWY_CHOOSE_FALLBACK(kTable);  \
  }                                        \
  return nullptr
