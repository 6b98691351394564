// quantile: the share of the training rows that lies below a number, or the
// number below which that share of a normal distribution lies. Between
// quantiles of the training rows it is linear, and a value that many rows have
// gets the middle of their share (the mean of both interpolations of
// scikit-learn's QuantileTransformer). Numbers beyond the training rows are as
// their least or largest one.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/normal_quantile.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Number of knots of each column of a block; 0: the column stays as it is.
std::string KnotCountsOf(const InputSpec& spec) {
  return spec.name + ".counts";
}
// Of all columns one behind the other: the numbers, ascending within each
// column, and the shares of rows below and up to each.
std::string KnotsOf(const InputSpec& spec) {
  return spec.name + ".knots";
}
std::string BelowOf(const InputSpec& spec) {
  return spec.name + ".below";
}
std::string UpToOf(const InputSpec& spec) {
  return spec.name + ".upto";
}

// A column's map from numbers to shares.
struct ShareMap {
  std::span<const double> knots, below, upto;

  double Share(double value) const {
    if (std::isnan(value)) return value;
    const double held = std::clamp(value, knots.front(), knots.back());
    const auto at = static_cast<std::size_t>(
        std::lower_bound(knots.begin(), knots.end(), held) - knots.begin());
    if (knots[at] == held) return (below[at] + upto[at]) / 2;
    const double part = (held - knots[at - 1]) / (knots[at] - knots[at - 1]);
    return upto[at - 1] + part * (below[at] - upto[at - 1]);
  }
};

// What the least and the largest number of many rows become, as there: 5.2
// deviations.
double NormalOfShare(double share) {
  constexpr double kLeastShare = 1e-7;
  return NormalQuantile(std::clamp(share, kLeastShare, 1 - kLeastShare));
}

class QuantileMap : public Transform {
 public:
  QuantileMap(std::string output, TransformArrays arrays)
      : output_(std::move(output)), arrays_(std::move(arrays)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    for (const InputSpec& spec : inputs) {
      if (TakesNumbers(spec.kind)) RequireMaps(spec);
    }
    return inputs;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    const bool is_normal = output_ == "normal";
    for (InputBlock& block : result) {
      if (!TakesNumbers(block.kind)) continue;
      const std::vector<ShareMap> maps = MapsOf(block);
      ChangeNumbers(
          rows,
          [&](std::size_t col, double value) {
            if (maps[col].knots.empty() || std::isnan(value)) return value;
            const double share = maps[col].Share(value);
            return is_normal ? NormalOfShare(share) : share;
          },
          &block);
    }
    return result;
  }

  TransformRecord Record() const override {
    return {"quantile", DumpJson(nlohmann::json{{"output", output_}}), arrays_};
  }

 private:
  std::vector<ShareMap> MapsOf(const InputSpec& spec) const {
    std::span<const double> knots = arrays_.at(KnotsOf(spec));
    std::span<const double> below = arrays_.at(BelowOf(spec));
    std::span<const double> upto = arrays_.at(UpToOf(spec));
    std::vector<ShareMap> maps;
    for (const double count : arrays_.at(KnotCountsOf(spec))) {
      const auto size = static_cast<std::size_t>(count);
      maps.push_back({knots.first(size), below.first(size), upto.first(size)});
      knots = knots.subspan(size);
      below = below.subspan(size);
      upto = upto.subspan(size);
    }
    return maps;
  }

  // They may be from a file.
  void RequireMaps(const InputSpec& spec) const {
    const TransformRecord record = Record();
    double knots = 0;
    for (const double count : ColumnArray(record, KnotCountsOf(spec), spec)) {
      if (count < 0 || count != std::floor(count) || count > 1e9) {
        FailDamagedTransform("quantile", Str("a column has ", count, " knots"));
      }
      knots += count;
    }
    for (const std::string& name :
         {KnotsOf(spec), BelowOf(spec), UpToOf(spec)}) {
      const auto at = arrays_.find(name);
      if (at == arrays_.end() ||
          static_cast<double>(at->second.size()) != knots) {
        FailDamagedTransform("quantile", Str("'", name, "' is not complete"));
      }
    }
    for (const ShareMap& map : MapsOf(spec)) RequireAscending(map);
  }

  static void RequireAscending(const ShareMap& map) {
    for (std::size_t i = 0; i < map.knots.size(); ++i) {
      const bool first = i == 0;
      const bool holds = std::isfinite(map.knots[i]) && map.below[i] >= 0 &&
                         map.upto[i] >= map.below[i] && map.upto[i] <= 1 &&
                         (first || (map.knots[i] > map.knots[i - 1] &&
                                    map.below[i] >= map.upto[i - 1]));
      if (!holds) FailDamagedTransform("quantile", "its knots do not ascend");
    }
  }

  std::string output_;
  TransformArrays arrays_;
};

struct QuantileOptions {
  std::string output = "normal";
  Index count = 1000;

  void Describe(Fields& fields) {
    fields("output", output,
           "how the training rows are spread: as a normal distribution, or "
           "evenly over 0 .. 1",
           {"normal", "uniform"});
    fields("count", count, "of how many quantiles the map is made, at most",
           Between(2, 100000));
  }
};

// Appends the knots of one column: `count` quantiles of ascending values, equal
// ones as one knot.
double AddKnots(const std::vector<double>& values, Index count,
                const InputSpec& spec, TransformArrays* arrays) {
  std::vector<double>& knots = arrays->at(KnotsOf(spec));
  std::vector<double>& below = arrays->at(BelowOf(spec));
  std::vector<double>& upto = arrays->at(UpToOf(spec));
  const std::size_t before = knots.size();
  const Index most = std::min(count, std::ssize(values));
  for (Index i = 0; i < most; ++i) {
    const double share =
        most == 1 ? 0 : static_cast<double>(i) / static_cast<double>(most - 1);
    const double value = Quantile(values, share);
    if (knots.size() > before && value <= knots.back()) {
      upto.back() = share;
      continue;
    }
    knots.push_back(value);
    below.push_back(share);
    upto.push_back(share);
  }
  // One value is all of the rows.
  if (knots.size() == before + 1) upto.back() = 1;
  return static_cast<double>(knots.size() - before);
}

std::shared_ptr<const Transform> FitQuantile(const FitArgs& args,
                                             const QuantileOptions& options) {
  TransformArrays arrays;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesNumbers(spec.kind)) continue;
    for (const std::string& name :
         {KnotsOf(spec), BelowOf(spec), UpToOf(spec)}) {
      arrays[name] = {};
    }
    std::vector<double>& counts = arrays[KnotCountsOf(spec)];
    for (auto& values : KnownValues(args, spec)) {
      std::sort(values.begin(), values.end());
      counts.push_back(AddKnots(values, options.count, spec, &arrays));
    }
  }
  return std::make_shared<QuantileMap>(options.output, std::move(arrays));
}

std::shared_ptr<const Transform> RestoreQuantile(
    const TransformRecord& record) {
  const auto output = ParseSpec(record).at("output").get<std::string>();
  if (output != "normal" && output != "uniform") {
    FailDamagedTransform("quantile", Str("its output is '", output, "'"));
  }
  return std::make_shared<QuantileMap>(output, record.arrays);
}

}  // namespace

extern const TransformEntry kQuantileTransform;
const TransformEntry kQuantileTransform = {
    MakeEntry<FitQuantile, QuantileOptions>(
        "quantile",
        "the share of the training rows below a number, spread as a normal "
        "distribution or evenly"),
    TakesNumbers, RestoreQuantile};

}  // namespace mtlkit
