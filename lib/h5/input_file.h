#pragma once

#include <memory>
#include <string>

#include "h5/body_check.h"
#include "h5/envelope.h"
#include "h5/open_options.h"
#include "h5/posix.h"

namespace mtlkit::internal {

// What is said of a table of another kind, or arrays.
inline constexpr const char* kConvertHint =
    "convert it: mtl-convert FILE -o table.h5";

// An input whose envelope and length have been verified: a regular file, opened
// in place, or a copy of a stream in a temporary file without a name.
struct InputFile {
  UniqueFd fd;
  std::string name;  // as messages call it
  Envelope envelope;
  // Holds what is read to the digests; null once all of it has been.
  std::shared_ptr<BodyCheck> check = nullptr;
};

// Opens `operand` (a path, or "-" for the standard input). Throws, with the
// name in front: kMissingInput, kBadInput for what is not a file of ours or
// damaged or cut short, kIo.
InputFile OpenInput(const std::string& operand, const OpenOptions& options);

}  // namespace mtlkit::internal
