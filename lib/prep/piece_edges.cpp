#include "prep/piece_edges.h"

#include <algorithm>
#include <cmath>

namespace mtlkit {
namespace {

// Whether a piece between two values would tell apart what rounding does: the
// same number calculated elsewhere (an ONNX runtime, NumPy, another C library)
// may fall to its other side.
bool AreOne(double low, double high) {
  constexpr double kNarrowest = 1e-10;
  return high - low <= kNarrowest * std::max(std::abs(low), std::abs(high));
}

// What is left to share when values that are more frequent than a fair share
// have had an edge of their own: rows an edge.
double MarkHeavy(Index edges, std::vector<PieceLevel>* levels) {
  double rows = 0;
  for (const PieceLevel& level : *levels) rows += level.count;
  auto left = static_cast<double>(edges);
  for (bool found = true; found && left >= 1;) {
    found = false;
    const double share = rows / left;
    for (PieceLevel& level : *levels) {
      if (level.is_heavy || level.count < share || left < 1) continue;
      level.is_heavy = found = true;
      rows -= level.count;
      left -= 1;
    }
  }
  return left < 1 ? rows + 1 : rows / left;
}

}  // namespace

std::vector<PieceLevel> PieceLevelsOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<PieceLevel> levels;
  for (const double value : values) {
    if (levels.empty() || !AreOne(levels.back().value, value)) {
      levels.push_back({value});
    }
    levels.back().count += 1;
  }
  return levels;
}

std::vector<double> PieceEdges(std::vector<PieceLevel> levels, Index pieces) {
  std::vector<double> edges;
  if (static_cast<Index>(levels.size()) <= pieces + 1) {
    for (const PieceLevel& level : levels) edges.push_back(level.value);
    return edges;
  }
  const double share = MarkHeavy(pieces - 1, &levels);
  double passed = 0;
  edges.push_back(levels.front().value);
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const PieceLevel& level = levels[i];
    passed += level.is_heavy ? 0 : level.count;
    if (!level.is_heavy && passed < share) continue;
    if (i > 0) edges.push_back(level.value);
    passed = 0;
  }
  edges.push_back(levels.back().value);
  return edges;
}

}  // namespace mtlkit
