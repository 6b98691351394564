#include "eval/write_file.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "eval/prediction_source.h"
#include "eval/predictions_columns.h"

namespace mtlkit {

void WriteFileAs(const WrittenFormat& format, FileReader file,
                 const WritingOptions& options, const std::string& output,
                 Reporter* reporter) {
  WrittenTable table;
  if (format.source == WrittenFormat::Source::kFile) {
    table.file = &file;
    return format.write(table, options, output, reporter);
  }
  if (file.kind() == FileKind::kPredictions) {
    Require(options.split.empty(), ErrorKind::kUsage,
            Str("--split: ", file.name(), " has no splits"),
            "mtl-predict --split chooses rows");
    const auto source = OpenPredictions(std::move(file));
    table.columns = PredictionColumns(source);
    table.rows = source->rows();
    return format.write(table, options, output, reporter);
  }
  const Dataset dataset = ReadDataset(file);
  table.rows = dataset.rows;
  table.dataset = &dataset;
  if (!options.split.empty()) table.some = &dataset.SplitRows(options.split);
  if (format.source == WrittenFormat::Source::kColumns)
    table.columns = DatasetColumns(dataset);
  format.write(table, options, output, reporter);
}

}  // namespace mtlkit
