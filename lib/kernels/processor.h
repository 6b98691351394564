#pragma once

namespace mtlkit {

// What this processor, and its operating system, can run. Asked of the
// processor itself: Highway's library would answer too, but measures the clock
// for milliseconds whenever a program that is linked with it starts.
bool HasAvx2();    // with fused multiply-add, what is compiled as AVX2
bool HasAvx512();  // F, VL, DQ, BW and CD: what is compiled as AVX3

}  // namespace mtlkit
