#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "eval/metric.h"
#include "eval/part_mean.h"

namespace mtlkit {
namespace {

// Labels of one column with what was predicted, NaN where there is none.
struct OrderedCells {
  std::vector<double> y;
  std::vector<double> said;
  // Whether a row is compared with those below; empty: all are. Of equal
  // labels those that are not come first, and are below the others.
  std::vector<std::uint8_t> compares;

  bool Compares(std::size_t row) const {
    return compares.empty() || compares[row] != 0;
  }
  bool IsBelow(std::size_t a, std::size_t b) const {
    return y[a] != y[b] ? y[a] < y[b] : !Compares(a) && Compares(b);
  }
};

// Pairs of rows with different labels: the share whose predictions are in the
// same order, equal ones counting half. Of times that may be censored, longer
// ones are below, as their risk should be, and only rows whose event came are
// compared with them: of the others nobody knows (Harrell, Califf, Pryor, Lee
// and Rosati, "Evaluating the yield of medical tests", 1982). Rows come in
// ascending order, and sums of weights by the rank of the prediction are kept
// in a tree (Fenwick, "A new data structure for cumulative frequency tables",
// 1994).
class OrderedPairs {
 public:
  explicit OrderedPairs(const OrderedCells& cells) {
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < cells.y.size(); ++i) {
      if (std::isnan(cells.y[i]) || std::isnan(cells.said[i])) continue;
      order.push_back(static_cast<std::uint32_t>(i));
    }
    std::vector<double> said;
    for (const std::uint32_t row : order) said.push_back(cells.said[row]);
    std::sort(said.begin(), said.end());
    said.erase(std::unique(said.begin(), said.end()), said.end());
    ranks_ = said.size();
    std::stable_sort(
        order.begin(), order.end(),
        [&](std::uint32_t a, std::uint32_t b) { return cells.IsBelow(a, b); });
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint32_t row = order[i];
      const auto rank =
          std::lower_bound(said.begin(), said.end(), cells.said[row]) -
          said.begin();
      rows_.push_back({row, static_cast<std::uint32_t>(rank),
                       i == 0 || cells.IsBelow(order[i - 1], row),
                       cells.Compares(row)});
    }
  }

  std::size_t size() const { return rows_.size(); }

  // `weight(row)`: that of a row.
  template <class Weight>
  double Share(Weight weight) const {
    std::vector<double> tree(ranks_ + 1);
    double before = 0;
    double pairs = 0;
    double right = 0;
    std::size_t first = 0;
    while (first < rows_.size()) {
      std::size_t end = first + 1;
      while (end < rows_.size() && !rows_[end].starts) ++end;
      double added = 0;
      for (std::size_t i = first; i < end && rows_[first].compares; ++i) {
        const double own = weight(rows_[i].row);
        const double lower = Below(tree, rows_[i].rank);
        const double to_equal = Below(tree, rows_[i].rank + 1);
        right += own * (lower + to_equal) / 2;
        pairs += own * before;
      }
      for (std::size_t i = first; i < end; ++i) {
        const double own = weight(rows_[i].row);
        for (std::size_t at = rows_[i].rank + 1; at <= ranks_;
             at += at & (~at + 1)) {
          tree[at] += own;
        }
        added += own;
      }
      before += added;
      first = end;
    }
    return pairs > 0 ? right / pairs : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  struct Entry {
    std::uint32_t row;
    std::uint32_t rank;
    bool starts;  // its label is above that of the one before
    bool compares;
  };
  // Of the ranks below `rank`.
  static double Below(const std::vector<double>& tree, std::size_t rank) {
    double sum = 0;
    for (; rank > 0; rank -= rank & (~rank + 1)) sum += tree[rank];
    return sum;
  }

  std::vector<Entry> rows_;
  std::size_t ranks_ = 0;
};

template <class Weight>
PartMean MeanShare(const std::vector<OrderedPairs>& columns, Weight weight) {
  PartMean mean;
  for (const OrderedPairs& pairs : columns) mean.Add(pairs.Share(weight));
  return mean;
}

std::vector<OrderedPairs> PairsOf(const std::vector<OrderedCells>& columns) {
  std::vector<OrderedPairs> pairs;
  for (const OrderedCells& cells : columns) pairs.emplace_back(cells);
  return pairs;
}

std::size_t PairsSize(const std::vector<OrderedPairs>& columns) {
  std::size_t size = 0;
  for (const OrderedPairs& pairs : columns) size += pairs.size();
  return size;
}

// Of a row: its own weight, times that of its block.
struct BlockWeights {
  std::span<const double> own;
  std::span<const std::uint16_t> block;
  std::span<const double> weights;
  double operator()(std::uint32_t row) const {
    return own[row] * weights[block[row]];
  }
};
struct RowWeights {
  std::span<const double> weights;
  double operator()(std::uint32_t row) const { return weights[row]; }
};

// Keeps all rows: which of two comes first is known of no sum.
class BlockedConcordance : public BlockedMetric {
 public:
  explicit BlockedConcordance(std::size_t columns) : cells_(columns) {}

