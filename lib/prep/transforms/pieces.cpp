// pieces: piecewise-linear encoding of numbers beside the numbers themselves
// (Gorishniy, Rubachev and Babenko, On Embeddings for Numerical Features,
// 2022). Beside every number that has more than two values go up to `count`
// columns `column:low..high`: how far the number is through that piece of its
// range, 0 below and 1 above. The edges divide the training rows evenly,
// frequent values apart.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/piece_edges.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

using Arrays = TransformArrays;

// Number of edges of each column of a block; 0: the column has no pieces.
std::string CountsOf(const InputSpec& spec) {
  return spec.name + ".counts";
}
// The edges of all columns of a block, ascending within each column.
std::string EdgesOf(const InputSpec& spec) {
  return spec.name + ".edges";
}

// `value` to `digits` digits, those before the point always.
double Rounded(double value, int digits) {
  const double size = std::abs(value);
  if (size == 0) return 0;
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  if (before >= digits) return std::round(value);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*g", digits, value);
  return std::strtod(text.data(), nullptr);
}

// Ascending edges as short as they can be told apart, from four digits on: a
// number that was kept in single precision has more than anybody wrote.
std::vector<std::string> EdgeTexts(std::span<const double> edges) {
  constexpr int kFewDigits = 4;
  constexpr int kAllDigits = 17;
  for (int digits = kFewDigits; digits < kAllDigits; ++digits) {
    std::vector<double> rounded;
    for (const double edge : edges) rounded.push_back(Rounded(edge, digits));
    if (!std::ranges::is_sorted(rounded, std::less_equal())) continue;
    std::vector<std::string> texts;
    for (const double edge : rounded) texts.push_back(FormatNumber(edge));
    return texts;
  }
  std::vector<std::string> texts;
  for (const double edge : edges) texts.push_back(FormatNumber(edge));
  return texts;
}

class Pieces : public Transform {
 public:
  explicit Pieces(Arrays arrays) : arrays_(std::move(arrays)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result = inputs;
    for (InputSpec& spec : result) {
      if (spec.kind == InputKind::kDense) AddColumns(&spec);
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (block.kind == InputKind::kDense) AddCells(&block, rows);
    }
    return result;
  }

  TransformRecord Record() const override { return {"pieces", "{}", arrays_}; }

 private:
  // The edges of each column of a block, checked: they may be from a file.
  std::vector<std::span<const double>> ColumnEdges(
      const InputSpec& spec) const {
    const auto edges = arrays_.find(EdgesOf(spec));
    if (edges == arrays_.end()) {
      FailDamagedTransform("pieces", Str("it lacks '", EdgesOf(spec), "'"));
    }
    std::span<const double> rest = edges->second;
    std::vector<std::span<const double>> result;
    const TransformRecord record = Record();
    for (const double count : ColumnArray(record, CountsOf(spec), spec)) {
      if (count < 0 || count != std::floor(count) ||
          count > static_cast<double>(rest.size())) {
        FailDamagedTransform("pieces", Str("a column has ", count, " edges"));
      }
      const auto size = static_cast<std::size_t>(count);
      result.push_back(rest.first(size));
      rest = rest.subspan(size);
      RequireAscending(result.back());
    }
    if (!rest.empty()) {
      FailDamagedTransform("pieces", "it has edges of no column");
    }
    return result;
  }

  static void RequireAscending(std::span<const double> edges) {
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (!std::isfinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1])) {
        FailDamagedTransform("pieces", "its edges do not ascend");
      }
    }
  }

  void AddColumns(InputSpec* spec) const {
    std::vector<std::string> names;
    for (Index col = 0; col < spec->cols; ++col) {
      names.push_back(ColumnName(*spec, col));
    }
    Index col = 0;
    for (const auto edges : ColumnEdges(*spec)) {
      const std::string name = ColumnName(*spec, col++);
      const std::vector<std::string> texts = EdgeTexts(edges);
      for (std::size_t i = 1; i < edges.size(); ++i) {
        names.push_back(Str(name, ":", texts[i - 1], "..", texts[i]));
      }
    }
    spec->columns = std::move(names);
    spec->cols = static_cast<Index>(spec->columns.size());
  }

  void AddCells(InputBlock* block, Index rows) const {
    const auto edges = ColumnEdges(*block);
    const Index numbers = block->cols;
    AddColumns(block);
    std::vector<double> cells;
    cells.reserve(static_cast<std::size_t>(rows * block->cols));
    std::vector<double> row_numbers(edges.size());
    for (Index row = 0; row < rows; ++row) {
      for (Index col = 0; col < numbers; ++col) {
        const double value = DenseCell(*block, row * numbers + col);
        row_numbers[static_cast<std::size_t>(col)] = value;
        cells.push_back(value);
      }
      for (std::size_t col = 0; col < edges.size(); ++col) {
        AppendPieces(edges[col], row_numbers[col], &cells);
      }
    }
    block->dense = {};
    block->wide = Array<double>(std::move(cells));
  }

  // 1 for each piece that lies below `value`, 0 for those above, and for the
  // piece that holds it the part of the way through. Beyond the outer edges
  // nothing grows on: there the number itself still says how far.
  static void AppendPieces(std::span<const double> edges, double value,
                           std::vector<double>* cells) {
    for (std::size_t i = 1; i < edges.size(); ++i) {
      const double part = (value - edges[i - 1]) / (edges[i] - edges[i - 1]);
      cells->push_back(std::clamp(part, 0.0, 1.0));
    }
  }

  Arrays arrays_;
};

struct PiecesOptions {
  Index count = 32;
  std::string evenly = "rows";

  void Describe(Fields& fields) {
    fields("count", count, "into how many pieces the range of a number is cut",
           Between(2, kMostPieces));
    fields("evenly", evenly,
           "what the edges divide evenly: the training rows, or the different "
           "values that these have, however many have each",
           {"rows", "values"});
  }
};

// The edges of a column's pieces; none where one piece would be the number
// again.
std::vector<double> EdgesFor(std::vector<double> values,
                             const PiecesOptions& options) {
  std::vector<PieceLevel> levels = PieceLevelsOf(std::move(values));
  if (levels.size() <= 2) return {};
  if (options.evenly == "values") {
    for (PieceLevel& level : levels) level.count = 1;
  }
  return PieceEdges(std::move(levels), options.count);
}

std::shared_ptr<const Transform> FitPieces(const FitArgs& args,
                                           const PiecesOptions& options) {
  Arrays arrays;
  for (const InputSpec& spec : args.rows.specs()) {
    if (spec.kind != InputKind::kDense) continue;
    std::vector<double>& counts = arrays[CountsOf(spec)];
    std::vector<double>& all = arrays[EdgesOf(spec)];
    for (auto& values : KnownValues(args, spec)) {
      const std::vector<double> edges = EdgesFor(std::move(values), options);
      counts.push_back(static_cast<double>(edges.size()));
      all.insert(all.end(), edges.begin(), edges.end());
    }
  }
  return std::make_shared<Pieces>(std::move(arrays));
}

std::shared_ptr<const Transform> RestorePieces(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Pieces>(record.arrays);
}

}  // namespace

extern const TransformEntry kPiecesTransform;
const TransformEntry kPiecesTransform = {
    MakeEntry<FitPieces, PiecesOptions>(
        "pieces",
        "columns beside a number that say how far it is through each piece of "
        "its range (Gorishniy et al., 2022)"),
    TakesNumbers, RestorePieces};

}  // namespace mtlkit
