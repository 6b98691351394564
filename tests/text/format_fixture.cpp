#include "text/format_fixture.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <sstream>

#include "base/error.h"
#include "data/dataset_io.h"
#include "temp_folder.h"
#include "text/table_encode.h"
#include "text/table_plan.h"
#include "text/table_scan.h"
#include "text/text_table.h"

namespace mtlkit {
namespace {

std::string WithoutFolders(std::string text) {
  const std::string mark = "/mtlkit-test-";
  for (std::size_t at = text.find(mark); at != std::string::npos;
       at = text.find(mark)) {
    const std::size_t begin = text.find_last_of(" '", at) + 1;
    const std::size_t end = text.find('/', at + 1);
    text.erase(begin, end + 1 - begin);
  }
  return text;
}

void WriteBytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string ReadBytes(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Recorder : public SilentReporter {
 public:
  void Note(std::string_view text) override { notes += Str(text, "\n"); }
  void Warn(std::string_view text) override { warnings += Str(text, "\n"); }
  std::string notes;
  std::string warnings;
};

std::string Render(const Row& row) {
  std::string line;
  const auto add = [&](std::string_view text) {
    line += Str(line.empty() ? "" : "|", text);
  };
  for (const std::string_view label : row.labels) add(label);
  for (const Cell& cell : row.cells) {
    if (!row.is_sparse) add(cell.missing ? "~" : cell.text);
  }
  for (const SparseCell& entry : row.entries) {
    if (row.is_sparse) {
      add(Str(entry.column, ":",
              entry.text.data() == nullptr ? "~" : entry.text));
    }
  }
  return line + "\n";
}

}  // namespace

std::string ErrorOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return WithoutFolders(Str(error.exit_code(), ": ", error.what()));
  }
  return "";
}

std::string Rows(std::string_view text, std::string_view format,
                 const TextOptions& options) {
  const TempFolder folder;
  const std::string path = folder / "table";
  WriteBytes(path, text);
  TextSource source(path, Encoding::kUtf8, SourceContent::kTable);
  return RowsOf(OpenRows(&source, format, options).get());
}

std::string RowsOf(RowReader* reader) {
  std::string rendered;
  for (Row row; reader->Next(&row);) rendered += Render(row);
  return rendered;
}

void Encode(std::string_view text) {
  static const TempFolder folder;  // one for thousands of calls
  WriteBytes(folder / "table", text);
  std::vector<TableFile> files(1);
  files[0].source = std::make_unique<TextSource>(
      folder / "table", Encoding::kUtf8, SourceContent::kTable);
  files[0].reader = OpenRows(files[0].source.get(), "", {});
  const ScanOptions options;
  const TableScan scan = ScanTable(&files, options);
  const TablePlan plan = PlanTable(scan, options, "");
  TableEncoder encoder(&files, scan, plan, options);
  for (EncodedRow row; encoder.Next(&row);) {
  }
}

Converted Convert(const std::vector<NamedText>& files,
                  const ConvertOptions& options, bool verbose) {
  const TempFolder folder;
  std::vector<TableInput> inputs;
  for (const NamedText& file : files) {
    const std::size_t mark = file.name.find('=');
    const bool named = mark != std::string::npos;
    const std::string path =
        folder / (named ? file.name.substr(mark + 1) : file.name);
    WriteBytes(path, file.bytes);
    inputs.push_back({named ? file.name.substr(0, mark) : "", path});
  }
  Recorder recorder;
  const std::string output = folder / "out.h5";
  ConvertTables(inputs, output, options, {}, verbose, &recorder);
  return {ReadDataset(output), WithoutFolders(recorder.notes),
          WithoutFolders(recorder.warnings)};
}

std::string Written(std::string_view format, const Dataset& dataset,
                    const WritingOptions& options, std::string* notes) {
  const TempFolder folder;
  const std::string path = folder / "out";
  WrittenTable table;
  table.columns = DatasetColumns(dataset);
  table.rows = dataset.rows;
  table.dataset = &dataset;
  if (!options.split.empty()) table.some = &dataset.SplitRows(options.split);
  Recorder recorder;
  FindWrittenFormat(format)->write(table, options, path, &recorder);
  if (notes != nullptr) *notes = recorder.notes;
  return ReadBytes(path);
}

std::string Csv(const Dataset& dataset) {
  return Written("csv", dataset);
}

std::string Gzip(std::string_view text) {
  std::string packed(compressBound(text.size()) + 64, '\0');
  z_stream zlib = {};
  deflateInit2(&zlib, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(packed.data());
  zlib.avail_out = static_cast<uInt>(packed.size());
  deflate(&zlib, Z_FINISH);
  packed.resize(zlib.total_out);
  deflateEnd(&zlib);
  return packed;
}

std::string Xz(std::string_view text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  lzma_easy_buffer_encode(
      6, LZMA_CHECK_CRC64, nullptr,
      reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
      reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size());
  packed.resize(size);
  return packed;
}

std::string Bzip2(std::string_view text) {
  std::string packed(text.size() + text.size() / 100 + 600, '\0');
  auto size = static_cast<unsigned>(packed.size());
  BZ2_bzBuffToBuffCompress(packed.data(), &size, const_cast<char*>(text.data()),
                           static_cast<unsigned>(text.size()), 9, 0, 0);
  packed.resize(size);
  return packed;
}

std::string Zstd(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
  packed.resize(ZSTD_compress2(zstd, packed.data(), packed.size(), text.data(),
                               text.size()));
  ZSTD_freeCCtx(zstd);
  return packed;
}

}  // namespace mtlkit
