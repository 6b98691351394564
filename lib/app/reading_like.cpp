#include "app/reading_like.h"

#include "base/error.h"
#include "prep/adapt_table.h"
#include "prep/known_columns.h"
#include "text/lost_texts.h"
#include "text/reading_history.h"

namespace mtlkit {

ConvertOptions ReadingLike(const ReadBefore& before, ConvertOptions options) {
  options.for_model = true;
  const InputSpec numbered = NumberedInput(before.transforms, before.schema);
  options.model_numbering = {numbered.index_base, numbered.cols};
  options.known = ColumnsKnown(before.transforms, before.schema);
  InContext(before.file, [&] { ReadAsBefore(before.provenance, &options); });
  return options;
}

void WarnOfLostTexts(const Dataset& table, const ReadBefore& before,
                     Reporter* reporter) {
  if (!table.transforms.empty()) return;
  const KnownViews known = ColumnsKnown(before.transforms, before.schema);
  for (const std::string& warning : LostTexts(table, known, before.file)) {
    reporter->Warn(warning);
  }
}

}  // namespace mtlkit
