#include "app/flag.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace mtlkit {
namespace {

// A list of numbers that the user wants to be empty.
constexpr std::string_view kNone = "none";

// What the help calls a value of the field.
std::string ValueName(const FieldInfo& info, bool) {
  return info.value_name;
}
std::string ValueName(const FieldInfo&, Index) {
  return "N";
}
std::string ValueName(const FieldInfo&, double) {
  return "X";
}
std::string ValueName(const FieldInfo& info, const std::string&) {
  if (info.choices.empty()) return "TEXT";
  // Few short ones say more than a word for them.
  constexpr std::size_t kRoom = 24;
  const std::string all = Join(info.choices, "|");
  return all.size() <= kRoom ? all : "NAME";
}
template <class T>
std::string ValueName(const FieldInfo& info, const std::vector<T>&) {
  return ValueName(info, T{}) + (info.splits_commas ? ",..." : "");
}

std::string DefaultText(bool value) {
  return value ? "on" : "";
}
std::string DefaultText(Index value) {
  return std::to_string(value);
}
std::string DefaultText(double value) {
  return FormatNumber(value);
}
std::string DefaultText(const std::string& value) {
  return value;
}
template <class T>
std::string DefaultText(const std::vector<T>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const T& value : values) texts.push_back(DefaultText(value));
  return Join(texts, ",");
}

// `text` that is no list, perhaps NAME=...: in a name "\\," is a comma here,
// too, and so is ",".
std::string WithPlainName(std::string_view text) {
  const std::size_t end = std::min(text.find('='), text.size());
  return Join(SplitNames(text.substr(0, end)), ",").append(text.substr(end));
}

// The elements of a list that is given in one or more texts.
std::vector<std::string> Elements(const std::vector<std::string>& texts,
                                  bool are_texts, bool splits_commas) {
  std::vector<std::string> elements;
  for (const std::string& text : texts) {
    if (!are_texts && text == kNone) continue;
    if (are_texts && !splits_commas) {
      elements.push_back(WithPlainName(Trim(text)));
      continue;
    }
    if (text.empty()) continue;
    for (const std::string& part : SplitNames(text)) {
      elements.emplace_back(Trim(part));
    }
  }
  return elements;
}

}  // namespace

std::string Flag::EnvironmentName() const {
  std::string environment = "MTLKIT_";
  for (const char c : name) {
    environment +=
        c == '-'
            ? '_'
            : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return environment;
}

void FlagMaker::Append(Flag flag) {
  flag.section = section_;
  flags_->push_back(std::move(flag));
}

void FlagMaker::Visit(const FieldInfo& info, FieldPointer field) {
  const bool is_switch = std::holds_alternative<bool*>(field);
  const bool is_list = IsList(field);
  const bool has_texts =
      std::holds_alternative<std::vector<std::string>*>(field);
  Flag flag;
  flag.name = info.name;
  flag.help = info.help;
  flag.has_negation = is_switch;
  flag.is_repeatable = is_list;
  flag.allowed = info.choices.empty() ? info.range.Describe()
                                      : "one of " + ListChoices(info.choices);
  std::visit(
      [&](const auto* value) {
        flag.default_text = DefaultText(*value);
        if (is_switch) return;
        flag.value_names = {info.value_name.empty() ? ValueName(info, *value)
                                                    : info.value_name};
      },
      field);
  flag.set = [=](std::string_view where,
                 const std::vector<std::string>& texts) {
    ReadField(info, where,
              is_list ? Elements(texts, has_texts, info.splits_commas) : texts,
              field);
  };
  if (info.in_settings) {
    flag.write = [info, field](Json* json) {
      JsonWriter writer(json, true);
      writer.Visit(info, field);
    };
  }
  Append(std::move(flag));
}

}  // namespace mtlkit
