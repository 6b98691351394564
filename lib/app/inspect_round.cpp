#include <nlohmann/json.hpp>

#include "app/inspect.h"
#include "base/error.h"
#include "base/text.h"
#include "eval/table.h"

namespace mtlkit {
namespace {

Index CountOf(const FileReader& file, const std::string& path) {
  return file.Has(path) ? ElementCount(file.Info(path).shape) : 0;
}

// Numbers of all arrays below a group.
Index SizeOf(const FileReader& file, const std::string& group) {
  Index size = 0;
  for (const std::string& member : file.Children(group)) {
    const std::string path = Str(group, "/", member);
    size += file.IsGroup(path) ? SizeOf(file, path) : CountOf(file, path);
  }
  return size;
}

}  // namespace

std::string InspectRound(const FileReader& file, Json* json) {
  std::string text;
  const auto peer = file.Attribute<std::int64_t>("", "peer");
  const auto round = file.Attribute<std::int64_t>("", "round");
  const auto rows = file.Attribute<std::int64_t>("", "rows");
  const Index parameters = SizeOf(file, "params");
  const Index selections = CountOf(file, "select/label");
  json->update({{"peer", peer},
                {"round", round},
                {"rows", rows},
                {"parameters", parameters},
                {"selections", selections},
                {"tasks", Json::array()},
                {"arrays", Json::array()}});
  text = Str("round ", round, " of peer ", peer, ", learned from ",
             Counted(rows, "row", "rows"), "\n");
  TextTable table;
  for (const std::string& member : file.Children("tasks")) {
    const std::string path = "tasks/" + member;
    const Index published = CountOf(file, path + "/id");
    table.AddRow({file.TrueName(path), Counted(published, "row", "rows")});
    (*json)["tasks"].push_back(
        {{"name", file.TrueName(path)}, {"rows", published}});
  }
  text += table.Render();
  if (parameters > 0) text += Str(parameters, " parameters\n");
  if (selections > 0)
    text += Str(Counted(selections, "labelled row", "labelled rows"), "\n");
  for (const std::string& member : file.Children("arrays")) {
    const std::string path = "arrays/" + member;
    const ArrayInfo info = file.Info(path);
    text +=
        VisibleText(Str("array ", file.TrueName(path), " ",
                        ElementTypeName(info.type), ShapeText(info.shape))) +
        "\n";
    (*json)["arrays"].push_back({{"name", file.TrueName(path)},
                                 {"type", ElementTypeName(info.type)},
                                 {"shape", info.shape}});
  }
  return text;
}

}  // namespace mtlkit
