#include "data/schema.h"

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/block_kind.h"

namespace mtlkit {
namespace {

void RequireSameBlock(const InputSpec& expected, const InputSpec& given) {
  const std::string what = Str("input block '", given.name, "'");
  Require(expected.kind == given.kind, ErrorKind::kBadInput,
          Str(what, " is ", InputKindName(given.kind), "; ",
              InputKindName(expected.kind), " was expected"));
  Require(expected.cols == given.cols, ErrorKind::kBadInput,
          Str(what, " has ", given.cols, " columns; ", expected.cols,
              " were expected"));
  Require(expected.height == given.height && expected.width == given.width,
          ErrorKind::kBadInput,
          Str(what, " has images of ", given.height, " x ", given.width, "; ",
              expected.height, " x ", expected.width, " were expected"));
  if (!expected.columns.empty() && !given.columns.empty()) {
    for (Index i = 0; i < expected.cols; ++i) {
      const auto at = At(i);
      Require(expected.columns[at] == given.columns[at], ErrorKind::kBadInput,
              Str(what, ": column ", i, " is '", given.columns[at], "'; '",
                  expected.columns[at], "' was expected"));
    }
  }
  const bool tokens = TraitsOf(expected.kind).rows == BlockRows::kTokens;
  Require(expected.categories == given.categories, ErrorKind::kBadInput,
          Str(what, " has ", tokens ? "another vocabulary" : "other categories",
              " than was expected"),
          tokens ? "its texts must be coded with the vocabulary of the model"
                 : "prepare it with the transforms of the model");
}

}  // namespace

std::string TableBlockName(std::string_view view, InputKind kind) {
  const std::string_view suffix = EntryOf(kind).suffix;
  return view.empty() ? std::string(suffix) : Str(view, ".", suffix);
}

std::string ViewOf(std::string_view block) {
  for (const BlockKindEntry* entry : BlockKinds()) {
    const std::string_view suffix = entry->suffix;
    if (block == suffix) return "";
    if (block.size() > suffix.size() + 1 && block.ends_with(suffix) &&
        block[block.size() - suffix.size() - 1] == '.') {
      return std::string(block.substr(0, block.size() - suffix.size() - 1));
    }
  }
  return std::string(block);
}

std::string_view InputKindName(InputKind kind) {
  return EntryOf(kind).name;
}

InputKind ParseInputKind(std::string_view name) {
  for (const BlockKindEntry* entry : BlockKinds()) {
    if (entry->name == name) return entry->kind;
  }
  Fail(ErrorKind::kBadInput, Str("there is no kind of input '", name, "'"),
       "the file was written by a newer version");
}

std::string ColumnName(const InputSpec& block, Index column) {
  if (block.columns.empty()) return Str(block.name, ".", column);
  return block.columns.at(At(column));
}

std::string NumberedFrom(const InputSpec& spec) {
  if (spec.index_base < 0) return "";
  return Str(" numbered from ", spec.index_base,
             spec.base_is_guessed ? " (guessed: there is no 0)" : "");
}

Index FindColumn(const InputSpec& block, std::string_view name) {
  if (!block.columns.empty()) {
    const auto at = std::find(block.columns.begin(), block.columns.end(), name);
    return at == block.columns.end() ? -1 : at - block.columns.begin();
  }
  if (!name.starts_with(block.name)) return -1;
  long long number = 0;
  name.remove_prefix(block.name.size());
  if (name.size() < 2 || name[0] != '.' || name[1] < '0' || name[1] > '9' ||
      !ParseInteger(name.substr(1), &number) || number >= block.cols) {
    return -1;
  }
  return static_cast<Index>(number);
}

ColumnFinder::ColumnFinder(const InputSpec* block) : block_(block) {
  if (block == nullptr) return;
  for (std::size_t i = 0; i < block->columns.size(); ++i) {
    numbers_.emplace(block->columns[i], static_cast<Index>(i));
  }
}

Index ColumnFinder::Find(std::string_view name) const {
  if (block_ == nullptr) return -1;
  if (block_->columns.empty()) return FindColumn(*block_, name);
  const auto at = numbers_.find(name);
  return at == numbers_.end() ? -1 : at->second;
}

bool IsFoldName(std::string_view split) {
  constexpr std::string_view kFold = "fold";
  if (!split.starts_with(kFold) || split.size() == kFold.size()) return false;
  return std::all_of(split.begin() + kFold.size(), split.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

void RequireInputs(const std::vector<InputSpec>& expected,
                   const std::vector<InputBlock>& inputs) {
  const std::vector<std::string> names = NamesOf(inputs);
  for (const InputSpec& spec : expected) {
    const auto at = std::find(names.begin(), names.end(), spec.name);
    if (at == names.end()) {
      Fail(ErrorKind::kBadInput,
           Str("there is no input block '", spec.name, "'"),
           Str("the file has: ", names.empty() ? "none" : Join(names, ", ")));
    }
    RequireSameBlock(spec, inputs[At(at - names.begin())]);
  }
}

}  // namespace mtlkit
