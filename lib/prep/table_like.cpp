#include "prep/table_like.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/label_map.h"
#include "data/schema.h"
#include "prep/adapt_table.h"
#include "prep/column_map.h"
#include "prep/date_columns.h"
#include "prep/missing_texts.h"
#include "prep/read_labels.h"
#include "prep/required_columns.h"

namespace mtlkit {
namespace {

constexpr std::string_view kWhose = "the file of --like";

// What its table had.
SelectedInputs ColumnsOf(const TransformRecords& transforms,
                         const Schema& schema) {
  if (transforms.empty()) {
    SelectedInputs all;
    for (const InputSpec& spec : schema.inputs) {
      if (TraitsOf(spec.kind).has_columns) all.blocks.push_back(spec);
    }
    return all;
  }
  std::optional<SelectedInputs> selection = TableBehind(transforms);
  Require(selection.has_value(), ErrorKind::kBadInput,
          Str(kWhose, " does not say which columns its table had"),
          "give the dataset that mtl-convert or mtl-prep has made");
  return *std::move(selection);
}

// Features that are only numbered are as many, and blocks without columns, such
// as images, are there in the same shape.
void RequireFeatures(const SelectedInputs& columns, const Schema& schema,
                     const std::vector<InputBlock>& inputs) {
  for (const InputSpec& wanted : columns.blocks) {
    if (!wanted.columns.empty()) continue;
    const Index known =
        wanted.cols +
        std::ranges::count(columns.left_out, wanted.name, &ColumnRef::block);
    const auto at = std::ranges::find(inputs, wanted.name, &InputSpec::name);
    Require(at != inputs.end(), ErrorKind::kBadInput,
            Str("there is no input block '", wanted.name, "'"),
            Str(kWhose, " has one"));
    Require(at->kind == wanted.kind && at->cols == known, ErrorKind::kBadInput,
            Str("input block '", wanted.name, "' has ",
                Counted(at->cols, "feature", "features"), ", ", kWhose, " has ",
                known),
            "--features says how many there are, --index-base where they "
            "begin");
  }
  for (const InputSpec& wanted : schema.inputs) {
    if (TraitsOf(wanted.kind).has_columns) continue;
    const auto at = std::ranges::find(inputs, wanted.name, &InputSpec::name);
    const std::string_view kind = InputKindName(wanted.kind);
    Require(at != inputs.end(), ErrorKind::kBadInput,
            Str("there is no input block '", wanted.name, "'"),
            Str(kWhose, " has one of the kind '", kind, "'"));
    const auto shape = [](const InputSpec& spec) {
      return Str(InputKindName(spec.kind), " of ", spec.height, " x ",
                 spec.width, " x ", spec.cols);
    };
    Require(at->kind == wanted.kind && at->height == wanted.height &&
                at->width == wanted.width && at->cols == wanted.cols,
            ErrorKind::kBadInput,
            Str("input block '", wanted.name, "' is ", shape(*at), ", that of ",
                kWhose, " ", shape(wanted)),
            "give it the same shape");
    Require(
        at->kind != InputKind::kTokens || at->categories == wanted.categories,
        ErrorKind::kBadInput,
        Str("input block '", wanted.name,
            "' has another vocabulary than that of ", kWhose),
        "write it with the same one");
  }
}

// Names that are known, then the others.
std::vector<std::string> Joined(std::vector<std::string> known,
                                const std::vector<std::string>& given) {
  const std::set<std::string> seen(known.begin(), known.end());
  std::ranges::copy_if(
      given, std::back_inserter(known),
      [&](const std::string& name) { return seen.count(name) == 0; });
  return known;
}

// The columns of `wanted` in its order, then the others of the block.
InputBlock Arranged(const InputBlock& block, const InputSpec& wanted,
                    Index rows) {
  InputSpec spec = block;
  spec.columns = wanted.columns;
  const std::set<std::string> known(wanted.columns.begin(),
                                    wanted.columns.end());
  std::ranges::copy_if(
      block.columns, std::back_inserter(spec.columns),
      [&](const std::string& name) { return known.count(name) == 0; });
  // Numbers of seconds are dates as much as texts are.
  spec.dates = Joined(wanted.dates, block.dates);
  spec.categories.clear();
  if (block.kind == InputKind::kCategorical) {
    const ColumnFinder before(&wanted);
    const ColumnFinder given(&block);
    for (const std::string& name : spec.columns) {
      const Index at = before.Find(name);
      spec.categories.push_back(Joined(
          at < 0 ? std::vector<std::string>() : wanted.categories[At(at)],
          block.categories[At(given.Find(name))]));
    }
  }
  return MapColumns(block, spec, rows);
}

void ArrangeBlocks(const SelectedInputs& columns, Dataset* table) {
  std::vector<InputBlock> arranged;
  for (const InputSpec& wanted : columns.blocks) {
    const auto at =
        std::ranges::find(table->inputs, wanted.name, &InputSpec::name);
    if (at == table->inputs.end()) continue;
    // Columns that are only numbered are in their order.
    arranged.push_back(wanted.columns.empty() || at->columns.empty()
                           ? std::move(*at)
                           : Arranged(*at, wanted, table->rows));
    table->inputs.erase(at);
  }
  for (InputBlock& block : table->inputs) arranged.push_back(std::move(block));
  table->inputs = std::move(arranged);
}

// "target 'income': class 'none' is not known".
void NoteUnknown(const Task& task, const Labels& labels,
                 std::vector<std::string>* problems) {
  const std::vector<std::string>& names = labels.unknown.names;
  if (names.empty()) return;
  const bool one = names.size() == 1;
  const std::string list = Str("'", FirstOf(names, "', '"), "'");
  problems->push_back(
      Str("target '", task.name, "': ",
          !task.is_classification()
              ? Str(list, one ? " is no number" : " are no numbers")
          : one ? Str("class ", list, " is not known")
                : Str("classes ", list, " are not known")));
}

// Labels in columns stay there; those that came with the file are as the other
// file has them.
void TakeClasses(const std::vector<Task>& tasks, Dataset* table) {
  std::vector<std::string> problems;
  for (const Task& task : tasks) {
    const Index own = FindTask(table->tasks, task.name);
    if (own < 0) {
      NoteUnknown(task, ReadLabels(task, *table).labels, &problems);
      continue;
    }
    Task as_before = task;
    as_before.mean.clear();
    as_before.deviation.clear();
    as_before.curves.clear();
    Labels& labels = table->labels[At(own)];
    labels = MapLabels(table->tasks[At(own)], labels, as_before);
    table->tasks[At(own)] = std::move(as_before);
    NoteUnknown(task, labels, &problems);
    labels.unknown = {};
  }
  Require(problems.empty(), ErrorKind::kBadInput, Join(problems, "; "),
          Str("write classes as ", kWhose,
              " does (--rename-class TARGET OLD NEW), or convert the table "
              "without --like"));
}

}  // namespace

Dataset MakeTableLike(const TransformRecords& transforms, const Schema& schema,
                      Dataset raw, std::vector<std::string>* warnings) {
  const SelectedInputs columns = ColumnsOf(transforms, schema);
  RequireViewsApart(columns.blocks, raw.inputs);
  AddMissingTexts(schema.tasks, &raw);
  Dataset table = AdaptTable(columns, std::move(raw), warnings, kWhose);
  table.content_sha256.clear();
  RequireFeatures(columns, schema, table.inputs);
  ArrangeBlocks(columns, &table);
  TakeClasses(schema.tasks, &table);
  return table;
}

}  // namespace mtlkit
