#pragma once

#include <string>
#include <vector>

#include "interop/onnx_graph.h"
#include "nn/model.h"

namespace mtlkit {

// An input block inside a graph, as the network reads it: numbers (rows x
// columns; of images pixels x channels, normalised), or codes (rows x columns;
// of tokens one a token).
struct OnnxBlock {
  std::string value;
  std::string starts;  // tokens: where each row begins, and the end
};

// Prepared blocks as inputs of a graph, under their names.
std::vector<OnnxBlock> AddPreparedBlocks(const std::vector<InputSpec>& blocks,
                                         OnnxGraph* graph);

// Adds the network; returns the outputs of each task before the link.
std::vector<std::string> AddOnnxNetwork(const Model& model,
                                        const std::vector<OnnxBlock>& blocks,
                                        OnnxGraph* graph);

// Adds what users read: for each task TASK.prob (probabilities) and TASK (the
// name of a class), or TASK alone (numbers in the labels' units). Returns what
// the metadata says of them, as JSON.
Json AddOnnxOutputs(const Model& model, const std::vector<std::string>& outputs,
                    OnnxGraph* graph);

// Writes a finished graph, whole or not at all, with what is known of the
// model.
void WriteOnnx(OnnxGraph graph, const Model& model, const Json& tasks,
               const std::string& output);

}  // namespace mtlkit
