#include "app/flag.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// A list of numbers that the user wants to be empty.
constexpr std::string_view kNone = "none";

[[noreturn]] void FailText(std::string_view where, std::string_view text,
                           std::string_view expected, const Range& range) {
  const std::string allowed = range.Describe();
  Fail(ErrorKind::kUsage, Str(where, " is '", text, "' but must be ", expected,
                              allowed.empty() ? "" : ", ", allowed));
}

void Read(const FieldInfo&, std::string_view where, const std::string& text,
          bool* value) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") {
    *value = true;
  } else if (text == "false" || text == "0" || text == "no" || text == "off") {
    *value = false;
  } else {
    FailText(where, text, "true or false", {});
  }
}

void Read(const FieldInfo& info, std::string_view where,
          const std::string& text, Index* value) {
  long long number = 0;
  if (!ParseInteger(text, &number)) {
    FailText(where, text, "a whole number", info.range);
  }
  CheckField(info, where, static_cast<double>(number));
  *value = static_cast<Index>(number);
}

void Read(const FieldInfo& info, std::string_view where,
          const std::string& text, double* value) {
  double number = 0;
  if (!ParseNumber(text, &number)) {
    FailText(where, text, "a number", info.range);
  }
  CheckField(info, where, number);
  *value = number;
}

void Read(const FieldInfo& info, std::string_view where,
          const std::string& text, std::string* value) {
  CheckField(info, where, text);
  *value = text;
}

template <class T>
void ReadAll(const FieldInfo& info, std::string_view where,
             const std::vector<std::string>& texts, T* value) {
  Read(info, where, texts.back(), value);
}

template <class T>
void ReadAll(const FieldInfo& info, std::string_view where,
             const std::vector<std::string>& texts, std::vector<T>* values) {
  constexpr bool kIsText = std::is_same_v<T, std::string>;
  std::vector<T> read;
  for (const std::string& text : texts) {
    if (!kIsText && text == kNone) continue;
    const bool splits = !kIsText || info.splits_commas;
    const auto parts =
        splits ? Split(text, ',') : std::vector<std::string>{text};
    for (const std::string& part : parts) {
      T element{};
      Read(info, where, std::string(Trim(part)), &element);
      read.push_back(std::move(element));
    }
  }
  *values = std::move(read);
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
  for (const T& value : values) texts.push_back(DefaultText(value));
  return Join(texts, ",");
}

template <class T>
constexpr bool kIsList = false;
template <class T>
constexpr bool kIsList<std::vector<T>> = true;

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

template <class T>
void FlagMaker::Add(const FieldInfo& info, T* value, std::string value_name) {
  Flag flag;
  flag.name = info.name;
  flag.help = info.help;
  flag.has_negation = std::is_same_v<T, bool>;
  flag.is_repeatable = kIsList<T>;
  if (!flag.has_negation) {
    flag.value_names = {info.value_name.empty() ? std::move(value_name)
                                                : info.value_name};
  }
  flag.allowed = info.choices.empty() ? info.range.Describe()
                                      : "one of " + Join(info.choices, ", ");
  flag.default_text = DefaultText(*value);
  flag.set = [info, value](std::string_view where,
                           const std::vector<std::string>& texts) {
    ReadAll(info, where, texts, value);
  };
  if (info.in_settings) {
    flag.write = [info, value](Json* json) { (*json)[info.name] = *value; };
  }
  Append(std::move(flag));
}

void FlagMaker::Field(const FieldInfo& info, bool& value) {
  Add(info, &value, "");
}
void FlagMaker::Field(const FieldInfo& info, Index& value) {
  Add(info, &value, "N");
}
void FlagMaker::Field(const FieldInfo& info, double& value) {
  Add(info, &value, "X");
}
void FlagMaker::Field(const FieldInfo& info, std::string& value) {
  Add(info, &value, info.choices.empty() ? "TEXT" : "NAME");
}
void FlagMaker::Field(const FieldInfo& info, std::vector<Index>& value) {
  Add(info, &value, "N,...");
}
void FlagMaker::Field(const FieldInfo& info, std::vector<double>& value) {
  Add(info, &value, "X,...");
}
void FlagMaker::Field(const FieldInfo& info, std::vector<std::string>& value) {
  Add(info, &value, info.splits_commas ? "TEXT,..." : "TEXT");
}

}  // namespace mtlkit
