#include "text/table_plan.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/schema.h"
#include "text/number_text.h"
#include "text/rename_labels.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

// More distinct whole numbers than this are taken for measurements.
constexpr std::size_t kMostClasses = 100;

bool IsZeroOrOne(std::string_view text) {
  return text == "0" || text == "1";
}

bool IsIndicator(const ColumnScan& column) {
  return column.type == ColumnType::kCategory &&
         std::all_of(column.sorted.begin(), column.sorted.end(), IsZeroOrOne);
}

// Whether a nominal column of a sparse table can be one of the sparse block:
// its values are numbers and those left out are 0.
bool IsNumericNominal(const ColumnScan& column) {
  const std::vector<std::string>& values = column.column.categories;
  if (values.empty()) return false;
  double first = 0;
  for (const std::string& value : values) {
    double number = 0;
    if (ParseCellNumber(value, '.', &number) != NumberText::kNumber) {
      return false;
    }
    if (&value == &values.front()) first = number;
  }
  return first == 0;
}

class Planner {
 public:
  Planner(const TableScan& scan, const ScanOptions& options,
          std::string_view view)
      : scan_(scan), options_(options) {
    plan_.numeric.kind = InputKind::kDense;
    plan_.categorical.kind = InputKind::kCategorical;
    plan_.sparse.kind = InputKind::kSparse;
    for (InputSpec* spec :
         {&plan_.numeric, &plan_.categorical, &plan_.sparse}) {
      spec->name = TableBlockName(view, spec->kind);
    }
  }

  TablePlan Plan() {
    for (const ColumnScan& column : scan_.columns) Place(column);
    PlanLabels();
    if (scan_.has_row_labels) {
      PlanFeatures();
      for (const RowLabelScan& labels : scan_.row_labels) PlanRowLabels(labels);
    }
    plan_.label_cols = TargetCols();
    return std::move(plan_);
  }

 private:
  void Place(const ColumnScan& column) {
    ColumnRole& role = plan_.roles.emplace_back();
    const bool is_value = column.type == ColumnType::kNumber ||
                          column.type == ColumnType::kCategory ||
                          column.type == ColumnType::kDate;
    if (!is_value) return;
    if (column.column.is_label) {
      role = {Role::kLabel, static_cast<Index>(labels_.size())};
      labels_.push_back(&column);
      return;
    }
    InputSpec* spec = &plan_.numeric;
    role.role = Role::kNumeric;
    if (scan_.is_sparse &&
        (column.type == ColumnType::kNumber || IsNumericNominal(column))) {
      spec = &plan_.sparse;
      role.role = Role::kSparse;
    } else if (column.type == ColumnType::kCategory) {
      spec = &plan_.categorical;
      role.role = Role::kCode;
      spec->categories.push_back(column.sorted);
    } else {
      plan_.is_wide |= column.needs_double;
    }
    role.position = spec->cols++;
    spec->columns.push_back(column.column.name);
    if (column.type == ColumnType::kDate) {
      spec->dates.push_back(column.column.name);
    }
  }

  void PlanLabels() {
    if (labels_.empty()) return;
    const bool indicators = std::all_of(
        labels_.begin(), labels_.end(),
        [](const ColumnScan* column) { return IsIndicator(*column); });
    if (indicators && labels_.size() > 1) {
      Task& task = plan_.tasks.emplace_back();
      task.name = "labels";
      task.type = TaskType::kMultilabel;
      for (const ColumnScan* column : labels_) {
        task.classes.push_back(column->column.name);
      }
      return;
    }
    for (const ColumnScan* column : labels_) {
      Task& task = plan_.tasks.emplace_back();
      task.name = column->column.name;
      if (column->type == ColumnType::kNumber) continue;
      task.type = column->sorted.size() == 2 ? TaskType::kBinary
                                             : TaskType::kMulticlass;
      task.classes = column->sorted;
    }
  }

  void PlanFeatures() {
    int base = scan_.numbering.base;
    if (options_.index_base != "auto")
      base = options_.index_base == "0" ? 0 : 1;
    if (base < 0) base = options_.model_numbering.base;
    const bool has_zero = scan_.last_feature >= 0 && scan_.first_feature == 0;
    plan_.sparse.base_is_guessed = base < 0 && !has_zero;
    if (base < 0) base = has_zero ? 0 : 1;
    Require(scan_.last_feature < 0 || scan_.first_feature >= base,
            ErrorKind::kUsage,
            "--index-base 1: a row has a feature of number 0");
    plan_.feature_base = plan_.sparse.index_base = base;
    const Index found = scan_.last_feature - base + 1;
    const Index declared =
        options_.features > 0 ? options_.features : scan_.numbering.features;
    Require(declared == 0 || found <= declared, ErrorKind::kBadInput,
            Str("a row has feature ", scan_.last_feature, ", but there are ",
                declared),
            "--features says how many there are, --index-base where they "
            "begin");
    plan_.sparse.cols =
        declared > 0
            ? declared
            : std::max({found, options_.model_numbering.features, Index{1}});
  }

  Index TargetCols() const {
    Index cols = 0;
    for (const Task& task : plan_.tasks) cols += task.target_cols();
    return cols;
  }

  TaskType RowLabelType(const RowLabelScan& labels) const {
    if (options_.label_type != "auto") {
      return ParseTaskType(options_.label_type);
    }
    const bool is_declared = labels.task.empty() && scan_.numbering.labels > 0;
    if (!labels.is_single || is_declared) {
      return TaskType::kMultilabel;
    }
    if (labels.sorted.size() == 2) return TaskType::kBinary;
    return labels.is_whole && labels.sorted.size() <= kMostClasses
               ? TaskType::kMulticlass
               : TaskType::kRegression;
  }

  void PlanRowLabels(const RowLabelScan& labels) {
    RowLabelRole& role = plan_.row_labels.emplace_back();
    if (labels.labelled == 0) return;
    role = {std::ssize(plan_.tasks), TargetCols()};
    Task& task = plan_.tasks.emplace_back();
    task.type = RowLabelType(labels);
    const bool is_set = task.is_classification() && !task.traits().one_class;
    task.name = !labels.task.empty() ? labels.task
                : is_set             ? "labels"
                                     : "label";
    Require(is_set || labels.is_single || labels.labelled < scan_.rows,
            ErrorKind::kUsage,
            Str("--label-type ", options_.label_type,
                ": a row has several labels"));
    if (task.is_classification()) {
      task.classes = labels.sorted;
    } else {
      RequireNoRenames(labels);
    }
    Require(!task.traits().has_positive || task.classes.size() == 2,
            ErrorKind::kUsage,
            Str("--label-type binary: there ",
                task.classes.size() == 1 ? "is " : "are ",
                Counted(std::ssize(task.classes), "label", "different labels")),
            "binary labels are two");
  }

  void RequireNoRenames(const RowLabelScan& labels) const {
    for (const std::vector<std::string>& rename : options_.renames) {
      Require(
          !IsNameOfLabels(rename[0], labels), ErrorKind::kUsage,
          Str("--rename-class: '", rename[0], "' holds numbers, not classes"),
          "--label-type multiclass makes classes of them");
    }
  }

  const TableScan& scan_;
  const ScanOptions& options_;
  TablePlan plan_;
  std::vector<const ColumnScan*> labels_;
};

}  // namespace

TablePlan PlanTable(const TableScan& scan, const ScanOptions& options,
                    std::string_view view) {
  return Planner(scan, options, view).Plan();
}

}  // namespace mtlkit
