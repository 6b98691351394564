#include <vector>

#include "app/tool.h"
#include "base/error.h"
#include "data/dataset_io.h"
#include "eval/predictions.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "nn/model_io.h"
#include "train/predict.h"

namespace {

using namespace mtlkit;

// Says what a trained model makes of rows.
struct PredictTool {
  std::string model;
  std::string data;
  std::string output;
  std::string features;
  PredictOptions options;

  void Register(Cli& cli) {
    cli.Input("model", &model, "a trained model");
    cli.Input("data", &data, "the rows: a table, a dataset or features");
    cli.Output("output", &output, "where the predictions go");
    Fields& flags = cli.Section("Prediction");
    flags("split", options.split, "predict this split only", {});
    flags("all-rows", options.all_rows,
          "also rows outside of those that a task has for its own");
    flags("features", features,
          "write the output of this layer as a dataset instead (trunk: the "
          "last shared one)",
          {});
  }

  void Run(Context& context) {
    const FileReader model_file = FileReader::Open(model, {FileKind::kModel});
    const Model trained = ReadModel(model_file);
    const FileReader data_file =
        FileReader::Open(data, {FileKind::kDataset, FileKind::kFeatures});
    const Dataset rows = ReadDataset(data_file);
    const std::vector<ProvenanceSource> sources = {
        SourceOf("model", model_file), SourceOf("data", data_file)};
    const std::string provenance = ExtendProvenance(context.tool, context.seed,
                                                    *context.settings, sources);
    if (features.empty()) {
      Predictions predictions =
          Predict({{{&trained, 1.0}}}, rows, options, context.pool);
      predictions.provenance = provenance;
      WritePredictions(predictions, output);
      return;
    }
    Require(options.split.empty(), ErrorKind::kUsage,
            "--features: cannot be used with --split",
            "features carry all splits along");
    Dataset result = ComputeFeatures(trained, rows, features, context.pool);
    result.provenance = provenance;
    WriteDataset(result, output, FileKind::kFeatures);
  }
};

}  // namespace

int main(int argc, char** argv) {
  return RunTool<PredictTool>(
      argc, argv, "mtl-predict", "Predicts rows with a trained model.",
      "mtl-predict model.h5 ready.h5 --split test -o predictions.h5");
}
