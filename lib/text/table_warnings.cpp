#include "text/table_warnings.h"

#include <string>

#include "base/error.h"
#include "text/convert_report.h"
#include "text/lost_numbers.h"

namespace mtlkit {

namespace {

// Features of a model that counts from 0, in a text that may not. More of them
// than it knows are refused in any case.
void NoteNumbering(const TableScan& scan, const ConvertOptions& options,
                   Reporter* reporter) {
  const bool is_taken_over = options.index_base == "auto" &&
                             scan.numbering.base < 0 &&
                             options.model_numbering.base == 0;
  if (!is_taken_over || scan.last_feature < 0 || scan.first_feature == 0 ||
      scan.last_feature >= options.model_numbering.features) {
    return;
  }
  reporter->Note(
      "features are taken to be numbered from 0, as they were before, though "
      "there is no 0; if they are from 1: mtl-convert --like FILE --index-base "
      "1");
}

}  // namespace

void WarnOfTable(const std::vector<TableFile>& files, const TableScan& scan,
                 const ConvertOptions& options, Reporter* reporter) {
  for (const TableFile& file : files) {
    const std::string doubt = file.reader->Doubt();
    if (doubt.empty()) continue;
    // mtl-predict has none of the flags.
    reporter->Warn(options.for_model
                       ? Str(doubt, " (flags of mtl-convert --like)")
                       : doubt);
  }
  NoteNumbering(scan, options, reporter);
  WarnOfNoValues(scan, options.for_model, reporter);
  if (options.for_model) return;
  WarnOfColumns(files, scan, reporter);
  WarnOfLostZeros(scan, reporter);
  if (options.decimal == ",") WarnOfGroups(scan, reporter);
  WarnOfMarkers(options.missing, scan, reporter);
}

}  // namespace mtlkit
