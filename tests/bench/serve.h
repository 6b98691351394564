#pragma once

#include <iosfwd>
#include <string>

namespace mtlkit {

// Answers the line protocol of peers/README.md until `quit` or the end of
// `in`, for the workloads of kind `hps` in `path` whose method we have.
void Serve(const std::string& path, std::istream& in, std::ostream& out);

}  // namespace mtlkit
