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
  Decoding(std::span<const DecodeMember> members,
           std::span<const Index> lengths, const DecodeTokens& tokens,
           const DecodeOptions& options)
      : members_(members),
        tokens_(tokens),
        options_(options),
        searches_(lengths.size()),
        logits_(members.size()) {
    for (std::size_t row = 0; row < lengths.size(); ++row) {
      searches_[row].most =
          static_cast<Index>(options.most_ratio *
                             static_cast<double>(lengths[row])) +
          options.most_more;
    }
  }

  void Run() {
    while (Collect()) {
      for (std::size_t i = 0; i < members_.size(); ++i) {
        logits_[i] = members_[i].runner->Step(starts_, parents_, last_);
      }
      Index place = 0;
      for (Search& search : searches_) {
        if (search.open.empty()) continue;
        for (Text& text : search.open) text.place = place++;
        Advance(&search);
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

  // Calls visit(token, log p) for what a network says comes behind a text: the
  // logit less the largest one, plus the log of the largest probability.
  template <class Visit>
  void ForLogs(std::size_t member, Index place, Visit visit) {
    const ConstMatView& all = logits_[member];
    const std::span<const Real> logits = {all.Row(place), At(all.cols)};
    probabilities_.resize(logits.size());
    ActiveKernels().softmax(logits.data(), all.cols, probabilities_.data(),
                            all.cols, 1, all.cols);
    const auto largest = std::ranges::max_element(logits) - logits.begin();
    const auto top = static_cast<double>(logits[At(largest)]);
    const double share =
        std::log(static_cast<double>(probabilities_[At(largest)]));
    for (std::size_t i = 0; i < logits.size(); ++i) {
      visit(i, (static_cast<double>(logits[i]) - top) + share);
    }
  }

  // Sets logs_ to the log of the mean probability of each token, which does not
  // underflow: a sum is taken of what is left of the largest addend.
  void SetLogs(Index place) {
    logs_.resize(At(logits_[0].cols));
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const double share = std::log(members_[m].share);
      ForLogs(m, place, [&](std::size_t i, double log) {
        const double own = log + share;
        logs_[i] = m == 0 ? own
                          : std::max(own, logs_[i]) +
                                std::log1p(std::exp(-std::abs(own - logs_[i])));
      });
    }
  }

  // Adds the `count` best continuations of a text.
  void AddBest(const Text& text, Index number, Index count) {
    SetLogs(text.place);
    const auto first = static_cast<Index>(candidates_.size());
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      const Candidate candidate = {number, static_cast<std::int32_t>(i),
                                   text.log_probability + logs_[i]};
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

  void Advance(Search* search) {
    candidates_.clear();
    const Index count = 2 * options_.beam;
    for (std::size_t i = 0; i < search->open.size(); ++i) {
      AddBest(search->open[i], static_cast<Index>(i), count);
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

  std::span<const DecodeMember> members_;
  const DecodeTokens& tokens_;
  const DecodeOptions& options_;
  std::vector<Search> searches_;
  std::vector<Index> starts_;
  std::vector<Index> parents_;
  std::vector<std::int32_t> last_;
  std::vector<ConstMatView> logits_;  // of the last step, one a member
  std::vector<Real> probabilities_;
  std::vector<double> logs_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::vector<std::vector<DecodedText>> DecodeTexts(
    std::span<const DecodeMember> members, std::span<const Index> lengths,
    const DecodeTokens& tokens, const DecodeOptions& options) {
  assert(!members.empty() && options.beam > 0 && options.best > 0);
  Decoding decoding(members, lengths, tokens, options);
  decoding.Run();
  return decoding.Best();
}

std::vector<std::vector<DecodedText>> DecodeTexts(
    StepRunner* runner, const Batch& batch, Index source,
    const DecodeTokens& tokens, const DecodeOptions& options) {
  runner->Encode(batch);
  const auto starts = batch.inputs[At(source)].row_starts;
  std::vector<Index> lengths;
  for (std::size_t row = 0; row < At(batch.rows); ++row) {
    lengths.push_back(starts[row + 1] - starts[row]);
  }
  const DecodeMember member = {runner};
  return DecodeTexts({&member, 1}, lengths, tokens, options);
}

}  // namespace mtlkit
