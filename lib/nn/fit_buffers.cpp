#include "nn/fit_buffers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "nn/fitted_rows.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

constexpr Index kMostFittedCells = Index{1} << 24;  // at a time

// The kind of a layer and all its options.
std::string DescriptionOf(const Layer& layer) {
  Json json = Json::object();
  JsonWriter writer(&json, true);
  layer.Describe(writer);
  return Str(layer.kind(), " ", json.dump());
}

void FitToBlock(const Layer& layer, const InputBlock& block,
                const std::vector<Index>& rows,
                std::span<const MatView> buffers) {
  const Index count = std::ssize(rows);
  const Index at_once = std::clamp<Index>(
      kMostFittedCells / std::max<Index>(count, 1), 1, block.cols);
  std::vector<Real> values;
  for (Index first = 0; first < block.cols; first += at_once) {
    const Index cols = std::min(at_once, block.cols - first);
    values.clear();
    for (const Index row : rows) {
      for (Index col = first; col < first + cols; ++col) {
        values.push_back(
            static_cast<Real>(DenseCell(block, row * block.cols + col)));
      }
    }
    layer.FitBuffers({values.data(), count, cols}, first, buffers);
  }
}

}  // namespace

void FitBuffers(const Dataset& dataset, std::span<const Index> rows,
                const Schema& schema, const Network& network, Block* buffers) {
  std::vector<Index> sample;
  std::vector<std::pair<const Node*, std::string>> fitted;
  for (const Node& node : network.nodes()) {
    if (!node.layer->traits().fits_buffers) continue;
    if (sample.empty()) sample = SampleToFit(rows);
    const Index input = network.info(node.inputs[0]).input;
    Require(input >= 0, ErrorKind::kBug,
            Str("layer '", node.name, "' reads no input block"));
    const std::string description = DescriptionOf(*node.layer);
    const auto equal = std::ranges::find_if(fitted, [&](const auto& other) {
      return other.first->inputs == node.inputs && other.second == description;
    });
    if (equal != fitted.end()) {
      for (std::size_t i = 0; i < node.buffers.size(); ++i) {
        std::ranges::copy(buffers->At(equal->first->buffers[i]).flat(),
                          buffers->At(node.buffers[i]).flat().begin());
      }
      continue;
    }
    std::vector<MatView> own;
    for (const Index slice : node.buffers) own.push_back(buffers->At(slice));
    const InputBlock* block = dataset.FindInput(schema.inputs[At(input)].name);
    Require(block != nullptr, ErrorKind::kBug, "a model without its inputs");
    FitToBlock(*node.layer, *block, sample, own);
    fitted.emplace_back(&node, description);
  }
}

}  // namespace mtlkit
