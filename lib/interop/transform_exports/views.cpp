// Steps that make new blocks of those of a view.
#include "data/schema.h"
#include "interop/transform_export.h"
#include "prep/view_blocks.h"

namespace mtlkit {
namespace {

// What becomes of a categorical column, as onehot numbers it.
constexpr double kStays = 0;
constexpr double kBecomesDense = 1;
constexpr double kBecomesSparse = 2;

class OneHotStep {
 public:
  explicit OneHotStep(const OnnxStep& step) : step_(step) {}

  std::vector<std::string> Run() {
    for (const ViewBlocks& view : ViewsOf(step_.before)) {
      AddMarked(view.dense, view.codes, kBecomesDense, OnnxType::kDouble);
      AddCodes(view.codes);
      AddMarked(view.sparse, view.codes, kBecomesSparse, OnnxType::kFloat);
      for (const Index at : view.others) Add(step_.values[At(at)]);
    }
    return std::move(values_);
  }

 private:
  void Add(std::string value) { values_.push_back(std::move(value)); }

  std::vector<Index> ColumnsOf(Index codes, double form) const {
    std::vector<Index> columns;
    if (codes < 0) return columns;
    const auto& forms = step_.Array(step_.before[At(codes)].name);
    for (std::size_t i = 0; i < forms.size(); ++i) {
      if (forms[i] == form) columns.push_back(static_cast<Index>(i));
    }
    return columns;
  }

  // The block of that number, if any, with a column of zeros and ones for each
  // category behind it. What is missing or was never seen is all zeros.
  void AddMarked(Index block, Index codes, double form, OnnxType type) {
    const std::vector<Index> columns = ColumnsOf(codes, form);
    if (block < 0 && columns.empty()) return;
    OnnxGraph& graph = step_.graph;
    std::vector<std::string> parts;
    if (block >= 0) parts.push_back(step_.values[At(block)]);
    for (const Index column : columns) {
      std::vector<Index> all;
      const auto& names = step_.before[At(codes)].categories[At(column)];
      if (names.empty()) continue;
      for (Index k = 0; k < std::ssize(names); ++k) all.push_back(k);
      const std::string own = graph.Columns(step_.values[At(codes)], column, 1);
      parts.push_back(
          graph.Cast(graph.Node("Equal", {own, graph.Integers(all)}), type));
    }
    Add(graph.Node("Concat", parts, {{"axis", Index{1}}}));
  }

  void AddCodes(Index codes) {
    const std::vector<Index> columns = ColumnsOf(codes, kStays);
    if (columns.empty()) return;
    Add(step_.graph.Node(
        "Gather", {step_.values[At(codes)], step_.graph.Integers(columns)},
        {{"axis", Index{1}}}));
  }

  const OnnxStep& step_;
  std::vector<std::string> values_;
};

std::vector<std::string> OneHotNodes(const OnnxStep& step) {
  return OneHotStep(step).Run();
}

std::vector<std::string> IndexNodes(const OnnxStep& step) {
  return step.values;
}

// The same blocks in the order of views.
std::vector<std::string> LayoutNodes(const OnnxStep& step) {
  std::vector<std::string> values;
  for (const ViewBlocks& view : ViewsOf(step.before)) {
    for (const Index at : {view.dense, view.codes, view.sparse}) {
      if (at >= 0) values.push_back(step.values[At(at)]);
    }
    for (const Index at : view.others) values.push_back(step.values[At(at)]);
  }
  return values;
}

}  // namespace

extern const TransformExport kOneHotExport;
const TransformExport kOneHotExport = {"onehot", OneHotNodes};
extern const TransformExport kIndexExport;
const TransformExport kIndexExport = {"index", IndexNodes};
extern const TransformExport kLayoutExport;
const TransformExport kLayoutExport = {"layout", LayoutNodes};

}  // namespace mtlkit
