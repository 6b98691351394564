#include "text/format.h"

#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"
#include "text/source_kind.h"

namespace mtlkit {

#define MTLKIT_REGISTRY Formats
#define MTLKIT_REGISTRY_ENTRY FormatEntry
#define MTLKIT_REGISTRY_LIST "text/formats.def"
#include "base/registry_list.inc"

namespace {

struct TypeName {
  ColumnType type;
  std::string_view name;
};
constexpr TypeName kTypeNames[] = {{ColumnType::kNumber, "number"},
                                   {ColumnType::kCategory, "category"},
                                   {ColumnType::kId, "id"},
                                   {ColumnType::kIgnore, "ignore"},
                                   {ColumnType::kDate, "date"}};

std::string HeadText(TextSource* source) {
  std::string head(kSniffBytes, '\0');
  std::size_t filled = 0;
  while (filled < head.size()) {
    const std::size_t got =
        source->Read(head.data() + filled, head.size() - filled);
    if (got == 0) break;
    filled += got;
  }
  head.resize(filled);
  source->Rewind();
  return head;
}

bool HasExtension(const FormatEntry& format, std::string_view name) {
  for (const std::string_view compression : {".gz", ".xz", ".bz2", ".zst"}) {
    if (name.ends_with(compression)) name.remove_suffix(compression.size());
  }
  for (const std::string& extension : Split(format.extensions, ' ')) {
    if (name.ends_with(extension)) return true;
  }
  return false;
}

// By content where that is certain, else by name.
double Sureness(const FormatEntry& format, std::string_view head,
                std::string_view name) {
  const int sure = format.recognises(head);
  return sure < 2 && HasExtension(format, name) ? 1.5 : sure;
}

}  // namespace

std::string_view ColumnTypeName(ColumnType type) {
  for (const TypeName& entry : kTypeNames) {
    if (entry.type == type) return entry.name;
  }
  return "";
}

ColumnType ParseColumnType(std::string_view name) {
  for (const TypeName& entry : kTypeNames) {
    if (entry.name == name) return entry.type;
  }
  std::vector<std::string> names;
  for (const TypeName& entry : kTypeNames) names.emplace_back(entry.name);
  const std::string near = Nearest(name, names);
  Fail(ErrorKind::kUsage,
       Str("there is no column type '", name, "'",
           near.empty() ? "" : Str("; did you mean '", near, "'?")),
       Str("known: ", Join(names, ", ")));
}

const FormatEntry& FormatOf(TextSource* source, std::string_view format) {
  if (!format.empty()) {
    const FormatEntry& entry = FindEntry(Formats(), "format", format);
    Require(entry.kind == source->kind(), ErrorKind::kUsage,
            Str("--format ", format, ": ", source->name(), " is ",
                source->kind() == SourceKind::kText ? "text" : "Parquet"),
            "leave it out");
    return entry;
  }
  const std::string head = HeadText(source);
  const FormatEntry* best = nullptr;
  double surest = 0;
  for (const FormatEntry* entry : Formats()) {
    if (entry->kind != source->kind()) continue;
    const double sure = Sureness(*entry, head, source->name());
    if (sure > surest) {
      best = entry;
      surest = sure;
    }
  }
  if (best == nullptr) {
    Fail(ErrorKind::kBadInput, Str(source->name(), ": no text table"),
         "say what it is with --format");
  }
  return *best;
}

std::unique_ptr<RowReader> OpenRows(TextSource* source, std::string_view format,
                                    const TextOptions& options) {
  return FormatOf(source, format).open(source, options);
}

}  // namespace mtlkit
