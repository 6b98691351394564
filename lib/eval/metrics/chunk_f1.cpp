#include <limits>
#include <set>
#include <tuple>

#include "eval/cell_sums.h"
#include "eval/tag_rows.h"

namespace mtlkit {
namespace {

// Chunks that begin at a token.
struct Counts {
  void Add(double weight, const Counts& more) {
    right += weight * more.right;
    all += weight * more.all;
  }
  double right = 0;  // predicted as they are
  double all = 0;    // those that are there, and those that are predicted
};

double F1OfCounts(const Counts& counts) {
  return counts.all > 0 ? 2 * counts.right / counts.all
                        : std::numeric_limits<double>::quiet_NaN();
}

std::unique_ptr<Metric> PrepareChunkF1(const MetricRows& rows) {
  const TagRows tags(rows);
  std::vector<Counts> cells(At(rows.rows));
  tags.ForEach([&](Index first, Index count) {
    const auto some = [&](std::span<const std::int32_t> all) {
      return tags.scheme().Chunks(all.subspan(At(first), At(count)));
    };
    std::set<std::tuple<Index, Index, Index>> true_ones;
    for (const TagChunk& chunk : some(tags.truth())) {
      // A label that is missing is a tag of no name, too.
      if (tags.truth()[At(first + chunk.first)] < 0) continue;
      cells[At(first + chunk.first)].all += 1;
      // A tag that nobody knows is never predicted.
      if (chunk.type == tags.scheme().type_count()) continue;
      true_ones.emplace(chunk.first, chunk.end, chunk.type);
    }
    for (const TagChunk& chunk : some(tags.predicted())) {
      Counts& cell = cells[At(first + chunk.first)];
      cell.all += 1;
      cell.right += static_cast<double>(
          true_ones.count({chunk.first, chunk.end, chunk.type}));
    }
  });
  return std::make_unique<CellSums<Counts>>(std::move(cells), 1, F1OfCounts);
}

}  // namespace

extern const MetricEntry kChunkF1;
const MetricEntry kChunkF1 = {
    MakeEntry<PrepareChunkF1>(
        "chunk-f1",
        "2 x chunks of tokens that are predicted as they are, in those that "
        "are there and those that are predicted, over all texts, as the "
        "program conlleval has it (Tjong Kim Sang and Buchholz 2000)"),
    "chunk F1",
    true,
    1.0,
    HasTags,
    false,
    {.worst = 0, .decides = true}};

}  // namespace mtlkit
