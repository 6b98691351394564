#include "prep/transform_request.h"

#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Whether a text begins with the name of a transform.
bool BeginsWithName(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(':'));
  const auto entries = TransformEntries();
  return std::any_of(entries.begin(), entries.end(),
                     [&](const TransformEntry* entry) {
                       return entry->is_chosen && entry->name == name;
                     });
}

std::vector<std::string> ChosenNames() {
  std::vector<std::string> names;
  for (const TransformEntry* entry : TransformEntries()) {
    if (entry->is_chosen) names.emplace_back(entry->name);
  }
  return names;
}

}  // namespace

TransformRequest ParseTransformRequest(const std::string& text) {
  const std::string where = Str("--transform ", text);
  // Names of columns may hold '=', and so do options: the name of a transform
  // tells which it is.
  for (std::size_t at = text.find('='); at != std::string::npos;
       at = text.find('=', at + 1)) {
    const std::string rest = text.substr(at + 1);
    if (at > 0 && BeginsWithName(rest)) {
      return {text.substr(0, at), ParseChoice(rest, where)};
    }
  }
  const std::size_t equals = text.find('=');
  Require(equals != std::string::npos && equals > 0, ErrorKind::kUsage,
          Str(where, " is not COLUMNS=NAME[:option=value,...]"),
          "for example --transform age=log");
  std::string name = text.substr(equals + 1);
  name = name.substr(0, name.find(':'));
  const std::string near = Nearest(name, ChosenNames());
  Fail(ErrorKind::kUsage,
       Str(where, ": there is no transform '", name, "'",
           near.empty() ? "" : Str("; did you mean '", near, "'?")),
       Str("known: ", Join(ChosenNames(), ", ")));
}

}  // namespace mtlkit
