#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/inspect.h"
#include "app/task_graph.h"
#include "base/error.h"
#include "base/text.h"
#include "eval/table.h"
#include "nn/graph.h"
#include "nn/model.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

void DescribeInputs(const Model& model, std::string* text, Json* json) {
  std::vector<std::string> names;
  (*json)["inputs"] = Json::array();
  for (const InputSpec& input : model.schema.inputs) {
    names.push_back(Str(input.name, " (", input.cols, ")"));
    (*json)["inputs"].push_back({{"name", input.name}, {"cols", input.cols}});
  }
  *text += "inputs " + Join(names, ", ") + "\n";
}

// "8 members, ", or nothing where there is no ensemble.
std::string MembersText(const Model& model) {
  const Index members = model.network->members(0);
  return members > 1 ? Str(members, " members, ") : "";
}

void DescribeModelTasks(const Model& model, bool all, std::string* text,
                        Json* json) {
  constexpr std::size_t kFewTasks = 24;
  TextTable table;
  const bool has_curves = std::ranges::any_of(
      model.schema.tasks,
      [](const Task& task) { return !task.curves.empty(); });
  std::vector<std::string> titles = {"task", "type", "output"};
  if (has_curves) titles.emplace_back("target transform");
  table.AddRow(std::move(titles));
  (*json)["tasks"] = Json::array();
  for (std::size_t t = 0; t < model.schema.tasks.size(); ++t) {
    const Task& task = model.schema.tasks[t];
    const OutputInfo& output = model.network->output(static_cast<Index>(t));
    const Index node = model.network->info(output.value).node;
    const std::string layer = node < 0 ? "" : model.network->node(node).name;
    (*json)["tasks"].push_back({{"name", task.name},
                                {"type", TaskTypeName(task.type)},
                                {"classes", task.classes},
                                {"layer", layer}});
    if (!task.curves.empty()) {
      (*json)["tasks"].back()["target_transform"] = task.curves[0].name;
    }
    if (!all && t >= kFewTasks) continue;
    std::vector<std::string> row = {
        task.name, std::string(TaskTypeName(task.type)), layer};
    if (has_curves) {
      row.push_back(task.curves.empty() ? "-" : task.curves[0].name);
    }
    table.AddRow(std::move(row));
  }
  *text += table.Render();
  if (!all && model.schema.tasks.size() > kFewTasks) {
    *text += Str("... ", model.schema.tasks.size() - kFewTasks,
                 " more tasks (--verbose)\n");
  }
}

std::string NameOfValue(const Model& model, Value value) {
  const ValueInfo& info = model.network->info(value);
  return info.node >= 0
             ? model.network->node(info.node).name
             : model.schema.inputs[static_cast<std::size_t>(info.input)].name;
}

// What a layer reads, by name; of many the first.
std::string ReadBy(const Model& model, const Node& node) {
  constexpr std::size_t kFew = 3;
  std::vector<std::string> names;
  for (const Value value : node.inputs) {
    if (names.size() == kFew) {
      names.emplace_back("...");
      break;
    }
    names.push_back(NameOfValue(model, value));
  }
  return Join(names, ", ");
}

void DescribeLayers(const Model& model, bool all, std::string* text,
                    Json* json) {
  constexpr std::size_t kFewLayers = 16;
  TextTable table;
  table.AddRow({"layer", "kind", "reads", "width", "parameters"});
  (*json)["layers"] = Json::array();
  const auto nodes = model.network->nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    Index parameters = 0;
    for (const Index slice : node.params) {
      parameters += model.network->weights()->slice(slice).size();
    }
    const Index width = model.network->info(node.output).cols;
    (*json)["layers"].push_back(
        {{"name", node.name}, {"width", width}, {"parameters", parameters}});
    if (all || i < kFewLayers) {
      table.AddRow({node.name, std::string(node.layer->kind()),
                    ReadBy(model, node), Str(width), Str(parameters)});
    }
  }
  *text += table.Render();
  if (!all && nodes.size() > kFewLayers) {
    *text +=
        Str("... ", nodes.size() - kFewLayers, " more layers (--verbose)\n");
  }
}

// Which layer each branch of a network takes (ltb).
void DescribeBranches(const Model& model, std::string* text, Json* json) {
  TextTable table;
  table.AddRow({"branch", "takes", "probability"});
  for (const Node& node : model.network->nodes()) {
    if (node.layer->kind() != "branch") continue;
    const auto logits = model.params.weights.At(node.params.front()).flat();
    const auto best = std::ranges::max_element(logits);
    double sum = 0;
    for (const Real logit : logits) {
      sum += std::exp(static_cast<double>(logit) - static_cast<double>(*best));
    }
    const Value taken =
        node.inputs[static_cast<std::size_t>(best - logits.begin())];
    const std::string parent = NameOfValue(model, taken);
    (*json)["branches"].push_back(
        {{"name", node.name}, {"takes", parent}, {"probability", 1 / sum}});
    table.AddRow({node.name, parent, TableNumber(1 / sum)});
  }
  if (json->contains("branches")) *text += table.Render();
}

