#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nn/step_runner.h"

namespace mtlkit {

// How a network with a decoder writes texts (Sutskever, Vinyals and Le,
// "Sequence to sequence learning with neural networks", 2014).
struct DecodeOptions {
  Index beam = 1;  // 1: the most probable token at each step
  // Finished texts of n tokens, the end among them, are compared by log p /
  // ((5 + n) / 6)^penalty (Wu et al., "Google's neural machine translation
  // system", 2016, without coverage).
  double penalty = 0.6;
  // No text has more than most_ratio n + most_more tokens for a source of n.
  double most_ratio = 1.5;
  Index most_more = 10;
  Index no_repeat = 0;  // no run of so many tokens comes twice; 0: any may
  Index best = 1;       // how many texts are given back for each source
};

// What the numbers of tokens mean.
struct DecodeTokens {
  std::int32_t begin = 0;  // stands in front of each text
  std::int32_t end = 0;
  std::vector<std::int32_t> never = {};  // beside `begin`
};

struct DecodedText {
  std::vector<std::int32_t> tokens;  // without begin and end
  double log_probability = 0;        // of all tokens and the end
  double score = 0;
  bool is_cut = false;  // it had not ended at the longest length
};

// A network among those that write together; its runner has encoded the rows.
struct DecodeMember {
  StepRunner* runner = nullptr;
  double share = 1;  // of its probabilities; those of all add up to 1
};

// The best texts for each row of a batch, best first. Several networks write
// one text together, each token by the mean of their probabilities (Sutskever,
// Vinyals and Le, 2014). `lengths`: tokens of the source of each row.
// Candidates of a step are the 2 beam most probable ones, of equal ones that of
// the better text before it, then that of the lower token; one that ends counts
// among the first `beam` of them. A row is done when `beam` texts have ended. A
// text does not depend on the other rows.
std::vector<std::vector<DecodedText>> DecodeTexts(
    std::span<const DecodeMember> members, std::span<const Index> lengths,
    const DecodeTokens& tokens, const DecodeOptions& options);

// Of one network, for a batch that it has not encoded yet. `source`: the input
// block whose tokens count for the length.
std::vector<std::vector<DecodedText>> DecodeTexts(StepRunner* runner,
                                                  const Batch& batch,
                                                  Index source,
                                                  const DecodeTokens& tokens,
                                                  const DecodeOptions& options);

}  // namespace mtlkit
