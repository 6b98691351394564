#include "text/convert.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "h5/file_writer.h"
#include "h5/provenance.h"
#include "text/align_columns.h"
#include "text/convert_operands.h"
#include "text/convert_report.h"
#include "text/format.h"
#include "text/line_files.h"
#include "text/lost_numbers.h"
#include "text/read_settings.h"
#include "text/reading_history.h"
#include "text/rename_labels.h"
#include "text/source_kind.h"
#include "text/table_encode.h"
#include "text/table_plan.h"
#include "text/table_scan.h"
#include "text/table_warnings.h"
#include "text/table_write.h"
#include "text/text_lists.h"
#include "text/useful_flags.h"
#include "text/view_order.h"

namespace mtlkit {
namespace {

// A table of one or more files: the whole of it, or one view.
struct Table {
  std::string view;
  std::vector<TableFile> files;
  TableScan scan;
  TablePlan plan;
};

Json ValuesOf(ConvertOptions options) {
  Json values;
  JsonWriter writer(&values, true);
  options.Describe(writer);
  return values;
}

class Converter {
 public:
  Converter(const std::vector<TableInput>& inputs,
            const ConvertOptions& options, Reporter* reporter)
      : inputs_(inputs),
        options_(options),
        scan_options_(ScanOptionsOf(options)),
        reporter_(reporter) {
    CheckOperands(inputs, options);
    WarnOfTwice();
    OpenTables();
  }

  void Scan(bool verbose) {
    for (Table& table : tables_) {
      for (const std::string& note : AlignColumns(&table.files)) {
        reporter_->Warn(note);
      }
      scan_options_.view = table.view;
      const auto known = options_.known.find(table.view);
      scan_options_.known =
          known == options_.known.end() ? KnownColumns() : known->second;
      table.scan = ScanRows(&table.files, scan_options_);
      table.plan = PlanTable(table.scan, scan_options_, table.view);
      RequireHeldNumbers(table.scan, table.plan);
    }
    RequireUsedChoices();
    RequireUsefulFlags();
    JoinRows();
    FindSplits();
    // Nothing is said to have been read before all of it can be written.
    for (const Table& table : tables_) Report(table, verbose);
  }

  bool has_ids() const {
    return std::ranges::any_of(
        tables_, [](const Table& table) { return table.scan.has_ids; });
  }

  void Write(const std::string& output, const ConvertRecord& record) {
    FileWriter file(output, FileKind::kDataset);
    WriteRowNames(ids_, splits_, &file);
    std::vector<TableView> views;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      views.push_back(
          {&tables_[i].plan, tables_[i].scan.has_groups, -1, RowsOf(i)});
    }
    WriteViews(views, rows_, &file);
    file.SetProvenance(Provenance(record));
    file.Commit();
  }

 private:
  // Rows that come in twice are a slip of a shell pattern, or a leak.
  void WarnOfTwice() const {
    std::set<std::string> seen;
    for (const TableInput& input : inputs_) {
      const bool is_file = input.path != "-" && !options_.beside;
      if (is_file && !seen.insert(input.path).second) {
        reporter_->Warn(
            Str(input.path, " is given twice: its rows come in twice"));
      }
    }
  }

  void OpenTables() {
    for (const TableInput& input : inputs_) {
      if (tables_.empty() || options_.beside) {
        tables_.emplace_back();
        if (options_.beside) tables_.back().view = input.name;
      }
      TableFile& file = tables_.back().files.emplace_back();
      if (!options_.beside) file.split = input.name;
      file.source = OpenSource(input);
      formats_.push_back(&FormatOf(file.source.get(),
                                   input.lines.empty() ? Format() : "lines"));
    }
    ForgetOtherLayouts();
    SayTakenOver();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      TableFile& file =
          options_.beside ? tables_[i].files[0] : tables_[0].files[i];
      const TextOptions read =
          TextOptionsOf(options_, NamesFileFor(options_, inputs_[i], inputs_));
      if (inputs_[i].lines.empty()) {
        file.reader = formats_[i]->open(file.source.get(), read);
        continue;
      }
      for (const LineFile& line : inputs_[i].lines) {
        file.line_files.push_back({line.column, OpenSource({"", line.path})});
      }
      file.reader = LinesBeside(file.line_files);
    }
    RequireFormatFlags(ValuesOf(options_), AllowedValues(), formats_);
    // Numbers of JSON have a point, whatever those of other texts had.
    if (!AnyKnows(formats_, "decimal")) scan_options_.decimal = '.';
    OpenTaskFiles();
  }

