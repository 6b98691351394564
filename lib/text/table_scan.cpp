#include "text/table_scan.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "text/id_list.h"
#include "text/number_text.h"
#include "text/problems.h"
#include "text/same_columns.h"
#include "text/stored_types.h"
#include "text/text_lists.h"
#include "text/units_row.h"

namespace mtlkit {
namespace {

class Scanner {
 public:
  Scanner(std::vector<TableFile>* files, const ScanOptions& options)
      : files_(*files), options_(options), cells_(options) {
    for (const std::string& task : options.label_tasks) {
      scan_.row_labels.emplace_back().task = task;
    }
    StartColumns();
    UseChoices();
    UseStoredTypes(options_, &files_, &scan_.columns);
    KeepTexts();
  }

  TableScan Run() {
    ReadAll();
    if (scan_.rows == 0) {
      Fail(ErrorKind::kBadInput, Str(files_[0].source->name(), ": no rows"),
           "there is nothing after the header");
    }
    RequireNoUnits(row_of_words_, files_.size(), scan_.columns);
    Problems problems;
    bool again = false;
    for (std::size_t i = 0; i < scan_.columns.size(); ++i) {
      ColumnScan& column = scan_.columns[i];
      const ColumnType before = column.type;
      problems.Try(
          [&] { DecideType(options_, unnamed_.count(i) == 0, &column); });
      // What was taken for numbers so far has lost its marks. A model may yet
      // read numbers beside words.
      if (options_.joins_digits && !options_.for_model &&
          column.type != before && column.type == ColumnType::kCategory) {
        column.has_all_categories = false;
      }
      again |= column.type != ColumnType::kNumber && !column.has_all_categories;
    }
    problems.Throw();
    if (again) CollectAgain();
    for (ColumnScan& column : scan_.columns) {
      if (column.type != ColumnType::kCategory) continue;
      SortCategories(options_, &column);
    }
    SortClasses();
    FinishIds();
    FinishGroups();
    for (TableFile& file : files_) file.reader->Rewind();
    return std::move(scan_);
  }

 private:
  void StartColumns() {
    const std::vector<Column>& first = files_[0].reader->columns();
    scan_.has_row_labels = files_[0].reader->has_row_labels();
    for (const Column& column : first) {
      ColumnScan& added = scan_.columns.emplace_back();
      added.column = column;
      added.type = column.type;
      added.is_declared = column.type != ColumnType::kUnknown;
    }
    for (const TableFile& file : files_) {
      RequireSameColumns(file, files_[0]);
      NoteKinds(file.reader->columns());
    }
    NameColumns();
  }

  void NoteKinds(const std::vector<Column>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      scan_.columns[i].column.has_texts |= columns[i].has_texts;
      scan_.columns[i].column.has_numbers |= columns[i].has_numbers;
    }
  }

  // Columns without a name get one by their number, repeated names a suffix.
  void NameColumns() {
    std::set<std::string> taken;
    std::map<std::string, int> copies;  // of names that came twice
    for (std::size_t i = 0; i < scan_.columns.size(); ++i) {
      std::string& name = scan_.columns[i].column.name;
      Require(IsValidUtf8(name), ErrorKind::kBadInput,
              Str(files_[0].source->name(), ": the name of column ", i + 1,
                  ", '", ShowText(name), "', is not UTF-8"),
              "--encoding cp1252 (of Windows) or latin1 converts it");
      if (name.empty()) {
        unnamed_.insert(i);
        scan_.columns[i].is_unnamed = true;
        name = Str("column", i + 1);
      }
      std::string candidate = name;
      while (!taken.insert(candidate).second) {
        candidate = Str(name, "-", ++copies.try_emplace(name, 1).first->second);
      }
      scan_.columns[i].is_renamed = candidate != name;
      name = candidate;
    }
  }

  void UseChoices() {
    scan_.unused = ApplyChoices(options_, &scan_.columns);
    if (options_.view.empty() && !scan_.unused.empty()) {
      FailUnused(scan_.unused.front(), ColumnNames(options_, scan_.columns));
    }
    scan_.has_ids =
        std::ranges::any_of(scan_.columns, [](const ColumnScan& column) {
          return column.type == ColumnType::kId;
        });
  }

