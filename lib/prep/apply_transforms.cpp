#include "prep/apply_transforms.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "data/blocks.h"
#include "data/schema.h"
#include "prep/images.h"
#include "prep/piece.h"

namespace mtlkit {

Dataset ApplyTransforms(const TransformRecords& records, Dataset raw) {
  return ApplyTransforms(MakeTransforms(records), std::move(raw));
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
    const auto name = [&](Index row) { return IdText(raw_.ids, first + row); };
    const std::vector<InputBlock> made =
        ApplyToPiece(rest_, std::move(piece), count, name);
    RequireSingle(made, count, name);
    visit(made, count);
    for (const InputBlock& block : table_) ForgetRows(block, first, count);
  }
}

Dataset ApplyTransforms(const Transforms& transforms, Dataset raw) {
  const TransformedRows made(transforms, raw);
  if (made.is_done()) return raw;
  std::vector<BlockBuilder> builders;
  builders.reserve(made.specs().size());
  for (const InputSpec& spec : made.specs()) {
    builders.emplace_back(spec, raw.rows);
  }
  made.ForEach([&](const std::vector<InputBlock>& piece, Index) {
    for (std::size_t i = 0; i < piece.size(); ++i) builders[i].Append(piece[i]);
  });
  std::vector<InputBlock> others = OtherBlocks(raw.inputs);
  raw.inputs.clear();
  for (BlockBuilder& builder : builders) {
    raw.inputs.push_back(std::move(builder).Finish());
  }
  for (InputBlock& block : others) raw.inputs.push_back(std::move(block));
  raw.transforms = made.records();
  return raw;
}

}  // namespace mtlkit
