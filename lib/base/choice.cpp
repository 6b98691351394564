#include "base/choice.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

Index ReadIndex(std::string_view text, const std::string& where) {
  long long number = 0;
  Require(ParseInteger(text, &number), ErrorKind::kUsage,
          Str(where, ": '", text, "' is not a whole number"));
  return static_cast<Index>(number);
}

double ReadDouble(std::string_view text, const std::string& where) {
  double number = 0;
  Require(ParseNumber(text, &number), ErrorKind::kUsage,
          Str(where, ": '", text, "' is not a number"));
  return number;
}

}  // namespace

Choice ParseChoice(std::string_view text, std::string_view where) {
  Choice choice;
  const std::size_t colon = text.find(':');
  choice.name = std::string(Trim(text.substr(0, colon)));
  Require(!choice.name.empty(), ErrorKind::kUsage,
          Str(where, ": '", text, "' begins without a name"),
          "write NAME or NAME:option=value,...");
  if (colon == std::string_view::npos) return choice;
  for (const std::string& part : Split(text.substr(colon + 1), ',')) {
    const std::size_t equals = part.find('=');
    Require(equals != std::string::npos && equals > 0, ErrorKind::kUsage,
            Str(where, ": '", part, "' is not option=value"),
            "write NAME:option=value,...");
    std::string name(Trim(std::string_view(part).substr(0, equals)));
    for (const auto& known : choice.options) {
      Require(known.first != name, ErrorKind::kUsage,
              Str(where, ": option '", name, "' is given twice"));
    }
    choice.options.emplace_back(std::move(name), part.substr(equals + 1));
  }
  return choice;
}

std::string ChoiceText(const Choice& choice) {
  std::string text = choice.name;
  char separator = ':';
  for (const auto& [name, value] : choice.options) {
    text += separator + name + "=" + value;
    separator = ',';
  }
  return text;
}

ChoiceReader::ChoiceReader(const Choice& choice, std::string where)
    : choice_(choice), where_(std::move(where)) {}

const std::string* ChoiceReader::Find(const FieldInfo& info) {
  known_.push_back(info.name);
  for (const auto& [name, value] : choice_.options) {
    if (name == info.name) return &value;
  }
  return nullptr;
}

std::string ChoiceReader::Where(const FieldInfo& info) const {
  return Str(where_, ": ", choice_.name, ": ", info.name);
}

void ChoiceReader::Field(const FieldInfo& info, bool& value) {
  const std::string* text = Find(info);
  if (text == nullptr) return;
  const bool yes = *text == "true" || *text == "yes" || *text == "1";
  const bool no = *text == "false" || *text == "no" || *text == "0";
  Require(yes || no, ErrorKind::kUsage,
          Str(Where(info), ": '", *text, "' is neither yes nor no"));
  value = yes;
}

void ChoiceReader::Field(const FieldInfo& info, Index& value) {
  const std::string* text = Find(info);
  if (text == nullptr) return;
  const Index number = ReadIndex(*text, Where(info));
  CheckField(info, Where(info), static_cast<double>(number));
  value = number;
}

void ChoiceReader::Field(const FieldInfo& info, double& value) {
  const std::string* text = Find(info);
  if (text == nullptr) return;
  const double number = ReadDouble(*text, Where(info));
  CheckField(info, Where(info), number);
  value = number;
}

void ChoiceReader::Field(const FieldInfo& info, std::string& value) {
  const std::string* text = Find(info);
  if (text == nullptr) return;
  CheckField(info, Where(info), *text);
  value = *text;
}

void ChoiceReader::Field(const FieldInfo& info, std::vector<Index>& value) {
  const std::string* text = Find(info);
  if (text == nullptr) return;
  value.clear();
  for (const std::string& part : Split(*text, '/')) {
    value.push_back(ReadIndex(part, Where(info)));
    CheckField(info, Where(info), static_cast<double>(value.back()));
  }
}

void ChoiceReader::Field(const FieldInfo& info, std::vector<double>& value) {
  const std::string* text = Find(info);
  if (text == nullptr) return;
  value.clear();
  for (const std::string& part : Split(*text, '/')) {
    value.push_back(ReadDouble(part, Where(info)));
    CheckField(info, Where(info), value.back());
  }
}

void ChoiceReader::Field(const FieldInfo& info,
                         std::vector<std::string>& value) {
  const std::string* text = Find(info);
  if (text == nullptr) return;
  value = Split(*text, '/');
  for (const std::string& part : value) CheckField(info, Where(info), part);
}

void ChoiceReader::Finish() const {
  for (const auto& option : choice_.options) {
    const std::string& name = option.first;
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) {
      continue;
    }
    const std::string nearest = Nearest(name, known_);
    Fail(ErrorKind::kUsage,
         Str(where_, ": ", choice_.name, " has no option '", name, "'",
             nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
         known_.empty() ? "it has none" : Str("it has: ", Join(known_, ", ")));
  }
}

}  // namespace mtlkit
