#include "text/table_encode.h"

#include <limits>

#include "base/error.h"
#include "data/head.h"
#include "text/number_text.h"

namespace mtlkit {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr float kNoLabel = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TableEncoder::TableEncoder(std::vector<TableFile>* files, const TableScan& scan,
                           const TablePlan& plan, const ScanOptions& options)
    : files_(*files), scan_(scan), plan_(plan), options_(options) {
  defaults_.numbers.resize(static_cast<std::size_t>(plan.numeric.cols));
  defaults_.codes.resize(static_cast<std::size_t>(plan.categorical.cols), -1);
  defaults_.labels.resize(static_cast<std::size_t>(plan.label_cols));
  for (std::size_t i = 0; i < scan.columns.size(); ++i) {
    const ColumnScan& column = scan.columns[i];
    const std::vector<std::string>& values = column.column.categories;
    const Role role = plan.roles[i].role;
    if (values.empty() || (role != Role::kCode && role != Role::kLabel)) {
      continue;
    }
    EncodeCell(i, values[0], false, &defaults_);
  }
  for (TableFile& file : files_) file.reader->Rewind();
}

bool TableEncoder::Next(EncodedRow* row) {
  if (!NextText()) return false;
  *row = defaults_;
  if (!text_.is_sparse) {
    if (text_.cells.size() != scan_.columns.size()) FailChanged();
    for (std::size_t i = 0; i < text_.cells.size(); ++i) {
      EncodeCell(i, text_.cells[i].text, text_.cells[i].missing, row);
    }
    return true;
  }
  if (scan_.has_row_labels) {
    EncodeFeatures(row);
    EncodeRowLabels(0, text_.labels, row);
    for (std::size_t i = 0; i < text_.task_labels.size(); ++i) {
      EncodeRowLabels(i + 1, text_.task_labels[i], row);
    }
    row->group = text_.group.value_or(0);
    return true;
  }
  for (const SparseCell& entry : text_.entries) {
    EncodeCell(static_cast<std::size_t>(entry.column), entry.text,
               entry.text.data() == nullptr, row);
  }
  return true;
}

bool TableEncoder::NextText() {
  while (file_ < files_.size()) {
    TableFile& file = files_[file_];
    if (file.reader->Next(&text_)) {
      if (++row_in_file_ > file.rows) FailChanged();
      return true;
    }
    if (row_in_file_ != file.rows) FailChanged();
    ++file_;
    row_in_file_ = 0;
  }
  return false;
}

void TableEncoder::EncodeCell(std::size_t column, std::string_view text,
                              bool missing, EncodedRow* row) {
  const ColumnRole& role = plan_.roles[column];
  missing = scan_.columns[column].IsMissing(text, missing);
  const auto position = static_cast<std::size_t>(role.position);
  switch (role.role) {
    case Role::kNone:
      return;
    case Role::kNumeric:
      row->numbers[position] = missing ? kMissing : Number(column, text);
      return;
    case Role::kCode: {
      const ColumnScan& scan = scan_.columns[column];
      row->codes[position] =
          missing ? -1 : Code(scan.categories, Renamed(scan, text));
      return;
    }
    case Role::kSparse: {
      const double value = missing ? kMissing : Number(column, text);
      if (value == 0) return;
      row->indices.push_back(static_cast<std::int32_t>(position));
      row->values.push_back(static_cast<float>(value));
      return;
    }
    case Role::kLabel:
      row->labels[position] = missing ? kNoLabel : Label(column, text);
      return;
  }
}

double TableEncoder::Number(std::size_t column, std::string_view text) const {
  double value = 0;
  if (scan_.columns[column].type == ColumnType::kDate) {
    const DateFormat& format = DateFormatOf(scan_.columns[column], file_);
    if (!format.Parse(text, &value)) FailChanged();
    return value;
  }
  const char decimal = scan_.columns[column].type == ColumnType::kCategory
                           ? '.'
                           : options_.decimal;
  if (ParseCellNumber(text, decimal, &value) != NumberText::kNumber) {
    FailChanged();
  }
  for (const double marker : options_.missing_numbers) {
    if (value == marker) return kMissing;
  }
  return value;
}

std::int32_t TableEncoder::Code(const CategoryMap& map,
                                std::string_view text) const {
  const auto found = map.find(text);
  if (found == map.end()) FailChanged();
  return found->second.code;
}

// Labels that are all 0 or 1 share one task and are their own values; others
// are class numbers.
float TableEncoder::Label(std::size_t column, std::string_view text) const {
  const ColumnScan& scan = scan_.columns[column];
  if (scan.type == ColumnType::kNumber) {
    return static_cast<float>(Number(column, text));
  }
  if (!plan_.tasks[0].traits().one_class) {
    return Renamed(scan, text) == "1" ? 1.0F : 0.0F;
  }
  return static_cast<float>(Code(scan.categories, Renamed(scan, text)));
}

void TableEncoder::EncodeFeatures(EncodedRow* row) {
  for (const SparseCell& entry : text_.entries) {
    double value = 0;
    if (ParseCellNumber(entry.text, '.', &value) != NumberText::kNumber) {
      FailChanged();
    }
    const Index position = entry.column - plan_.feature_base;
    if (position < 0 || position >= plan_.sparse.cols) FailChanged();
    if (value == 0) continue;
    row->indices.push_back(static_cast<std::int32_t>(position));
    row->values.push_back(static_cast<float>(value));
  }
}

void TableEncoder::EncodeRowLabels(std::size_t number,
                                   const std::vector<std::string_view>& labels,
                                   EncodedRow* row) const {
  const RowLabelRole& role = plan_.row_labels[number];
  if (role.task < 0) return;
  const HeadTraits& head =
      plan_.tasks[static_cast<std::size_t>(role.task)].traits();
  const auto first = static_cast<std::size_t>(role.first);
  const bool is_set = head.has_classes && !head.one_class;
  if (!is_set && labels.empty()) row->labels[first] = kNoLabel;
  for (const std::string_view text : labels) {
    const std::string label = CanonicalNumber(text);
    const std::int32_t code = Code(scan_.row_labels[number].classes, label);
    if (is_set) {
      row->labels[first + static_cast<std::size_t>(code)] = 1;
    } else if (!head.has_classes) {
      double value = 0;
      ParseCellNumber(label, '.', &value);
      row->labels[first] = static_cast<float>(value);
    } else {
      row->labels[first] = static_cast<float>(code);
    }
  }
}

void TableEncoder::FailChanged() const {
  const TableFile& file = files_[std::min(file_, files_.size() - 1)];
  Fail(ErrorKind::kBadInput,
       Str(file.source->name(), ": changed while it was read"),
       "run the command again when nothing writes to it");
}

}  // namespace mtlkit
