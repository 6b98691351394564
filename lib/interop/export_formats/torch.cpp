// A folder for PyTorch: model.py and its weights, model.json with all names,
// and prepare.py, which makes blocks of raw columns. model.py is code, so no
// word of the user's goes into it but cleaned identifiers.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/schema.h"
#include "h5/atomic_folder.h"
#include "interop/export_format.h"
#include "interop/head_export.h"
#include "interop/layer_export.h"
#include "interop/python_text.h"
#include "interop/safetensors_writer.h"
#include "interop/selected_columns.h"
#include "interop/torch_module.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

using TorchNames = std::map<std::string, std::string>;

// Numbers of an image: (byte / 255 - mean) / deviation by channel.
void AddTorchPixels(const InputSpec& input, const std::string& variable,
                    TorchModule* module) {
  std::vector<std::string> factors;
  std::vector<std::string> terms;
  for (std::size_t i = 0; i < At(input.cols); ++i) {
    const double mean = input.mean.empty() ? 0 : input.mean[i];
    const double scale = input.deviation.empty() ? 1 : input.deviation[i];
    factors.push_back(FormatNumber(1 / (255 * scale)));
    terms.push_back(FormatNumber(-mean / scale));
  }
  module->AddForward(
      Str(variable, " = ", variable, ".reshape(-1, ", input.cols, ").float()"));
  module->AddForward(Str(variable, " = ", variable, " * ", variable,
                         ".new_tensor([", Join(factors, ", "), "])"));
  module->AddForward(Str(variable, " = ", variable, " + ", variable,
                         ".new_tensor([", Join(terms, ", "), "])"));
}

// Variables of values, by Value::id.
std::vector<std::string> AddTorchNetwork(const Model& model,
                                         const TorchNames& arguments,
                                         TorchModule* module) {
  const Network& network = *model.network;
  const TorchNames names = TorchModuleNames(network);
  std::vector<std::string> values;
  for (const InputSpec& input : model.schema.inputs) {
    values.push_back(arguments.at(input.name));
    if (TraitsOf(input.kind).rows == BlockRows::kPixels) {
      AddTorchPixels(input, values.back(), module);
    }
  }
  values.resize(network.values().size());
  std::set<std::string> made;
  for (const Node& node : network.nodes()) {
    const ExportNode described = NodeOf(model, node);
    std::vector<std::string> x;
    for (const Value input : node.inputs) x.push_back(values[At(input.id)]);
    const Space& space = described.input_spaces[0];
    const bool is_ragged = space.is_ragged();
    const TorchLayer layer = {
        described,
        names.at(node.params_of),
        made.insert(node.params_of).second,
        std::move(x),
        is_ragged ? arguments.at(model.schema.inputs[At(space.input)].name +
                                 ".starts")
                  : "",
        *module,
        names.at(node.name)};
    const std::string& variable = names.at(node.name);
    module->AddForward(
        Str(variable, " = ", AddLayer(LayerExportOf(described).torch, layer)));
    values[At(node.output.id)] = variable;
  }
  return values;
}

std::string TorchOutput(const Network& network, Index task,
                        const std::vector<std::string>& values) {
  const OutputInfo& output = network.output(task);
  const std::string& value = values[At(output.value.id)];
  const ColumnRange& columns = output.columns;
  if (columns.count == network.info(output.value).cols) return value;
  return Str(value, "[:, ", columns.first, ":", columns.first + columns.count,
             "]");
}

std::string HeadName(const Task& task) {
  return std::string(task.form.value_or(task.type).name());
}

// Functions of the heads that the tasks have, and tables of them by name.
struct TorchLinks {
  std::vector<std::string> functions;
  std::vector<std::string> links;    // '"binary": link_binary'
  std::vector<std::string> classes;  // '"binary": class_binary'
};

TorchLinks LinksOf(const std::vector<Task>& tasks) {
  std::set<std::string> wanted;
  for (const Task& task : tasks) wanted.insert(HeadName(task));
  for (const Task& task : tasks) {
    const std::string_view uses = HeadExportOf(task).torch_uses;
    if (!uses.empty()) wanted.emplace(uses);
  }
  TorchLinks result;
  for (const HeadExport* head : HeadExports()) {
    if (wanted.count(std::string(head->name)) == 0) continue;
    result.functions.push_back(Str(head->torch, "\n\n"));
    std::string name(head->name);
    std::replace(name.begin(), name.end(), '-', '_');
    result.links.push_back(Str('"', head->name, "\": link_", name));
    if (head->onnx_class == nullptr) continue;
    result.classes.push_back(Str('"', head->name, "\": class_", name));
  }
  return result;
}

// Lines of Python at a depth, each with `end` behind it.
std::string Indented(const std::vector<std::string>& lines, Index depth,
                     std::string_view end = "\n") {
  std::string text;
  for (const std::string& line : lines) {
    text += Str(std::string(At(4 * depth), ' '), line, end);
  }
  return text;
}

std::string Replaced(std::string text, const std::string& mark,
                     const std::string& by) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) Fail(ErrorKind::kBug, "no " + mark);
  return text.replace(at, mark.size(), by);
}

