#include "contract/golden_grids.h"

#include <algorithm>

#include "contract/layer_run.h"
#include "nn/layers/layers.h"

namespace mtlkit::contract {
namespace {

using golden::json;

Sides SidesOf(const json& pair) {
  return {pair.at(0).get<Index>(), pair.at(1).get<Index>()};
}

Index Length(const json& array) {
  return static_cast<Index>(array.size());
}

Window WindowOf(const json& params, Sides kernel) {
  Window window;
  window.kernel = kernel;
  window.stride = SidesOf(params.at("stride"));
  window.padding = SidesOf(params.at("padding"));
  if (params.contains("dilation")) {
    window.dilation = SidesOf(params.at("dilation"));
  }
  return window;
}

LayerPtr ConvOf(const json& item, Sides grid) {
  const json& params = item.at("params");
  const json& parameters = item.at("inputs").at("parameters");
  const json& kernel = parameters.at("kernel");
  ConvOptions options;
  options.grid = grid;
  options.units = Length(parameters.at("bias"));
  options.window = WindowOf(params, {Length(kernel), Length(kernel.at(0))});
  options.groups = params.at("groups");
  if (item.at("method") == "transposed-conv2d") {
    return MakeTransposedConv(options, SidesOf(params.at("output_padding")));
  }
  if (options.groups == options.units && item.at("id") == "conv2d/depthwise") {
    return MakeDepthwiseConv(grid, options.window);
  }
  return MakeConv(options);
}

void ExchangeLastTwo(json* kernel) {
  for (json& line : *kernel) {
    for (json& tap : line) {
      json turned = json::array();
      for (std::size_t j = 0; j < tap.at(0).size(); ++j) {
        json row = json::array();
        for (const json& from : tap) row.push_back(from.at(j));
        turned.push_back(std::move(row));
      }
      tap = std::move(turned);
    }
  }
}

}  // namespace

Space GridOf(const json& item) {
  const json& x = item.at("inputs").at("x");
  return SpaceOf({Length(x.at(0)), Length(x.at(0).at(0))});
}

LayerPtr GridLayerOf(const json& item) {
  const std::string method = item.at("method");
  if (method == "global-avg-pool") return MakePool();
  if (method == "global-max-pool") return MakeMaxPool();
  const bool is_conv = method == "conv2d" || method == "transposed-conv2d";
  const bool is_pool = method == "max-pool" || method == "avg-pool";
  if (!is_conv && !is_pool && method != "upsample") return nullptr;
  const Space space = GridOf(item);
  const Sides grid = {space.height, space.width};
  const json& params = item.at("params");
  if (is_conv) return ConvOf(item, grid);
  if (!is_pool) {
    return MakeResize(grid, SidesOf(params.at("size")),
                      params.at("mode") == "bilinear");
  }
  const Window window = WindowOf(params, SidesOf(params.at("window")));
  if (method == "max-pool") return MakeMaxWindow(grid, window);
  return MakeMeanWindow(grid, window, params.at("count_padding"));
}

json AsOurs(json item) {
  if (item.at("method") != "transposed-conv2d") return item;
  ExchangeLastTwo(&item.at("inputs").at("parameters").at("kernel"));
  ExchangeLastTwo(&item.at("expected").at("gradient").at("kernel"));
  return item;
}

bool IsOfSequences(const json& item) {
  return item.at("inputs").contains("length") &&
         (item.at("method") == "global-avg-pool" ||
          item.at("method") == "global-max-pool");
}

// Row by row, as the members that it would have.
void CheckPoolOfSequences(const json& item) {
  const json& inputs = item.at("inputs");
  const json& expected = item.at("expected");
  const double tolerance = golden::Tolerance(item);
  for (std::size_t row = 0; row < inputs.at("x").size(); ++row) {
    const Index length = inputs.at("length").at(row);
    const auto steps = [&](const json& of) {
      return json(of.at(row).begin(), of.at(row).begin() + length);
    };
    const LayerSample sample = {
        .name = "",
        .layer = GridLayerOf(item),
        .input_cols = {golden::Columns(inputs.at("x"))},
        .spaces = {{SpaceKind::kMembers, 1, length, -1}}};
    LayerRun run(sample, 1, Mode::kTraining, 1);
    std::ranges::copy(golden::Reals(steps(inputs.at("x"))), run.x[0].begin());
    run.Forward();
    golden::CheckClose(expected.at("y").at(row), run.y, tolerance);
    const std::vector<Real> upstream =
        golden::Reals(inputs.at("upstream").at("y").at(row));
    const LayerRun::Gradients gradients =
        run.Backward({upstream.begin(), upstream.end()}, 1);
    golden::CheckClose(steps(expected.at("gradient").at("x")), gradients.dx[0],
                       tolerance);
  }
}

}  // namespace mtlkit::contract