Json TrainingJson(const Model& model, const History& log) {
  Json json = {{"epochs", log.epochs()},
               {"best_epoch", log.best_epoch},
               {"selected_on", log.selected_on},
               {"selected_split", log.selected_split}};
  if (!KeepsEach(model.provenance)) return json;
  for (const Task& task : model.schema.tasks) {
    json["best_epochs"][task.name] = BestEpochOf(log, task.name);
  }
  return json;
}

// "trained 40 epochs, weights of epoch 31, chosen on valid loss .542".
std::string TrainingText(const Model& model, const History& log) {
  std::string text = Str("trained ", Counted(log.epochs(), "epoch", "epochs"));
  if (log.best_epoch > 0 && KeepsEach(model.provenance)) {
    return text + VisibleText(Str(", weights of each task's own best epoch: ",
                                  OwnEpochsText(log)));
  }
  if (log.best_epoch > 0) {
    text +=
        VisibleText(Str(", weights of epoch ", log.best_epoch, ", chosen on ",
                        log.selected_on, " ", TableNumber(log.best)));
  }
  return text;
}

// "12", or "8 to 30".
std::string SpanText(std::vector<double> values, bool is_whole) {
  const auto [least, most] = std::ranges::minmax(values);
  const auto text = [&](double value) {
    return is_whole ? FormatNumber(value) : TableNumber(value);
  };
  return least == most ? text(least) : Str(text(least), " to ", text(most));
}

// What many networks have in common, and how far they differ.
std::string SummaryText(const std::vector<const History*>& logs) {
  std::vector<double> epochs;
  std::vector<double> best;
  std::vector<double> measures;
  for (const History* log : logs) {
    epochs.push_back(static_cast<double>(log->epochs()));
    best.push_back(static_cast<double>(log->best_epoch));
    measures.push_back(log->best);
  }
  std::string text =
      Str("the networks trained ", SpanText(epochs, true), " epochs");
  if (logs[0]->best_epoch > 0) {
    text += VisibleText(Str(", weights of epoch ", SpanText(best, true),
                            ", chosen on ", logs[0]->selected_on, " ",
                            SpanText(measures, false)));
  }
  return text + " (--json has each)\n";
}

// A line a network, unless all say the same, or there are many.
std::string NetworksText(const Model& model) {
  constexpr std::size_t kFewNetworks = 8;
  std::vector<const History*> logs = {&model.log};
  for (const TrainedNetwork& other : model.others) logs.push_back(&other.log);
  std::vector<std::string> texts;
  for (const History* log : logs) texts.push_back(TrainingText(model, *log));
  const bool is_one_text = std::ranges::all_of(
      texts, [&](const std::string& text) { return text == texts[0]; });
  constexpr std::string_view kMore = " (--log shows the curve)\n";
  if (logs.size() == 1) return Str(texts[0], kMore);
  if (is_one_text) return Str("each network ", texts[0], kMore);
  if (logs.size() > kFewNetworks) return SummaryText(logs);
  std::string text;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    text += Str("network ", i + 1, " ", texts[i], i == 0 ? kMore : "\n");
  }
  return text;
}

void DescribeTraining(const Model& model, std::string* text, Json* json) {
  json->update(TrainingJson(model, model.log));
  if (!model.log.tried.empty()) {
    (*json)["tried"] = model.log.tried;
    *text += VisibleText("tried " + Join(model.log.tried, ", ")) + "\n";
  }
  for (const TrainedNetwork& other : model.others) {
    (*json)["other_networks"].push_back(TrainingJson(model, other.log));
  }
  if (model.log.epochs() > 0) *text += NetworksText(model);
}

}  // namespace

std::string InspectModel(const FileReader& file, bool all, Json* json) {
  const Model model = ReadModel(file);
  std::string text;
  const Index count = model.network->weights()->count();
  (*json)["arch"] = model.arch.arch;
  (*json)["parameters"] = count;
  (*json)["networks"] = model.networks();
  WriteOptions(model.arch, &(*json)["network"]);
  text = Str("architecture ", model.arch.arch, ", layers ",
             Join(model.arch.layers, ","), ", ", MembersText(model), count,
             " parameters\n");
  if (model.networks() > 1) {
    text += Str("ensemble of ", model.networks(),
                " such networks, whose predictions are averaged\n");
  }
  DescribeInputs(model, &text, json);
  DescribeModelTasks(model, all, &text, json);
  text += GraphText(GraphPartsOf(model));
  DescribeLayers(model, all, &text, json);
  DescribeBranches(model, &text, json);
  (*json)["graph"] = GraphOf(*model.network, model.schema);
  DescribeTraining(model, &text, json);
  return text;
}

}  // namespace mtlkit
