#include "cotrain/json_record.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.h"
#include "base/json_text.h"
#include "h5/atomic_file.h"
#include "h5/digest.h"

namespace mtlkit {
namespace {

// 1 had no digest.
constexpr int kSchema = 2;

// Members are sorted by name, so that the text of an object is one.
std::string DigestOf(Json json) {
  json.erase("sha256");
  return Sha256Of(JsonText(json));
}

std::string TextOf(const Json& json) {
  return JsonText(json, 1) + "\n";
}

void RequireSchema(const Json& json, const std::string& path) {
  const auto found = json.find("schema");
  if (found != json.end() && *found == kSchema) return;
  Fail(ErrorKind::kBadInput,
       Str(path, ": it has schema ",
           found == json.end() ? std::string("none") : found->dump(),
           "; this tool reads ", kSchema),
       "use the version of mtlkit that made the run");
}

}  // namespace

void WriteRecord(Json json, const std::string& path) {
  json["schema"] = kSchema;
  json["sha256"] = DigestOf(json);
  AtomicFile file(path);
  file.Write(TextOf(json));
  file.Commit();
}

Json ReadRecord(const std::string& path, std::string_view hint) {
  std::error_code none;
  Require(!std::filesystem::is_directory(path, none), ErrorKind::kBadInput,
          Str(path, ": it is damaged: this is a folder"), std::string(hint));
  const std::string text = ReadTextFile(path, "");
  Json json = ParseJson(text);
  Require(!json.is_discarded() && json.is_object(), ErrorKind::kBadInput,
          Str(path, ": it is damaged: this is no JSON object"),
          std::string(hint));
  RequireSchema(json, path);
  const bool holds = json.contains("sha256") &&
                     json["sha256"] == DigestOf(json) && TextOf(json) == text;
  Require(holds, ErrorKind::kBadInput,
          Str(path, ": it is damaged or was changed: its digest does not hold"),
          std::string(hint));
  json.erase("schema");
  json.erase("sha256");
  return json;
}

}  // namespace mtlkit
