// Steps that make of categories others, or numbers.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/json_text.h"
#include "data/schema.h"
#include "interop/transform_export.h"
#include "prep/view_blocks.h"

namespace mtlkit {
namespace {

// What each category becomes; behind all of them what an unseen one does, and
// at the end, where -1 counts from, what is missing.
std::vector<Index> RareCodes(std::span<const double> becomes,
                             bool takes_unseen) {
  const Index kept =
      std::ranges::count_if(becomes, [](double to) { return to >= 0; });
  const bool has_rare = kept < std::ssize(becomes);
  std::vector<Index> codes;
  for (const double to : becomes) {
    codes.push_back(to < 0 ? kept : static_cast<Index>(to));
  }
  codes.push_back(kept + (has_rare && !takes_unseen ? 1 : 0));
  codes.push_back(-1);
  return codes;
}

std::string Beside(const std::vector<std::string>& columns, OnnxGraph* graph) {
  if (columns.size() == 1) return columns[0];
  return graph->Node("Concat", columns, {{"axis", Index{1}}});
}

std::vector<std::string> RareNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  const bool takes_unseen =
      ParseJson(step.record.spec).at("takes_unseen").get<bool>();
  std::vector<std::string> values = step.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const InputSpec& block = step.before[i];
    if (block.kind != InputKind::kCategorical) continue;
    std::span<const double> rest = step.Array(block.name + ".becomes");
    std::vector<std::string> columns;
    for (const double count : step.Array(block.name + ".counts")) {
      const std::string own = graph.Columns(values[i], std::ssize(columns), 1);
      const auto known = static_cast<std::size_t>(count);
      columns.push_back(known == 0
                            ? own
                            : graph.Node("Gather",
                                         {graph.Integers(RareCodes(
                                              rest.first(known), takes_unseen)),
                                          own},
                                         {{"axis", Index{0}}}));
      rest = rest.subspan(known);
    }
    values[i] = Beside(columns, &graph);
  }
  return values;
}

// The shares of a view's chosen columns behind its numbers, then the codes of
// the others.
std::vector<std::string> FrequencyNodes(const OnnxStep& step) {
  OnnxGraph& graph = step.graph;
  std::vector<std::string> values;
  for (const ViewBlocks& view : ViewsOf(step.before)) {
    std::vector<std::string> numbers;
    std::vector<std::string> codes;
    if (view.dense >= 0) numbers.push_back(step.values[At(view.dense)]);
    if (view.codes >= 0) {
      const std::string& block = step.before[At(view.codes)].name;
      std::span<const double> rest = step.Array(block + ".shares");
      Index col = 0;
      for (const double count : step.Array(block + ".counts")) {
        const std::string own =
            graph.Columns(step.values[At(view.codes)], col++, 1);
        if (count == 0) {
          codes.push_back(own);
          continue;
        }
        // What is unseen has no share; -1 counts from the end.
        const auto known = static_cast<std::size_t>(count);
        const std::span<const double> own_shares = rest.first(known);
        std::vector<double> shares(own_shares.begin(), own_shares.end());
        shares.push_back(0);
        shares.push_back(rest[known]);
        numbers.push_back(graph.Node(
            "Gather", {graph.Doubles({std::ssize(shares)}, shares), own},
            {{"axis", Index{0}}}));
        rest = rest.subspan(known + 1);
      }
    }
    if (!numbers.empty()) values.push_back(Beside(numbers, &graph));
    if (!codes.empty()) values.push_back(Beside(codes, &graph));
    if (view.sparse >= 0) values.push_back(step.values[At(view.sparse)]);
    for (const Index at : view.others) values.push_back(step.values[At(at)]);
  }
  return values;
}

}  // namespace

extern const TransformExport kRareExport;
const TransformExport kRareExport = {"rare", RareNodes};
extern const TransformExport kFrequencyExport;
const TransformExport kFrequencyExport = {"frequency", FrequencyNodes};

}  // namespace mtlkit
