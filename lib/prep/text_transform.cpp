#include "prep/text_transform.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "data/block_kind.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

const InputSpec* FindBlock(const std::vector<InputSpec>& specs,
                           std::string_view name) {
  const auto at = std::ranges::find(specs, name, &InputSpec::name);
  return at == specs.end() ? nullptr : &*at;
}

InputSpec SpecOf(const TextInput& column) {
  InputSpec spec;
  spec.name = column.block;
  column.coder->Describe(&spec);
  if (column.begins) spec.categories[0].emplace_back(kBeginToken);
  return spec;
}

// The text of a cell; nothing where it is missing.
std::string_view TextAt(const InputBlock& block, Index row, Index col) {
  const std::int32_t code = block.codes[row * block.cols + col];
  const std::vector<std::string>& names = block.categories[At(col)];
  if (code < 0 || At(code) >= names.size()) return {};
  return names[At(code)];
}

std::string PrefixOf(std::size_t column) {
  return Str(column, ".");
}

}  // namespace

TextTransform::TextTransform(std::string name, nlohmann::json options,
                             std::vector<TextInput> columns)
    : name_(std::move(name)),
      options_(std::make_unique<nlohmann::json>(std::move(options))),
      columns_(std::move(columns)) {}
TextTransform::~TextTransform() = default;

bool TextTransform::Drops(const InputSpec& spec, Index col) const {
  return std::ranges::any_of(columns_, [&](const TextInput& column) {
    return !column.keeps && column.column.block == spec.name &&
           column.column.column == ColumnName(spec, col);
  });
}

std::vector<InputSpec> TextTransform::Specs(
    const std::vector<InputSpec>& inputs) const {
  for (const TextInput& column : columns_) {
    const InputSpec* block = FindBlock(inputs, column.column.block);
    Require(block != nullptr && TakesCategories(block->kind) &&
                FindColumn(*block, column.column.column) >= 0,
            ErrorKind::kBadInput,
            Str("the column '", column.column.column,
                "' of texts is missing, or holds none"),
            "the transforms were fitted with it; columns are matched by name");
  }
  std::vector<InputSpec> result;
  for (const InputSpec& spec : inputs) {
    InputSpec kept = spec;
    if (TakesCategories(spec.kind)) {
      kept.columns.clear();
      kept.categories.clear();
      for (Index col = 0; col < spec.cols; ++col) {
        if (Drops(spec, col)) continue;
        kept.columns.push_back(ColumnName(spec, col));
        kept.categories.push_back(spec.categories[At(col)]);
      }
      kept.cols = std::ssize(kept.columns);
    }
    if (kept.cols > 0) result.push_back(std::move(kept));
  }
  for (const TextInput& column : columns_) result.push_back(SpecOf(column));
  return result;
}

InputBlock TextTransform::WithoutColumns(const InputBlock& block,
                                         Index rows) const {
  InputBlock kept = block;
  kept.columns.clear();
  kept.categories.clear();
  std::vector<Index> cols;
  for (Index col = 0; col < block.cols; ++col) {
    if (Drops(block, col)) continue;
    cols.push_back(col);
    kept.columns.push_back(ColumnName(block, col));
    kept.categories.push_back(block.categories[At(col)]);
  }
  kept.cols = std::ssize(cols);
  if (kept.cols == block.cols) return block;
  std::vector<std::int32_t> codes;
  codes.reserve(At(rows * kept.cols));
  for (Index row = 0; row < rows; ++row) {
    for (const Index col : cols) {
      codes.push_back(block.codes[row * block.cols + col]);
    }
  }
  kept.codes = Array<std::int32_t>(std::move(codes));
  return kept;
}

