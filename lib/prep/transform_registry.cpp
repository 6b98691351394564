// The registry of transforms, and what all of them need of records and rows.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/registry.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {

#define MTLKIT_ENTRY(name) extern const TransformEntry name;
#include "prep/transforms.def"
#undef MTLKIT_ENTRY

namespace {

const TransformEntry* const kEntries[] = {
#define MTLKIT_ENTRY(name) &name,
#include "prep/transforms.def"
#undef MTLKIT_ENTRY
};

// The columns of `columns` that are of a kind which `entry` does not take.
void RequireTaken(const TransformEntry& entry,
                  const std::vector<InputSpec>& specs, const ColumnSet& columns,
                  const std::string& where) {
  for (const InputSpec& spec : specs) {
    if (entry.takes(spec.kind)) continue;
    const auto at = columns.lower_bound({spec.name, ""});
    if (at == columns.end() || at->block != spec.name) continue;
    Fail(ErrorKind::kUsage,
         Str(where, ": '", entry.name, "' does not take ",
             InputKindName(spec.kind), " columns such as '",
             at->column.empty() ? spec.name : at->column, "'"),
         "mtl-prep --list transforms says what each is for");
  }
}

}  // namespace

std::span<const TransformEntry* const> TransformEntries() {
  return kEntries;
}

const TransformEntry& FindTransform(std::string_view name) {
  return FindEntry(TransformEntries(), "transform", name);
}

std::shared_ptr<const Transform> FitTransform(const TrainingRows& rows,
                                              const Choice& choice,
                                              const ColumnSet& columns,
                                              const std::string& where) {
  const TransformEntry& entry = InContext(
      where,
      [&]() -> const TransformEntry& { return FindTransform(choice.name); });
  RequireTaken(entry, rows.specs(), columns, where);
  return entry.make(choice, where, {rows, columns});
}

std::shared_ptr<const Transform> FitTransform(const TrainingRows& rows,
                                              std::string_view text) {
  const std::string where(text);
  const Choice choice = ParseChoice(text, where);
  const TransformEntry& entry = FindTransform(choice.name);
  ColumnSet columns;
  for (const InputSpec& spec : rows.specs()) {
    if (entry.takes(spec.kind)) columns.insert({spec.name, ""});
  }
  return entry.make(choice, where, {rows, columns});
}

std::shared_ptr<const Transform> FitLayout(const TrainingRows& rows) {
  return FitTransform(rows, "layout");
}

std::shared_ptr<const Transform> MakeTransform(const TransformRecord& record) {
  for (const TransformEntry* entry : TransformEntries()) {
    if (entry->name != record.name) continue;
    try {
      return entry->restore(record);
    } catch (const nlohmann::json::exception&) {
      FailDamagedTransform(record.name, "its description lacks a part");
    }
  }
  Fail(ErrorKind::kBadInput, Str("there is no transform '", record.name, "'"),
       "the file was written by a newer version");
}

Transforms MakeTransforms(const TransformRecords& records) {
  Transforms transforms;
  for (const TransformRecord& record : records) {
    transforms.push_back(MakeTransform(record));
  }
  return transforms;
}

std::optional<double> ParseMargin(const std::string& text,
                                  std::string_view where) {
  if (text == "none") return std::nullopt;
  double margin = 0;
  Require(ParseNumber(text, &margin) && std::isfinite(margin) && margin >= 0,
          ErrorKind::kUsage,
          Str(where, ": margin is '", text, "', which is no part of a range"),
          "give a number of at least 0, or none");
  return margin;
}

std::vector<bool> ChosenColumns(const FitArgs& args, const InputSpec& spec) {
  if (args.columns.count({spec.name, ""}) > 0) {
    return std::vector<bool>(At(spec.cols), true);
  }
  std::vector<bool> chosen;
  for (Index col = 0; col < spec.cols; ++col) {
    chosen.push_back(args.columns.count({spec.name, ColumnName(spec, col)}) >
                     0);
  }
  return chosen;
}

TransformArrays ChosenMarks(const FitArgs& args, bool (*takes)(InputKind)) {
  TransformArrays marks;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!takes(spec.kind)) continue;
    for (const bool is_chosen : ChosenColumns(args, spec)) {
      marks[spec.name].push_back(is_chosen ? 1 : 0);
    }
  }
  return marks;
}

namespace {

void AppendKnown(const TrainingRows& rows, const InputSpec& spec,
                 const std::vector<bool>& chosen,
                 std::vector<std::vector<double>>* known) {
  rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
    for (Index at = 0; at < count * block.cols; ++at) {
      const std::size_t col = At(at % block.cols);
      if (!chosen[col]) continue;
      const double value = DenseCell(block, at);
      if (!std::isnan(value)) (*known)[col].push_back(value);
    }
  });
}

}  // namespace

std::vector<std::vector<double>> KnownValues(const FitArgs& args,
                                             const InputSpec& spec) {
  std::vector<std::vector<double>> known(At(spec.cols));
  std::vector<bool> chosen = ChosenColumns(args, spec);
  AppendKnown(args.rows.Sample(kQuantileRows), spec, chosen, &known);
  if (args.rows.rows() <= kQuantileRows) return known;
  // Columns of which the sample knows nothing have little that is known.
  bool any = false;
  for (std::size_t col = 0; col < known.size(); ++col) {
    chosen[col] = chosen[col] && known[col].empty();
    any |= chosen[col];
  }
  if (any) AppendKnown(args.rows, spec, chosen, &known);
  return known;
}

double Quantile(const std::vector<double>& values, double share) {
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  if (below + 1 >= values.size()) return values.back();
  const double part = place - static_cast<double>(below);
  return values[below] + part * (values[below + 1] - values[below]);
}

nlohmann::json ParseSpec(const TransformRecord& record) {
  auto spec = ParseJson(record.spec);
  if (!spec.is_object()) {
    FailDamagedTransform(record.name, "its description is not JSON");
  }
  return spec;
}

void FailDamagedTransform(const std::string& name, const std::string& why) {
  Fail(ErrorKind::kBadInput,
       Str("the stored transform '", name, "' is damaged: ", why));
}

const std::vector<double>& ColumnArray(const TransformRecord& record,
                                       const std::string& array,
                                       const InputSpec& block) {
  const auto at = record.arrays.find(array);
  if (at == record.arrays.end()) {
    FailDamagedTransform(record.name, Str("it lacks '", array, "'"));
  }
  if (static_cast<Index>(at->second.size()) != block.cols) {
    FailDamagedTransform(record.name,
                         Str("'", array, "' has ", at->second.size(),
                             " numbers for ", block.cols, " columns"));
  }
  for (const double value : at->second) {
    if (!std::isfinite(value)) {
      FailDamagedTransform(record.name, Str("'", array, "' is not finite"));
    }
  }
  return at->second;
}

const std::vector<double>& MarkArray(const TransformRecord& record,
                                     const std::string& array,
                                     const InputSpec& block) {
  const std::vector<double>& marks = ColumnArray(record, array, block);
  for (const double mark : marks) {
    if (mark != 0 && mark != 1) {
      FailDamagedTransform(record.name, Str("'", array, "' holds ", mark));
    }
  }
  return marks;
}

}  // namespace mtlkit