  std::unique_ptr<TextSource> OpenSource(const TableInput& input) const {
    const Encoding encoding = options_.encoding == "latin1" ? Encoding::kLatin1
                              : options_.encoding == "cp1252"
                                  ? Encoding::kCp1252
                                  : Encoding::kUtf8;
    constexpr auto kTable = SourceContent::kTable;
    return std::make_unique<TextSource>(input.path, encoding, kTable);
  }

  void SayTakenOver() const {
    if (is_mixed_ && options_.remembered_of.empty()) {
      reporter_->Note(
          Str("markers of missing values are those of CSV in all "
              "files: --missing=",
              ShellWord(Join(TextOptions().missing, ","))));
    }
    const std::string flags = FlagsTakenOver(options_);
    if (options_.remembered_of.empty() || flags.empty()) return;
    reporter_->Note(
        Str("read as the texts ", options_.remembered_of, ": ", flags));
  }

  // How the texts before were written says nothing of files that are none.
  void ForgetOtherLayouts() {
    const auto is_csv = [](auto* format) { return format->name == "csv"; };
    const bool any = std::ranges::any_of(formats_, is_csv);
    const bool all = std::ranges::all_of(formats_, is_csv);
    // Of files of one table a text means the same in each.
    is_mixed_ = any && !all && !options_.beside && options_.missing.empty();
    options_.had_markers |= is_mixed_;
    options_.had_markers &= AnyKnows(formats_, "missing") && !all;
    if (any) return;
    const std::string encoding = options_.encoding;
    options_ = WithoutLayout(options_);
    scan_options_ = ScanOptionsOf(options_);
    if (options_.encoding == encoding) return;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      TableFile& file =
          options_.beside ? tables_[i].files[0] : tables_[0].files[i];
      file.source = OpenSource(inputs_[i]);
    }
  }

  // Of flags those that may stand though a format does not know them.
  Json AllowedValues() const {
    Json allowed = ValuesOf({});
    const Json values = ValuesOf(options_);
    for (const std::string& name : options_.remembered) {
      allowed[name] = values.at(name);
    }
    return allowed;
  }

  void OpenTaskFiles() {
    if (options_.task_files.empty()) return;
    Require(!options_.beside, ErrorKind::kUsage,
            "--task-files cannot be used with --beside",
            "join the views first: their tasks come along");
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      TableFile& file = tables_.front().files[i];
      Require(file.reader->has_row_labels(), ErrorKind::kUsage,
              Str("--task-files: ", file.source->name(), " is no SVMlight"));
      for (const auto& [name, path] :
           TaskFilesOf(options_.task_files, i, inputs_.size())) {
        if (i == 0) scan_options_.label_tasks.push_back(name);
        file.task_files.push_back(
            {name, std::make_unique<TextSource>(path, Encoding::kUtf8)});
      }
      file.reader = WithTaskFiles(std::move(file.reader), file.source->name(),
                                  file.task_files, TextOptionsOf(options_, ""));
    }
  }

  std::string Format() const {
    return options_.format == "auto" ? "" : options_.format;
  }

  void Report(const Table& table, bool verbose) {
    std::vector<std::string> names;
    for (const TableFile& file : table.files) {
      names.push_back(
          Str(file.source->name(), " (", file.reader->Describe(), ")"));
    }
    reporter_->Note(Str(table.view.empty() ? "" : table.view + ": ",
                        Join(names, ", "), ": ",
                        SummariseTable(table.scan, table.plan)));
    if (verbose) ReportColumns(table.scan, table.plan, reporter_);
    WarnOfTable(table.files, table.scan, options_, reporter_);
    WarnOfLostDigits(table.scan, table.plan, reporter_);
  }

  // What names a column has to name one of some view.
  void RequireUsedChoices() {
    std::vector<std::string> names;
    for (const Table& table : tables_) {
      scan_options_.view = table.view;
      for (std::string& name : ColumnNames(scan_options_, table.scan.columns)) {
        names.push_back(std::move(name));
      }
    }
    std::vector<UnusedChoice> unused = tables_.front().scan.unused;
    for (const Table& table : tables_) {
      std::erase_if(unused, [&](const UnusedChoice& choice) {
        return std::ranges::count(table.scan.unused, choice) == 0;
      });
    }
    if (!unused.empty()) FailUnused(unused.front(), names);
  }

  // A flag that no file has used is a mistake.
  void RequireUsefulFlags() const {
    bool any_dense = false;
    bool any_label = false;
    bool any_numbered = false;
    bool any_column = false;
    for (const Table& table : tables_) {
      any_dense |= table.plan.numeric.cols > 0;
      for (const ColumnScan& scan : table.scan.columns) {
        any_label |= scan.column.is_label;
        any_column |=
            scan.type != ColumnType::kIgnore && scan.type != ColumnType::kId;
      }
      for (const TableFile& file : table.files) {
        any_numbered |= file.reader->has_row_labels();
      }
    }
    Require(options_.labels.empty() || any_label, ErrorKind::kUsage,
            "--labels: only ARFF files have labels that a list names",
            "mtl-prep --task makes tasks of other columns");
    Require(options_.precision == "auto" || any_dense, ErrorKind::kUsage,
            Str("--precision ", options_.precision,
                " has no effect: there is "
                "no column of numbers (sparse inputs and labels are kept in "
                "single precision)"),
            "leave it out");
    Require(any_column || any_numbered, ErrorKind::kUsage,
            "no column is left: all are ignored", "ignore fewer with --type");
  }

  // Rows are joined by id where all tables have ids, else by position.
  void JoinRows() {
    const Table& first = tables_.front();
    rows_ = first.scan.rows;
    by_id_ = std::all_of(tables_.begin(), tables_.end(),
                         [](const Table& table) { return table.scan.has_ids; });
    ids_ = RunningIds(rows_);
    for (const Table& table : tables_) {
      if (!table.scan.has_ids) continue;
      ids_ = table.scan.ids;
      break;
    }
    for (const Table& table : tables_) {
      Require(table.scan.rows == rows_, ErrorKind::kBadInput,
              Str("view '", table.view, "' has ",
                  Counted(table.scan.rows, "row", "rows"), ", view '",
                  first.view, "' has ", rows_),
              "views have the same rows");
    }
  }

  void FindSplits() {
    if (options_.beside) return;
    Index first = 0;
    for (const TableFile& file : tables_.front().files) {
      if (!file.split.empty()) {
        std::vector<Index>& rows = splits_[file.split];
        for (Index i = 0; i < file.rows; ++i) rows.push_back(first + i);
      }
      first += file.rows;
    }
  }

  // The rows of a table in the order of the first one.
  RowSource RowsOf(std::size_t number) {
    Table& table = tables_[number];
    auto encoder = std::make_shared<TableEncoder>(&table.files, table.scan,
                                                  table.plan, scan_options_);
    if (!by_id_ || number == 0 || table.scan.ids == ids_) {
      return [encoder](EncodedRow* row) { return encoder->Next(row); };
    }
    auto held = std::make_shared<std::vector<EncodedRow>>();
    for (EncodedRow row; encoder->Next(&row);) held->push_back(row);
    const std::vector<std::size_t> order =
        OrderById({&table.scan.ids, table.view}, {&ids_, tables_.front().view});
    return [held, order, next = std::size_t{0}](EncodedRow* row) mutable {
      if (next == order.size()) return false;
      *row = (*held)[order[next++]];
      return true;
    };
  }

  std::string Provenance(const ConvertRecord& record) {
    std::vector<ProvenanceSource> sources;
    for (Table& table : tables_) {
      for (TableFile& file : table.files) {
        std::string role = table.view.empty() ? file.split : table.view;
        if (role.empty()) role = "data";
        if (file.line_files.empty())
          sources.push_back({role, file.source->Digest()});
        for (TaskFile& task : file.task_files) {
          sources.push_back({"task " + task.name, task.source->Digest()});
        }
        for (TaskFile& line : file.line_files) {
          sources.push_back({Str(role, " ", line.name), line.source->Digest()});
        }
      }
    }
    for (const auto& [role, path] : ListsOf(options_, inputs_)) {
      TextSource source(path, Encoding::kUtf8);
      sources.push_back({role, source.Digest()});
    }
    sources.insert(sources.end(), record.beside.begin(), record.beside.end());
    return ExtendProvenance(record.tool, record.seed, SettingsOf(record),
                            sources);
  }

  // With the formats that were found: they say which cells were missing.
  Json SettingsOf(const ConvertRecord& record) const {
    Json settings = record.settings ? *record.settings : Json::object();
    std::set<std::string> names;
    for (const FormatEntry* format : formats_) names.emplace(format->name);
    settings["format"] = Join({names.begin(), names.end()}, ",");
    return settings;
  }

  const std::vector<TableInput>& inputs_;
  ConvertOptions options_;
  ScanOptions scan_options_;
  Reporter* reporter_;
  std::vector<Table> tables_;
  std::vector<const FormatEntry*> formats_;  // of the inputs
  bool is_mixed_ = false;  // formats with usual markers, and others
  Index rows_ = 0;
  bool by_id_ = false;
  RowIds ids_;
  std::map<std::string, std::vector<Index>> splits_;
};

}  // namespace

bool ConvertTables(const std::vector<TableInput>& inputs,
                   const std::string& output, const ConvertOptions& options,
                   const ConvertRecord& record, bool verbose,
                   Reporter* reporter) {
  Converter converter(inputs, options, reporter);
  converter.Scan(verbose);
  converter.Write(output, record);
  return converter.has_ids();
}

}  // namespace mtlkit
