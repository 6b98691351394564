#include "prep/leaks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/blocks.h"
#include "data/schema.h"
#include "prep/piece.h"
#include "prep/prepare_checks.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
std::uint64_t Mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) + 0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

std::uint64_t BitsOf(double number) {
  if (std::isnan(number)) return std::numeric_limits<std::uint64_t>::max();
  return std::bit_cast<std::uint64_t>(number + 0.0);  // -0 is 0
}

// Adds one block to the hash of a row.
class BlockHasher {
 public:
  BlockHasher(const InputBlock& block, const std::set<ColumnRef>& left_out)
      : block_(block), goes_in_(At(std::max<Index>(block.cols, 0)), true) {
    for (Index col = 0; col < block.cols && !left_out.empty(); ++col) {
      const bool has_columns = TraitsOf(block.kind).has_columns;
      goes_in_[At(col)] =
          !has_columns ||
          left_out.count({block.name, ColumnName(block, col)}) == 0;
    }
  }

  std::uint64_t Add(std::uint64_t hash, Index row) const {
    switch (block_.kind) {
      case InputKind::kDense:
        for (Index col = 0; col < block_.cols; ++col) {
          if (!goes_in_[At(col)]) continue;
          hash = Mix(hash, BitsOf(DenseCell(block_, row * block_.cols + col)));
        }
        return hash;
      case InputKind::kCategorical:
        for (Index col = 0; col < block_.cols; ++col) {
          if (!goes_in_[At(col)]) continue;
          hash = Mix(hash, CodeBits(row * block_.cols + col));
        }
        return hash;
      case InputKind::kSparse:
        for (Index at = block_.row_starts[row]; at < block_.row_starts[row + 1];
             ++at) {
          const std::int32_t col = block_.indices[at];
          const auto value = static_cast<double>(block_.values[at]);
          if (!goes_in_[At(col)] || value == 0) continue;
          hash = Mix(Mix(hash, static_cast<std::uint64_t>(col)), BitsOf(value));
        }
        return Mix(hash, 1);
      case InputKind::kTokens:
        for (Index at = block_.row_starts[row]; at < block_.row_starts[row + 1];
             ++at) {
          hash = Mix(hash, CodeBits(at));
        }
        return Mix(hash, 1);
      case InputKind::kImage: {
        const Index cells = block_.row_cells();
        for (Index at = row * cells; at < (row + 1) * cells; ++at) {
          hash = Mix(hash, block_.pixels[at]);
        }
        return hash;
      }
    }
    return hash;
  }

 private:
  std::uint64_t CodeBits(Index at) const {
    return static_cast<std::uint64_t>(
        static_cast<std::int64_t>(block_.codes[at]));
  }

  const InputBlock& block_;
  std::vector<bool> goes_in_;
};

std::vector<std::uint64_t> HashRows(const Dataset& data,
                                    const std::set<ColumnRef>& left_out) {
  std::vector<std::uint64_t> hashes(At(data.rows));
  for (const InputBlock& block : data.inputs) {
    const BlockHasher hasher(block, left_out);
    for (Index row = 0; row < data.rows; ++row) {
      hashes[At(row)] = hasher.Add(hashes[At(row)], row);
      const Index passed = row + 1;
      if (passed % kPieceRows == 0) {
        ForgetRows(block, passed - kPieceRows, kPieceRows);
      }
    }
  }
  return hashes;
}

// Splits (or folds) that share rows: of each pair how many rows of the second.
class LeakFinder {
 public:
  LeakFinder(const Dataset& data, const std::vector<std::uint64_t>& hashes,
             const std::vector<Index>& order, bool folds)
      : hashes_(hashes), order_(order), split_of_(At(data.rows), -1) {
    for (const std::string& name : data.SplitNames()) {
      if (IsFoldName(name) != folds) continue;
      for (const Index row : data.SplitRows(name)) {
        split_of_[At(row)] = static_cast<std::int32_t>(names_.size());
      }
      names_.push_back(name);
      sizes_.push_back(std::ssize(data.SplitRows(name)));
    }
  }