  void Add(const std::vector<OrderedCells>& columns, const RowBlocks& rows) {
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const OrderedCells& from = columns[k];
      cells_[k].y.insert(cells_[k].y.end(), from.y.begin(), from.y.end());
      cells_[k].said.insert(cells_[k].said.end(), from.said.begin(),
                            from.said.end());
      cells_[k].compares.insert(cells_[k].compares.end(), from.compares.begin(),
                                from.compares.end());
    }
    own_.insert(own_.end(), rows.weights.begin(), rows.weights.end());
    block_.insert(block_.end(), rows.block_of_row.begin(),
                  rows.block_of_row.end());
  }
  void Finish() override {
    pairs_ = PairsOf(cells_);
    cells_ = {};
  }
  double Value(std::span<const double> weights) const override {
    return MeanShare(pairs_, BlockWeights{own_, block_, weights}).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return MeanShare(pairs_, BlockWeights{own_, block_, weights}).count();
  }
  std::size_t size() const override { return PairsSize(pairs_); }
  double Whole() const override { return OfAll().Value(); }
  PartCount WholeParts() const override { return OfAll().count(); }

 private:
  PartMean OfAll() const { return MeanShare(pairs_, RowWeights{own_}); }

  std::vector<OrderedCells> cells_;
  std::vector<OrderedPairs> pairs_;
  std::vector<double> own_;
  std::vector<std::uint16_t> block_;
};

class Concordance : public Metric {
 public:
  explicit Concordance(std::vector<OrderedCells> cells)
      : cells_(std::move(cells)), pairs_(PairsOf(cells_)) {}

  double Value(std::span<const double> weights) const override {
    return MeanShare(pairs_, RowWeights{weights}).Value();
  }
  PartCount Parts(std::span<const double> weights) const override {
    return MeanShare(pairs_, RowWeights{weights}).count();
  }
  std::size_t size() const override { return PairsSize(pairs_); }
  std::unique_ptr<BlockedMetric> EmptyBlocks(Index /*blocks*/) const override {
    return std::make_unique<BlockedConcordance>(cells_.size());
  }
  void AddTo(const RowBlocks& rows, BlockedMetric* blocks) const override {
    static_cast<BlockedConcordance&>(*blocks).Add(cells_, rows);
  }

 private:
  std::vector<OrderedCells> cells_;
  std::vector<OrderedPairs> pairs_;
};

// Times and risks of one column; rows that lack either part have no label.
std::unique_ptr<Metric> PrepareCensored(const MetricRows& rows) {
  OrderedCells cells;
  for (Index row = 0; row < rows.rows; ++row) {
    const double time = rows.Y()(row, 0);
    const double event = rows.Y()(row, 1);
    cells.y.push_back(std::isnan(event) ? event : -time);
    cells.said.push_back(rows.output[At(row)]);
    cells.compares.push_back(event > 0 ? 1 : 0);
  }
  return std::make_unique<Concordance>(std::vector{std::move(cells)});
}

std::unique_ptr<Metric> PrepareConcordance(const MetricRows& rows) {
  if (HasEvents(rows.type)) return PrepareCensored(rows);
  std::vector<OrderedCells> columns(At(rows.target_cols));
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    OrderedCells& cells = columns[i % columns.size()];
    cells.y.push_back(rows.y[i]);
    cells.said.push_back(rows.Point(i));
  }
  return std::make_unique<Concordance>(std::move(columns));
}

bool HasOrder(TaskType type) {
  return HasNumbers(type) || HasEvents(type);
}

}  // namespace

extern const MetricEntry kConcordance;
const MetricEntry kConcordance = {
    MakeEntry<PrepareConcordance>(
        "concordance",
        "share of pairs of rows with different labels that are predicted in "
        "their order, equal predictions counting half; of times that may be "
        "censored those pairs whose order is known; mean over columns (Harrell "
        "et al. 1982)"),
    "concordance",
    true,
    1.0,
    HasOrder,
    false,
    {.worst = 0}};

}  // namespace mtlkit
