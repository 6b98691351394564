#pragma once

#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "campaign.h"
#include "h5/mutator.h"
#include "interop/foreign_weights.h"
#include "temp_folder.h"

namespace mtlkit {

inline std::string RenderArrays(const ForeignWeights& weights) {
  std::string text;
  for (const ForeignArray& array : weights.arrays) {
    text += array.name;
    for (const Real value : array.values) text += Str(" ", value);
  }
  return text;
}

// Reads damages of a file, `sample` of them where a campaign is one; those
// under checksums give what they held, or an error. Some bring HDF5 down, which
// ends the process that reads it alone: such files are refused, too. A
// sanitizer reports it from there.
inline void CheckDamaged(const std::string& good, bool has_checksums,
                         Index sample) {
  const TempFolder folder;
  const std::string path = folder / "damaged";
  PutFile(path, good);
  const std::string expected = RenderArrays(ReadForeignWeights(path));
  const Index count = Campaign(sample, 10000);
  Index refused = 0;
  Index ended = 0;  // processes that read HDF5
  for (Index i = 0; i < count; ++i) {
    ChangeFile(path, Damage(good, 0, i));
    try {
      const std::string read = RenderArrays(ReadForeignWeights(path));
      if (has_checksums) CHECK(read == expected);
    } catch (const Error& error) {
      ++refused;
      CHECK(error.kind() == ErrorKind::kBadInput);
      CHECK(error.message().find(path) == 0);
      ended += error.message().find("brings HDF5 down") != std::string::npos;
    }
  }
  if (ended > 0) MESSAGE(ended, " of ", count, " brought HDF5 down");
  CHECK(refused > count / (has_checksums ? 2 : 20));
}

}  // namespace mtlkit
