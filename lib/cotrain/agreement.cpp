#include "cotrain/agreement.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/json_text.h"
#include "base/options.h"
#include "h5/digest.h"

namespace mtlkit {
namespace {

Json Item(const std::string& name, const Json& content) {
  return {{"name", name}, {"sha256", Sha256Of(DumpJson(content))}};
}

Json AgreementJson(const Dataset& data) {
  const Schema schema = data.schema();
  Json json{{"tasks", Json::array()},
            {"inputs", Json::array()},
            {"transforms", Json::array()}};
  for (const Task& task : schema.tasks) {
    json["tasks"].push_back(
        Item(task.name, {{"type", TaskTypeName(task.type)},
                         {"classes", task.classes},
                         {"width", task.width},
                         {"mean", task.mean},
                         {"deviation", task.deviation},
                         {"curves", TargetCurvesText(task.curves)}}));
  }
  for (const InputSpec& input : schema.inputs) {
    json["inputs"].push_back(
        Item(input.name, {{"kind", static_cast<int>(input.kind)},
                          {"cols", input.cols},
                          {"columns", input.columns},
                          {"height", input.height},
                          {"width", input.width},
                          {"mean", input.mean},
                          {"deviation", input.deviation},
                          {"categories", input.categories}}));
  }
  for (const TransformRecord& record : data.transforms) {
    json["transforms"].push_back(
        Item(record.name, {{"spec", record.spec}, {"arrays", record.arrays}}));
  }
  return json;
}

// "task 'y'", where the two lists part.
std::string FirstDifference(const Json& agreed, const Json& own,
                            const std::string& what) {
  for (std::size_t i = 0; i < std::max(agreed.size(), own.size()); ++i) {
    if (i < agreed.size() && i < own.size() && agreed[i] == own[i]) continue;
    const Json& item = i < agreed.size() ? agreed[i] : own[i];
    const std::string name = item.at("name").get<std::string>();
    return Str(what, " '", name, "' ",
               i >= agreed.size() ? "is there, which was not agreed on"
               : i >= own.size()  ? "is not there"
                                  : "is not as agreed");
  }
  return "";
}

}  // namespace

std::string AgreementOf(const Dataset& data) {
  return DumpJson(AgreementJson(data));
}

void RequireAgreement(const std::string& agreed, const Dataset& data,
                      const std::string& name) {
  const Json own = AgreementJson(data);
  const Json wanted = ParseJson(agreed);
  Require(wanted.is_object(), ErrorKind::kBadInput,
          "run.json: what was agreed on is damaged");
  for (const auto& [list, what] : {std::pair("tasks", "task"),
                                   {"inputs", "input"},
                                   {"transforms", "transform"}}) {
    const std::string difference =
        FirstDifference(wanted.at(list), own.at(list), what);
    if (difference.empty()) continue;
    Fail(ErrorKind::kBadInput, Str(name, ": ", difference),
         "prepare the rows with mtl-prep --like the file of --schema");
  }
}

}  // namespace mtlkit