  std::vector<Leak> Run() {
    for (std::size_t first = 0; first < order_.size();) {
      std::size_t end = first + 1;
      while (end < order_.size() && HashAt(end) == HashAt(first)) ++end;
      if (end - first > 1) AddEqual(first, end);
      first = end;
    }
    std::vector<Leak> leaks;
    for (auto& [pair, leak] : found_) leaks.push_back(std::move(leak));
    return leaks;
  }

 private:
  std::uint64_t HashAt(std::size_t at) const { return hashes_[At(order_[at])]; }

  // Rows order_[first, end) are equal.
  void AddEqual(std::size_t first, std::size_t end) {
    std::map<std::int32_t, std::pair<Index, Index>> own;  // rows, first of them
    for (std::size_t i = first; i < end; ++i) {
      const std::int32_t split = split_of_[At(order_[i])];
      if (split >= 0 && own[split].first++ == 0) own[split].second = order_[i];
    }
    for (auto to = own.begin(); to != own.end(); ++to) {
      for (auto from = own.begin(); from != to; ++from) {
        const auto& [rows, example] = to->second;
        Leak& leak = found_[{from->first, to->first}];
        if (leak.rows == 0) {
          leak.from = names_[At(from->first)];
          leak.to = names_[At(to->first)];
          leak.rows_of_to = sizes_[At(to->first)];
        }
        // Hashes come in any order; the first row is what a person looks for.
        if (leak.rows == 0 || example < leak.example) {
          leak.example = example;
          leak.equal = from->second.second;
        }
        leak.rows += rows;
      }
    }
  }

  const std::vector<std::uint64_t>& hashes_;
  const std::vector<Index>& order_;
  std::vector<std::int32_t> split_of_;
  std::vector<std::string> names_;
  std::vector<Index> sizes_;
  std::map<std::pair<std::int32_t, std::int32_t>, Leak> found_;
};

}  // namespace

std::vector<Leak> FindLeaks(const Dataset& data,
                            const std::set<ColumnRef>& left_out) {
  const std::vector<std::uint64_t> hashes = HashRows(data, left_out);
  std::vector<Index> order(At(data.rows));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::sort(order, [&](Index a, Index b) {
    return std::pair(hashes[At(a)], a) < std::pair(hashes[At(b)], b);
  });
  std::vector<Leak> leaks = LeakFinder(data, hashes, order, false).Run();
  std::ranges::copy(LeakFinder(data, hashes, order, true).Run(),
                    std::back_inserter(leaks));
  return leaks;
}

void CheckLeaks(const Dataset& data, const std::set<ColumnRef>& left_out,
                const std::string& how, Reporter* reporter) {
  const std::string groups = CutGroups(data);
  if (!groups.empty() && how == "error") {
    Fail(ErrorKind::kBadInput, Str("--check-leaks: ", groups),
         "leave the splits to --split, which cuts none");
  }
  if (!groups.empty()) reporter->Warn(groups);
  if (how == "none") return;
  Require(!data.splits.empty(), ErrorKind::kUsage,
          "--check-leaks has no effect: there are no splits",
          "it is for --split, --split-from and --folds");
  for (const Leak& leak : FindLeaks(data, left_out)) {
    const std::string text =
        Str("--check-leaks: ", leak.rows, " of ",
            Counted(leak.rows_of_to, "row", "rows"), " of '", leak.to,
            leak.rows == 1 ? "' has" : "' have", " the inputs of a row of '",
            leak.from, "': row '", IdText(data.ids, leak.example),
            "' those of row '", IdText(data.ids, leak.equal), "'");
    if (how == "error") {
      Fail(ErrorKind::kBadInput, text,
           "leave such rows out of the table, or keep them together: --group "
           "COLUMN");
    }
    reporter->Warn(text);
  }
}

}  // namespace mtlkit
