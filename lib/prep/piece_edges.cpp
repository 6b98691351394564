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

// Marks values that have more than a fair share of the rows: each takes an edge
// of its own, of `edges` between the least and the largest value, which are
// edges anyway. Returns how many edges are left, which cut the rows of the
// others into one more part.
Index MarkHeavy(Index edges, std::vector<PieceLevel>* levels) {
  double rows = 0;
  for (const PieceLevel& level : *levels) rows += level.count;
  Index left = edges;
  for (bool found = true; found && left > 0;) {
    found = false;
    const double share = rows / static_cast<double>(left + 1);
    for (PieceLevel& level : *levels) {
      const bool is_end =
          &level == &levels->front() || &level == &levels->back();
      if (level.is_heavy || level.count < share || (!is_end && left == 0)) {
        continue;
      }
      level.is_heavy = found = true;
      rows -= level.count;
      left -= is_end ? 0 : 1;
    }
  }
  return left;
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
  if (std::ssize(levels) <= pieces + 1) {
    for (const PieceLevel& level : levels) edges.push_back(level.value);
    return edges;
  }
  Index left = MarkHeavy(pieces - 1, &levels);
  double rest = 0;   // rows of light values behind the last edge
  Index inner = -2;  // light values that could be edges; not both ends
  for (const PieceLevel& level : levels) {
    rest += level.is_heavy ? 0 : level.count;
    inner += level.is_heavy ? 0 : 1;
  }
  inner += levels.front().is_heavy + levels.back().is_heavy;
  double passed = levels.front().is_heavy ? 0 : levels.front().count;
  edges.push_back(levels.front().value);
  for (std::size_t i = 1; i + 1 < levels.size(); ++i) {
    const PieceLevel& level = levels[i];
    if (!level.is_heavy) {
      passed += level.count;
      // What comes is just enough, or a part is full.
      const bool is_full = passed >= rest / static_cast<double>(left + 1);
      const bool is_edge = left > 0 && (inner == left || is_full);
      --inner;
      if (!is_edge) continue;
      --left;
    }
    edges.push_back(level.value);
    rest -= passed;
    passed = 0;
  }
  edges.push_back(levels.back().value);
  return edges;
}

}  // namespace mtlkit
