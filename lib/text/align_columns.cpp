#include "text/align_columns.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// Rows of a reader with their cells in the order of other columns.
class AlignedReader : public RowReader {
 public:
  // from[i]: which cell of `reader` is the i-th of `columns`, -1: none.
  AlignedReader(std::unique_ptr<RowReader> reader,
                const std::vector<Column>& columns, std::vector<Index> from)
      : reader_(std::move(reader)), from_(std::move(from)) {
    for (std::size_t i = 0; i < from_.size(); ++i) {
      Column& column = columns_.emplace_back();
      column.name = columns[i].name;
      if (from_[i] >= 0) column = reader_->columns()[At(from_[i])];
    }
  }

  const std::vector<Column>& columns() const override { return columns_; }

  bool Next(Row* row) override {
    if (!reader_->Next(&own_)) return false;
    row->line = own_.line;
    row->is_sparse = false;
    row->cells.clear();
    for (const Index at : from_) {
      row->cells.push_back(at < 0 ? Cell{"", true} : own_.cells[At(at)]);
    }
    return true;
  }

  void Rewind() override { reader_->Rewind(); }

  void PassOver(const std::vector<bool>& columns) override {
    std::vector<bool> own(reader_->columns().size(), true);
    for (std::size_t i = 0; i < from_.size(); ++i) {
      if (from_[i] >= 0) own[At(from_[i])] = columns[i];
    }
    reader_->PassOver(own);
  }
  void KeepTexts(const std::vector<bool>& columns) override {
    std::vector<bool> own(reader_->columns().size());
    for (std::size_t i = 0; i < from_.size(); ++i) {
      if (from_[i] >= 0) own[At(from_[i])] = columns[i];
    }
    reader_->KeepTexts(own);
  }
  std::string Describe() const override { return reader_->Describe(); }
  std::string Doubt() const override { return reader_->Doubt(); }

 private:
  std::unique_ptr<RowReader> reader_;
  std::vector<Column> columns_;
  std::vector<Index> from_;
  Row own_;
};

// The columns of a file by name; nothing where they cannot be told apart.
std::map<std::string, Index> ByName(const std::vector<Column>& columns) {
  std::map<std::string, Index> by_name;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool plain = columns[i].type == ColumnType::kUnknown &&
                       columns[i].categories.empty() && !columns[i].is_label;
    const bool added =
        by_name.emplace(columns[i].name, static_cast<Index>(i)).second;
    if (!plain || !added || columns[i].name.empty()) return {};
  }
  return by_name;
}

// Columns of any file that are not among `columns`.
void AddOthers(const std::vector<TableFile>& files,
               std::vector<Column>* columns) {
  std::set<std::string_view> names;
  for (const Column& column : *columns) names.insert(column.name);
  std::vector<Column> others;
  for (const TableFile& file : files) {
    for (const Column& column : file.reader->columns()) {
      if (names.insert(column.name).second) others.push_back(column);
    }
  }
  columns->insert(columns->end(), others.begin(), others.end());
}

// "b.csv has no columns 'y', 'z' and 3 more: their cells are missing there".
std::string LacksText(std::string_view file,
                      const std::vector<std::string>& lacks) {
  constexpr std::size_t kMostShown = 8;
  std::vector<std::string> shown;
  for (const std::string& name : lacks) {
    if (shown.size() < kMostShown) shown.push_back(ShowText(name));
  }
  const bool one = lacks.size() == 1;
  std::string text = Str(file, one ? " has no column '" : " has no columns '",
                         Join(shown, "', '"), "'");
  if (lacks.size() > kMostShown) {
    text += Str(" and ", lacks.size() - kMostShown, " more");
  }
  return text + (one ? ": its cells are missing there"
                     : ": their cells are missing there");
}

bool SameNames(const std::vector<Column>& a, const std::vector<Column>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const Column& x, const Column& y) { return x.name == y.name; });
}

}  // namespace

std::vector<std::string> AlignColumns(std::vector<TableFile>* files) {
  std::vector<std::map<std::string, Index>> by_name;
  bool same = true;
  bool may_lack = true;
  std::size_t widest = 0;
  for (std::size_t i = 0; i < files->size(); ++i) {
    const RowReader& reader = *(*files)[i].reader;
    by_name.push_back(ByName(reader.columns()));
    if (reader.has_row_labels() || by_name.back().empty()) return {};
    may_lack &= reader.may_lack_columns();
    same &= SameNames(reader.columns(), files->front().reader->columns());
    if (by_name[i].size() > by_name[widest].size()) widest = i;
  }
  if (same) return {};
  // The order is that of the first file that has all columns.
  std::vector<Column> columns = (*files)[widest].reader->columns();
  if (may_lack) AddOthers(*files, &columns);
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < files->size(); ++i) {
    const TableFile& file = (*files)[i];
    std::vector<std::string> lacks;
    for (const Column& column : columns) {
      if (by_name[i].count(column.name) == 0) lacks.push_back(column.name);
    }
    // No column of its own: a split may lack targets, but not be another table.
    const bool fits =
        may_lack || by_name[i].size() + lacks.size() == columns.size();
    if (!fits) return {};
    if (lacks.empty()) continue;
    // Rows that are not told apart by a split are one table in pieces.
    if (!may_lack && file.split.empty()) return {};
    notes.push_back(LacksText(file.source->name(), lacks));
  }
  for (std::size_t i = 0; i < files->size(); ++i) {
    TableFile& file = (*files)[i];
    if (SameNames(file.reader->columns(), columns)) continue;
    std::vector<Index> from;
    std::vector<Column> own = columns;
    for (Column& column : own) {
      const auto at = by_name[i].find(column.name);
      const bool is_there = at != by_name[i].end();
      from.push_back(is_there ? at->second : -1);
      column.stored = is_there ? file.reader->columns()[At(at->second)].stored
                               : ColumnType::kUnknown;
    }
    file.reader = std::make_unique<AlignedReader>(
        std::move(file.reader), std::move(own), std::move(from));
  }
  return notes;
}

}  // namespace mtlkit
