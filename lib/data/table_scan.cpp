#include "data/table_scan.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/number_text.h"
#include "data/text_lists.h"

namespace mtlkit {
namespace {

constexpr std::size_t kMaxCategoryBytes = 4096;
// Numbers beyond this many more than texts: the column will be one of numbers.
constexpr Index kHopelessNumbers = 1000;

bool IsIdName(std::string_view name) {
  return name == "id" || name == "ID" || name == "Id";
}

std::string Where(const TableFile& file, Index line) {
  return Str(file.source->name(), ":", line);
}

[[noreturn]] void FailCell(const CellPlace& place, const ColumnScan& column,
                           std::string_view problem, std::string hint) {
  Fail(ErrorKind::kBadInput,
       Str(place.where, ": column '", ShowText(column.column.name), "': ",
           place.text.empty() ? "" : Str("'", ShowText(place.text), "' "),
           problem),
       std::move(hint));
}

std::string TypeFlag(const ColumnScan& column, std::string_view type) {
  return Str("--type ", ShellWord(Str(column.column.name, "=", type)));
}

// Ids in the order of rows: whole numbers as long as all are.
class IdList {
 public:
  void Add(std::string_view text) {
    long long number = 0;
    if (texts_.empty() && ParseInteger(text, &number) &&
        std::to_string(number) == text) {
      numbers_.push_back(number);
      return;
    }
    for (const std::int64_t earlier : numbers_) {
      texts_.push_back(std::to_string(earlier));
    }
    numbers_.clear();
    texts_.emplace_back(text);
  }

  RowIds Take() && {
    if (texts_.empty()) return std::move(numbers_);
    return std::move(texts_);
  }

 private:
  std::vector<std::int64_t> numbers_;
  std::vector<std::string> texts_;
};

// Two rows with one id, or {-1, -1}.
std::pair<Index, Index> FindTwice(const RowIds& ids) {
  return std::visit(
      [](const auto& values) -> std::pair<Index, Index> {
        std::vector<Index> order(values.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
          order[i] = static_cast<Index>(i);
        }
        const auto value = [&](Index row) -> const auto& {
          return values[static_cast<std::size_t>(row)];
        };
        std::sort(order.begin(), order.end(), [&](Index a, Index b) {
          if (value(a) != value(b)) return value(a) < value(b);
          return a < b;
        });
        for (std::size_t i = 1; i < order.size(); ++i) {
          if (value(order[i - 1]) == value(order[i])) {
            return {order[i - 1], order[i]};
          }
        }
        return {-1, -1};
      },
      ids);
}

class Scanner {
 public:
  Scanner(std::vector<TableFile>* files, const ScanOptions& options)
      : files_(*files), options_(options) {
    StartColumns();
    ApplyTypes();
    ApplyRenames();
  }

  TableScan Run() {
    ReadAll();
    if (scan_.rows == 0) {
      Fail(ErrorKind::kBadInput, Str(files_[0].source->name(), ": no rows"),
           "there is nothing after the header");
    }
    bool again = false;
    for (ColumnScan& column : scan_.columns) {
      Decide(&column);
      again |=
          column.type == ColumnType::kCategory && !column.has_all_categories;
    }
    if (again) CollectAgain();
    for (ColumnScan& column : scan_.columns) SortCategories(&column);
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
    for (const TableFile& file : files_) RequireSameColumns(file, first);
    NameColumns();
  }

  void RequireSameColumns(const TableFile& file,
                          const std::vector<Column>& first) const {
    const std::vector<Column>& columns = file.reader->columns();
    const std::string both =
        Str(file.source->name(), " and ", files_[0].source->name());
    Require(
        columns.size() == first.size() &&
            file.reader->has_row_labels() == scan_.has_row_labels,
        ErrorKind::kBadInput,
        Str(both, " have ", columns.size(), " and ", first.size(), " columns"),
        "files that are rows of one table have the same columns; "
        "--beside joins different ones");
    for (std::size_t i = 0; i < first.size(); ++i) {
      Require(columns[i].name == first[i].name, ErrorKind::kBadInput,
              Str(both, ": column ", i + 1, " is '", ShowText(columns[i].name),
                  "' in one and '", ShowText(first[i].name), "' in the other"),
              "files that are rows of one table have the same columns in the "
              "same order");
      Require(columns[i].type == first[i].type &&
                  columns[i].is_label == first[i].is_label &&
                  SameValues(columns[i].categories, first[i].categories),
              ErrorKind::kBadInput,
              Str(both, " declare column '", ShowText(first[i].name),
                  "' differently"));
    }
  }

