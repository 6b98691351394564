#pragma once

#include <string>
#include <string_view>

#include "base/reporter.h"
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

// Warns of what `table`, if it was converted without `before`, has lost of what
// that tells apart (text/lost_texts.h).
void WarnOfLostTexts(const Dataset& table, const ReadBefore& before,
                     Reporter* reporter);

}  // namespace mtlkit
