#include "nn/model_spec.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/schema.h"
#include "nn/graph.h"

namespace mtlkit {
namespace {

constexpr int kSpecVersion = 2;

Json InputJson(const InputSpec& input) {
  Json json = {{"name", input.name},
               {"kind", std::string(InputKindName(input.kind))},
               {"cols", input.cols},
               {"columns", input.columns}};
  const BlockTraits& traits = TraitsOf(input.kind);
  if (traits.has_categories) {
    json["categories"] = input.categories;
  }
  if (traits.rows == BlockRows::kPixels) {
    json["height"] = input.height;
    json["width"] = input.width;
    json["mean"] = input.mean;
    json["deviation"] = input.deviation;
  }
  return json;
}

Json TaskJson(const Task& task) {
  Json json = {{"name", task.name},
               {"type", std::string(TaskTypeName(task.type))}};
  if (task.source != LabelSource{}) {
    json["source"] = LabelSourceText(task.source);
  }
  if (!task.tokens.empty()) json["tokens"] = task.tokens;
  if (task.traits().is_written) {
    json["from"] = task.from;
    json["codes"] = task.codes;
  }
  if (task.is_classification()) {
    json["classes"] = task.classes;
    if (task.traits().is_map) {
      json["height"] = task.map_height;
      json["width"] = task.map_width;
    }
  } else {
    json["width"] = task.width;
    json["mean"] = task.mean;
    json["deviation"] = task.deviation;
    if (!task.curves.empty()) json["curves"] = TargetCurvesText(task.curves);
  }
  if (task.form) {
    json["form"] = std::string(task.form->name());
    json["levels"] = task.levels;
  }
  return json;
}

void RequireSpec(bool holds, const std::string& message) {
  Require(holds, ErrorKind::kBadInput, message,
          "the model file is damaged, or from another version");
}

// The members of an object, each of which must be taken once.
class Members {
 public:
  explicit Members(const Json& json) : json_(json) {
    RequireSpec(json.is_object(), "not an object");
  }

  template <class T>
  T Get(const char* key) {
    RequireSpec(json_.contains(key), Str("no '", key, "'"));
    taken_.insert(key);
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const std::optional<Index> number = JsonInteger(json_.at(key));
      RequireSpec(number.has_value(), Str("'", key, "' is no whole number"));
      return static_cast<T>(*number);
    }
    try {
      return json_.at(key).get<T>();
    } catch (const Json::exception&) {
      RequireSpec(false, Str("'", key, "' has the wrong type"));
      throw;
    }
  }

  bool Has(const char* key) const { return json_.contains(key); }

  const Json& Find(const char* key) {
    RequireSpec(json_.contains(key), Str("no '", key, "'"));
    taken_.insert(key);
    return json_.at(key);
  }

  void Finish() const {
    for (const auto& item : json_.items()) {
      RequireSpec(taken_.count(item.key()) > 0,
                  Str("unknown key '", item.key(), "'"));
    }
  }

