#include "prep/transform.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/rng.h"
#include "data/blocks.h"
#include "data/dataset.h"
#include "data/schema.h"
#include "prep/images.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Rows that go through all transforms together: few enough that what lies in
// between stays in the processor's cache for usual widths.
constexpr Index kPieceRows = 2048;

std::vector<InputSpec> SpecsAfter(const Transforms& transforms,
                                  std::vector<InputSpec> specs) {
  for (const auto& transform : transforms) specs = transform->Specs(specs);
  return specs;
}

// What a row of a piece is called in messages.
using RowName = std::function<std::string(Index)>;

void RequireNoInfinity(const std::vector<InputBlock>& piece, Index rows,
                       const RowName& name) {
  for (const InputBlock& block : piece) {
    if (block.kind != InputKind::kDense) continue;
    for (Index at = 0; at < rows * block.cols; ++at) {
      if (!std::isinf(DenseCell(block, at))) continue;
      Fail(ErrorKind::kBadInput,
           Str("column '", ColumnName(block, at % block.cols), "', row '",
               name(at / block.cols), "' is infinite"),
           "inputs are finite numbers or missing");
    }
  }
}

// Infinity is looked for after the first transform, which chooses columns:
// what does not go in may hold anything.
std::vector<InputBlock> ApplyToPiece(const Transforms& transforms,
                                     std::vector<InputBlock> piece, Index rows,
                                     const RowName& name) {
  for (std::size_t i = 0; i < transforms.size(); ++i) {
    piece = transforms[i]->Apply(piece, rows);
    if (i == 0) RequireNoInfinity(piece, rows, name);
  }
  return piece;
}

}  // namespace

Transforms MakeTransforms(const TransformRecords& records) {
  Transforms transforms;
  for (const TransformRecord& record : records) {
    transforms.push_back(MakeTransform(record));
  }
  return transforms;
}

TransformRecords RecordsOf(const Transforms& transforms) {
  TransformRecords records;
  for (const auto& transform : transforms) {
    records.push_back(transform->Record());
  }
  return records;
}

Dataset ApplyTransforms(const TransformRecords& records, const Dataset& raw) {
  return ApplyTransforms(MakeTransforms(records), raw);
}

TransformedRows::TransformedRows(const Transforms& transforms,
                                 const Dataset& raw)
    : raw_(raw),
      table_(TableBlocks(raw.inputs)),
      records_(RecordsOf(transforms)) {
  const std::size_t done = raw.transforms.size();
  const bool begun = done <= records_.size() &&
                     std::equal(raw.transforms.begin(), raw.transforms.end(),
                                records_.begin());
  Require(begun, ErrorKind::kBadInput,
          "the rows were prepared in another way than those of the model",
          "give the raw table, or the file that mtl-prep made for training");
  rest_.assign(transforms.begin() + static_cast<std::ptrdiff_t>(done),
               transforms.end());
  specs_ = SpecsAfter(rest_, {table_.begin(), table_.end()});
}

void TransformedRows::ForEach(
    const std::function<void(const std::vector<InputBlock>&, Index)>& visit)
    const {
  for (Index first = 0; first < raw_.rows; first += kPieceRows) {
    const Index count = std::min(kPieceRows, raw_.rows - first);
    std::vector<InputBlock> piece;
    piece.reserve(table_.size());
    for (const InputBlock& block : table_) {
      piece.push_back(SliceRows(block, first, count));
    }
    visit(
        ApplyToPiece(rest_, std::move(piece), count,
                     [&](Index row) { return IdText(raw_.ids, first + row); }),
        count);
  }
}

Dataset ApplyTransforms(const Transforms& transforms, const Dataset& raw) {
  const TransformedRows made(transforms, raw);
  Dataset result = raw;
  if (made.is_done()) return result;
  std::vector<BlockBuilder> builders;
  builders.reserve(made.specs().size());
  for (const InputSpec& spec : made.specs()) {
    builders.emplace_back(spec, raw.rows);
  }
  made.ForEach([&](const std::vector<InputBlock>& piece, Index) {
    for (std::size_t i = 0; i < piece.size(); ++i) builders[i].Append(piece[i]);
  });
  result.inputs.clear();
  for (BlockBuilder& builder : builders) {
    result.inputs.push_back(std::move(builder).Finish());
  }
  for (InputBlock& block : OtherBlocks(raw.inputs)) {
    result.inputs.push_back(std::move(block));
  }
  result.transforms = made.records();
  return result;
}

TrainingRows::TrainingRows(const std::vector<InputBlock>& inputs,
                           Transforms done, std::span<const Index> rows)
    : inputs_(inputs),
      done_(std::move(done)),
      rows_(rows.begin(), rows.end()),
      specs_(SpecsAfter(done_, {inputs.begin(), inputs.end()})) {}

void TrainingRows::ForEach(
    const std::string& block,
    const std::function<void(const InputBlock&, Index)>& visit) const {
  const auto piece_rows = static_cast<std::size_t>(kPieceRows);
  for (std::size_t first = 0; first < rows_.size(); first += piece_rows) {
    const auto rows = std::span(rows_).subspan(
        first, std::min(piece_rows, rows_.size() - first));
    const auto count = static_cast<Index>(rows.size());
    std::vector<InputBlock> piece;
    piece.reserve(inputs_.size());
    for (const InputBlock& input : inputs_) {
      piece.push_back(GatherRows(input, rows));
    }
    piece = ApplyToPiece(done_, std::move(piece), count, [&](Index row) {
      return std::to_string(rows[static_cast<std::size_t>(row)]);
    });
    for (const InputBlock& made : piece) {
      if (made.name == block) visit(made, count);
    }
  }
}

TrainingRows TrainingRows::Sample(Index most) const {
  if (rows() <= most) return *this;
  std::vector<Index> chosen = rows_;
  // Whatever the seed of the run, so that equal rows have equal quantiles.
  Rng(0, RandomPurpose::kSampleRows, 1).Shuffle(chosen);
  chosen.resize(At(most));
  std::sort(chosen.begin(), chosen.end());
  return TrainingRows(inputs_, done_, chosen);
}

}  // namespace mtlkit
