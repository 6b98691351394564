#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "text/format.h"
#include "text/parquet/column_pages.h"
#include "text/parquet/footer.h"
#include "text/text_lists.h"

// Parquet (apache/parquet-format 2.12): flat tables, whose types are known.

namespace mtlkit {
namespace {

constexpr std::string_view kSignature = "PAR1";
constexpr std::string_view kEncrypted = "PARE";

// The length of the footer and the signature.
constexpr Index kTailBytes = 8;

class ParquetReader : public RowReader {
 public:
  ParquetReader(TextSource* source, const TextOptions& options)
      : source_(*source),
        missing_(options.are_markers_chosen ? options.missing
                                            : std::vector<std::string>()),
        memory_(options.most_bytes) {
    InContext(source_.name(), [&] { ReadFooter(options); });
    for (ParquetField& field : footer_.fields) {
      field.decimal = options.decimal;
      Column& column = columns_.emplace_back();
      column.name = field.name;
      if (field.is_nested) continue;
      column.stored = StoredType(field);
      column.has_numbers = column.stored == ColumnType::kUnknown;
      column.is_decimal = field.meaning == Meaning::kDecimal;
    }
    left_out_.resize(columns_.size());
    Rewind();
  }

  const std::vector<Column>& columns() const override { return columns_; }

  void PassOver(const std::vector<bool>& columns) override {
    left_out_ = columns;
    Rewind();
  }

  void Rewind() override {
    row_ = in_group_ = 0;
    group_ = 0;
    pages_.clear();
    pages_.resize(columns_.size());
  }

  bool Next(Row* row) override {
    if (row_ == footer_.rows) return false;
    if (row_ == 0) OpenColumns();
    while (in_group_ == 0) StartGroup();
    --in_group_;
    row->line = ++row_;
    row->is_sparse = false;
    row->cells.resize(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      row->cells[i] = pages_[i] ? ReadCell(i) : Cell{"", true};
    }
    return true;
  }

  std::string Describe() const override { return "Parquet"; }

 private:
  void ReadFooter(const TextOptions& options) {
    const Index size = source_.size();
    std::string tail(At(kTailBytes), '\0');
    if (size < std::ssize(kSignature) + kTailBytes) FailCut();
    source_.ReadAt(size - kTailBytes, tail.data(), tail.size());
    if (tail.ends_with(kEncrypted)) {
      Fail(ErrorKind::kBadInput, "it is encrypted",
           "write it without encryption");
    }
    if (!tail.ends_with(kSignature)) FailCut();
    std::uint32_t length = 0;
    std::memcpy(&length, tail.data(), sizeof length);
    const Index pages_end = size - kTailBytes - Index{length};
    if (pages_end < std::ssize(kSignature)) FailCut();
    HeldMemory held(&memory_);
    held.Take(length, "a footer");
    std::string bytes(length, '\0');
    source_.ReadAt(pages_end, bytes.data(), bytes.size());
    footer_ =
        ReadParquetFooter(bytes, pages_end, options.most_columns, &memory_);
    // Equal rows take no bytes in the file, but an id each in memory.
    constexpr Index kRowBytes = 8;
    Require(footer_.rows <= options.most_bytes / kRowBytes,
            ErrorKind::kBadInput,
            Str("it says that it has ", footer_.rows,
                " rows, more than a table of --max-size may have"),
            "raise --max-size");
  }

  [[noreturn]] static void FailCut() {
    Fail(ErrorKind::kBadInput, "this Parquet file has no end: it is cut",
         "the file is incomplete: copy or download it again");
  }

  // Not before it is known what is left out.
  void OpenColumns() {
    const PageSource shared = {&source_, &codec_, &memory_};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const ParquetField& field = footer_.fields[i];
      if (left_out_[i]) continue;
      if (field.is_nested) {
        FailColumn(field, "is nested (a list, map or struct)");
      }
      if (field.meaning == Meaning::kOther) {
        FailColumn(field, "has values of a kind that no table of text has");
      }
      pages_[i] = std::make_unique<ColumnPages>(shared, field);
    }
  }

  [[noreturn]] void FailColumn(const ParquetField& field,
                               std::string_view why) const {
    Fail(ErrorKind::kBadInput,
         Str(source_.name(), ": column '", ShowText(field.name), "' ", why),
         Str("--type ", ShellWord(NameInList(field.name + "=ignore")),
             " leaves it out, or write its parts as columns of their own"));
  }

  void StartGroup() {
    const RowGroup& group = footer_.groups[group_++];
    in_group_ = group.rows;
    Index leaf = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (pages_[i]) pages_[i]->Start(group.chunks[At(leaf)]);
      leaf += footer_.fields[i].leaves;
    }
  }

  Cell ReadCell(std::size_t column) {
    try {
      Cell cell = pages_[column]->Next();
      cell.missing |= std::ranges::find(missing_, cell.text) != missing_.end();
      return cell;
    } catch (Error& error) {
      error.AddContext(Str("column '", ShowText(columns_[column].name), "'"));
      error.AddContext(Str(source_.name(), ":", row_));
      throw;
    }
  }

  TextSource& source_;
  std::vector<std::string> missing_;
  PageMemory memory_;
  PageCodec codec_;
  ParquetFooter footer_;
  std::vector<Column> columns_;
  std::vector<bool> left_out_;
  // Null of columns that are left out.
  std::vector<std::unique_ptr<ColumnPages>> pages_;
  Index row_ = 0;
  std::size_t group_ = 0;  // the next
  Index in_group_ = 0;     // rows left
};

}  // namespace

extern const FormatEntry kParquetFormat;
const FormatEntry kParquetFormat = {
    "parquet",
    "Parquet: tables of pandas, Polars, DuckDB, Spark and the like",
    ".parquet .parq .pq",
    [](std::string_view head) { return head.starts_with(kSignature) ? 2 : 0; },
    [](TextSource* source,
       const TextOptions& options) -> std::unique_ptr<RowReader> {
      return std::make_unique<ParquetReader>(source, options);
    },
    "missing",
    SourceKind::kParquet};

}  // namespace mtlkit
