#pragma once

#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "h5/mutator.h"
#include "interop/foreign_weights.h"
#include "temp_folder.h"

namespace mtlkit {

// What is read of a file of these bytes.
inline ForeignWeights ReadWeightBytes(const std::string& bytes) {
  const TempFolder folder;
  PutFile(folder / "w", bytes);
  return ReadForeignWeights(folder / "w");
}

// Why such a file is refused, without its name.
inline std::string RefusalOfBytes(const std::string& bytes) {
  try {
    ReadWeightBytes(bytes);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.message().substr(error.message().find("/w: ") + 4);
  }
  return "";
}

}  // namespace mtlkit