std::vector<InputBlock> TextTransform::Apply(
    const std::vector<InputBlock>& inputs, Index rows) const {
  std::vector<InputBlock> result;
  for (const InputBlock& block : inputs) {
    InputBlock kept =
        TakesCategories(block.kind) ? WithoutColumns(block, rows) : block;
    if (kept.cols > 0) result.push_back(std::move(kept));
  }
  for (const TextInput& column : columns_) {
    const InputBlock& block =
        *std::ranges::find(inputs, column.column.block, &InputBlock::name);
    const Index col = FindColumn(block, column.column.column);
    InputBlock made;
    static_cast<InputSpec&>(made) = SpecOf(column);
    TextEntries entries;
    std::vector<std::int64_t> starts{0};
    for (Index row = 0; row < rows; ++row) {
      if (column.begins) {
        entries.codes.push_back(
            static_cast<std::int32_t>(made.categories[0].size() - 1));
      }
      column.coder->Append(TextAt(block, row, col), &entries);
      starts.push_back(std::ssize(entries.codes));
    }
    made.row_starts = Array<std::int64_t>(std::move(starts));
    if (TraitsOf(made.kind).is_compressed) {
      made.indices = Array<std::int32_t>(std::move(entries.codes));
      made.values = Array<float>(std::move(entries.values));
    } else {
      made.codes = Array<std::int32_t>(std::move(entries.codes));
    }
    result.push_back(std::move(made));
  }
  return result;
}

TransformRecord TextTransform::Record() const {
  TransformRecord record;
  record.name = name_;
  nlohmann::json columns = nlohmann::json::array();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const TextInput& column = columns_[i];
    columns.push_back(
        {{"block", column.column.block},
         {"column", column.column.column},
         {"into", column.block},
         {"keeps", column.keeps},
         {"begins", column.begins},
         {"own", column.coder->Record(PrefixOf(i), &record.arrays)}});
  }
  record.spec =
      DumpJson(nlohmann::json{{"options", *options_}, {"columns", columns}});
  return record;
}

void ForTrainingTexts(const TrainingRows& rows, const ColumnRef& column,
                      const std::function<void(std::string_view)>& visit) {
  rows.ForEach(column.block, [&](const InputBlock& block, Index count) {
    const Index col = FindColumn(block, column.column);
    for (Index row = 0; row < count; ++row) visit(TextAt(block, row, col));
  });
}

std::vector<TextInput> TextInputsOf(const FitArgs& args,
                                    std::string_view suffix, bool keeps,
                                    bool begins) {
  std::vector<TextInput> columns;
  for (const InputSpec& spec : args.rows.specs()) {
    if (!TakesCategories(spec.kind)) continue;
    const std::vector<bool> chosen = ChosenColumns(args, spec);
    const std::string view = ViewOf(spec.name);
    for (Index col = 0; col < spec.cols; ++col) {
      if (!chosen[At(col)]) continue;
      const std::string name = ColumnName(spec, col);
      const std::string block =
          Str(view, view.empty() ? "" : ".", name, suffix);
      Require(FindBlock(args.rows.specs(), block) == nullptr, ErrorKind::kUsage,
              Str("there is an input '", block, "' already"),
              "make one of each kind of a column of texts");
      columns.push_back({{spec.name, name}, block, keeps, nullptr, begins});
    }
  }
  return columns;
}

TextCoderPtr CoderOf(const Transforms& transforms, std::string_view block) {
  for (const auto& transform : transforms) {
    const auto* texts = dynamic_cast<const TextTransform*>(transform.get());
    if (texts == nullptr) continue;
    for (const TextInput& column : texts->columns()) {
      if (column.block == block) return column.coder;
    }
  }
  return nullptr;
}

std::shared_ptr<const Transform> RestoreTexts(
    const TransformRecord& record,
    const std::function<TextCoderPtr(const nlohmann::json& options,
                                     const nlohmann::json& own,
                                     const std::string& prefix)>& make) {
  const nlohmann::json spec = ParseSpec(record);
  std::vector<TextInput> columns;
  for (const auto& json : spec.at("columns")) {
    TextInput column;
    json.at("block").get_to(column.column.block);
    json.at("column").get_to(column.column.column);
    json.at("into").get_to(column.block);
    json.at("keeps").get_to(column.keeps);
    column.begins = json.value("begins", false);
    column.coder =
        make(spec.at("options"), json.at("own"), PrefixOf(columns.size()));
    columns.push_back(std::move(column));
  }
  return std::make_shared<TextTransform>(record.name, spec.at("options"),
                                         std::move(columns));
}

}  // namespace mtlkit
