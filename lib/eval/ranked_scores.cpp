#include "eval/ranked_scores.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mtlkit {
namespace {

// Rows that an entry has room for.
constexpr std::uint32_t kRowMask = (std::uint32_t{1} << 30) - 1;
constexpr std::uint32_t kSign = std::uint32_t{1} << 31;

bool IsNarrow(double score) {
  return static_cast<double>(static_cast<float>(score)) == score;
}

// Ascends where scores descend; equal ones (-0 and 0) give one key.
std::uint32_t Descending(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);
  return (bits & kSign) != 0 ? bits : ~(bits | kSign);
}

float ScoreOf(std::uint32_t descending) {
  return std::bit_cast<float>((descending & kSign) != 0 ? descending
                                                        : ~descending & ~kSign);
}

}  // namespace

RankedScores::RankedScores(std::span<const double> y,
                           std::span<const double> score) {
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isnan(y[i])) order.push_back(static_cast<std::uint32_t>(i));
  }
  // Equal scores in the order of rows, so that the order is one.
  std::sort(order.begin(), order.end(),
            [&score](std::uint32_t a, std::uint32_t b) {
              return score[a] != score[b] ? score[a] > score[b] : a < b;
            });
  entries_.reserve(order.size());
  scores_.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool starts = i > 0 && score[order[i]] != score[order[i - 1]];
    entries_.push_back({order[i] & kRowMask, y[order[i]] > 0.5, starts});
    scores_.push_back(score[order[i]]);
  }
}

void BlockedScores::Add(const RankedScores& piece, std::uint32_t first) {
  for (std::size_t i = 0; i < piece.entries_.size(); ++i) {
    const RankedScores::Entry entry = piece.entries_[i];
    const double score = piece.scores_[i];
    const MarkedRow row = (first + entry.row) * 2 + entry.positive;
    if (!is_wide_ && !IsNarrow(score)) Widen();
    if (is_wide_) {
      wide_.push_back({score, row});
    } else {
      const std::uint32_t key = Descending(static_cast<float>(score));
      narrow_.push_back(std::uint64_t{key} << 32 | row);
    }
  }
}

void BlockedScores::Widen() {
  is_wide_ = true;
  wide_.reserve(std::max(expected_, narrow_.size()));
  for (const std::uint64_t key : narrow_) {
    const float score = ScoreOf(static_cast<std::uint32_t>(key >> 32));
    wide_.push_back({static_cast<double>(score), static_cast<MarkedRow>(key)});
  }
  narrow_ = {};
}

RankedScores BlockedScores::Take(std::span<const std::uint16_t> block_of_row,
                                 std::span<const double> weights) {
  RankedScores result;
  const auto add = [&](MarkedRow marked, bool starts) {
    const std::uint32_t row = marked / 2;
    const bool is_first = result.entries_.empty();
    result.entries_.push_back(
        {block_of_row[row] & kRowMask, marked % 2, starts && !is_first});
    if (!weights.empty()) result.weights_.push_back(weights[row]);
  };
  result.entries_.reserve(is_wide_ ? wide_.size() : narrow_.size());
  if (!weights.empty()) result.weights_.reserve(result.entries_.capacity());
  std::sort(narrow_.begin(), narrow_.end());
  std::uint64_t last_key = 0;
  for (const std::uint64_t key : narrow_) {
    add(static_cast<MarkedRow>(key), key >> 32 != last_key >> 32);
    last_key = key;
  }
  std::sort(wide_.begin(), wide_.end(), [](const Wide& a, const Wide& b) {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
  });
  double last_score = 0;
  for (const Wide& one : wide_) {
    add(one.row, one.score != last_score);
    last_score = one.score;
  }
  narrow_ = {};
  wide_ = {};
  return result;
}

}  // namespace mtlkit
