#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "app/tool.h"
#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"
#include "h5/atomic_file.h"
#include "interop/export_format.h"
#include "nn/ensemble.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

std::string TargetsText() {
  std::vector<ListItem> items;
  for (const ExportFormat* format : ExportFormats()) {
    items.push_back({std::string(format->name), std::string(format->help), {}});
  }
  return ListText(items);
}

std::vector<std::string> TargetNames() {
  std::vector<std::string> names;
  for (const ExportFormat* format : ExportFormats()) {
    names.emplace_back(format->name);
  }
  return names;
}

// Writes a model for another framework.
struct ExportTool {
  std::string model;
  std::string output;
  std::string to;
  Index network = 0;

  void Register(Cli& cli) {
    cli.Input("model", &model, "a trained model");
    cli.Output("output", &output,
               "where it goes: a file, or a folder that is not there yet",
               OutputKind::kText);
    cli.NoSeed();
    Fields& flags = cli.Section("Export");
    flags("to", to, "for what; --list targets says what each is",
          TargetNames());
    flags("network", network,
          "of an ensemble: this network alone, from 1; 0: all, as their mean",
          AtLeast(0));
    cli.List("targets", "where models can go", TargetsText);
  }

  void Run(Context& context) {
    Require(!to.empty(), ErrorKind::kUsage, "say where the model is to go",
            Str("--to ", Join(TargetNames(), ", or --to ")));
    const ExportFormat& format = FindEntry(ExportFormats(), "target", to);
    Require(output != "-" || isatty(STDOUT_FILENO) == 0, ErrorKind::kUsage,
            "refusing to write a model to a terminal", "use -o FILE or a pipe");
    Index networks = 1;
    const Model read = ReadNetworks(&networks);
    ExportModel(read, format, output);
    context.reporter->Note(Str(
        output, ": ", networks > 1 ? Str(networks, " networks, ") : "",
        Counted(std::ssize(read.schema.inputs), "input block", "input blocks"),
        ", ", Counted(std::ssize(read.schema.tasks), "task", "tasks"), ", ",
        Counted(read.params.weights.layout().count(), "parameter",
                "parameters")));
  }

  // What is exported, and of how many networks it is the mean.
  Model ReadNetworks(Index* count) const {
    Model read = ReadModel(model);
    const Index networks = read.networks();
    Require(network <= networks, ErrorKind::kUsage,
            Str("--network ", network, ": ", model, " holds ",
                Counted(networks, "network", "networks")));
    if (network == 0) {
      *count = networks;
      return AsOneNetwork(std::move(read));
    }
    std::vector<Model> all = SingleModels(std::move(read));
    return std::move(all[At(network - 1)]);
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::ExportTool>(
      argc, argv, "mtl-export", "Writes a trained model for other frameworks.",
      "mtl-export model.h5 --to onnx-prepared -o model.onnx\n"
      "mtl-export model.h5 --to torch -o model-torch");
}
