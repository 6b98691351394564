#pragma once

#include <cstddef>

namespace mtlkit {

// Memory that maps files. Pages that were read count as the process's own,
// though the system can take them away at any time; who has gone through a part
// says so, and the process stays small however long the file is. Any number of
// threads may use these.
void AddMapping(const void* begin, std::size_t bytes);
void RemoveMapping(const void* begin);

// Lets go of the pages within `bytes` from `begin` on where these lie in a
// mapping; they come back when they are read again. Does nothing to any other
// memory.
void ForgetPages(const void* begin, std::size_t bytes);

}  // namespace mtlkit
