#include "prep/training_rows.h"

#include <algorithm>
#include <utility>

#include "base/rng.h"
#include "data/blocks.h"
#include "prep/piece.h"

namespace mtlkit {

TrainingRows::TrainingRows(const std::vector<InputBlock>& inputs,
                           Transforms done, std::span<const Index> rows)
    : inputs_(inputs),
      done_(std::move(done)),
      rows_(rows),
      specs_(SpecsAfter(done_, {inputs.begin(), inputs.end()})) {}

void TrainingRows::ForEach(
    const std::string& block,
    const std::function<void(const InputBlock&, Index)>& visit) const {
  const auto piece_rows = static_cast<std::size_t>(kPieceRows);
  for (std::size_t first = 0; first < rows_.size(); first += piece_rows) {
    const auto rows =
        rows_.subspan(first, std::min(piece_rows, rows_.size() - first));
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
    const Index passed = rows.back() + 1 - rows.front();
    for (const InputBlock& input : inputs_) {
      ForgetRows(input, rows.front(), passed);
    }
  }
}

TrainingRows TrainingRows::Sample(Index most) const {
  if (rows() <= most) return *this;
  std::vector<Index> chosen(rows_.begin(), rows_.end());
  // Whatever the seed of the run, so that equal rows have equal quantiles.
  Rng(0, RandomPurpose::kSampleRows, 1).Shuffle(chosen);
  chosen.resize(At(most));
  std::sort(chosen.begin(), chosen.end());
  const auto drawn =
      std::make_shared<const std::vector<Index>>(std::move(chosen));
  TrainingRows sample(inputs_, done_, *drawn);
  sample.drawn_ = drawn;
  return sample;
}

}  // namespace mtlkit
