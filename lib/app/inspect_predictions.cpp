#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "app/inspect.h"
#include "base/error.h"
#include "base/text.h"
#include "data/split_names.h"
#include "eval/predictions.h"
#include "eval/table.h"

namespace mtlkit {

std::string InspectPredictions(const FileReader& file, Json* json) {
  const Predictions predictions = ReadPredictions(file);
  std::string text;
  const auto known = [](const std::string& value) {
    return value.empty() ? std::string("not known") : VisibleText(value);
  };
  json->update({{"rows", IdCount(predictions.ids)},
                {"split", predictions.split},
                {"selected_on", predictions.selected_on},
                {"model", predictions.model_sha256},
                {"dataset", predictions.dataset_sha256},
                {"tasks", Json::array()}});
  // A model of ours says when no split chose its weights.
  const bool has_model = !predictions.model_sha256.empty();
  const std::string chosen =
      predictions.selected_on.empty() && has_model ? "weights of the last epoch"
      : predictions.selected_on == kAllFolds
          ? "weights of a length chosen on folds"
      : predictions.selected_on == kHeldOutRows
          ? "weights of a length chosen on rows held out of the training rows"
          : "weights chosen on " + known(predictions.selected_on);
  text = Str("rows ", IdCount(predictions.ids), "\nsplit ",
             predictions.split.empty() && has_model ? "none: all rows"
                                                    : known(predictions.split),
             "\n", chosen, "\nmodel ",
             known(predictions.model_sha256.substr(0, 16)), ", data ",
             known(predictions.dataset_sha256.substr(0, 16)), "\n");
  TextTable table;
  table.AddRow({"task", "type", "predicted", "labelled", "missing"});
  for (const TaskPredictions& task : predictions.tasks) {
    const Index predicted = task.on_all_rows
                                ? IdCount(predictions.ids)
                                : static_cast<Index>(task.rows.size());
    const Index cols = task.task.target_cols();
    Index labelled = 0;
    const auto unknown = static_cast<Index>(std::ranges::count_if(
        task.unknown, [](std::int32_t name) { return name >= 0; }));
    for (std::size_t i = 0; i < task.y.size();
         i += static_cast<std::size_t>(cols)) {
      bool any = false;
      for (Index col = 0; col < cols; ++col) {
        any = any || !std::isnan(task.y[i + static_cast<std::size_t>(col)]);
      }
      labelled += any;
    }
    labelled += unknown;
    const std::string type(
        TaskTypeName(task.task.form.value_or(task.task.type)));
    table.AddRow({task.task.name, type, Str(predicted), Str(labelled),
                  Str(predicted - labelled)});
    (*json)["tasks"].push_back({{"name", task.task.name},
                                {"type", TaskTypeName(task.task.type)},
                                {"classes", task.task.classes},
                                {"predicted", predicted},
                                {"labelled", labelled},
                                {"unknown_class", unknown}});
  }
  text += table.Render();
  return text;
}

}  // namespace mtlkit
