#include "text/useful_flags.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "text/number_text.h"

namespace mtlkit {
namespace {

std::set<std::string> FlagsOf(const FormatEntry& format) {
  const std::vector<std::string> flags = Split(format.flags, ' ');
  return {flags.begin(), flags.end()};
}

// "arff, csv and svmlight".
std::string NamesOfFormats(const std::vector<const FormatEntry*>& formats) {
  std::set<std::string> names;
  for (const FormatEntry* format : formats) names.emplace(format->name);
  const std::string last = *names.rbegin();
  names.erase(last);
  return names.empty()
             ? last
             : Str(Join({names.begin(), names.end()}, ", "), " and ", last);
}

// What --missing lists and is no number.
std::vector<std::string> WordMarkers(const Json& values) {
  const char decimal = values.at("decimal").get<std::string>().front();
  std::vector<std::string> words;
  for (const Json& marker : values.at("missing")) {
    double value = 0;
    const auto text = marker.get<std::string>();
    if (ParseCellNumber(text, decimal, &value) != NumberText::kNumber) {
      words.push_back(text);
    }
  }
  return words;
}

}  // namespace

bool AnyKnows(const std::vector<const FormatEntry*>& formats,
              const std::string& flag) {
  return std::ranges::any_of(formats, [&](const FormatEntry* format) {
    return FlagsOf(*format).count(flag) > 0;
  });
}

void RequireFormatFlags(const Json& values, const Json& usual,
                        const std::vector<const FormatEntry*>& formats) {
  std::set<std::string> some;  // that some format knows
  for (const FormatEntry* format : Formats()) some.merge(FlagsOf(*format));
  std::set<std::string> here;
  for (const FormatEntry* format : formats) here.merge(FlagsOf(*format));
  const bool asks = values.at("missing") != usual.at("missing");
  if (asks && here.count("missing") == 0 && here.count("missing-numbers") > 0) {
    const std::vector<std::string> words = WordMarkers(values);
    const bool is_mixed = words.size() < values.at("missing").size();
    Require(words.empty() || !is_mixed, ErrorKind::kUsage,
            Str("--missing: '", Join(words, "', '"), "' ",
                words.size() == 1 ? "has" : "have", " no effect on ",
                NamesOfFormats(formats),
                ": beside ?, only numbers stand for missing values there"),
            "leave it out, or write ? in the file");
    if (is_mixed) here.insert("missing");
  }
  std::vector<std::string> useless;
  for (const auto& [name, value] : values.items()) {
    if (some.count(name) > 0 && here.count(name) == 0 &&
        value != usual.at(name)) {
      useless.push_back(name);
    }
  }
  if (useless.empty()) return;
  std::vector<const FormatEntry*> knowing;
  for (const FormatEntry* format : Formats()) {
    if (FlagsOf(*format).count(useless.front()) > 0) knowing.push_back(format);
  }
  const bool one = useless.size() == 1;
  Fail(ErrorKind::kUsage,
       Str("--", Join(useless, ", --"), one ? " has" : " have",
           " no effect on ", NamesOfFormats(formats)),
       one ? Str("it is for ", NamesOfFormats(knowing), " only: leave it out")
           : "leave them out");
}

}  // namespace mtlkit
