// categorical: a matrix of codes, rows x columns, with the categories of each
// column by name.
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/file_parts.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// Where the categories of a column are: directly by its name for a table
// without views, else in a folder of the block.
std::string CategoriesPath(const InputSpec& spec, const std::string& column) {
  if (spec.name == TableBlockName("", InputKind::kCategorical)) {
    return "categories/" + EscapeName(column);
  }
  return "categories/" + EscapeName(spec.name) + "/" + EscapeName(column);
}

class CodeLoader final : public InputLoader {
 public:
  CodeLoader(const InputBlock& block, Index capacity)
      : block_(block), codes_(At(capacity * block.cols)) {}

  void Load(std::span<const Index> rows, InputBatch* input) override {
    std::int32_t* out = codes_.data();
    for (const Index row : rows) {
      for (Index col = 0; col < block_.cols; ++col) {
        const auto unknown =
            static_cast<std::int32_t>(block_.categories[At(col)].size());
        const std::int32_t code = block_.codes[row * block_.cols + col];
        *out++ = code < 0 ? unknown : code;
      }
    }
    input->codes = {codes_.data(), std::ssize(rows), block_.cols};
  }

 private:
  const InputBlock& block_;
  std::vector<std::int32_t> codes_;
};

class CategoricalBlocks final : public BlockKind {
 public:
  // Numbers of any other type, which reading refuses where they are no codes.
  bool IsAt(const FileReader& file, const std::string& path) const override {
    if (file.IsGroup(path)) return false;
    const ArrayInfo info = file.Info(path);
    return info.is_text ||
           (info.type != ElementType::kF32 && info.type != ElementType::kF64);
  }
  void Read(const FileReader& file, const std::string& path, Index rows,
            InputBlock* block) const override {
    block->cols = internal::RequireRows(file, path, 2, rows)[1];
    if (file.Info(path).is_text) {
      internal::BadPart(file, path, "it holds text; numbers were expected");
    }
    block->codes = file.Map<std::int32_t>(path);
  }
  void ReadNames(const FileReader& file, InputBlock* block) const override {
    for (Index col = 0; col < block->cols; ++col) {
      block->categories.push_back(
          file.ReadTexts(CategoriesPath(*block, ColumnName(*block, col))));
    }
  }

  void Write(FileWriter& file, const InputBlock& block, const std::string& path,
             Index rows) const override {
    file.WriteArray<std::int32_t>(path, block.codes.span(), {rows, block.cols});
  }
  void WriteEncoding(FileWriter& file, const InputSpec& /*spec*/,
                     const std::string& path) const override {
    internal::WriteTableEncoding(file, path);
    file.SetAttribute(path, "missing", -1);
  }
  void WriteNames(FileWriter& file, const InputSpec& spec) const override {
    for (std::size_t i = 0; i < spec.categories.size(); ++i) {
      const std::string column = ColumnName(spec, static_cast<Index>(i));
      const std::string categories = CategoriesPath(spec, column);
      file.WriteTexts(categories, spec.categories[i]);
      internal::NameObject(file, categories, column);
    }
  }

  void Check(const InputBlock& block, Index rows,
             const std::string& what) const override {
    internal::CheckSize(block.codes.size(), rows, block.cols, what);
    if (static_cast<Index>(block.categories.size()) != block.cols) {
      internal::Bad(Str(what, " has categories for ", block.categories.size(),
                        " of its ", block.cols, " columns"));
    }
    for (Index col = 0; col < block.cols; ++col) {
      internal::CheckUniqueNames(
          block.categories[At(col)],
          Str(what, ": column '", ColumnName(block, col), "': category"));
    }
    const auto codes = block.codes.AsRows(block.cols);
    for (Index row = 0; row < codes.rows; ++row) {
      for (Index col = 0; col < codes.cols; ++col) {
        const auto known = static_cast<Index>(block.categories[At(col)].size());
        const std::int32_t code = codes(row, col);
        if (code < -1 || code > known) {
          internal::Bad(Str(what, ": column '", ColumnName(block, col),
                            "', row ", row, ": code ", code,
                            " is outside -1 .. ", known));
        }
      }
    }
  }

  std::unique_ptr<InputLoader> MakeLoader(const Dataset& /*dataset*/,
                                          const InputBlock& block,
                                          Index capacity) const override {
    return std::make_unique<CodeLoader>(block, capacity);
  }
};

constexpr CategoricalBlocks kCategoricalKind{};

}  // namespace

extern const BlockKindEntry kCategoricalBlocks;
const BlockKindEntry kCategoricalBlocks = {
    InputKind::kCategorical, "categorical",    "categorical",
    " of categories",        kCategoricalKind, {.has_categories = true}};

}  // namespace mtlkit
