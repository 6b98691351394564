#include "data/label_source.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"

namespace mtlkit {

std::string LabelSourceText(const LabelSource& source) {
  nlohmann::json json = {{"columns", source.columns}};
  if (!source.absent.empty()) {
    json["absent"] = source.absent;
    json["present"] = source.present;
  }
  if (!source.separator.empty()) json["separator"] = source.separator;
  if (!source.per_column.empty()) {
    json["per"] = {source.per_column, source.per_value};
  }
  if (!source.weight.empty()) json["weight"] = source.weight;
  if (!source.label_weight.empty()) json["label_weight"] = source.label_weight;
  if (!source.dropped.empty()) json["dropped"] = source.dropped;
  return DumpJson(json);
}

LabelSource ParseLabelSource(std::string_view text) {
  LabelSource source;
  bool fits = true;
  try {
    const auto json = ParseJson(text);
    json.at("columns").get_to(source.columns);
    if (json.contains("absent")) {
      json.at("absent").get_to(source.absent);
      json.at("present").get_to(source.present);
    }
    source.separator = json.value("separator", "");
    source.weight = json.value("weight", "");
    source.label_weight = json.value("label_weight", "");
    if (json.contains("dropped")) json.at("dropped").get_to(source.dropped);
    if (json.contains("per")) {
      json.at("per").at(0).get_to(source.per_column);
      json.at("per").at(1).get_to(source.per_value);
    }
  } catch (const nlohmann::json::exception&) {
    fits = false;
  }
  const std::size_t marks = source.absent.size();
  fits = fits && marks == source.present.size() &&
         (marks == 0 || marks == source.columns.size());
  Require(fits, ErrorKind::kBadInput,
          "what is stored of a task's columns cannot be read",
          "the file is damaged, or from another version");
  return source;
}

}  // namespace mtlkit
