// quantile: for each column a sum of ramps between knots and of half steps on
// either side of them; then, where it is so, the normal distribution.
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "base/json_text.h"
#include "base/normal_quantile.h"
#include "interop/transform_export.h"

namespace mtlkit {
namespace {

// Nodes of double precision that are called by their operation.
class DoubleNodes {
 public:
  explicit DoubleNodes(OnnxGraph* graph) : graph_(*graph) {}

  std::string Constant(double value) const {
    const std::vector<double> one = {value};
    return graph_.Doubles({1}, one);
  }
  std::string Do(std::string_view operation, const std::string& a) const {
    return graph_.Node(operation, {a});
  }
  std::string Do(std::string_view operation, const std::string& a,
                 const std::string& b) const {
    return graph_.Node(operation, {a, b});
  }
  std::string Choose(const std::string& which, const std::string& a,
                     const std::string& b) const {
    return graph_.Node("Where", {which, a, b});
  }
  // From the constant on.
  std::string Polynomial(std::span<const double> c,
                         const std::string& x) const {
    std::string sum = Constant(c.back());
    for (std::size_t i = c.size() - 1; i-- > 0;) {
      sum = Do("Add", Do("Mul", sum, x), Constant(c[i]));
    }
    return sum;
  }

 private:
  OnnxGraph& graph_;
};

// As NormalQuantile of base/normal_quantile.h, of shares that are held 1e-7
// away from the ends.
std::string NormalOf(const DoubleNodes& nodes, const std::string& share) {
  constexpr double kLeastShare = 1e-7;
  const std::string held =
      nodes.Do("Min", nodes.Do("Max", share, nodes.Constant(kLeastShare)),
               nodes.Constant(1 - kLeastShare));
  const std::string q = nodes.Do("Sub", held, nodes.Constant(0.5));
  const std::string size = nodes.Do("Abs", q);
  const std::string near =
      nodes.Do("Sub", nodes.Constant(0.180625), nodes.Do("Mul", q, q));
  const std::string middle = nodes.Do(
      "Div", nodes.Do("Mul", q, nodes.Polynomial(kNormalMiddleOver, near)),
      nodes.Polynomial(kNormalMiddleUnder, near));
  const std::string end = nodes.Do("Sub", nodes.Constant(0.5), size);
  const std::string far =
      nodes.Do("Sub", nodes.Do("Sqrt", nodes.Do("Neg", nodes.Do("Log", end))),
               nodes.Constant(1.6));
  const std::string tail =
      nodes.Do("Div", nodes.Polynomial(kNormalTailOver, far),
               nodes.Polynomial(kNormalTailUnder, far));
  return nodes.Choose(nodes.Do("Greater", size, nodes.Constant(0.425)),
                      nodes.Do("Mul", nodes.Do("Sign", q), tail), middle);
}

// A column's knots, and the shares below and up to each.
struct Knots {
  std::span<const double> at, below, upto;
};

// The share of a column (rows x 1).
std::string ShareOf(const Knots& knots, const std::string& x,
                    OnnxGraph* graph) {
  const DoubleNodes nodes(graph);
  const std::size_t count = knots.at.size();
  const std::vector<Index> row = {1, static_cast<Index>(count)};
  std::vector<double> halves;
  for (std::size_t i = 0; i < count; ++i) {
    halves.push_back((knots.upto[i] - knots.below[i]) / 2);
  }
  const std::string held =
      nodes.Do("Min", nodes.Do("Max", x, nodes.Constant(knots.at.front())),
               nodes.Constant(knots.at.back()));
  const std::string all = graph->Doubles(row, knots.at);
  const auto sum_of = [&](const std::string& x_of_knots,
                          const std::vector<double>& weights) {
    const std::string all_of =
        graph->Doubles({1, static_cast<Index>(weights.size())}, weights);
    return graph->Node("ReduceSum", {nodes.Do("Mul", x_of_knots, all_of),
                                     graph->Integers({1})});
  };
  const auto halves_of = [&](const std::string& which) {
    return sum_of(graph->Cast(which, OnnxType::kDouble), halves);
  };
  // Those below, and those not above.
  const std::string below = halves_of(nodes.Do("Less", all, held));
  const std::string above = halves_of(nodes.Do("Less", held, all));
  std::string sum = nodes.Do("Sub", below, above);
  if (count > 1) {
    std::vector<double> widths;
    std::vector<double> rises;
    for (std::size_t i = 1; i < count; ++i) {
      widths.push_back(knots.at[i] - knots.at[i - 1]);
      rises.push_back(knots.below[i] - knots.upto[i - 1]);
    }
    const std::vector<Index> pieces = {1, row[1] - 1};
    const std::string parts =
        nodes.Do("Div",
                 nodes.Do("Sub", held,
                          graph->Doubles(pieces, knots.at.first(count - 1))),
                 graph->Doubles(pieces, widths));
    const std::vector<double> zero = {0};
    const std::vector<double> one = {1};
    const std::string ramps = graph->Node(
        "Clip", {parts, graph->Doubles({}, zero), graph->Doubles({}, one)});
    sum = nodes.Do("Add", sum, sum_of(ramps, rises));
  }
  const double first =
      knots.below.front() + std::accumulate(halves.begin(), halves.end(), 0.0);
  return nodes.Do("Add", sum, nodes.Constant(first));
}

std::vector<std::string> QuantileNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  const DoubleNodes nodes(&graph);
  const bool is_normal =
      ParseJson(step.record.spec).at("output").get<std::string>() == "normal";
  std::vector<std::string> values = step.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const InputSpec& block = step.before[i];
    if (block.kind != InputKind::kDense) continue;
    std::vector<std::string> columns;
    std::size_t first = 0;
    for (const double count : step.Array(block.name + ".counts")) {
      const std::string x = graph.Columns(values[i], std::ssize(columns), 1);
      const auto size = static_cast<std::size_t>(count);
      if (size == 0) {
        columns.push_back(x);
        continue;
      }
      const auto part = [&](const char* name) {
        return std::span(step.Array(block.name + name)).subspan(first, size);
      };
      const std::string share =
          ShareOf({part(".knots"), part(".below"), part(".upto")}, x, &graph);
      columns.push_back(nodes.Choose(
          nodes.Do("IsNaN", x), x, is_normal ? NormalOf(nodes, share) : share));
      first += size;
    }
    values[i] = columns.size() == 1
                    ? columns[0]
                    : graph.Node("Concat", columns, {{"axis", Index{1}}});
  }
  return values;
}

}  // namespace

extern const TransformExport kQuantileMapExport;
const TransformExport kQuantileMapExport = {"quantile", QuantileNodes};

}  // namespace mtlkit
