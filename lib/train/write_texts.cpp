#include "train/write_texts.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/terminal_text.h"
#include "data/batch.h"
#include "data/head.h"
#include "data/tag_labels.h"
#include "prep/text_transform.h"

namespace mtlkit {
namespace {

constexpr Index kTextsAtOnce = 16;

// Codes of bytes may make none: U+FFFD for each byte that is of no character.
std::string AsUtf8(std::string text) {
  if (IsValidUtf8(text)) return text;
  std::string valid;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                                             : 4;
    const std::string_view character = std::string_view(text).substr(i, length);
    const bool is_valid = IsValidUtf8(character);
    valid += is_valid ? character : "\xEF\xBF\xBD";
    i += is_valid ? length : 1;
  }
  return valid;
}

DecodeTokens TokensOf(const Task& task) {
  const auto end = static_cast<std::int32_t>(task.codes - 1);
  return {.begin = end - 1, .end = end};
}

}  // namespace

// What a thread has of its own.
struct TextWriter::Worker {
  // Of one network.
  struct Runner {
    Runner(const Model& model, Index task, Index target)
        : buffers(model.params.buffers),
          steps(*model.network, PassOf(model), target, task) {}

    Pass PassOf(const Model& model) {
      Pass pass;
      pass.weights = &model.params.weights;
      pass.buffers = &buffers;
      return pass;
    }

    Block buffers;
    StepRunner steps;
  };

  Worker(std::span<const EnsembleMember> models, Index task) {
    double total = 0;
    for (const EnsembleMember& model : models) total += model.weight;
    for (const EnsembleMember& one : models) {
      const Schema& schema = one.model->schema;
      const Index target = TokenInputOf(schema.tasks[At(task)], schema.inputs);
      runners.push_back(std::make_unique<Runner>(*one.model, task, target));
      members.push_back({&runners.back()->steps, one.weight / total});
    }
  }

  // Of the rows [first, first + count) of each block, the best text each.
  std::vector<std::vector<DecodedText>> Decode(
      std::span<const ModelRows::Block> blocks, Index first, Index count,
      std::span<const Index> lengths, const DecodeTokens& tokens,
      const DecodeOptions& options) {
    std::vector<std::unique_ptr<Batcher>> batchers;
    for (std::size_t m = 0; m < members.size(); ++m) {
      batchers.push_back(std::make_unique<Batcher>(*blocks[m].data, count,
                                                   BatchParts::kInputs));
      members[m].runner->Encode(
          batchers.back()->Load(blocks[m].rows.subspan(At(first), At(count))));
    }
    return DecodeTexts(members, lengths, tokens, options);
  }

  std::vector<std::unique_ptr<Runner>> runners;
  std::vector<DecodeMember> members;
};

TextWriter::TextWriter(std::span<const EnsembleMember> members, Index task,
                       const DecodeOptions& options, ThreadPool* pool)
    : members_(members),
      number_(task),
      task_(members[0].model->schema.tasks[At(task)]),
      options_(options),
      pool_(pool) {
  RequireSameTokens();
  const int threads = pool == nullptr ? 1 : pool->threads();
  for (int i = 0; i < threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(members, task));
  }
}

TextWriter::~TextWriter() = default;

void TextWriter::RequireSameTokens() const {
  const auto words_of = [&](const EnsembleMember& member) -> const auto& {
    const Schema& schema = member.model->schema;
    const Index at = TokenInputOf(schema.tasks[At(number_)], schema.inputs);
    return schema.inputs[At(at)].categories;
  };
  const auto name = [&](std::size_t i) {
    return members_[i].name.empty() ? Str("model ", i + 1) : members_[i].name;
  };
  for (std::size_t i = 1; i < members_.size(); ++i) {
    Require(words_of(members_[i]) == words_of(members_[0]),
            ErrorKind::kBadInput,
            Str("task '", task_.name, "': ", name(i),
                " writes with other tokens than ", name(0)),
            "train models that write together on data of one mtl-prep");
  }
}

template <class TextOf>
void TextWriter::ReadTruth(const ModelRows::Block& block, TextOf text_of,
                           std::vector<std::string>* truth) const {
  const InputBlock& known = *block.data->FindInput(task_.tokens);
  for (std::size_t i = 0; i < block.rows.size(); ++i) {
    const Index row = block.rows[i];
    const Index first = known.row_starts[row] + 1;
    const Index length = known.row_starts[row + 1] - first;
    if (length <= 0) continue;
    (*truth)[i] = text_of(std::span(known.codes.data() + first, At(length)));
  }
}

WrittenTexts TextWriter::Write(std::span<const ModelRows::Block> blocks,
                               std::vector<double>* log_probabilities) {
  const TextCoderPtr coder =
      CoderOf(MakeTransforms(members_[0].model->transforms), task_.tokens);
  const auto text_of = [&](std::span<const std::int32_t> codes) {
    auto text = coder == nullptr ? std::nullopt : coder->Decode(codes);
    Require(text.has_value(), ErrorKind::kBadInput,
            Str("task '", task_.name, "': the model does not say how '",
                task_.tokens, "' becomes texts"),
            "prepare texts with mtl-prep --bpe or --words");
    return AsUtf8(std::move(*text));
  };
  const DecodeTokens tokens = TokensOf(task_);
  const ModelRows::Block& rows = blocks[0];
  const auto count = static_cast<Index>(rows.rows.size());
  const InputBlock& source = *rows.data->FindInput(task_.from);
  std::vector<Index> lengths;
  for (const Index row : rows.rows) {
    lengths.push_back(static_cast<Index>(source.row_starts[row + 1] -
                                         source.row_starts[row]));
  }
  WrittenTexts texts;
  texts.said.resize(At(count));
  texts.truth.resize(At(count));
  const std::size_t before = log_probabilities->size();
  log_probabilities->resize(before + At(count));
  const auto threads = static_cast<Index>(workers_.size());
  const auto work = [&](Index thread) {
    for (Index first = thread * kTextsAtOnce; first < count;
         first += threads * kTextsAtOnce) {
      const Index some = std::min(count - first, kTextsAtOnce);
      const auto best = workers_[At(thread)]->Decode(
          blocks, first, some, std::span(lengths).subspan(At(first), At(some)),
          tokens, options_);
      for (Index i = 0; i < some; ++i) {
        if (lengths[At(first + i)] == 0) continue;
        const DecodedText& text = best[At(i)].front();
        texts.said[At(first + i)] = text_of(text.tokens);
        (*log_probabilities)[before + At(first + i)] = text.log_probability;
      }
    }
  };
  if (pool_ == nullptr) {
    work(0);
  } else {
    pool_->For(threads, work);
  }
  ReadTruth(rows, text_of, &texts.truth);
  return texts;
}

}  // namespace mtlkit
