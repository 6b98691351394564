#pragma once

namespace mtlkit::internal {

// Takes away from this process, a child that only answers, what bytes of
// strangers could misuse: all descriptors but two, opening others, and, where
// the kernel can (seccomp), all system calls but those for memory, for reading
// and for writing what is open. What cannot be taken away is a guard less, not
// a failure. `kept` may be -1.
void Confine(int answer, int kept);

}  // namespace mtlkit::internal
