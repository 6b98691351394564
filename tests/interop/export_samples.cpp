#include "interop/export_samples.h"

#include <fstream>
#include <iterator>

#include "base/registry.h"
#include "data/block_kind.h"
#include "interop/export_format.h"
#include "nn/sample_data.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

OnnxArray ArrayOf(int type, std::vector<Index> shape,
                  std::vector<double> numbers) {
  return {type, std::move(shape), std::move(numbers), {}};
}

template <class Values>
std::vector<double> Doubles(const Values& values) {
  return {values.begin(), values.end()};
}

OnnxArray FullMatrix(const InputBlock& block, Index rows) {
  OnnxArray array = ArrayOf(1, {rows, block.cols}, {});
  array.numbers.resize(At(array.size()));
  for (Index row = 0; row < rows; ++row) {
    for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
         ++at) {
      array.numbers[At(row * block.cols + block.indices[at])] =
          static_cast<double>(block.values[at]);
    }
  }
  return array;
}

}  // namespace

Model RandomModel(const Dataset& data, const ArchOptions& arch,
                  const std::vector<std::string>& losses) {
  Model model = BuildModel(data, arch, 5, {}, losses);
  const Rng random(9, RandomPurpose::kTest);
  Index number = 0;
  for (Real& value : model.params.weights.all()) {
    value = static_cast<Real>(0.4 * random.Normal(0, number++));
  }
  if (!model.network->buffers()->slices().empty()) {
    const Layout& layout = model.params.buffers.layout();
    for (Index i = 0; i < std::ssize(layout.slices()); ++i) {
      const bool is_variance = layout.slice(i).spec.name == "running_variance";
      for (Real& value : model.params.buffers.At(i).flat()) {
        const double normal = random.Normal(1, number++);
        value = static_cast<Real>(is_variance ? 0.5 + normal * normal : normal);
      }
    }
  }
  model.content_sha256 = std::string(64, 'a');
  return model;
}

std::map<std::string, OnnxArray> OnnxInputsOf(const Dataset& data) {
  std::map<std::string, OnnxArray> inputs;
  for (const InputBlock& block : data.inputs) {
    OnnxArray& array = inputs[block.name];
    const BlockTraits& traits = TraitsOf(block.kind);
    if (traits.is_compressed) {
      array = FullMatrix(block, data.rows);
    } else if (traits.rows == BlockRows::kPixels) {
      array = ArrayOf(2, {data.rows, block.height, block.width, block.cols},
                      Doubles(block.pixels));
    } else if (traits.rows == BlockRows::kTokens) {
      array = ArrayOf(7, {block.codes.size()}, Doubles(block.codes));
      inputs[block.name + ".starts"] =
          ArrayOf(7, {data.rows + 1}, Doubles(block.row_starts));
    } else if (traits.has_categories) {
      array = ArrayOf(7, {data.rows, block.cols}, Doubles(block.codes));
    } else {
      array = ArrayOf(1, {data.rows, block.cols}, Doubles(block.dense));
    }
  }
  return inputs;
}

OnnxArray FullMatrix(const InputBatch& block) {
  const Index rows = std::ssize(block.row_starts) - 1;
  OnnxArray array = ArrayOf(1, {rows, block.sparse_cols}, {});
  array.numbers.resize(At(array.size()));
  for (Index row = 0; row < rows; ++row) {
    for (Index at = block.row_starts[At(row)];
         at < block.row_starts[At(row + 1)]; ++at) {
      array.numbers[At(row * block.sparse_cols + block.indices[At(at)])] =
          static_cast<double>(block.values[At(at)]);
    }
  }
  return array;
}

OnnxFile ExportedOnnx(const Model& model) {
  const TempFolder folder;
  const std::string path = folder / "model.onnx";
  ExportModel(model, FindEntry(ExportFormats(), "target", "onnx-prepared"),
              path);
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)),
                          std::istreambuf_iterator<char>());
  return ReadOnnx(bytes);
}

Dataset DatasetOfAllTypes() {
  Dataset data = SampleDataset(60);
  Task grade;
  grade.name = "grade";
  grade.type = ParseTaskType("ordinal");
  grade.classes = {"poor", "fair", "good", "best"};
  data.tasks.push_back(grade);
  Labels labels;
  for (Index row = 0; row < data.rows; ++row) {
    labels.values.push_back(static_cast<float>(row % 4));
  }
  data.labels.push_back(labels);
  return data;
}

}  // namespace mtlkit
