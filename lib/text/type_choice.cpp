#include "text/type_choice.h"

#include "base/error.h"

namespace mtlkit {

TypeChoice ParseTypeChoice(const std::string& text) {
  constexpr std::string_view kFormat = "=date:";
  if (const std::size_t mark = text.find(kFormat);
      mark != std::string::npos && mark > 0) {
    return {text.substr(0, mark), ColumnType::kDate,
            DateFormat(text.substr(mark + kFormat.size()))};
  }
  const std::size_t mark = text.rfind('=');
  Require(mark != std::string::npos && mark > 0, ErrorKind::kUsage,
          Str("--type: '", text, "' is not of the form COLUMN=TYPE"),
          "known types: number, category, id, ignore, date");
  return {text.substr(0, mark), ParseColumnType(text.substr(mark + 1))};
}

}  // namespace mtlkit
