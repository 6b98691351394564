// align: the numbers of several views in one space, view by view by a linear
// map that was fitted to all of them (prep/align_views.h). Written by
// mtl-cotrain align, behind all that mtl-prep did.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "prep/align_views.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// At most so many rows are aligned by, the same ones always.
constexpr Index kAlignRows = 200000;

std::string AlignMeanOf(const std::string& view) {
  return view + ".mean";
}
std::string AlignMapOf(const std::string& view) {
  return view + ".map";
}

class Alignment : public Transform {
 public:
  Alignment(std::string how, Index dims, TransformArrays arrays)
      : how_(std::move(how)), dims_(dims), arrays_(std::move(arrays)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    const TransformRecord record = Record();
    std::vector<InputSpec> result = inputs;
    std::size_t found = 0;
    for (InputSpec& spec : result) {
      if (!Aligns(spec)) continue;
      ++found;
      ColumnArray(record, AlignMeanOf(spec.name), spec);
      RequireMap(spec);
      BecomeVariates(&spec);
    }
    if (2 * found != arrays_.size()) {
      FailDamagedTransform("align", "a view of it is not there");
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (InputBlock& block : result) {
      if (!Aligns(block)) continue;
      std::vector<float> made = Made(block, rows);
      BecomeVariates(&block);
      block.dense = Array<float>(std::move(made));
      block.wide = {};
    }
    return result;
  }

  TransformRecord Record() const override {
    const nlohmann::json spec = {{"how", how_}, {"dims", dims_}};
    return {"align", spec.dump(), arrays_};
  }

 private:
  bool Aligns(const InputSpec& spec) const {
    return TakesNumbers(spec.kind) &&
           arrays_.count(AlignMeanOf(spec.name)) +
                   arrays_.count(AlignMapOf(spec.name)) >
               0;
  }

  void RequireMap(const InputSpec& spec) const {
    const auto at = arrays_.find(AlignMapOf(spec.name));
    if (at == arrays_.end() || std::ssize(at->second) != spec.cols * dims_) {
      FailDamagedTransform("align", Str("the map of '", spec.name,
                                        "' is not columns x ", dims_));
    }
    for (const double value : at->second) {
      if (!std::isfinite(value)) {
        FailDamagedTransform("align", "a map is not finite");
      }
    }
  }

  void BecomeVariates(InputSpec* spec) const {
    spec->cols = dims_;
    spec->columns.clear();
    spec->dates.clear();
    for (Index dim = 0; dim < dims_; ++dim) {
      spec->columns.push_back(Str(spec->name, ".", how_, dim + 1));
    }
  }

  // Row by row in one order, whatever piece a row is in. What is missing counts
  // as the mean.
  std::vector<float> Made(const InputBlock& block, Index rows) const {
    const std::vector<double>& mean = arrays_.at(AlignMeanOf(block.name));
    const std::vector<double>& map = arrays_.at(AlignMapOf(block.name));
    std::vector<float> made;
    made.reserve(At(rows * dims_));
    std::vector<double> sums(At(dims_));
    for (Index row = 0; row < rows; ++row) {
      std::ranges::fill(sums, 0.0);
      for (Index col = 0; col < block.cols; ++col) {
        const double value =
            DenseCell(block, row * block.cols + col) - mean[At(col)];
        if (std::isnan(value)) continue;
        const double* const to = map.data() + col * dims_;
        for (std::size_t dim = 0; dim < sums.size(); ++dim) {
          sums[dim] += value * to[dim];
        }
      }
      for (const double sum : sums) made.push_back(static_cast<float>(sum));
    }
    return made;
  }

  std::string how_;
  Index dims_;
  TransformArrays arrays_;
};

struct AlignStepOptions : AlignOptions {
  void Describe(Fields& fields) {
    fields("how", how, "what makes views alike", {"cca", "gcca", "procrustes"});
    fields("dims", dims, "columns that each view becomes; 0: the fewest of any",
           AtLeast(0));
    fields("ridge", ridge,
           "part of the mean variance that is added to each column's",
           AtLeast(0));
  }
};

// A view's training rows; what is missing is the mean of what is not.
ViewNumbers RowsOfView(const TrainingRows& rows, const InputSpec& spec) {
  ViewNumbers view;
  view.cols = spec.cols;
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      view.values.push_back(DenseCell(block, at));
    }
  });
  const auto width = At(spec.cols);
  for (std::size_t col = 0; col < width; ++col) {
    double sum = 0;
    double known = 0;
    for (std::size_t at = col; at < view.values.size(); at += width) {
      if (std::isnan(view.values[at])) continue;
      sum += view.values[at];
      ++known;
    }
    for (std::size_t at = col; at < view.values.size(); at += width) {
      double& value = view.values[at];
      if (std::isnan(value)) value = known > 0 ? sum / known : 0;
    }
  }
  return view;
}

std::shared_ptr<const Transform> FitAlign(const FitArgs& args,
                                          const AlignStepOptions& options) {
  const TrainingRows rows = args.rows.Sample(kAlignRows);
  std::vector<std::string> names;
  std::vector<ViewNumbers> views;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesNumbers(spec.kind)) continue;
    if (args.columns.count({spec.name, ""}) == 0) continue;
    names.push_back(spec.name);
    views.push_back(RowsOfView(rows, spec));
  }
  Require(!views.empty(), ErrorKind::kUsage, "align: there is no view");
  std::vector<ViewMap> maps = AlignViews(views, options);
  TransformArrays arrays;
  const Index dims = maps.front().dims;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    arrays[AlignMeanOf(names[i])] = std::move(maps[i].mean);
    arrays[AlignMapOf(names[i])] = std::move(maps[i].map);
  }
  return std::make_shared<Alignment>(options.how, dims, std::move(arrays));
}

std::shared_ptr<const Transform> RestoreAlign(const TransformRecord& record) {
  const auto spec = ParseSpec(record);
  const auto dims = spec.at("dims").get<Index>();
  if (dims < 1 || dims > 1000000) {
    FailDamagedTransform("align", Str("it has ", dims, " dims"));
  }
  return std::make_shared<Alignment>(spec.at("how").get<std::string>(), dims,
                                     record.arrays);
}

}  // namespace

extern const TransformEntry kAlignTransform;
const TransformEntry kAlignTransform = {
    MakeEntry<FitAlign, AlignStepOptions>(
        "align", "the numbers of several views in one space"),
    TakesNumbers, RestoreAlign, false};

}  // namespace mtlkit
