#pragma once

#include <string>
#include <vector>

#include "app/svg.h"
#include "base/view.h"
#include "nn/model.h"

namespace mtlkit {

// What a network looks like from afar: its inputs, chains of layers as one
// part each ("trunk" for "trunk.0", "trunk.1"), and its tasks.
struct GraphPart {
  enum class Kind { kInput, kLayers, kTask };
  Kind kind = Kind::kLayers;
  std::string name;
  std::string detail;        // "dense 64, dense 64", "binary"
  std::vector<Index> reads;  // parts before it, ascending
  Index alike = 1;           // so many parts of one kind and place drawn as one
  Index depth = 0;           // the longest way from an input
};

// In an order in which each part stands behind what it reads. Of more parts
// than `few` that read the same, have the same shape and lead to the like, one
// stands for all: "head.a ... head.z".
std::vector<GraphPart> GraphPartsOf(const Model& model, std::size_t few = 10);

// As lines of text: each part once, below the first that it reads.
std::string GraphText(const std::vector<GraphPart>& parts);

// From left to right. Returns how high it is drawn at this width.
double GraphHeight(const std::vector<GraphPart>& parts);
void DrawGraph(const std::vector<GraphPart>& parts, const SvgBox& box,
               Svg* svg);

}  // namespace mtlkit
