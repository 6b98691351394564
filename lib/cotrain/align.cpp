#include "cotrain/align.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "data/presence.h"
#include "data/schema.h"
#include "eval/table.h"
#include "prep/apply_transforms.h"
#include "prep/fit.h"
#include "train/train_inputs.h"

namespace mtlkit {
namespace {

// The dense inputs that are meant, in their order; what says which rows have a
// view is none.
std::vector<std::string> ViewsOf(const Dataset& data,
                                 const std::vector<std::string>& patterns) {
  std::vector<std::string> dense;
  for (const InputBlock& block : data.inputs) {
    if (block.kind != InputKind::kDense) continue;
    if (ViewMarkedBy(block.name).empty()) dense.push_back(block.name);
  }
  std::vector<std::string> views;
  for (const std::string& name : dense) {
    const bool is_meant =
        patterns.empty() ||
        std::ranges::any_of(patterns, [&](const std::string& pattern) {
          return MatchesPattern(pattern, name);
        });
    if (is_meant) views.push_back(name);
  }
  for (const std::string& pattern : patterns) {
    Require(std::ranges::any_of(dense,
                                [&](const std::string& name) {
                                  return MatchesPattern(pattern, name);
                                }),
            ErrorKind::kUsage,
            Str("--view ", pattern, ": there is no such input of numbers"),
            Str("inputs of numbers: ",
                dense.empty() ? std::string("none") : Join(dense, ", ")));
  }
  Require(views.size() >= 2, ErrorKind::kUsage,
          Str("there ",
              views.empty() ? std::string("is no input")
                            : Str("is one input, '", views[0], "',"),
              " of numbers to align, and two are needed"),
          "put views beside each other with mtl-convert --beside");
  return views;
}

double Correlation(const InputBlock& one, const InputBlock& other,
                   const std::vector<Index>& rows, Index dim) {
  double sums[5] = {};
  for (const Index row : rows) {
    const auto x = static_cast<double>(one.dense[row * one.cols + dim]);
    const auto y = static_cast<double>(other.dense[row * other.cols + dim]);
    sums[0] += x;
    sums[1] += y;
    sums[2] += x * x;
    sums[3] += y * y;
    sums[4] += x * y;
  }
  const auto count = static_cast<double>(rows.size());
  const double x2 = sums[2] - sums[0] * sums[0] / count;
  const double y2 = sums[3] - sums[1] * sums[1] / count;
  if (!(x2 > 0) || !(y2 > 0)) return std::numeric_limits<double>::quiet_NaN();
  return (sums[4] - sums[0] * sums[1] / count) / std::sqrt(x2 * y2);
}

AlignedRows MeasureOn(const Dataset& data,
                      const std::vector<std::string>& views,
                      const std::string& split,
                      const std::vector<Index>& rows) {
  AlignedRows measured{split, std::ssize(rows), {}};
  const Index dims = data.FindInput(views[0])->cols;
  for (Index dim = 0; dim < dims; ++dim) {
    double sum = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < views.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j, ++pairs) {
        sum += Correlation(*data.FindInput(views[i]), *data.FindInput(views[j]),
                           rows, dim);
      }
    }
    measured.correlations.push_back(sum / pairs);
  }
  return measured;
}

}  // namespace

void AlignRequest::Describe(Fields& fields) {
  fields.Named("view", view, "INPUT,...",
               "inputs of numbers that are aligned, by name or pattern; all "
               "without it");
  fields("how", how,
         "what makes views alike: correlated dimensions of two, or of any "
         "number, or one turn",
         {"cca", "gcca", "procrustes"});
  fields("dims", dims, "columns that each view becomes; 0: the fewest of any",
         AtLeast(0));
  fields("ridge", ridge,
         "part of a view's mean variance that is added to each column's",
         AtLeast(0));
  fields.Named("train-split", train_split, "SPLIT",
               "rows that they are fitted on");
}

AlignReport AlignDataset(Dataset* data, const AlignRequest& request) {
  AlignReport report;
  report.views = ViewsOf(*data, request.view);
  TrainOptions options;
  options.train_split = request.train_split;
  const std::vector<Index> rows = InputsOf(*data, options, true).train_rows;
  ColumnSet columns;
  for (const std::string& view : report.views) columns.insert({view, ""});
  Choice choice{"align",
                {{"how", request.how},
                 {"dims", Str(request.dims)},
                 {"ridge", Str(request.ridge)}}};
  const auto step = FitTransform(TrainingRows(data->inputs, {}, rows), choice,
                                 columns, "mtl-cotrain align");
  Transforms transforms = MakeTransforms(data->transforms);
  transforms.push_back(step);
  *data = ApplyTransforms(transforms, std::move(*data));
  report.splits.push_back(
      MeasureOn(*data, report.views, request.train_split, rows));
  for (const std::string& split : data->SplitNames()) {
    if (split == request.train_split || IsFoldName(split)) continue;
    const std::vector<Index>& others = data->SplitRows(split);
    if (others.size() < 2) continue;
    report.splits.push_back(MeasureOn(*data, report.views, split, others));
  }
  return report;
}

std::string RenderText(const AlignReport& report) {
  constexpr std::size_t kMostShown = 20;
  TextTable table;
  std::vector<std::string> header = {"dimension"};
  for (const AlignedRows& rows : report.splits) header.push_back(rows.split);
  table.AddRow(std::move(header));
  const std::size_t dims = report.splits.front().correlations.size();
  for (std::size_t dim = 0; dim < std::min(dims, kMostShown); ++dim) {
    std::vector<std::string> row = {Str(dim + 1)};
    for (const AlignedRows& rows : report.splits) {
      row.push_back(TableNumber(rows.correlations[dim]));
    }
    table.AddRow(std::move(row));
  }
  std::string text = table.Render();
  if (dims > kMostShown) text += Str("and ", dims - kMostShown, " more\n");
  return text + Str("correlation of ", Join(report.views, ", "),
                    report.views.size() > 2 ? ", mean over pairs" : "", "\n");
}

}  // namespace mtlkit
