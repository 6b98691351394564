// Values of fields as texts of the command line.

#include <type_traits>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

namespace mtlkit {
namespace {

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
constexpr bool kIsList = false;
template <class T>
constexpr bool kIsList<std::vector<T>> = true;

}  // namespace

bool IsList(FieldPointer field) {
  return std::visit(
      [](auto* value) {
        return kIsList<std::remove_pointer_t<decltype(value)>>;
      },
      field);
}

void ReadField(const FieldInfo& info, std::string_view where,
               const std::vector<std::string>& texts, FieldPointer field) {
  std::visit(
      [&](auto* value) {
        using T = std::remove_pointer_t<decltype(value)>;
        if constexpr (kIsList<T>) {
          T read;
          for (const std::string& text : texts) {
            typename T::value_type element{};
            Read(info, where, text, &element);
            read.push_back(std::move(element));
          }
          *value = std::move(read);
        } else {
          Read(info, where, texts.back(), value);
        }
      },
      field);
}

}  // namespace mtlkit
