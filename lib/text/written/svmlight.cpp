// svmlight: LABEL NUMBER:VALUE ... (Joachims 1999), with LIBSVM's lists of
// several labels and qid of groups.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/schema.h"
#include "h5/atomic_file.h"
#include "text/svmlight_labels.h"
#include "text/written_format.h"

namespace mtlkit {
namespace {

constexpr std::size_t kSvmlightBuffer = 1 << 20;

template <class T>
void AppendNumber(T value, std::string* text) {
  char digits[32];
  text->append(digits,
               std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// The inputs of a dataset as features, one block behind the other.
class Features {
 public:
  // `label` is none of them.
  Features(const Dataset& dataset, const SvmlightLabels::Column& label,
           const std::string& index_base)
      : dataset_(dataset), label_(label) {
    const std::vector<InputBlock>& inputs = dataset.inputs;
    base_ = index_base == "0" ? 0 : 1;
    if (index_base == "auto" && inputs.size() == 1 &&
        inputs[0].index_base >= 0) {
      base_ = inputs[0].index_base;
    }
    for (const InputBlock& block : inputs) RequireNumbers(block);
  }

  void Append(Index row, std::string* text) const {
    Index first = base_;
    for (const InputBlock& block : dataset_.inputs) {
      if (block.kind == InputKind::kSparse) {
        AppendSparse(block, row, first, text);
        first += block.cols;
      } else if (block.kind == InputKind::kDense) {
        AppendDense(block, row, &first, text);
      }
    }
  }

 private:
  bool IsLabel(const InputBlock& block, Index column) const {
    return label_.block == &block && label_.column == column;
  }

  void RequireNumbers(const InputBlock& block) const {
    if (block.kind == InputKind::kDense || block.kind == InputKind::kSparse) {
      return;
    }
    const bool has_columns = block.kind == InputKind::kCategorical;
    for (Index column = 0; column < block.cols; ++column) {
      if (has_columns && IsLabel(block, column)) continue;
      Fail(ErrorKind::kBadInput,
           has_columns ? Str("column '", ColumnName(block, column),
                             "' holds categories, and SVMlight only numbers")
                       : Str("input block '", block.name, "' holds ",
                             EntryOf(block.kind).contents,
                             ", and SVMlight only numbers"),
           has_columns
               ? "mtl-prep makes numbers of categories, or leave it out "
                 "with mtl-prep --ignore"
               : "read it from the HDF5 file (docs/file-format.md)");
    }
  }

  template <class T>
  static void AppendFeature(Index number, T value, std::string* text) {
    *text += ' ';
    AppendNumber(number, text);
    *text += ':';
    AppendNumber(value, text);
  }

  static void AppendSparse(const InputBlock& block, Index row, Index first,
                           std::string* text) {
    for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
         ++at) {
      AppendFeature(first + block.indices[at], block.values[at], text);
    }
  }

  void AppendDense(const InputBlock& block, Index row, Index* number,
                   std::string* text) const {
    for (Index column = 0; column < block.cols; ++column) {
      if (IsLabel(block, column)) continue;
      const Index at = row * block.cols + column;
      block.wide.empty()
          ? AppendCell(block, column, block.dense[at], row, *number, text)
          : AppendCell(block, column, block.wide[at], row, *number, text);
      ++*number;
    }
  }

  template <class T>
  void AppendCell(const InputBlock& block, Index column, T value, Index row,
                  Index number, std::string* text) const {
    Require(
        !std::isnan(value), ErrorKind::kBadInput,
        Str("row ", IdText(dataset_.ids, row), ": '", ColumnName(block, column),
            "' is missing, and SVMlight has no word for that"),
        "mtl-prep fills in what is missing");
    if (value != 0) AppendFeature(number, value, text);
  }

  const Dataset& dataset_;
  SvmlightLabels::Column label_;
  Index base_ = 1;
};

void WriteSvmlight(const WrittenTable& table, const WritingOptions& options,
                   const std::string& output, Reporter* reporter) {
  Require(table.dataset != nullptr, ErrorKind::kUsage,
          "predictions have no features, which SVMlight is made of",
          "write CSV or JSON lines");
  const Dataset& dataset = *table.dataset;
  const SvmlightLabels labels(dataset, options.task);
  const Features features(dataset, labels.column(), options.index_base);
  AtomicFile file(output);
  std::string buffer;
  Index unknown = 0;
  for (Index i = 0; i < table.RowCount(); ++i) {
    const Index row = table.RowAt(i);
    if (!labels.Append(row, &buffer)) {
      ++unknown;
      continue;
    }
    if (!dataset.groups.empty()) {
      buffer += " qid:";
      AppendNumber(dataset.groups[At(row)], &buffer);
    }
    features.Append(row, &buffer);
    buffer += '\n';
    if (buffer.size() < kSvmlightBuffer) continue;
    file.Write(buffer);
    buffer.clear();
  }
  Require(unknown < table.RowCount(), ErrorKind::kBadInput,
          Str("no row has a label of '", labels.name(),
              "', which SVMlight cannot do without"),
          "choose other rows with --split, or another task with --task");
  file.Write(buffer);
  file.Commit();
  labels.Note(reporter);
  if (unknown > 0) {
    reporter->Note(Str(Counted(unknown, "row", "rows"), " without a label of '",
                       labels.name(), unknown == 1 ? "' is" : "' are",
                       " left out: SVMlight has no word for that"));
  }
  if (!dataset.weights.empty()) {
    reporter->Note("SVMlight has no weights: those of rows are left out");
  }
  if (std::ranges::any_of(dataset.labels, [](const Labels& of_task) {
        return !of_task.weights.empty();
      })) {
    reporter->Note("SVMlight has no weights: those of labels are left out");
  }
}

}  // namespace

extern const WrittenFormat kSvmlightOutput;
const WrittenFormat kSvmlightOutput = {
    "svmlight",
    ".svm",
    "SVMlight",
    "labels of one task and features by number, those that are not 0",
    "task split index-base",
    WrittenFormat::Source::kDataset,
    WriteSvmlight};

}  // namespace mtlkit
