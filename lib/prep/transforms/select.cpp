// select: which columns go in, in which order, and what their categories were.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/options.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/column_map.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

nlohmann::json SpecToJson(const InputSpec& spec) {
  nlohmann::json json = {{"name", spec.name},
                         {"kind", InputKindName(spec.kind)},
                         {"cols", spec.cols}};
  if (!spec.columns.empty()) json["columns"] = spec.columns;
  if (spec.index_base >= 0) json["index_base"] = spec.index_base;
  if (!spec.categories.empty()) json["categories"] = spec.categories;
  return json;
}

InputSpec SpecFromJson(const nlohmann::json& json) {
  InputSpec spec;
  spec.name = json.at("name").get<std::string>();
  spec.kind = ParseInputKind(json.at("kind").get<std::string>());
  spec.cols = JsonInteger(json.at("cols")).value_or(0);
  if (json.contains("index_base")) {
    spec.index_base = json.at("index_base").get<int>();
  }
  if (json.contains("columns")) json.at("columns").get_to(spec.columns);
  if (json.contains("categories")) {
    json.at("categories").get_to(spec.categories);
  }
  const auto count = static_cast<Index>(spec.columns.size());
  const auto lists = static_cast<Index>(spec.categories.size());
  const bool coded = spec.kind == InputKind::kCategorical;
  if (spec.index_base < -1 || spec.index_base > 1) {
    FailDamagedTransform("select", Str("block '", spec.name,
                                       "' is numbered from ", spec.index_base));
  }
  if (spec.cols < 1 || (count != 0 && count != spec.cols) ||
      lists != (coded ? spec.cols : 0)) {
    FailDamagedTransform(
        "select", Str("block '", spec.name, "' has ", spec.cols, " columns, ",
                      count, " names and ", lists, " lists of categories"));
  }
  return spec;
}

