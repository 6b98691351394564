#include <iomanip>
#include <sstream>
#include <string_view>

#include "nn/plan_layout.h"

namespace mtlkit {
namespace {

std::string_view RouteName(Route route) {
  switch (route) {
    case Route::kForward:
      return "forward";
    case Route::kPlain:
      return "plain";
    case Route::kGramian:
      return "gramian";
    case Route::kGradients:
      return "gradients";
  }
  return "";
}

// "256" or "256 x3": where a piece begins and how many blocks it has.
std::string Place(const PlanLayout& layout, Index piece, Index blocks) {
  if (piece < 0) return "-";
  const Index at = layout.pieces[At(piece)].offset;
  std::string place = std::to_string(at);
  if (blocks > 1) place += " x" + std::to_string(blocks);
  return place;
}

void PrintRegions(std::ostream& out, const Network& network,
                  std::string_view name, const std::vector<Region>& regions) {
  if (regions.empty()) return;
  out << name << ':';
  for (const Region& region : regions) {
    out << (&region == regions.data() ? "" : " |");
    for (const Index node : region.nodes) out << ' ' << network.node(node).name;
    if (!region.by_rows) out << " (all rows)";
  }
  out << '\n';
}

}  // namespace

std::string PlanLayout::Describe(const Network& network,
                                 const PlanOptions& options) const {
  std::ostringstream out;
  out << "route " << RouteName(options.route);
  if (options.at == GradientsAt::kRepresentation) out << " at representation";
  if (options.at == GradientsAt::kLayers) out << " of each layer";
  if (options.at == GradientsAt::kGroups) out << " of each group";
  if (options.at == GradientsAt::kMatrices) out << " of each matrix";
  if (options.lane_rows) out << ", lanes of rows";
  out << ", " << options.capacity << " rows, " << arena_size << " numbers\n";
  std::size_t width = 5;
  for (const Node& node : network.nodes()) {
    width = std::max(width, node.name.size());
  }
  const auto line = [&](std::string_view name, std::string_view cols,
                        std::string_view value, std::string_view gradient) {
    out << std::left << std::setw(static_cast<int>(width)) << name << std::right
        << std::setw(6) << cols << std::setw(10) << value << std::setw(14)
        << gradient << '\n';
  };
  line("value", "cols", "at", "gradient at");
  for (const Node& node : network.nodes()) {
    const ValuePlan& plan = values[At(node.output.id)];
    line(node.name, std::to_string(network.info(node.output).cols),
         Place(*this, plan.value, 1), Place(*this, plan.gradient, plan.lanes));
  }
  PrintRegions(out, network, "forward", forward);
  PrintRegions(out, network, "backward", backward);
  PrintRegions(out, network, "backward combined", combined_backward);
  return std::move(out).str();
}

}  // namespace mtlkit
