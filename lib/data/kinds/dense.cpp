// dense: a matrix of numbers, rows x columns. `wide` ones are tables whose
// numbers would change in single precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/file_parts.h"
#include "data/finite.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// Copies a row; says whether all of it is finite. One flag for the whole row,
// so that the loop has no branch.
template <class T>
bool CopyFinite(const T* values, Index count, Real* out) {
  bool finite = true;
  for (Index i = 0; i < count; ++i) {
    out[i] = static_cast<Real>(values[i]);
    // NaN and infinity less themselves are NaN, which equals nothing.
    finite &= out[i] - out[i] == 0;
  }
  return finite;
}

[[noreturn]] void FailInRow(const Dataset& dataset, const InputBlock& block,
                            Index row, const Real* values) {
  Index col = 0;
  while (std::isfinite(values[col])) ++col;
  internal::FailNotFinite(dataset, block, row, col,
                          static_cast<double>(values[col]));
}

class DenseLoader final : public InputLoader {
 public:
  DenseLoader(const Dataset& dataset, const InputBlock& block, Index capacity)
      : dataset_(dataset), block_(block), dense_(At(capacity * block.cols)) {}

  void Load(std::span<const Index> rows, InputBatch* input) override {
    Real* out = dense_.data();
    for (const Index row : rows) {
      const Index first = row * block_.cols;
      const bool finite =
          block_.wide.empty()
              ? CopyFinite(block_.dense.Part(first, block_.cols).data(),
                           block_.cols, out)
              : CopyFinite(block_.wide.Part(first, block_.cols).data(),
                           block_.cols, out);
      if (!finite) FailInRow(dataset_, block_, row, out);
      out += block_.cols;
    }
    input->dense = {dense_.data(), static_cast<Index>(rows.size()),
                    block_.cols};
  }

 private:
  const Dataset& dataset_;
  const InputBlock& block_;
  std::vector<Real> dense_;
};

std::string DatesPath(const InputSpec& spec) {
  return "dates/" + EscapeName(spec.name);
}

class DenseBlocks final : public BlockKind {
 public:
  bool IsAt(const FileReader& file, const std::string& path) const override {
    if (file.IsGroup(path)) return false;
    const ElementType type = file.Info(path).type;
    return !file.Info(path).is_text &&
           (type == ElementType::kF32 || type == ElementType::kF64);
  }
  void Read(const FileReader& file, const std::string& path, Index rows,
            InputBlock* block) const override {
    block->cols = internal::RequireRows(file, path, 2, rows)[1];
    if (file.Info(path).type == ElementType::kF32) {
      block->dense = file.Map<float>(path);
    } else {
      block->wide = file.Map<double>(path);
    }
  }

  void ReadNames(const FileReader& file, InputBlock* block) const override {
    const std::string path = DatesPath(*block);
    if (file.Has(path)) block->dates = file.ReadTexts(path);
  }
  void WriteNames(FileWriter& file, const InputSpec& spec) const override {
    if (spec.dates.empty()) return;
    file.WriteTexts(DatesPath(spec), spec.dates);
  }

  void Write(FileWriter& file, const InputBlock& block, const std::string& path,
             Index rows) const override {
    if (block.wide.empty()) {
      file.WriteArray<float>(path, block.dense.span(), {rows, block.cols});
    } else {
      file.WriteArray<double>(path, block.wide.span(), {rows, block.cols});
    }
  }
  void WriteEncoding(FileWriter& file, const InputSpec& spec,
                     const std::string& path) const override {
    internal::WriteTableEncoding(file, path);
    if (ViewOf(spec.name) != spec.name) {
      file.SetAttribute(path, "missing", "nan");
    }
  }

  void Check(const InputBlock& block, Index rows,
             const std::string& what) const override {
    if (!block.dense.empty() && !block.wide.empty()) {
      internal::Bad(Str(what, " is stored twice"));
    }
    internal::CheckSize(
        block.wide.empty() ? block.dense.size() : block.wide.size(), rows,
        block.cols, what);
    for (const std::string& date : block.dates) {
      if (std::ranges::count(block.columns, date) == 1) continue;
      internal::Bad(
          Str(what, ": '", date, "' is no column, but called a date"));
    }
  }

  std::unique_ptr<InputLoader> MakeLoader(const Dataset& dataset,
                                          const InputBlock& block,
                                          Index capacity) const override {
    return std::make_unique<DenseLoader>(dataset, block, capacity);
  }
};

constexpr DenseBlocks kDenseKind{};

}  // namespace

extern const BlockKindEntry kDenseBlocks;
const BlockKindEntry kDenseBlocks = {InputKind::kDense, "dense",
                                     "numeric",         " of numbers",
                                     kDenseKind,        {.is_numbers = true}};

}  // namespace mtlkit
