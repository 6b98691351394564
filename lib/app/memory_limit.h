#pragma once

namespace mtlkit {

// Makes an allocation fail that this machine, or the control group of this
// process, has no memory for; otherwise the kernel grants it, and kills the
// process without a word where it is used. A limit that was set before stays.
void LimitMemory();

}  // namespace mtlkit