  static bool SameValues(std::vector<std::string> a,
                         std::vector<std::string> b) {
    if (a == b) return true;
    // What a sparse row leaves out is the first value.
    if (a.empty() || b.empty() || a[0] != b[0]) return false;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
  }

  // Columns without a name get one by their number, repeated names a suffix.
  void NameColumns() {
    std::set<std::string> taken;
    for (std::size_t i = 0; i < scan_.columns.size(); ++i) {
      std::string& name = scan_.columns[i].column.name;
      Require(IsValidUtf8(name), ErrorKind::kBadInput,
              Str(files_[0].source->name(), ": the name of column ", i + 1,
                  ", '", ShowText(name), "', is not UTF-8"),
              "--encoding latin1 converts it");
      if (name.empty()) {
        unnamed_.insert(i);
        name = Str("column", i + 1);
      }
      std::string candidate = name;
      for (int copy = 2; !taken.insert(candidate).second; ++copy) {
        candidate = Str(name, "-", copy);
      }
      name = candidate;
    }
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const ColumnScan& column : scan_.columns) {
      names.push_back(column.column.name);
    }
    return names;
  }

  [[noreturn]] void FailColumn(std::string_view flag,
                               const std::string& name) const {
    const std::vector<std::string> names = Names();
    const std::string nearest = Nearest(name, names);
    Fail(ErrorKind::kUsage,
         Str(flag, ": there is no column '", ShowText(name), "'",
             nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
         names.empty() ? "the columns of this format have no names"
                       : Str("known: ", ShowNames(names)));
  }

  static std::string ShowNames(const std::vector<std::string>& names) {
    constexpr std::size_t kMost = 20;
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
      list += (list.empty() ? "" : ", ") + ShowText(names[i]);
    }
    return names.size() > kMost ? list + ", ..." : list;
  }

  void ApplyTypes() {
    for (const auto& [name, type] : options_.types) {
      bool found = false;
      for (ColumnScan& column : scan_.columns) {
        if (!MatchesPattern(name, column.column.name) &&
            name != column.column.name) {
          continue;
        }
        column.type = type;
        column.is_declared = true;
        column.column.categories.clear();
        found = true;
      }
      if (!found) FailColumn("--type", name);
    }
    Index ids = 0;
    for (ColumnScan& column : scan_.columns) {
      if (column.type == ColumnType::kUnknown && IsIdName(column.column.name)) {
        column.type = ColumnType::kId;
      }
      ids += column.type == ColumnType::kId;
    }
    Require(ids <= 1, ErrorKind::kUsage, "two columns of type id",
            "rows have one id; --type COLUMN=ignore leaves one out");
    scan_.has_ids = ids > 0;
  }

  void ApplyRenames() {
    for (const std::vector<std::string>& rename : options_.renames) {
      bool found = false;
      for (ColumnScan& column : scan_.columns) {
        if (column.column.name != rename[0]) continue;
        column.renames.emplace_back(rename[1], rename[2]);
        found = true;
      }
      if (!found) FailColumn("--rename-class", rename[0]);
    }
  }

  void ReadAll() {
    Row row;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      TableFile& file = files_[i];
      file.rows = 0;
      mark_ = i < 64 ? std::uint64_t{1} << i : 0;
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
  }

