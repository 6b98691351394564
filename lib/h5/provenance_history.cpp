#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "h5/provenance.h"

namespace mtlkit {
namespace {

constexpr std::size_t kShortDigest = 8;

std::string Short(std::string_view digest) {
  return std::string(digest.substr(0, kShortDigest));
}

// As a word of a shell.
std::string Quote(const std::string& word) {
  constexpr std::string_view kSafe =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
      "_-./,:=+@%";
  if (!word.empty() && word.find_first_not_of(kSafe) == std::string::npos) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string ValueText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return FormatNumber(value.get<double>());
  return DumpJson(value);
}

// A word that another may follow after a comma.
bool IsPlain(const Json& item) {
  return item.is_number() ||
         (item.is_string() && item.get_ref<const std::string&>().find_first_of(
                                  ",=:") == std::string::npos);
}

// Plain lists as "--layers 128,64", others with the flag again for each.
std::string ListText(const std::string& flag, const Json& list) {
  std::string text;
  if (std::all_of(list.begin(), list.end(), IsPlain)) {
    std::vector<std::string> parts;
    for (const Json& item : list) parts.push_back(ValueText(item));
    return flag + " " + Quote(Join(parts, ","));
  }
  for (const Json& item : list) {
    text += flag;
    if (!item.is_array()) text += " " + Quote(ValueText(item));
    if (!item.is_array()) continue;
    for (const Json& word : item) text += " " + Quote(ValueText(word));
  }
  return text;
}

std::string FlagText(const std::string& name, const Json& value) {
  const std::string flag = " --" + name;
  if (value.is_boolean()) return value.get<bool>() ? flag : flag + "=false";
  if (value.is_array()) return ListText(flag, value);
  return flag + " " + Quote(ValueText(value));
}

// An input as the command line has it: operands by place, the rest by name.
std::string InputText(const ProvenanceInput& input) {
  std::string digest = Short(input.digest);
  if (input.role == "data" || input.role == "model") return digest;
  if (input.role == "names") return "--names " + digest;
  return Quote(input.role + "=" + digest);
}

bool IsNothing(const Json& value) {
  return value.is_null() || (value.is_array() && value.empty()) ||
         (value.is_string() && value.get_ref<const std::string&>().empty());
}

}  // namespace

std::vector<std::string> HistoryCommands(
    std::span<const ProvenanceRecord> records, std::string_view digest) {
  // What a record made is known from those that used it.
  std::map<std::string, std::string> made;
  for (const ProvenanceRecord& record : records) {
    for (const ProvenanceInput& input : record.inputs) {
      if (!input.from.empty()) made[input.from] = input.digest;
    }
  }
  if (!records.empty()) made[records.back().id] = digest;
  std::vector<std::string> commands;
  for (const ProvenanceRecord& record : records) {
    std::string command = record.tool;
    for (const ProvenanceInput& input : record.inputs) {
      command += " " + InputText(input);
    }
    const Json settings = ParseJson(record.settings);
    for (const auto& [name, value] : settings.items()) {
      if (!IsNothing(value)) command += FlagText(name, value);
    }
    command += " --seed " + std::to_string(record.seed);
    const auto output = made.find(record.id);
    if (output != made.end()) command += " -o " + Short(output->second);
    commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace mtlkit