  // Digits are in groups in numbers only.
  void KeepTexts() {
    if (!options_.joins_digits) return;
    std::vector<bool> texts;
    for (const ColumnScan& column : scan_.columns) {
      texts.push_back(column.type != ColumnType::kUnknown &&
                      column.type != ColumnType::kNumber);
    }
    for (TableFile& file : files_) file.reader->KeepTexts(texts);
  }

  void ReadAll() {
    Row row;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      TableFile& file = files_[i];
      file.rows = 0;
      cells_.SetFile(i);
      while (file.reader->Next(&row)) {
        row.is_sparse ? ScanSparse(file, row) : ScanDense(file, row);
        ++file.rows;
      }
      scan_.rows += file.rows;
      ScanNumbering(file);
    }
  }

  void ScanNumbering(const TableFile& file) {
    const Numbering numbering = file.reader->numbering();
    scan_.numbering.base = std::max(scan_.numbering.base, numbering.base);
    scan_.numbering.features =
        std::max(scan_.numbering.features, numbering.features);
    scan_.numbering.labels = std::max(scan_.numbering.labels, numbering.labels);
  }

  void ScanDense(const TableFile& file, const Row& row) {
    const LinePlace place{&file.source->name(), row.line};
    const bool is_first = &file == &files_[0] && file.rows == 0;
    if (is_first && HasNoNumber(row, options_.decimal)) {
      row_of_words_ = place.Where();
    }
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      ScanCell(place, cell.text, cell.missing, &scan_.columns[i]);
    }
  }

  void ScanSparse(const TableFile& file, const Row& row) {
    const LinePlace place{&file.source->name(), row.line};
    if (!scan_.is_sparse) RequireNoDates(scan_.columns);
    scan_.is_sparse = true;
    scan_.entries += static_cast<Index>(row.entries.size());
    if (!scan_.has_row_labels) {
      for (const SparseCell& entry : row.entries) {
        ScanCell(place, entry.text, entry.text.data() == nullptr,
                 &scan_.columns[static_cast<std::size_t>(entry.column)]);
      }
      return;
    }
    for (const SparseCell& entry : row.entries) {
      double value = 0;
      if (ParseCellNumber(entry.text, '.', &value) != NumberText::kNumber) {
        Fail(ErrorKind::kBadInput,
             Str(place.Where(), ": feature ", entry.column, ": '",
                 ShowText(entry.text), "' is not a finite number"));
      }
      scan_.feature_loss.Note(place, entry.text, value);
    }
    if (!row.entries.empty()) ScanFeatures(row);
    ScanRowLabels(place, row.labels, &scan_.row_labels[0]);
    for (std::size_t i = 0; i < row.task_labels.size(); ++i) {
      ScanRowLabels(place, row.task_labels[i], &scan_.row_labels[i + 1]);
    }
    groups_ += row.group.has_value();
  }

  void ScanFeatures(const Row& row) {
    const Index first = row.entries.front().column;
    const Index last = row.entries.back().column;
    scan_.first_feature =
        scan_.last_feature < 0 ? first : std::min(scan_.first_feature, first);
    scan_.last_feature = std::max(scan_.last_feature, last);
  }

  void ScanRowLabels(const LinePlace& place,
                     const std::vector<std::string_view>& texts,
                     RowLabelScan* scan) {
    RowLabelScan& labels = *scan;
    labels.labelled += !texts.empty();
    labels.is_single &= texts.size() == 1;
    for (const std::string_view text : texts) {
      const std::string label = CanonicalNumber(text);
      labels.is_whole &= label.find_first_of(".e") == std::string::npos;
      auto found = labels.classes.find(label);
      if (found == labels.classes.end()) {
        found = labels.classes.emplace(label, Category()).first;
        double value = 0;
        if (ParseCellNumber(label, '.', &value) == NumberText::kNumber) {
          labels.loss.Note(place, label, value);
        }
      }
      found->second.files |= cells_.mark();
    }
  }

  void ScanCell(const LinePlace& place, std::string_view text, bool missing,
                ColumnScan* column) {
    if (column->type == ColumnType::kIgnore) return;
    if (column->type == ColumnType::kId) {
      return ScanId(place, text, missing, *column);
    }
    cells_.Scan(place, text, missing, column);
  }

  void ScanId(const LinePlace& place, std::string_view text, bool missing,
              const ColumnScan& column) {
    if (text.empty() || missing) {
      FailCell({place.Where(), std::string(text)}, column,
               "is no id: every row needs one",
               TypeFlag(column, "ignore") + " numbers the rows instead");
    }
    CheckText(place, text, column);
    ids_.Add(text);
  }

  // Columns whose first values were numbers turned out to be categories, or
  // those that are dates if they are texts to have some.
  void CollectAgain() {
    for (TableFile& file : files_) file.reader->Rewind();
    if (!options_.for_model) KeepTexts();
    for (ColumnScan& column : scan_.columns) {
      if (!column.has_all_categories) column.categories.clear();
      column.missing = column.numbers = 0;
      column.is_running = true;
      column.restarts = 0;
      column.loss = {};
      if (column.type != ColumnType::kId) continue;
      column.type = ColumnType::kIgnore;
      id_column_ = &column - scan_.columns.data();
    }
    scan_.rows = scan_.entries = 0;
    ReadAll();
    if (id_column_ >= 0) {
      scan_.columns[static_cast<std::size_t>(id_column_)].type =
          ColumnType::kId;
    }
  }

  // A line of counts says which labels there are, whether they occur or not.
  void AddDeclaredLabels() {
    for (Index label = 0; label < scan_.numbering.labels; ++label) {
      scan_.row_labels[0].classes.try_emplace(std::to_string(label));
    }
  }

  void SortClasses() {
    AddDeclaredLabels();
    for (RowLabelScan& labels : scan_.row_labels) {
      labels.sorted = SortTexts(&labels.classes);
    }
  }

  void FinishIds() {
    if (!scan_.has_ids) return;
    scan_.ids = std::move(ids_).Take();
    const auto [first, second] = FindTwice(scan_.ids);
    if (first < 0) return;
    Fail(ErrorKind::kBadInput,
         Str(PlaceOfRow(second), ": id '", ShowText(IdText(scan_.ids, second)),
             "' occurs twice, first at ", PlaceOfRow(first)),
         Str(IdFlag("ignore"), " numbers the rows instead, ",
             IdFlag("category"), " keeps it, to group by"));
  }

  std::string IdFlag(std::string_view type) const {
    const auto id = std::find_if(
        scan_.columns.begin(), scan_.columns.end(),
        [](const ColumnScan& scan) { return scan.type == ColumnType::kId; });
    return TypeFlag(*id, type);
  }

  // Reads until the row to find its line.
  std::string PlaceOfRow(Index number) {
    for (TableFile& file : files_) {
      if (number >= file.rows) {
        number -= file.rows;
        continue;
      }
      Row row;
      file.reader->Rewind();
      for (Index i = 0; i <= number; ++i) file.reader->Next(&row);
      return LinePlace{&file.source->name(), row.line}.Where();
    }
    return "?";
  }

  void FinishGroups() {
    if (groups_ == 0) return;
    Require(groups_ == scan_.rows, ErrorKind::kBadInput,
            Str(files_[0].source->name(), ": ", groups_, " of ",
                Counted(scan_.rows, "row", "rows"),
                groups_ == 1 ? " has a qid" : " have a qid"),
            "all rows have one or none has");
    scan_.has_groups = true;
  }

  std::vector<TableFile>& files_;
  const ScanOptions& options_;
  CellScanner cells_;
  TableScan scan_;
  std::set<std::size_t> unnamed_;  // columns
  IdList ids_;
  Index groups_ = 0;
  std::ptrdiff_t id_column_ = -1;
  std::string row_of_words_;  // where the first row is, if without a number
};

}  // namespace

TableScan ScanTable(std::vector<TableFile>* files, const ScanOptions& options) {
  return Scanner(files, options).Run();
}

}  // namespace mtlkit