const InputSpec* FindBlock(const std::vector<InputSpec>& specs,
                           std::string_view name) {
  for (const InputSpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

class SelectColumns : public Transform {
 public:
  explicit SelectColumns(SelectedInputs selection)
      : chosen_(std::move(selection.blocks)),
        left_out_(std::move(selection.left_out)),
        texts_(std::move(selection.texts)) {
    for (const InputSpec& spec : chosen_) {
      for (const std::string& name : spec.columns) {
        named_.insert({ViewOf(spec.name), name});
      }
    }
    for (const ColumnRef& ref : left_out_) {
      named_.insert({ViewOf(ref.block), ref.column});
    }
  }

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    for (const InputSpec& given : inputs) RequireKnown(given);
    for (const InputSpec& wanted : chosen_) RequireThere(wanted, inputs);
    std::vector<InputSpec> result;
    for (const InputSpec& wanted : chosen_) {
      result.push_back(WithTexts(wanted, *FindBlock(inputs, wanted.name)));
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result;
    for (const InputSpec& wanted : chosen_) {
      const auto at = std::find_if(
          inputs.begin(), inputs.end(),
          [&](const auto& block) { return block.name == wanted.name; });
      result.push_back(MapColumns(*at, WithTexts(wanted, *at), rows));
    }
    return result;
  }

  TransformRecord Record() const override {
    nlohmann::json blocks = nlohmann::json::array();
    for (const InputSpec& spec : chosen_) blocks.push_back(SpecToJson(spec));
    nlohmann::json left = nlohmann::json::array();
    for (const ColumnRef& ref : left_out_) {
      left.push_back({ref.block, ref.column});
    }
    nlohmann::json json = {{"blocks", blocks}, {"left_out", left}};
    for (const ColumnRef& ref : texts_) {
      json["texts"].push_back({ref.block, ref.column});
    }
    return {"select", DumpJson(json), {}};
  }

 private:
  // Texts are those of the table at hand.
  InputSpec WithTexts(const InputSpec& wanted, const InputSpec& given) const {
    InputSpec spec = wanted;
    for (const ColumnRef& ref : texts_) {
      if (ref.block != wanted.name) continue;
      const Index at = FindColumn(wanted, ref.column);
      const Index from = FindColumn(given, ref.column);
      if (at < 0 || from < 0) continue;
      spec.categories[At(at)] = given.categories[At(from)];
    }
    return spec;
  }

  // Blocks of another kind that the columns of `spec`'s view may be in.
  const InputSpec* OtherKind(const InputSpec& spec, const std::string& column,
                             const std::vector<InputSpec>& inputs) const {
    for (const InputSpec& other : inputs) {
      if (other.name != spec.name && ViewOf(other.name) == ViewOf(spec.name) &&
          FindColumn(other, column) >= 0) {
        return &other;
      }
    }
    return nullptr;
  }

  // Whether some block of the view held the column, chosen or left out: a
  // column of another type gets its own message when the one that it stands
  // for is looked for.
  bool KnowsInView(const std::string& block, const std::string& column) const {
    const std::string view = ViewOf(block);
    if (named_.count({view, column}) > 0) return true;
    return std::any_of(
        chosen_.begin(), chosen_.end(), [&](const InputSpec& spec) {
          return spec.columns.empty() && ViewOf(spec.name) == view &&
                 FindColumn(spec, column) >= 0;
        });
  }

  void RequireKnown(const InputSpec& given) const {
    const InputSpec* chosen = FindBlock(chosen_, given.name);
    if (given.columns.empty() && given.kind == InputKind::kSparse &&
        chosen != nullptr) {
      const Index known = chosen->cols + LeftOutOf(given.name);
      Require(given.cols == known, ErrorKind::kBadInput,
              Str("input block '", given.name, "' has ",
                  Counted(given.cols, "feature", "features"),
                  ", the model has ", known),
              Str("convert it with mtl-convert --features ", known,
                  chosen->index_base < 0
                      ? ""
                      : Str(" and --index-base 0 or 1, as the file has it (the "
                            "model's features are numbered from ",
                            chosen->index_base, ")")));
      return;
    }
    for (Index i = 0; i < given.cols; ++i) {
      const std::string column = ColumnName(given, i);
      if (KnowsInView(given.name, column)) continue;
      const std::string near = Nearest(column, AllNames());
      Fail(ErrorKind::kBadInput,
           Str("column '", column,
               "' was not there when the transforms were fitted",
               near.empty() ? "" : Str("; did you mean '", near, "'?")),
           Str("columns are matched by name; leave it out with mtl-convert "
               "--type ",
               column, "=ignore"));
    }
  }

  Index LeftOutOf(const std::string& block) const {
    return std::count_if(
        left_out_.begin(), left_out_.end(),
        [&](const ColumnRef& ref) { return ref.block == block; });
  }

  std::vector<std::string> AllNames() const {
    std::vector<std::string> names;
    for (const InputSpec& spec : chosen_) {
      names.insert(names.end(), spec.columns.begin(), spec.columns.end());
    }
    return names;
  }

  void RequireThere(const InputSpec& wanted,
                    const std::vector<InputSpec>& inputs) const {
    const InputSpec* given = FindBlock(inputs, wanted.name);
    if (given != nullptr && wanted.columns.empty() &&
        wanted.kind == InputKind::kSparse) {
      return;
    }
    const ColumnFinder finder(given);
    for (Index i = 0; i < wanted.cols; ++i) {
      const std::string column = ColumnName(wanted, i);
      if (finder.Find(column) >= 0) continue;
      if (const InputSpec* other = OtherKind(wanted, column, inputs)) {
        const bool number = wanted.kind == InputKind::kDense;
        Fail(ErrorKind::kBadInput,
             Str("column '", column, "' is ", InputKindName(other->kind),
                 " here and was ", InputKindName(wanted.kind),
                 " when the transforms were fitted"),
             Str("convert it with mtl-convert --type ", column, "=",
                 number ? "number" : "category"));
      }
      Fail(ErrorKind::kBadInput, Str("column '", column, "' is missing"),
           "the transforms were fitted with it; columns are matched by name");
    }
    Require(given == nullptr || given->kind == wanted.kind,
            ErrorKind::kBadInput,
            Str("input block '", wanted.name, "' is ",
                given == nullptr ? "" : InputKindName(given->kind), "; ",
                InputKindName(wanted.kind), " was expected"));
  }

  std::vector<InputSpec> chosen_;
  std::set<ColumnRef> left_out_;
  std::set<ColumnRef> texts_;
  // All columns with names, as (view, column).
  std::set<std::pair<std::string, std::string>> named_;
};

// The categories of `spec` that occur in the rows.
void KeepSeen(const TrainingRows& rows, std::vector<InputSpec>* chosen) {
  std::map<std::string, std::vector<std::vector<bool>>> seen;
  for (const InputSpec& spec : rows.specs()) {
    if (spec.kind != InputKind::kCategorical) continue;
    auto& marks = seen[spec.name];
    for (const auto& names : spec.categories) {
      marks.emplace_back(names.size() + 1);
    }
    rows.ForEach(spec.name, [&](const InputBlock& block, Index count) {
      for (Index at = 0; at < count * block.cols; ++at) {
        const std::int32_t code = block.codes[at];
        if (code < 0) continue;
        marks[static_cast<std::size_t>(at % block.cols)]
             [static_cast<std::size_t>(code)] = true;
      }
    });
  }
  for (InputSpec& spec : *chosen) {
    if (spec.kind != InputKind::kCategorical) continue;
    const ColumnFinder finder(FindBlock(rows.specs(), spec.name));
    for (Index i = 0; i < spec.cols; ++i) {
      auto& names = spec.categories[static_cast<std::size_t>(i)];
      const auto& marks =
          seen[spec.name]
              [static_cast<std::size_t>(finder.Find(ColumnName(spec, i)))];
      std::vector<std::string> kept;
      for (std::size_t code = 0; code < names.size(); ++code) {
        if (marks[code]) kept.push_back(names[code]);
      }
      names = std::move(kept);
    }
  }
}

InputSpec Without(const InputSpec& spec, const std::set<ColumnRef>& left_out) {
  InputSpec kept = spec;
  bool any_left_out = false;
  for (const ColumnRef& ref : left_out) any_left_out |= ref.block == spec.name;
  if (!any_left_out) return kept;
  kept.columns.clear();
  kept.categories.clear();
  std::erase_if(kept.dates, [&](const std::string& column) {
    return left_out.count({spec.name, column}) > 0;
  });
  for (Index i = 0; i < spec.cols; ++i) {
    const std::string column = ColumnName(spec, i);
    if (left_out.count({spec.name, column}) > 0) continue;
    kept.columns.push_back(column);
    if (spec.kind == InputKind::kCategorical) {
      kept.categories.push_back(spec.categories[static_cast<std::size_t>(i)]);
    }
  }
  kept.cols = static_cast<Index>(kept.columns.size());
  return kept;
}

SelectedInputs Read(const TransformRecord& record) {
  const nlohmann::json json = ParseSpec(record);
  SelectedInputs selection;
  for (const auto& block : json.at("blocks")) {
    selection.blocks.push_back(SpecFromJson(block));
  }
  for (const auto& ref : json.at("left_out")) {
    selection.left_out.insert(
        {ref.at(0).get<std::string>(), ref.at(1).get<std::string>()});
  }
  if (!json.contains("texts")) return selection;
  for (const auto& ref : json.at("texts")) {
    selection.texts.insert(
        {ref.at(0).get<std::string>(), ref.at(1).get<std::string>()});
  }
  return selection;
}

std::shared_ptr<const Transform> RestoreSelect(const TransformRecord& record) {
  return std::make_shared<SelectColumns>(Read(record));
}

// Here the columns are those to leave out.
std::shared_ptr<const Transform> FitSelectStep(const FitArgs& args) {
  return FitSelect(args.rows, args.columns);
}

bool TakesAll(InputKind) {
  return true;
}

}  // namespace

std::shared_ptr<const Transform> FitSelect(const TrainingRows& rows,
                                           const ColumnSet& left_out,
                                           const ColumnSet& texts) {
  std::vector<InputSpec> chosen;
  for (const InputSpec& spec : rows.specs()) {
    InputSpec kept = Without(spec, left_out);
    if (kept.cols > 0) chosen.push_back(std::move(kept));
  }
  Require(!chosen.empty(), ErrorKind::kUsage, "no input column is left",
          "name fewer columns with --task and --ignore, or more with "
          "--inputs");
  KeepSeen(rows, &chosen);
  for (InputSpec& spec : chosen) {
    for (const ColumnRef& ref : texts) {
      const Index at =
          ref.block == spec.name ? FindColumn(spec, ref.column) : -1;
      if (at >= 0) spec.categories[At(at)].clear();
    }
  }
  return std::make_shared<SelectColumns>(
      SelectedInputs{std::move(chosen), left_out, texts});
}

std::optional<SelectedInputs> ReadSelection(const TransformRecord& record) {
  if (record.name != "select") return std::nullopt;
  MakeTransform(record);  // refuses a damaged one
  return Read(record);
}

extern const TransformEntry kSelectTransform;
const TransformEntry kSelectTransform = {
    MakeEntry<FitSelectStep>(
        "select", "the columns that go in, by name, and their categories"),
    TakesAll, RestoreSelect, false};

}  // namespace mtlkit
