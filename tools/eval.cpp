#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/tool.h"
#include "base/error.h"
#include "data/dataset_io.h"
#include "eval/evaluation.h"
#include "eval/metric.h"
#include "eval/report.h"

namespace mtlkit {
namespace {

// Measures predictions, beside each other and against a baseline.
struct EvalTool {
  std::vector<NamedFile> files;
  std::string truth;
  bool json = false;
  bool csv = false;
  EvaluationOptions options;

  void Register(Cli& cli) {
    cli.Inputs("predictions", &files,
               "files of mtl-predict, as FILE or NAME=FILE; files of one name "
               "(folds) are pooled");
    cli.InputFlag("data", &truth, "a dataset with other labels of the rows");
    cli.Group("Evaluation", &options);
    Fields& output = cli.Section("Output");
    output("json", json, "print one JSON document", {});
    output("csv", csv, "print CSV, a line a task, metric and model", {});
    cli.List("metrics", "every metric with its definition", [] {
      std::vector<ListItem> items;
      for (const MetricEntry* metric : AllMetrics()) {
        items.push_back(
            {std::string(metric->name), std::string(metric->help), {}});
      }
      return ListText(items);
    });
  }

  void Run(Context& context) {
    Require(!(json && csv), ErrorKind::kUsage,
            "--json and --csv exclude each other");
    std::vector<NamedPredictions> read;
    for (const NamedFile& file : files) {
      const std::string name =
          file.name.empty() ? FileStem(file.path) : file.name;
      Require(name != "constant", ErrorKind::kUsage,
              "the name 'constant' is taken by the best constant prediction",
              Str("give another: NAME=", file.path));
      read.push_back({name, ReadPredictions(file.path)});
    }
    Dataset labels;
    if (!truth.empty()) labels = ReadDataset(truth);
    const Evaluation evaluation =
        Evaluate(JoinPredictions(PoolByName(std::move(read)),
                                 truth.empty() ? nullptr : &labels),
                 options, context.seed, *context.pool);
    for (const std::string& warning : evaluation.warnings) {
      context.reporter->Warn(warning);
    }
    if (json) return context.PrintJson(RenderJson(evaluation));
    if (csv) return context.PrintData(RenderCsv(evaluation));
    context.Print(RenderText(evaluation));
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::EvalTool>(
      argc, argv, "mtl-eval",
      "Measures predictions, with intervals and against a baseline.",
      "mtl-eval single=single.pred.h5 shared=shared.pred.h5 --against single\n"
      "mtl-eval shared.pred.h5 --metrics all --csv");
}
