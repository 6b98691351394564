#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "data/input_batch.h"
#include "interop/onnx_reader.h"
#include "nn/arch.h"
#include "nn/fitting_data.h"
#include "nn/layer.h"
#include "nn/model.h"

// What the tests of exports are made on.
namespace mtlkit {

// A model with random numbers for everything, running statistics too.
Model RandomModel(const Dataset& data, const ArchOptions& arch,
                  const std::vector<std::string>& losses = {});

// Rows as the inputs of an ONNX graph from prepared blocks, by name.
std::map<std::string, OnnxArray> OnnxInputsOf(const Dataset& data);

// A sparse batch as a full matrix.
OnnxArray FullMatrix(const InputBatch& block);

// The bytes that an export to ONNX writes, read again.
OnnxFile ExportedOnnx(const Model& model);

// SampleDataset (tests/nn/sample_data.h) and a task of ordered classes.
Dataset DatasetOfAllTypes();

// An architecture with two small layers.
inline ArchOptions NetworkOf(const std::string& arch) {
  ArchOptions options;
  options.arch = arch;
  options.layers = FittingLayers(arch, "6", "4");
  return options;
}

}  // namespace mtlkit
