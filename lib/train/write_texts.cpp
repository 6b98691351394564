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
  Worker(const Model& model, Index task, Index target)
      : buffers(model.params.buffers),
        runner(*model.network, PassOf(model), target, task) {}

  Pass PassOf(const Model& model) {
    Pass pass;
    pass.weights = &model.params.weights;
    pass.buffers = &buffers;
    return pass;
  }

  Block buffers;
  StepRunner runner;
};

TextWriter::TextWriter(const Model& model, Index task,
                       const DecodeOptions& options, ThreadPool* pool)
    : model_(model),
      task_(model.schema.tasks[At(task)]),
      options_(options),
      pool_(pool) {
  const Index target = TokenInputOf(task_, model.schema.inputs);
  const int threads = pool == nullptr ? 1 : pool->threads();
  for (int i = 0; i < threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(model, task, target));
  }
}

TextWriter::~TextWriter() = default;

WrittenTexts TextWriter::Write(const Dataset& data, std::span<const Index> rows,
                               std::vector<double>* log_probabilities) {
  const TextCoderPtr coder =
      CoderOf(MakeTransforms(model_.transforms), task_.tokens);
  const auto text_of = [&](std::span<const std::int32_t> codes) {
    auto text = coder == nullptr ? std::nullopt : coder->Decode(codes);
    Require(text.has_value(), ErrorKind::kBadInput,
            Str("task '", task_.name, "': the model does not say how '",
                task_.tokens, "' becomes texts"),
            "prepare texts with mtl-prep --bpe or --words");
    return AsUtf8(std::move(*text));
  };
  const DecodeTokens tokens = TokensOf(task_);
  const Index source = [&] {
    Task from = task_;
    from.tokens = task_.from;
    return TokenInputOf(from, model_.schema.inputs);
  }();
  const auto count = static_cast<Index>(rows.size());
  WrittenTexts texts;
  texts.said.resize(At(count));
  texts.truth.resize(At(count));
  const std::size_t before = log_probabilities->size();
  log_probabilities->resize(before + At(count));
  const auto threads = static_cast<Index>(workers_.size());
  const auto work = [&](Index thread) {
    Batcher batcher(data, kTextsAtOnce, BatchParts::kInputs);
    std::vector<Index> some;
    for (Index first = thread * kTextsAtOnce; first < count;
         first += threads * kTextsAtOnce) {
      const Index end = std::min(count, first + kTextsAtOnce);
      const Batch& batch =
          batcher.Load(rows.subspan(At(first), At(end - first)));
      const auto best = DecodeTexts(&workers_[At(thread)]->runner, batch,
                                    source, tokens, options_);
      for (Index i = first; i < end; ++i) {
        const DecodedText& text = best[At(i - first)].front();
        texts.said[At(i)] = text_of(text.tokens);
        (*log_probabilities)[before + At(i)] = text.log_probability;
      }
    }
  };
  if (pool_ == nullptr) {
    work(0);
  } else {
    pool_->For(threads, work);
  }
  const InputBlock& known = *data.FindInput(task_.tokens);
  for (Index i = 0; i < count; ++i) {
    const Index row = rows[At(i)];
    const Index first = known.row_starts[row] + 1;
    const Index length = known.row_starts[row + 1] - first;
    if (length <= 0) continue;
    texts.truth[At(i)] =
        text_of(std::span(known.codes.data() + first, At(length)));
  }
  return texts;
}

}  // namespace mtlkit
