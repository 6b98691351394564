// A .keras file of Keras 3, from prepared blocks: the network and its links.
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "h5/zip_writer.h"
#include "interop/export_format.h"
#include "interop/keras_network.h"

namespace mtlkit {
namespace {

void WriteKeras(const Model& model, const std::string& output) {
  KerasGraph graph;
  const Json known = AddKerasNetwork(model, &graph);
  // The oldest version that reads it; time would make equal files differ.
  const Json metadata = {{"keras_version", "3.0.0"},
                         {"date_saved", "1980-01-01@00:00:00"},
                         {"mtlkit", known}};
  WriteZip({{"metadata.json", JsonText(metadata)},
            {"config.json", graph.Config()},
            {"model.weights.h5", graph.Weights()}},
           output, "train narrower layers");
}

}  // namespace

extern const ExportFormat kKerasFormat;
const ExportFormat kKerasFormat = {
    "keras",
    "a .keras file of Keras 3 (TensorFlow, JAX, PyTorch), from the blocks that "
    "mtl-prep makes to probabilities and numbers in units",
    false, ".keras", WriteKeras};

}  // namespace mtlkit
