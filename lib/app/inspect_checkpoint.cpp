#include <cmath>
#include <nlohmann/json.hpp>

#include "app/inspect.h"
#include "base/error.h"
#include "base/json_text.h"
#include "base/terminal_text.h"
#include "base/text.h"
#include "eval/table.h"

namespace mtlkit {
namespace {

// The arrays below a group: how many numbers they hold. Each is read, so that
// what cannot be read does not pass for whole.
Index ReadGroup(const FileReader& file, const std::string& group) {
  Index count = 0;
  for (const std::string& member : file.Children(group)) {
    const std::string path = Str(group, "/", member);
    if (file.IsGroup(path)) {
      count += ReadGroup(file, path);
    } else if (!file.Info(path).is_text) {
      count += static_cast<Index>(file.ReadArray<double>(path).values.size());
    }
  }
  return count;
}

void DescribePeers(const FileReader& file, TextTable* table, Json* json) {
  table->AddRow({"peer", "parameters", "best epoch", "best"});
  for (const std::string& member : file.Children("peers")) {
    const std::string path = "peers/" + member;
    const auto parameters = file.Info(path + "/weights").shape;
    (void)ReadGroup(file, path);
    const auto best = file.ReadList<Index>(path + "/best_epoch");
    const auto score = file.ReadList<double>(path + "/best_score");
    Require(!best.empty() && score.size() == 2, ErrorKind::kBadInput,
            Str(file.name(), ": ", path, "/best_epoch is damaged"));
    const bool has_best = best[0] > 0;
    table->AddRow({member, Str(ElementCount(parameters)),
                   has_best ? Str(best[0]) : "-",
                   has_best ? TableNumber(score[1]) : "-"});
    Json peer{{"name", member}, {"parameters", ElementCount(parameters)}};
    if (has_best) peer["best_epoch"] = best[0];
    if (has_best && std::isfinite(score[1])) peer["best"] = score[1];
    (*json)["peers"].push_back(std::move(peer));
  }
}

}  // namespace

std::string InspectCheckpoint(const FileReader& file, Json* json) {
  const Json settings = ParseJson(file.ReadText("settings"));
  Require(settings.is_object(), ErrorKind::kBadInput,
          Str(file.name(), ": settings is not JSON"));
  const auto position = file.ReadList<Index>("position");
  Require(position.size() == 3, ErrorKind::kBadInput,
          Str(file.name(), ": position does not have 3 numbers"));
  (void)file.ReadList<double>("schedule");
  json->update({{"epochs_done", position[0]},
                {"batch", position[1]},
                {"step", position[2]},
                {"settings", settings},
                {"peers", Json::array()}});
  std::string text =
      Str("stopped after ", Counted(position[0], "epoch", "epochs"), " and ",
          Counted(position[1], "batch", "batches"), ", ",
          Counted(position[2], "step", "steps"),
          ": the command that wrote it goes "
          "on from here\n");
  TextTable table;
  DescribePeers(file, &table, json);
  text += table.Render();
  TextTable settings_table;
  settings_table.AddRow({"setting", "value"});
  for (const auto& [key, value] : settings.items()) {
    const std::string shown =
        value.is_string() ? value.get<std::string>() : JsonText(value);
    std::string_view begin = std::string_view(shown).substr(0, 16);
    begin.remove_suffix(CutCharacter(begin));
    settings_table.AddRow({key, shown.size() > 60 ? Str(begin, "...") : shown});
  }
  return text + settings_table.Render();
}

}  // namespace mtlkit
