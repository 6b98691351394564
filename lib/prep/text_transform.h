#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "prep/transform_entry.h"

// What transforms of columns of texts have in common: each column, whose values
// are categories like any other's, becomes a block of codes or numbers.
namespace mtlkit {

// What is made of the texts of a column, one after the other.
struct TextEntries {
  std::vector<std::int32_t> codes;  // one an entry; -1 is unknown
  std::vector<float> values;        // of sparse blocks one an entry
};

// Turns a text into entries of a row. Immutable.
class TextCoder {
 public:
  virtual ~TextCoder() = default;
  // The text of codes of tokens; null where it cannot be had again. Those out
  // of range are passed over.
  virtual std::optional<std::string> Decode(
      std::span<const std::int32_t> /*codes*/) const {
    return {};
  }
  // Kind, columns and categories of the block.
  virtual void Describe(InputSpec* spec) const = 0;
  virtual void Append(std::string_view text, TextEntries* to) const = 0;
  // What makes it again, beside the options: the vocabulary. Numbers go into
  // `arrays` under names that begin with `prefix`.
  virtual nlohmann::json Record(const std::string& prefix,
                                TransformArrays* arrays) const = 0;
};
using TextCoderPtr = std::shared_ptr<const TextCoder>;

// A column that becomes the block `block`, and whether it stays for a step
// behind this one.
struct TextInput {
  ColumnRef column;
  std::string block;
  bool keeps = false;
  TextCoderPtr coder = nullptr;
  // A token kBeginToken, the last category, stands in front of each text, as a
  // text that is written begins.
  bool begins = false;
};
inline constexpr std::string_view kBeginToken = "<s>";

// The transform `name` of some columns; `options` is stored as it is.
class TextTransform : public Transform {
 public:
  TextTransform(std::string name, nlohmann::json options,
                std::vector<TextInput> columns);
  ~TextTransform() override;

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override;
  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override;
  TransformRecord Record() const override;
  std::span<const TextInput> columns() const { return columns_; }

 private:
  bool Drops(const InputSpec& spec, Index col) const;
  InputBlock WithoutColumns(const InputBlock& block, Index rows) const;

  std::string name_;
  std::unique_ptr<nlohmann::json> options_;
  std::vector<TextInput> columns_;
};

// Calls visit(text) for the texts of a column in the training rows, once a row.
void ForTrainingTexts(const TrainingRows& rows, const ColumnRef& column,
                      const std::function<void(std::string_view)>& visit);

// The columns that a fit is to act upon, without coders. Their blocks are
// called as they are, with `suffix` behind it. kUsage where another block has
// the name.
std::vector<TextInput> TextInputsOf(const FitArgs& args,
                                    std::string_view suffix, bool keeps,
                                    bool begins = false);

// What makes the tokens of an input block; null where no transform does.
TextCoderPtr CoderOf(const Transforms& transforms, std::string_view block);

// Makes the columns of a record again; `make` makes a coder of what
// TextCoder::Record gave.
std::shared_ptr<const Transform> RestoreTexts(
    const TransformRecord& record,
    const std::function<TextCoderPtr(const nlohmann::json& options,
                                     const nlohmann::json& own,
                                     const std::string& prefix)>& make);

}  // namespace mtlkit
