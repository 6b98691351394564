#include "text/table_warnings.h"

#include <string>

#include "base/error.h"
#include "text/convert_report.h"
#include "text/lost_numbers.h"

namespace mtlkit {

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
  WarnOfNoValues(scan, options.for_model, reporter);
  if (options.for_model) return;
  WarnOfColumns(files, scan, reporter);
  WarnOfLostZeros(scan, reporter);
  if (options.decimal == ",") WarnOfGroups(scan, reporter);
  WarnOfMarkers(options.missing, scan, reporter);
}

}  // namespace mtlkit
