#include "prep/write_prepared.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/dataset_io.h"
#include "data/schema.h"
#include "prep/images.h"

namespace mtlkit {
namespace {

// One block of the file as its pieces come.
class BlockWriter {
 public:
  BlockWriter(const InputSpec& spec, Index rows, FileWriter* file)
      : kind_(spec.kind) {
    const std::string path = "inputs/" + EscapeName(spec.name);
    switch (kind_) {
      case InputKind::kSparse:
        CreateSparse(path, file);
        break;
      case InputKind::kDense:
        dense_.emplace(file->CreateRows<float>(path, {spec.cols}, rows));
        break;
      case InputKind::kCategorical:
        codes_.emplace(file->CreateRows<std::int32_t>(path, {spec.cols}, rows));
        break;
      default:
        assert(false);  // those without columns are written as they came
    }
  }

  void Append(const InputBlock& piece) {
    if (starts_) return AppendSparse(piece);
    if (codes_) return codes_->Append(piece.codes.span());
    if (piece.wide.empty()) return dense_->Append(piece.dense.span());
    const std::vector<float> cells(piece.wide.begin(), piece.wide.end());
    dense_->Append(cells);
  }

  // In the order in which whole arrays are written.
  void Close() {
    if (dense_) dense_->Close();
    if (codes_) codes_->Close();
    if (values_) values_->Close();
    if (indices_) indices_->Close();
    if (starts_) starts_->Close();
  }

 private:
  void CreateSparse(const std::string& path, FileWriter* file) {
    const StoreOptions packed{Compress::kAuto};
    values_.emplace(file->CreateRows<float>(path + "/data", {}, -1, packed));
    indices_.emplace(
        file->CreateRows<std::int32_t>(path + "/indices", {}, -1, packed));
    starts_.emplace(
        file->CreateRows<std::int64_t>(path + "/indptr", {}, -1, packed));
    const std::int64_t first = 0;
    starts_->Append({&first, 1});
  }

  void AppendSparse(const InputBlock& piece) {
    std::vector<std::int64_t> starts;
    for (Index row = 1; row < piece.row_starts.size(); ++row) {
      starts.push_back(entries_ + piece.row_starts[row]);
    }
    entries_ += piece.values.size();
    starts_->Append(starts);
    indices_->Append(piece.indices.span());
    values_->Append(piece.values.span());
  }

  InputKind kind_;
  Index entries_ = 0;
  std::optional<RowWriter<float>> dense_;
  std::optional<RowWriter<std::int32_t>> codes_;
  std::optional<RowWriter<float>> values_;
  std::optional<RowWriter<std::int32_t>> indices_;
  std::optional<RowWriter<std::int64_t>> starts_;
};

// A column `sex=F` of the table and the category F of its column `sex` would
// have one name.
void RequireOwnNames(const InputSpec& spec) {
  std::set<std::string_view> seen;
  for (const std::string& name : spec.columns) {
    if (seen.insert(name).second) continue;
    Fail(ErrorKind::kBadInput,
         Str("input block '", spec.name,
             "': two prepared columns would be "
             "called '",
             name, "'"),
         "leave one of the columns that they come from out with --ignore, or "
         "call it otherwise in the table");
  }
}

}  // namespace

std::string WritePrepared(const Transforms& transforms, const Dataset& table,
                          const std::string& path) {
  const TransformedRows made(transforms, table);
  for (const InputSpec& spec : made.specs()) RequireOwnNames(spec);
  const bool has_texts = std::ranges::any_of(
      made.specs(),
      [](const InputSpec& spec) { return !TraitsOf(spec.kind).has_columns; });
  if (made.is_done() || has_texts || !OtherBlocks(table.inputs).empty()) {
    return WriteDataset(ApplyTransforms(transforms, table), path);
  }
  return WriteDataset(table, path, made.records(), [&](FileWriter& file) {
    // One block after the other, so that arrays lie in the file as those of a
    // whole dataset do.
    for (std::size_t i = 0; i < made.specs().size(); ++i) {
      const InputSpec& spec = made.specs()[i];
      BlockWriter block(spec, table.rows, &file);
      made.ForEach([&](const std::vector<InputBlock>& piece, Index) {
        block.Append(piece[i]);
      });
      block.Close();
      if (spec.kind == InputKind::kSparse) {
        file.SetAttribute("inputs/" + EscapeName(spec.name), "shape",
                          std::vector<std::int64_t>{table.rows, spec.cols});
      }
      WriteInputNames(file, spec, static_cast<Index>(i));
    }
  });
}

}  // namespace mtlkit
