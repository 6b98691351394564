#include "nn/decode.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/error.h"

namespace mtlkit {
namespace {

// A text that goes on.
struct Text {
  std::vector<std::int32_t> tokens;
  double log_probability = 0;
  Index place = 0;  // among the texts of the last step
};

struct Candidate {
  Index text = 0;
  std::int32_t token = 0;
  double log_probability = 0;
};

// More probable; of equal ones of a text before, then of a lower token.
bool IsBetter(const Candidate& a, const Candidate& b) {
  if (a.log_probability != b.log_probability) {
    return a.log_probability > b.log_probability;
  }
  return a.text != b.text ? a.text < b.text : a.token < b.token;
}

// One row of the batch.
struct Search {
  std::vector<Text> open = {{}};
  std::vector<DecodedText> ended;
  Index most = 0;  // tokens, but for the end
};

class Decoding {
 public:
  Decoding(StepRunner* runner, const Batch& batch, Index source,
           const DecodeTokens& tokens, const DecodeOptions& options)
      : runner_(*runner), tokens_(tokens), options_(options) {
    const auto starts = batch.inputs[At(source)].row_starts;
    searches_.resize(At(batch.rows));
    for (Index row = 0; row < batch.rows; ++row) {
      const auto length =
          static_cast<double>(starts[At(row) + 1] - starts[At(row)]);
      searches_[At(row)].most =
          static_cast<Index>(options.most_ratio * length) + options.most_more;
    }
  }

  void Run() {
    while (Collect()) {
      const ConstMatView logits = runner_.Step(starts_, parents_, last_);
      Index place = 0;
      for (Search& search : searches_) {
        if (search.open.empty()) continue;
        for (Text& text : search.open) text.place = place++;
        Advance(logits, &search);
      }
    }
  }

  std::vector<std::vector<DecodedText>> Best() {
    std::vector<std::vector<DecodedText>> best;
    for (Search& search : searches_) {
      std::ranges::stable_sort(search.ended, std::ranges::greater{},
                               &DecodedText::score);
      const auto count = std::min(search.ended.size(), At(options_.best));
      best.emplace_back(search.ended.begin(),
                        search.ended.begin() + static_cast<Index>(count));
    }
    return best;
  }

 private:
  // What the next step reads; false: nothing goes on.
  bool Collect() {
    starts_ = {0};
    parents_.clear();
    last_.clear();
    for (const Search& search : searches_) {
      for (const Text& text : search.open) {
        parents_.push_back(text.place);
        last_.push_back(text.tokens.empty() ? tokens_.begin
                                            : text.tokens.back());
      }
      starts_.push_back(std::ssize(last_));
    }
    return !last_.empty();
  }

  bool IsAllowed(const Text& text, std::int32_t token) const {
    if (token == tokens_.begin) return false;
    if (std::ranges::find(tokens_.never, token) != tokens_.never.end()) {
      return false;
    }
    return token == tokens_.end || !Repeats(text, token);
  }

  // Whether the last tokens with this one behind them are there already.
  bool Repeats(const Text& text, std::int32_t token) const {
    const Index n = options_.no_repeat;
    const Index length = std::ssize(text.tokens);
    if (n == 0 || length < n) return false;
    const auto last = text.tokens.end() - (n - 1);
    for (Index i = 0; i + n <= length; ++i) {
      const auto at = text.tokens.begin() + i;
      if (at[n - 1] == token && std::equal(last, text.tokens.end(), at)) {
        return true;
      }
    }
    return false;
  }

  // Adds the `count` best continuations of a text. The log of a probability is
  // the logit less the largest one, plus the log of the largest probability.
  void AddBest(const Text& text, Index number, std::span<const Real> logits,
               Index count) {
    probabilities_.resize(logits.size());
    const auto cols = static_cast<Index>(logits.size());
    ActiveKernels().softmax(logits.data(), cols, probabilities_.data(), cols, 1,
                            cols);
    const auto largest = std::ranges::max_element(logits) - logits.begin();
    const auto top = static_cast<double>(logits[At(largest)]);
    const double share =
        std::log(static_cast<double>(probabilities_[At(largest)]));
    const auto first = static_cast<Index>(candidates_.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double logit = static_cast<double>(logits[i]);
      const Candidate candidate = {
          number, static_cast<std::int32_t>(i),
          text.log_probability + ((logit - top) + share)};
      const bool is_full = std::ssize(candidates_) - first == count;
      if (is_full && !IsBetter(candidate, candidates_.back())) continue;
      if (!IsAllowed(text, candidate.token)) continue;
      if (is_full) candidates_.pop_back();
      candidates_.insert(
          std::upper_bound(candidates_.begin() + first, candidates_.end(),
                           candidate, IsBetter),
          candidate);
    }
  }

  void Advance(ConstMatView logits, Search* search) {
    candidates_.clear();
    const Index count = 2 * options_.beam;
    for (std::size_t i = 0; i < search->open.size(); ++i) {
      const Text& text = search->open[i];
      AddBest(text, static_cast<Index>(i),
              {logits.Row(text.place), At(logits.cols)}, count);
    }
    std::ranges::sort(candidates_, IsBetter);
    std::vector<Text> next;
    for (Index i = 0; i < std::min<Index>(count, std::ssize(candidates_)) &&
                      std::ssize(next) < options_.beam;
         ++i) {
      const Candidate& candidate = candidates_[At(i)];
      const Text& text = search->open[At(candidate.text)];
      if (candidate.token == tokens_.end) {
        if (i < options_.beam) End(text, candidate.log_probability, search);
        continue;
      }
      Text& longer = next.emplace_back(text);
      longer.tokens.push_back(candidate.token);
      longer.log_probability = candidate.log_probability;
    }
    search->open.swap(next);
    if (std::ssize(search->ended) >= options_.beam) search->open.clear();
    Cut(search);
  }

  void End(const Text& text, double log_probability, Search* search) const {
    const double length = static_cast<double>(text.tokens.size()) + 1;
    search->ended.push_back(
        {text.tokens, log_probability,
         log_probability / std::pow((5 + length) / 6, options_.penalty)});
  }

  // Texts of the longest length end where they are.
  void Cut(Search* search) const {
    if (search->open.empty() ||
        std::ssize(search->open[0].tokens) < search->most) {
      return;
    }
    for (const Text& text : search->open) {
      End(text, text.log_probability, search);
      search->ended.back().is_cut = true;
    }
    search->open.clear();
  }

  StepRunner& runner_;
  const DecodeTokens& tokens_;
  const DecodeOptions& options_;
  std::vector<Search> searches_;
  std::vector<Index> starts_;
  std::vector<Index> parents_;
  std::vector<std::int32_t> last_;
  std::vector<Real> probabilities_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::vector<std::vector<DecodedText>> DecodeTexts(
    StepRunner* runner, const Batch& batch, Index source,
    const DecodeTokens& tokens, const DecodeOptions& options) {
  assert(options.beam > 0 && options.best > 0);
  runner->Encode(batch);
  Decoding decoding(runner, batch, source, tokens, options);
  decoding.Run();
  return decoding.Best();
}

}  // namespace mtlkit
