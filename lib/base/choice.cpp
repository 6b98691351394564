#include "base/choice.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

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

Choice ParseInnerChoice(std::string_view text, std::string_view where) {
  std::string outer(text);
  std::ranges::replace(outer, '/', ',');
  return ParseChoice(outer, where);
}

std::string ChoiceText(const Choice& choice) {
  std::string text = choice.name;
  char separator = ':';
  for (const auto& [name, value] : choice.options) {
    text += Str(separator, name, '=', value);
    separator = ',';
  }
  return text;
}

ChoiceReader::ChoiceReader(const Choice& choice, std::string where)
    : choice_(choice), where_(std::move(where)) {}

void ChoiceReader::Visit(const FieldInfo& info, FieldPointer field) {
  known_.push_back(info.name);
  for (const auto& [name, text] : choice_.options) {
    if (name != info.name) continue;
    ReadField(info, Str(where_, ": ", choice_.name, ": ", name),
              IsList(field) ? Split(text, '/') : std::vector{text}, field);
  }
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
