#pragma once

#include <string>
#include <string_view>

#include "data/dataset.h"
#include "text/convert_options.h"

namespace mtlkit {

// What says how tables are to be read: a model, or a dataset.
struct ReadBefore {
  const TransformRecords& transforms;
  const Schema& schema;
  std::string_view provenance;
  std::string file;  // its name, for messages
};

// `options` that read tables as those were that `before` was made of: what it
// knows of their columns, and how its texts were read
// (text/reading_history.h).
ConvertOptions ReadingLike(const ReadBefore& before, ConvertOptions options);

}  // namespace mtlkit