 private:
  const Json& json_;
  std::set<std::string> taken_;
};

InputKind ParseKind(const std::string& name) {
  for (const BlockKindEntry* entry : BlockKinds()) {
    if (entry->name == name) return entry->kind;
  }
  RequireSpec(false, Str("'", name, "' is no kind of input"));
  return InputKind::kDense;
}

void ReadImage(Members* members, InputSpec* input) {
  constexpr Index kMostPixels = Index{1} << 26;
  input->height = members->Get<Index>("height");
  input->width = members->Get<Index>("width");
  input->mean = members->Get<std::vector<double>>("mean");
  input->deviation = members->Get<std::vector<double>>("deviation");
  const std::string what = Str("input '", input->name, "'");
  RequireSpec(input->cols >= 1 && input->height >= 1 && input->width >= 1 &&
                  input->cols <= kMostPixels / input->height &&
                  input->width <= kMostPixels / input->height / input->cols,
              what + " has an impossible size");
  const std::size_t scales = input->mean.size();
  RequireSpec(scales == input->deviation.size() &&
                  (scales == 0 || scales == At(input->cols)),
              what + " has the wrong number of channels");
  for (std::size_t i = 0; i < scales; ++i) {
    RequireSpec(std::isfinite(input->mean[i]) &&
                    std::isfinite(input->deviation[i]) &&
                    input->deviation[i] > 0,
                what + " has an impossible scale");
  }
}

InputSpec ReadInput(const Json& json) {
  Members members(json);
  InputSpec input;
  input.name = members.Get<std::string>("name");
  input.kind = ParseKind(members.Get<std::string>("kind"));
  input.cols = members.Get<Index>("cols");
  input.columns = members.Get<std::vector<std::string>>("columns");
  RequireSpec(input.cols >= 0 &&
                  (input.columns.empty() ||
                   static_cast<Index>(input.columns.size()) == input.cols),
              Str("input '", input.name, "' has the wrong number of columns"));
  const BlockTraits& traits = TraitsOf(input.kind);
  if (traits.rows == BlockRows::kPixels) ReadImage(&members, &input);
  if (traits.has_categories) {
    input.categories =
        members.Get<std::vector<std::vector<std::string>>>("categories");
    RequireSpec(static_cast<Index>(input.categories.size()) == input.cols,
                Str("input '", input.name, "' has the wrong categories"));
  }
  members.Finish();
  return input;
}

// What its loss made of the task.
void ReadForm(Members* members, Task* task) {
  if (!members->Has("form")) return;
  task->form = ParseForm(members->Get<std::string>("form"));
  task->levels = members->Get<std::vector<double>>("levels");
}

Task ReadTask(const Json& json) {
  Members members(json);
  Task task;
  task.name = members.Get<std::string>("name");
  task.type = ParseTaskType(members.Get<std::string>("type"));
  if (members.Has("source")) {
    task.source = ParseLabelSource(members.Get<std::string>("source"));
  }
  if (members.Has("tokens")) {
    task.tokens = members.Get<std::string>("tokens");
  }
  if (task.traits().is_written) {
    task.from = members.Get<std::string>("from");
    task.codes = members.Get<Index>("codes");
  }
  if (task.is_classification()) {
    task.classes = members.Get<std::vector<std::string>>("classes");
    const std::set<std::string> unique(task.classes.begin(),
                                       task.classes.end());
    const std::size_t least = task.traits().one_class ? 2 : 1;
    RequireSpec(
        task.classes.size() >= least && unique.size() == task.classes.size(),
        Str("task '", task.name, "' has impossible classes"));
    if (task.traits().is_map) {
      task.map_height = members.Get<Index>("height");
      task.map_width = members.Get<Index>("width");
    }
  } else {
    task.width = members.Get<Index>("width");
    task.mean = members.Get<std::vector<double>>("mean");
    task.deviation = members.Get<std::vector<double>>("deviation");
    if (members.Has("curves")) {
      task.curves = ParseTargetCurves(members.Get<std::string>("curves"));
    }
  }
  ReadForm(&members, &task);
  const std::string fault = task.head().Fault(task);
  RequireSpec(fault.empty(), Str("task '", task.name, "'", fault));
  members.Finish();
  return task;
}

template <class Entry>
void RequireUniqueNames(const std::vector<Entry>& entries, const char* what) {
  std::set<std::string> names;
  for (const Entry& entry : entries) {
    RequireSpec(names.insert(entry.name).second,
                Str(what, " '", entry.name, "' is there twice"));
  }
}

void ReadMembers(const Json& json, Model* model) {
  Members members(json);
  RequireSpec(members.Get<int>("version") == kSpecVersion,
              "written by a version of mtlkit that is not known");
  RequireSpec(members.Find("inputs").is_array(), "'inputs' is not a list");
  for (const Json& input : members.Find("inputs")) {
    model->schema.inputs.push_back(ReadInput(input));
  }
  RequireSpec(members.Find("tasks").is_array(), "'tasks' is not a list");
  for (const Json& task : members.Find("tasks")) {
    model->schema.tasks.push_back(ReadTask(task));
  }
  RequireUniqueNames(model->schema.inputs, "input");
  RequireUniqueNames(model->schema.tasks, "task");
  ReadOptions(members.Find("network"), "network", &model->arch);
  model->network = std::make_shared<const Network>(
      NetworkOf(members.Find("graph"), model->schema));
  members.Finish();
}

}  // namespace

std::string ModelSpec(const Model& model) {
  Json inputs = Json::array();
  for (const InputSpec& input : model.schema.inputs) {
    inputs.push_back(InputJson(input));
  }
  Json tasks = Json::array();
  for (const Task& task : model.schema.tasks) tasks.push_back(TaskJson(task));
  Json network = Json::object();
  WriteOptions(model.arch, &network);
  return DumpJson(Json{{"version", kSpecVersion},
                       {"inputs", std::move(inputs)},
                       {"tasks", std::move(tasks)},
                       {"network", std::move(network)},
                       {"graph", GraphOf(*model.network, model.schema)}});
}

void ReadModelSpec(const std::string& text, Model* model) {
  try {
    const Json json = ParseJson(text);
    RequireSpec(!json.is_discarded(), "this is not JSON");
    ReadMembers(json, model);
  } catch (const Error& error) {
    // Options report a user's mistake; here the file is wrong.
    throw Error(ErrorKind::kBadInput, "spec: " + error.message(), error.hint());
  }
}

}  // namespace mtlkit
