#include "kernels/processor.h"

namespace mtlkit {

#if defined(__x86_64__)

// Processors with AVX2, BMI2 and fused multiply-add also have the two that
// compilers do not agree how to ask for: F16C and LZCNT.
bool HasAvx2() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

bool HasAvx512() {
  return HasAvx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd");
}

#else

bool HasAvx2() {
  return false;
}
bool HasAvx512() {
  return false;
}

#endif

}  // namespace mtlkit
