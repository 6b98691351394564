#include "train/measure_importance.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <numeric>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/rng.h"
#include "data/block_kind.h"
#include "data/blocks.h"
#include "data/head.h"
#include "data/shuffle_columns.h"
#include "eval/join.h"
#include "prep/date_columns.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

constexpr const char* kAsItIs = "as it is";

// What preparation calls the blocks of a table without views.
constexpr std::string_view kPlainView = "features";

std::string ViewOfColumn(const TableColumn& column) {
  return column.view == kPlainView ? "" : column.view;
}

// What names of columns that preparation made have behind that of theirs.
bool IsMadeOf(std::string_view made, std::string_view raw) {
  if (!made.starts_with(raw)) return false;
  if (made.size() == raw.size()) return true;
  const auto next = static_cast<unsigned char>(made[raw.size()]);
  return std::isalnum(next) == 0 && next != '_' && next < 0x80;
}

// The columns of the table behind the models, by view; none where they have not
// been trained behind transforms.
using RawNames = std::set<std::pair<std::string, std::string>>;

RawNames RawColumns(std::span<const EnsembleMember> members) {
  RawNames names;
  for (const EnsembleMember& member : members) {
    const auto table = TableBehind(member.model->transforms);
    if (!table) continue;
    for (const TableColumn& column : ListColumns(table->blocks)) {
      names.emplace(ViewOfColumn(column), column.name());
    }
  }
  return names;
}

// The longest of the raw names that a column can be made of; its own if none.
std::string RawNameOf(const TableColumn& column, const RawNames& raw) {
  std::string best;
  for (const auto& [view, name] : raw) {
    const bool fits = view == ViewOfColumn(column) &&
                      name.size() > best.size() &&
                      IsMadeOf(column.name(), name);
    if (fits) best = name;
  }
  return best.empty() ? column.name() : best;
}

bool IsRead(std::span<const EnsembleMember> members, const InputBlock& block) {
  return std::ranges::any_of(members, [&](const EnsembleMember& member) {
    return std::ranges::any_of(
        member.model->schema.inputs,
        [&](const InputSpec& input) { return input.name == block.name; });
  });
}

// Whether a column or block of that name is what a task writes, not an input.
bool IsWhatIsWritten(std::span<const EnsembleMember> members,
                     const std::string& name) {
  return std::ranges::any_of(members, [&](const EnsembleMember& member) {
    return std::ranges::any_of(
        member.model->schema.tasks, [&](const Task& task) {
          return task.traits().is_written &&
                 (task.tokens == name ||
                  std::ranges::count(task.source.columns, name) > 0);
        });
  });
}

// Adds columns, or a block where there are none, to the group of a name.
void AddPart(const std::string& name, std::size_t block, Index column,
             std::vector<InputGroup>* groups) {
  auto group = std::ranges::find(*groups, name, &InputGroup::name);
  if (group == groups->end()) {
    group = groups->insert(groups->end(), {name, {}});
  }
  if (group->parts.empty() || group->parts.back().block != block) {
    group->parts.push_back({block, {}});
  }
  if (column >= 0) group->parts.back().columns.push_back(column);
}

// The rows of a group in an order that follows from seed, group and number.
Dataset WithGroupShuffled(const Dataset& rows, const InputGroup& group,
                          std::span<const Index> order) {
  Dataset shuffled = rows;
  for (const InputGroup::Part& part : group.parts) {
    shuffled.inputs[part.block] =
        ShuffleColumns(rows.inputs[part.block], part.columns, order);
  }
  return shuffled;
}

std::uint64_t NumberOf(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

std::vector<Index> OrderOf(Index rows, Seed seed, const std::string& group,
                           Index repeat) {
  std::vector<Index> order(At(rows));
  std::iota(order.begin(), order.end(), Index{0});
  const Seed own =
      DeriveSeed(seed, RandomPurpose::kImportance, NumberOf(group));
  Rng(own, RandomPurpose::kImportance, static_cast<std::uint64_t>(repeat))
      .Shuffle(order);
  return order;
}

}  // namespace

void ImportanceOptions::Describe(Fields& fields) {
  fields("repeats", repeats, "of --importance: shuffles of each input",
         Between(2, 1000));
}

std::vector<InputGroup> InputGroups(std::span<const EnsembleMember> members,
                                    const Dataset& dataset) {
  const RawNames raw = RawColumns(members);
  const bool is_raw = dataset.transforms.empty() && !raw.empty();
  std::vector<InputGroup> groups;
  std::vector<bool> has_names(dataset.inputs.size());
  for (const TableColumn& column : ListColumns(dataset.inputs)) {
    const InputBlock& block = dataset.inputs[column.block];
    if (block.columns.empty()) continue;
    has_names[column.block] = true;
    // Of a raw table those that the models read, of a prepared one their
    // blocks.
    const std::string view = ViewOfColumn(column);
    const bool is_read =
        is_raw ? raw.contains({view, column.name()}) : IsRead(members, block);
    if (!is_read || IsWhatIsWritten(members, column.name())) continue;
    const std::string name = is_raw ? column.name() : RawNameOf(column, raw);
    AddPart(view.empty() ? name : view + "." + name, column.block, column.col,
            &groups);
  }
  for (std::size_t i = 0; i < dataset.inputs.size(); ++i) {
    const bool is_read = is_raw || IsRead(members, dataset.inputs[i]);
    const std::string& name = dataset.inputs[i].name;
    if (!has_names[i] && is_read && !IsWhatIsWritten(members, name)) {
      AddPart(name, i, -1, &groups);
    }
  }
  return groups;
}

Importance MeasureImportance(std::span<const EnsembleMember> members,
                             const Dataset& dataset, const std::string& split,
                             const ImportanceOptions& options,
                             EvaluationOptions evaluation, Seed seed,
                             ThreadPool* pool, Reporter* reporter) {
  const Dataset rows =
      split.empty() ? dataset : GatherRows(dataset, dataset.SplitRows(split));
  Require(rows.rows > 1, ErrorKind::kBadInput,
          "there are no rows whose inputs could be shuffled");
  PredictOptions predict;
  predict.reporter = reporter;
  Predictions said = Predict(members, rows, predict, pool);
  said.split = split;
  const std::shared_ptr<const PredictionSource> whole =
      HoldPredictions(std::move(said));
  Importance importance;
  importance.repeats = options.repeats;
  importance.whole =
      Evaluate(JoinedModels({{kAsItIs, whole}}), evaluation, seed, *pool);
  evaluation.against = kAsItIs;
  const std::vector<InputGroup> groups = InputGroups(members, rows);
  Require(!groups.empty(), ErrorKind::kBadInput,
          "there are no inputs that could be shuffled");
  if (reporter != nullptr) reporter->Begin("input", std::ssize(groups));
  for (const InputGroup& group : groups) {
    std::vector<NamedSource> sources = {{kAsItIs, whole}};
    for (Index repeat = 0; repeat < options.repeats; ++repeat) {
      const Dataset shuffled = WithGroupShuffled(
          rows, group, OrderOf(rows.rows, seed, group.name, repeat));
      sources.push_back({"shuffled",
                         HoldPredictions(Predict(members, shuffled, {}, pool)),
                         {},
                         repeat});
    }
    importance.columns.push_back(ImportanceOf(
        group.name,
        Evaluate(JoinedModels(std::move(sources)), evaluation, seed, *pool)));
    if (reporter != nullptr) {
      reporter->Advance(std::ssize(importance.columns));
      reporter->Commit();
    }
  }
  SortByImportance(&importance);
  return importance;
}

}  // namespace mtlkit
