#include "data/tag_labels.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/tag_scheme.h"

namespace mtlkit {

Index TokenInputOf(const Task& task, std::span<const InputSpec> inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].name == task.tokens &&
        TraitsOf(inputs[i].kind).rows == BlockRows::kTokens) {
      return static_cast<Index>(i);
    }
  }
  return -1;
}

std::span<const std::int64_t> TokenStartsOf(const Task& task,
                                            const Dataset& dataset) {
  const InputBlock* block = dataset.FindInput(task.tokens);
  const bool fits =
      block != nullptr && TraitsOf(block->kind).rows == BlockRows::kTokens;
  Require(fits, ErrorKind::kBadInput,
          Str("task '", task.name, "': there is no input '", task.tokens,
              "' whose tokens it has labels of"),
          "prepare the texts with mtl-prep --words or --bpe, and leave that "
          "input in");
  return block->row_starts.span();
}

namespace {

// `keep`: takes the places that stay; null: nothing is to change.
template <class Keep>
void CompareRows(const Task& task, std::span<const std::int64_t> starts,
                 const RowIds& ids, bool may_be_cut, const Labels& labels,
                 Keep keep) {
  Index place = 0;
  const Index places = std::ssize(labels.rows);
  while (place < places) {
    const Index row = labels.rows[At(place)];
    const Index count = labels.PlacesFrom(place);
    const Index tokens = starts[At(row) + 1] - starts[At(row)];
    if (count != tokens && !(may_be_cut && count > tokens)) {
      Fail(ErrorKind::kBadInput,
           Str("task '", task.name, "', row '", IdText(ids, row),
               "': ", Counted(count, "label", "labels"), " for ",
               Counted(tokens, "token", "tokens"), " of '", task.tokens, "'"),
           "give each word between blanks one label, and take texts apart "
           "there alone");
    }
    keep(place, tokens);
    place += count;
  }
}

}  // namespace

void FitTagLabels(const Task& task, std::span<const std::int64_t> starts,
                  const RowIds& ids, bool may_be_cut, Labels* labels) {
  Labels kept;
  kept.on_all_rows = false;
  kept.values = LabelCells(labels->values.storage());
  kept.unknown.names = labels->unknown.names;
  kept.unknown.cells = labels->unknown.cells;
  CompareRows(
      task, starts, ids, may_be_cut, *labels, [&](Index first, Index count) {
        const std::size_t from = At(first);
        kept.rows.insert(kept.rows.end(), At(count), labels->rows[from]);
        kept.values.Append(labels->values, from, At(count));
        const auto copy = [&](const auto& all, auto* to) {
          if (all.empty()) return;
          to->insert(to->end(), all.begin() + first,
                     all.begin() + first + count);
        };
        copy(labels->weights, &kept.weights);
        copy(labels->unknown.places, &kept.unknown.places);
      });
  if (kept.rows.size() == labels->rows.size()) return;
  *labels = std::move(kept);
}

Index CountLooseTags(const Task& task, const Labels& labels) {
  const TagScheme scheme(task.classes);
  Index loose = 0;
  std::vector<std::int32_t> tags;
  for (Index place = 0; place < std::ssize(labels.rows);) {
    const Index count = labels.PlacesFrom(place);
    tags = labels.values.As<std::int32_t>(At(place), At(count));
    loose += CountLooseTags(scheme, tags);
    place += count;
  }
  return loose;
}

std::string TagsText(const LabelView& labels, Index row) {
  std::vector<std::string> tags;
  bool any = false;
  labels.ForPlacesOf(row, [&](Index place) {
    const float value = labels.Value(place, 0);
    const bool is_unknown = labels.IsUnknown(place);
    any |= is_unknown || !std::isnan(value);
    tags.push_back(is_unknown ? labels.UnknownName(place)
                   : std::isnan(value)
                       ? std::string(kNoTag)
                       : labels.task().classes[At(static_cast<Index>(value))]);
  });
  return any ? Join(tags, " ") : "";
}

void CheckTagLabels(const Dataset& dataset) {
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    const Task& task = dataset.tasks[i];
    if (!task.traits().of_tokens) continue;
    if (dataset.FindInput(task.tokens) == nullptr) continue;
    CompareRows(task, TokenStartsOf(task, dataset), dataset.ids, false,
                dataset.labels[i], [](Index, Index) {});
  }
}

}  // namespace mtlkit
