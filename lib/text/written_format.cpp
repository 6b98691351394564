#include "text/written_format.h"

#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"

namespace mtlkit {

#define MTLKIT_REGISTRY WrittenFormats
#define MTLKIT_REGISTRY_ENTRY WrittenFormat
#define MTLKIT_REGISTRY_LIST "text/written_formats.def"
#include "base/registry_list.inc"

namespace {

// Names of the flags that are not as usual.
std::vector<std::string> GivenFlags(const WritingOptions& options) {
  std::vector<std::string> flags;
  if (options.guard.safe_cells) flags.emplace_back("safe-cells");
  if (!options.label_list.empty()) flags.emplace_back("label-list");
  if (!options.task.empty()) flags.emplace_back("task");
  if (!options.split.empty()) flags.emplace_back("split");
  if (options.index_base != "auto") flags.emplace_back("index-base");
  return flags;
}

}  // namespace

bool WrittenFormat::Knows(std::string_view flag) const {
  const std::vector<std::string> known = Split(flags, ' ');
  return std::ranges::find(known, flag) != known.end();
}

std::vector<std::string> WrittenFormatNames() {
  std::vector<std::string> names;
  for (const WrittenFormat* format : WrittenFormats()) {
    names.emplace_back(format->name);
  }
  return names;
}

std::string WrittenEndings(bool of_predictions) {
  std::vector<std::string> endings;
  for (const WrittenFormat* format : WrittenFormats()) {
    const bool needs_dataset =
        format->source == WrittenFormat::Source::kDataset;
    if (of_predictions && needs_dataset) continue;
    endings.emplace_back(format->ending);
  }
  return Join(endings, " ");
}

const WrittenFormat* FindWrittenFormat(std::string_view name) {
  for (const WrittenFormat* format : WrittenFormats()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

const WrittenFormat* WrittenFormatOf(std::string_view path) {
  for (const WrittenFormat* format : WrittenFormats()) {
    if (HasEnding(path, format->ending)) return format;
  }
  return nullptr;
}

void RequireWrittenFlags(const WrittenFormat* format,
                         const WritingOptions& options) {
  for (const std::string& flag : GivenFlags(options)) {
    if (format != nullptr && format->Knows(flag)) continue;
    std::vector<std::string> knowing;
    for (const WrittenFormat* other : WrittenFormats()) {
      if (other->Knows(flag)) knowing.emplace_back(other->title);
    }
    Fail(ErrorKind::kUsage,
         Str("--", flag, " has no effect: ",
             format == nullptr ? "HDF5" : format->title, " is written"),
         Str("it is for ", Join(knowing, ", "), " only: leave it out"));
  }
}

}  // namespace mtlkit
