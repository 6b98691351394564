#pragma once

#include <functional>
#include <string>

#include "base/view.h"

namespace mtlkit {

// What `work` answers in a child process that can compute and answer and
// nothing else (h5/guard.h): for readers of strangers' bytes in other modules,
// by libraries that are not ours. `bytes` is what it reads and makes, at most;
// limits of memory and time grow with it. The answer is a stranger's, too, and
// has `most_answer` bytes at most. Any thread may call it.
//
// Throws kBadInput where the child ends otherwise, or throws; kIo where the
// machine has no memory or processes left.
std::string ConfinedAnswer(Index bytes, Index most_answer,
                           const std::function<std::string()>& work);

}  // namespace mtlkit
