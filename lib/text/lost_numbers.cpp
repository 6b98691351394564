#include "text/lost_numbers.h"

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "text/number_loss.h"
#include "text/number_text.h"
#include "text/problems.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

constexpr int kMostWarnings = 10;

// Refuses what cannot be held, or, with a reporter, warns of what is rounded.
class LossChecker {
 public:
  LossChecker(const TableScan& scan, const TablePlan& plan, Reporter* reporter)
      : scan_(scan), plan_(plan), reporter_(reporter) {}

  void Run() {
    Problems problems;
    for (std::size_t i = 0; i < scan_.columns.size(); ++i) {
      problems.Try([&] { CheckColumn(scan_.columns[i], plan_.roles[i].role); });
    }
    problems.Throw();
    if (!scan_.has_row_labels) return;
    constexpr std::string_view kScale =
        "sparse inputs are kept in single precision: scale them first";
    Check(scan_.feature_loss, "a feature", true, kScale, kScale);
    for (std::size_t i = 0; i < plan_.row_labels.size(); ++i) {
      const Index task = plan_.row_labels[i].task;
      if (task < 0 ||
          plan_.tasks[static_cast<std::size_t>(task)].traits().has_classes) {
        continue;
      }
      Check(scan_.row_labels[i].loss, "a label", true, kLabelHint, kLabelHint);
    }
  }

 private:
  static constexpr std::string_view kLabelHint =
      "labels are kept in single precision: scale them first";

  void CheckColumn(const ColumnScan& column, Role role) {
    if (column.type == ColumnType::kDate) return WarnOfCutDates(column);
    if (column.type != ColumnType::kNumber && role != Role::kSparse) return;
    if (role == Role::kNone || role == Role::kCode) return;
    const std::string apart =
        TypeFlag(column, "category") + " keeps them apart";
    const std::string hint =
        role == Role::kNumeric ? "mtl-convert --precision double keeps it"
        : role == Role::kLabel ? std::string(kLabelHint)
                               : Str("sparse inputs are kept in single "
                                     "precision: scale it, or leave it out: ",
                                     TypeFlag(column, "ignore"));
    Check(column.loss, Str("column '", ShowText(column.column.name), "'"),
          role != Role::kNumeric || !plan_.is_wide, hint, apart);
  }

  void WarnOfCutDates(const ColumnScan& column) {
    const NumberLoss& loss = column.loss;
    if (reporter_ == nullptr || loss.cut == 0) return;
    if (++warnings_ > kMostWarnings) return;
    reporter_->Warn(Str("column '", ShowText(column.column.name),
                        "': ", Counted(loss.cut, "time is", "times are"),
                        " finer than dates are kept, such as '",
                        ShowText(loss.first_cut.text), "' in ",
                        loss.first_cut.where, ", and rounded"));
  }

  // `apart`: what to do about too many digits.
  void Check(const NumberLoss& loss, const std::string& what, bool is_single,
             std::string_view hint, std::string_view apart) {
    const CellPlace& beyond = loss.first_beyond;
    if (reporter_ == nullptr) {
      if (!is_single || beyond.where.empty()) return;
      Fail(ErrorKind::kBadInput,
           Str(beyond.where, ": ", what, ": '", ShowText(beyond.text),
               "' is too large for single precision"),
           std::string(hint));
    }
    if (loss.rounded > 0) {
      Warn(what, loss.rounded, loss.first_rounded,
           "more digits than double precision holds", apart);
    } else if (loss.cut > 0) {
      Warn(what, loss.cut, loss.first_cut,
           "more digits than double precision holds", "they are rounded");
    } else if (is_single && loss.changed > 0) {
      Warn(what, loss.changed, loss.first_changed,
           "another value in single precision", hint);
    }
  }

  void Warn(const std::string& what, Index count, const CellPlace& first,
            std::string_view why, std::string_view hint) {
    if (++warnings_ > kMostWarnings) return;
    reporter_->Warn(Str(
        what, ": ", Counted(count, "number has ", "numbers have "), why,
        ", such as '", ShowText(first.text), "' in ", first.where, "; ", hint));
  }

  const TableScan& scan_;
  const TablePlan& plan_;
  Reporter* reporter_;
  int warnings_ = 0;
};

}  // namespace

void RequireHeldNumbers(const TableScan& scan, const TablePlan& plan) {
  LossChecker(scan, plan, nullptr).Run();
}

void WarnOfLostDigits(const TableScan& scan, const TablePlan& plan,
                      Reporter* reporter) {
  LossChecker(scan, plan, reporter).Run();
}

void WarnOfLostZeros(const TableScan& scan, Reporter* reporter) {
  int warnings = 0;
  for (const ColumnScan& column : scan.columns) {
    const CellPlace& first = column.loss.first_padded;
    if (column.type != ColumnType::kNumber || column.is_declared ||
        column.column.stored != ColumnType::kUnknown || first.where.empty() ||
        ++warnings > kMostWarnings) {
      continue;
    }
    reporter->Warn(Str("column '", ShowText(column.column.name), "': '",
                       ShowText(first.text), "' in ", first.where,
                       " and its like are taken for numbers, without the zeros "
                       "in front; ",
                       TypeFlag(column, "category"), " keeps codes"));
  }
}

}  // namespace mtlkit