std::string ModelPython(const Model& model, const TorchNames& arguments,
                        TorchModule* module) {
  const std::vector<std::string> values =
      AddTorchNetwork(model, arguments, module);
  std::vector<std::string> outputs;
  for (Index task = 0; task < model.network->task_count(); ++task) {
    outputs.push_back(TorchOutput(*model.network, task, values));
  }
  std::vector<std::string> parameters;
  for (const InputSpec& input : model.schema.inputs) {
    parameters.push_back(arguments.at(input.name));
    const auto starts = arguments.find(input.name + ".starts");
    if (starts != arguments.end()) parameters.push_back(starts->second);
  }
  std::string helpers;
  for (const std::string& helper : module->helpers()) {
    helpers += helper + "\n\n";
  }
  const TorchLinks links = LinksOf(model.schema.tasks);
  std::string text = kModelPython;
  text = Replaced(text, "@helpers@", helpers);
  text = Replaced(text, "@init@", Indented(module->init(), 2));
  text = Replaced(text, "@arguments@", Join(parameters, ", "));
  text = Replaced(text, "@forward@", Indented(module->forward(), 2));
  text = Replaced(text, "@outputs@", Indented(outputs, 3, ",\n"));
  text = Replaced(text, "@links@", Join(links.functions, ""));
  text = Replaced(text, "@link_names@", Indented(links.links, 1, ",\n"));
  return Replaced(text, "@class_names@", Indented(links.classes, 1, ",\n"));
}

Json TorchTaskJson(const Task& task, Index members) {
  Json json = {{"name", task.name},
               {"type", std::string(TaskTypeName(task.type))},
               {"head", HeadName(task)}};
  if (task.is_classification()) {
    json["classes"] = task.classes;
  } else {
    json["width"] = task.width;
    json["mean"] = task.mean;
    json["deviation"] = task.deviation;
    if (!task.curves.empty()) {
      json["curves"] = ParseJson(TargetCurvesText(task.curves));
    }
  }
  if (!task.levels.empty()) json["levels"] = task.levels;
  if (members > 1) json["members"] = members;
  Json columns = Json::array();
  for (Index col = 0; col < task.prediction_cols(); ++col) {
    columns.push_back(task.name + task.head().PredictionSuffix(task, col));
  }
  json["columns"] = std::move(columns);
  return json;
}

// The steps of preparation. A choice among blocks that are there already names
// their columns by number.
Json TorchSteps(const TransformRecords& transforms) {
  Json steps = Json::array();
  std::vector<InputSpec> before;
  for (const TransformRecord& record : transforms) {
    const auto selection = ReadSelection(record);
    if (selection && before.empty()) {
      steps.push_back({{"name", record.name},
                       {"blocks", ParseJson(record.spec).at("blocks")}});
      before = selection->blocks;
      continue;
    }
    const auto after = MakeTransform(record)->Specs(before);
    if (selection) {
      Json taken = Json::array();
      for (const SelectedColumns& block : ColumnsTaken(before, after)) {
        taken.push_back({{"block", before[At(block.block)].name},
                         {"columns", block.columns},
                         {"codes", block.codes}});
      }
      steps.push_back({{"name", "take"}, {"blocks", std::move(taken)}});
    } else {
      steps.push_back({{"name", record.name},
                       {"spec", ParseJson(record.spec)},
                       {"arrays", record.arrays}});
    }
    before = after;
  }
  return steps;
}

// All that users named, and the numbers of the preparation.
Json TorchJson(const Model& model, const TorchNames& arguments) {
  Json inputs = Json::array();
  for (const InputSpec& input : model.schema.inputs) {
    inputs.push_back({{"name", input.name},
                      {"kind", std::string(InputKindName(input.kind))}});
  }
  Json tasks = Json::array();
  for (Index i = 0; i < model.network->task_count(); ++i) {
    tasks.push_back(
        TorchTaskJson(model.schema.tasks[At(i)], model.network->members(i)));
  }
  return {{"model_sha256", model.content_sha256},
          {"arguments", arguments},
          {"inputs", std::move(inputs)},
          {"tasks", std::move(tasks)},
          {"steps", TorchSteps(model.transforms)}};
}

void WriteTorchModule(const Model& model, const std::string& output) {
  const TorchNames arguments = TorchInputNames(model);
  TorchModule module;
  const std::string python = ModelPython(model, arguments, &module);
  AtomicFolder folder(output);
  folder.Write("model.py", python);
  folder.Write("prepare.py", Str(kPreparePython, "\n\n", kPrepareStepsPython,
                                 "\n\n", kPrepareTextsPython));
  folder.Write("model.json", JsonText(TorchJson(model, arguments), 1) + "\n");
  WriteSafetensors(module.tensors(), folder.PathOf("model.safetensors"));
  folder.Commit();
}

}  // namespace

extern const ExportFormat kTorchModuleFormat;
const ExportFormat kTorchModuleFormat = {
    "torch",
    "a folder for PyTorch: an nn.Module that can be trained on, its weights as "
    "safetensors, and a program that prepares raw columns",
    true, "", WriteTorchModule};

}  // namespace mtlkit
