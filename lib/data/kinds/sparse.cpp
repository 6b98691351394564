// sparse: compressed rows (CSR), entries with their column numbers.
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/file_parts.h"
#include "data/finite.h"
#include "data/ragged.h"

namespace mtlkit {
namespace {

class SparseLoader final : public InputLoader {
 public:
  SparseLoader(const Dataset& dataset, const InputBlock& block, Index capacity)
      : dataset_(dataset),
        block_(block),
        row_starts_(At(capacity) + 1),
        indices_(At(internal::MostEntries(block, capacity))),
        values_(indices_.size()) {}

  void Load(std::span<const Index> rows, InputBatch* input) override {
    internal::MakeRoom(block_, rows, &indices_);
    internal::MakeRoom(block_, rows, &values_);
    std::size_t count = 0;
    row_starts_[0] = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Index end = block_.row_starts[rows[r] + 1];
      for (Index at = block_.row_starts[rows[r]]; at < end; ++at) {
        const float value = block_.values[at];
        if (!std::isfinite(value)) {
          internal::FailNotFinite(dataset_, block_, rows[r], block_.indices[at],
                                  static_cast<double>(value));
        }
        indices_[count] = block_.indices[at];
        values_[count++] = static_cast<Real>(value);
      }
      row_starts_[r + 1] = static_cast<Index>(count);
    }
    input->row_starts = {row_starts_.data(), rows.size() + 1};
    input->indices = {indices_.data(), count};
    input->values = {values_.data(), count};
    input->sparse_cols = block_.cols;
  }

 private:
  const Dataset& dataset_;
  const InputBlock& block_;
  std::vector<Index> row_starts_;
  std::vector<std::int32_t> indices_;
  std::vector<Real> values_;
};

class SparseBlocks final : public BlockKind {
 public:
  bool IsAt(const FileReader& file, const std::string& path) const override {
    return internal::HasEncoding(file, path, "csr_matrix");
  }
  void Read(const FileReader& file, const std::string& path, Index /*rows*/,
            InputBlock* block) const override {
    const auto shape = file.Attribute<std::vector<std::int64_t>>(path, "shape");
    if (shape.size() != 2)
      internal::BadPart(file, path, "its attribute `shape` is not a pair");
    block->cols = shape[1];
    const auto base = file.FindAttribute<std::int64_t>(path, "index_base");
    if (base) {
      if (*base != 0 && *base != 1)
        internal::BadPart(file, path, "its index_base is not 0 or 1");
      block->index_base = static_cast<int>(*base);
      block->base_is_guessed =
          file.FindAttribute<std::int64_t>(path, "index_base_guessed") != 0;
    }
    for (const char* member : {"/indptr", "/indices", "/data"}) {
      internal::RequireRank(file, path + member, 1, 1);
    }
    block->row_starts = file.Map<std::int64_t>(path + "/indptr");
    block->indices = file.Map<std::int32_t>(path + "/indices");
    block->values = file.Map<float>(path + "/data");
  }

  void Write(FileWriter& file, const InputBlock& block, const std::string& path,
             Index rows) const override {
    using internal::kPacked;
    file.WriteArray<float>(path + "/data", block.values.span(),
                           {block.values.size()}, kPacked);
    file.WriteArray<std::int32_t>(path + "/indices", block.indices.span(),
                                  {block.indices.size()}, kPacked);
    file.WriteArray<std::int64_t>(path + "/indptr", block.row_starts.span(),
                                  {rows + 1}, kPacked);
    file.SetAttribute(path, "shape",
                      std::vector<std::int64_t>{rows, block.cols});
  }
  void WriteEncoding(FileWriter& file, const InputSpec& /*spec*/,
                     const std::string& path) const override {
    file.SetAttribute(path, "encoding-type", "csr_matrix");
    file.SetAttribute(path, "encoding-version", "0.1.0");
  }

  void Check(const InputBlock& block, Index rows,
             const std::string& what) const override {
    if (block.indices.size() != block.values.size()) {
      internal::Bad(Str(what, " has ", block.indices.size(),
                        " column numbers for ", block.values.size(),
                        " values"));
    }
    internal::CheckStarts(block, rows, block.values.size(), what);
    for (Index row = 0; row < rows; ++row) {
      std::int64_t last = -1;
      for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
           ++at) {
        const std::int64_t column = block.indices[at];
        if (column < 0 || column >= block.cols) {
          internal::Bad(Str(what, ": row ", row, " names column ", column,
                            ", which is outside 0 .. ", block.cols - 1));
        }
        if (column <= last) {
          internal::Bad(Str(what, ": row ", row, " names column ", column,
                            " after column ", last,
                            "; columns are ascending and unique within a row"));
        }
        last = column;
      }
    }
  }

  std::unique_ptr<InputLoader> MakeLoader(const Dataset& dataset,
                                          const InputBlock& block,
                                          Index capacity) const override {
    return std::make_unique<SparseLoader>(dataset, block, capacity);
  }
};

constexpr SparseBlocks kSparseKind{};

}  // namespace

extern const BlockKindEntry kSparseBlocks;
const BlockKindEntry kSparseBlocks = {
    InputKind::kSparse, "sparse",
    "sparse",           ", sparse",
    kSparseKind,        {.is_compressed = true, .has_row_starts = true}};

}  // namespace mtlkit