  void ScanDense(const TableFile& file, const Row& row) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      ScanCell(file, row.line, cell.text, cell.missing, &scan_.columns[i]);
    }
  }

  void ScanSparse(const TableFile& file, const Row& row) {
    scan_.is_sparse = true;
    scan_.entries += static_cast<Index>(row.entries.size());
    if (!scan_.has_row_labels) {
      for (const SparseCell& entry : row.entries) {
        ScanCell(file, row.line, entry.text, entry.text.data() == nullptr,
                 &scan_.columns[static_cast<std::size_t>(entry.column)]);
      }
      return;
    }
    for (const SparseCell& entry : row.entries) {
      double value = 0;
      if (ParseCellNumber(entry.text, '.', &value) != NumberText::kNumber) {
        Fail(ErrorKind::kBadInput,
             Str(Where(file, row.line), ": feature ", entry.column, ": '",
                 ShowText(entry.text), "' is not a finite number"));
      }
    }
    if (!row.entries.empty()) ScanFeatures(row);
    ScanRowLabels(row);
    groups_ += row.group.has_value();
  }

  void ScanFeatures(const Row& row) {
    const Index first = row.entries.front().column;
    const Index last = row.entries.back().column;
    scan_.first_feature =
        scan_.last_feature < 0 ? first : std::min(scan_.first_feature, first);
    scan_.last_feature = std::max(scan_.last_feature, last);
  }

  void ScanRowLabels(const Row& row) {
    RowLabelScan& labels = scan_.row_labels;
    labels.labelled += !row.labels.empty();
    labels.is_single &= row.labels.size() == 1;
    for (std::string_view label : row.labels) {
      if (label.starts_with('+')) label.remove_prefix(1);
      labels.is_whole &= label.find_first_of(".eE") == std::string_view::npos;
      auto found = labels.classes.find(label);
      if (found == labels.classes.end()) {
        found = labels.classes.emplace(label, Category()).first;
      }
      found->second.files |= mark_;
    }
  }

  void ScanCell(const TableFile& file, Index line, std::string_view text,
                bool missing, ColumnScan* column) {
    switch (column->type) {
      case ColumnType::kIgnore:
        return;
      case ColumnType::kId:
        return ScanId(file, line, text, missing, *column);
      default:
        break;
    }
    if (missing) {
      ++column->missing;
      return;
    }
    switch (column->type) {
      case ColumnType::kNumber:
        if (!ScanNumber(file, line, text, column)) {
          FailNotANumber(*column, {Where(file, line), std::string(text)},
                         options_.decimal);
        }
        return;
      case ColumnType::kCategory:
        return AddCategory(file, line, text, column);
      default:
        return ScanUnknown(file, line, text, column);
    }
  }

  void ScanId(const TableFile& file, Index line, std::string_view text,
              bool missing, const ColumnScan& column) {
    const CellPlace place{Where(file, line), std::string(text)};
    if (text.empty() || missing) {
      FailCell(place, column, "is no id: every row needs one",
               TypeFlag(column, "ignore") + " numbers the rows instead");
    }
    CheckText(place, column);
    ids_.Add(text);
  }

  bool ScanNumber(const TableFile& file, Index line, std::string_view text,
                  ColumnScan* column) {
    double value = 0;
    const NumberText kind = ParseCellNumber(text, options_.decimal, &value);
    if (kind == NumberText::kInfinite && column->first_infinite.where.empty()) {
      column->first_infinite = {Where(file, line), std::string(text)};
    }
    if (kind == NumberText::kOther || kind == NumberText::kNotANumber) {
      return false;
    }
    ++column->numbers;
    if (!column->needs_double && options_.precision == "auto") {
      column->needs_double = !SurvivesSinglePrecision(text, value);
    }
    return true;
  }

  void ScanUnknown(const TableFile& file, Index line, std::string_view text,
                   ColumnScan* column) {
    if (ScanNumber(file, line, text, column)) {
      const bool hopeless = column->numbers > column->texts + kHopelessNumbers;
      if (column->texts == 0 || hopeless) {
        column->has_all_categories = false;
        column->categories.clear();
      }
    } else {
      ++column->texts;
      if (column->first_text.where.empty()) {
        column->first_text = {Where(file, line), std::string(text)};
      }
    }
    if (column->has_all_categories) AddCategory(file, line, text, column);
  }

  void AddCategory(const TableFile& file, Index line, std::string_view text,
                   ColumnScan* column) {
    auto found = column->categories.find(text);
    if (found == column->categories.end()) {
      CheckText({Where(file, line), std::string(text)}, *column);
      CheckDeclared(file, line, text, *column);
      found = column->categories.emplace(text, Category()).first;
    }
    found->second.files |= mark_;
  }

  static void CheckText(const CellPlace& place, const ColumnScan& column) {
    if (place.text.size() > kMaxCategoryBytes) {
      FailCell(
          place, column,
          Str("has ", place.text.size(), " bytes: too long for a category"),
          TypeFlag(column, "ignore") + " leaves the column out");
    }
    if (!IsValidUtf8(place.text)) {
      FailCell(place, column, "is not UTF-8",
               "--encoding latin1 converts text of that encoding");
    }
  }

  static void CheckDeclared(const TableFile& file, Index line,
                            std::string_view text, const ColumnScan& column) {
    const std::vector<std::string>& known = column.column.categories;
    if (known.empty() ||
        std::find(known.begin(), known.end(), text) != known.end()) {
      return;
    }
    FailCell({Where(file, line), std::string(text)}, column,
             "is not one of its declared values", "");
  }

  // Settles the type of a column when all rows are known.
  void Decide(ColumnScan* column) {
    const auto position =
        static_cast<std::size_t>(column - scan_.columns.data());
    if (column->type == ColumnType::kUnknown) {
      if (column->texts == 0) {
        const bool has_nothing = column->numbers == 0;
        column->type = has_nothing && unnamed_.count(position) > 0
                           ? ColumnType::kIgnore
                           : ColumnType::kNumber;
      } else if (column->numbers > column->texts) {
        FailNotANumber(*column, column->first_text, options_.decimal);
      } else {
        column->type = ColumnType::kCategory;
      }
    }
    if (column->type == ColumnType::kNumber) {
      if (!column->first_infinite.where.empty()) {
        FailCell(column->first_infinite, *column, "is infinite",
                 Str("list it under --missing, or declare ",
                     TypeFlag(*column, "category")));
      }
      column->categories.clear();
      column->needs_double |= options_.precision == "double";
      if (!column->renames.empty()) FailRename(*column);
    }
  }

  [[noreturn]] static void FailRename(const ColumnScan& column) {
    Fail(ErrorKind::kUsage,
         Str("--rename-class: column '", column.column.name,
             "' holds numbers, not classes"),
         Str("declare it first: ", TypeFlag(column, "category")));
  }

  // Columns whose first values were numbers turned out to be categories.
  void CollectAgain() {
    for (TableFile& file : files_) file.reader->Rewind();
    for (ColumnScan& column : scan_.columns) {
      column.missing = 0;
      column.is_declared |= column.type != ColumnType::kId;
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

  void SortCategories(ColumnScan* column) {
    if (column->type != ColumnType::kCategory) return;
    for (const std::string& declared : column->column.categories) {
      column->categories.emplace(declared, Category());
    }
    for (const auto& [from, to] : column->renames) {
      const auto found = column->categories.find(from);
      if (found == column->categories.end()) {
        Fail(ErrorKind::kUsage,
             Str("--rename-class: column '", column->column.name,
                 "' has no class '", ShowText(from), "'"),
             Str("known: ", ShowNames(Texts(column->categories))));
      }
      const std::uint64_t files = found->second.files;
      column->categories.erase(found);
      column->categories[to].files |= files;
    }
    column->sorted = SortTexts(&column->categories);
    Require(static_cast<Index>(column->sorted.size()) <
                std::numeric_limits<std::int32_t>::max(),
            ErrorKind::kBadInput,
            Str("column '", column->column.name, "' has too many categories"));
  }

  static std::vector<std::string> Texts(const CategoryMap& map) {
    std::vector<std::string> texts;
    texts.reserve(map.size());
    for (const auto& entry : map) texts.push_back(entry.first);
    std::sort(texts.begin(), texts.end(), NaturalLess);
    return texts;
  }

  static std::vector<std::string> SortTexts(CategoryMap* map) {
    std::vector<std::string> texts = Texts(*map);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      (*map)[texts[i]].code = static_cast<std::int32_t>(i);
    }
    return texts;
  }

  void SortClasses() {
    scan_.row_labels.sorted = SortTexts(&scan_.row_labels.classes);
  }

  void FinishIds() {
    if (!scan_.has_ids) return;
    scan_.ids = std::move(ids_).Take();
    const auto [first, second] = FindTwice(scan_.ids);
    if (first < 0) return;
    Fail(ErrorKind::kBadInput,
         Str(PlaceOfRow(second), ": id '", ShowText(IdText(scan_.ids, second)),
             "' occurs twice, first at ", PlaceOfRow(first)),
         "ids name rows: --type COLUMN=ignore or =category if these do not");
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
      return Where(file, row.line);
    }
    return "?";
  }

  void FinishGroups() {
    if (groups_ == 0) return;
    Require(groups_ == scan_.rows, ErrorKind::kBadInput,
            Str(files_[0].source->name(), ": ", groups_, " of ", scan_.rows,
                " rows have a qid"),
            "all rows have one or none has");
    scan_.has_groups = true;
  }

  std::vector<TableFile>& files_;
  const ScanOptions& options_;
  TableScan scan_;
  std::set<std::size_t> unnamed_;  // columns
  IdList ids_;
  Index groups_ = 0;
  std::uint64_t mark_ = 0;  // of the file that is being read
  std::ptrdiff_t id_column_ = -1;
};

}  // namespace

TableScan ScanTable(std::vector<TableFile>* files, const ScanOptions& options) {
  return Scanner(files, options).Run();
}

std::string_view Renamed(const ColumnScan& column, std::string_view text) {
  for (const auto& [from, to] : column.renames) {
    if (text == from) text = to;
  }
  return text;
}

void FailNotANumber(const ColumnScan& column, const CellPlace& place,
                    char decimal) {
  double value = 0;
  const bool comma =
      decimal == '.' &&
      ParseCellNumber(place.text, ',', &value) == NumberText::kNumber;
  FailCell(place, column, "is not a number",
           comma ? "if the comma is its decimal sign: --decimal ,"
                 : Str("declare ", TypeFlag(column, "category"),
                       ", or list it under --missing"));
}

}  // namespace mtlkit
