#include "train/slice_terms.h"

#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "train/slice_pattern.h"

namespace mtlkit {
namespace {

std::pair<std::string, double> PatternNumber(const std::string& text,
                                             const std::string& flag,
                                             bool may_be_zero) {
  const std::size_t equals = text.rfind('=');
  double number = 0;
  const bool is_number = equals != std::string::npos &&
                         ParseNumber(text.substr(equals + 1), &number) &&
                         std::isfinite(number) &&
                         (number > 0 || (number == 0 && may_be_zero));
  Require(is_number, ErrorKind::kUsage,
          Str(flag, ": '", text, "' is not LAYER=NUMBER with a number ",
              may_be_zero ? "from 0 on" : "above 0"),
          may_be_zero ? "" : "--freeze keeps layers as they are");
  return {text.substr(0, equals), number};
}

bool IsFrozenSlice(const std::vector<bool>& frozen, Index slice) {
  return !frozen.empty() && frozen[At(slice)];
}

// Of members, biases and factors have a row each.
bool CanDecay(const Slice& slice, const std::string& pattern) {
  const bool is_table = slice.spec.rows > 1 && !slice.name.ends_with("/bias") &&
                        !slice.name.ends_with("/scale");
  return slice.spec.decay || is_table || slice.name == pattern;
}

}  // namespace

std::vector<SliceTerms> TermsOfSlices(const Network& network, double decay) {
  std::vector<SliceTerms> terms;
  for (const Slice& slice : network.weights()->slices()) {
    terms.push_back({1, slice.spec.decay ? decay : 0});
  }
  return terms;
}

std::vector<SliceTerms> TermsOfSlices(const Network& network,
                                      const TrainOptions& options,
                                      const std::vector<bool>& frozen) {
  std::vector<SliceTerms> terms =
      TermsOfSlices(network, options.optimizer.decay);
  for (const std::string& text : options.rate_of) {
    const auto [pattern, factor] = PatternNumber(text, "--rate-of", false);
    bool any = false;
    for (const Index slice : SlicesNamed(network, pattern, "--rate-of")) {
      terms[At(slice)].rate = factor;
      any = any || !IsFrozenSlice(frozen, slice);
    }
    Require(
        any, ErrorKind::kUsage,
        Str("--rate-of ", text, " has no effect: --freeze keeps it as it is"),
        "leave it out");
  }
  for (const std::string& text : options.decay_of) {
    const auto [pattern, decay] = PatternNumber(text, "--decay-of", true);
    bool any = false;
    for (const Index slice : SlicesNamed(network, pattern, "--decay-of")) {
      if (!CanDecay(network.weights()->slice(slice), pattern)) continue;
      terms[At(slice)].decay = decay;
      any = any || !IsFrozenSlice(frozen, slice);
    }
    Require(any, ErrorKind::kUsage,
            Str("--decay-of ", text,
                " has no effect: it names no weights that learn"),
            "leave it out, or name a parameter, as trunk.0/bias=0.1");
  }
  return terms;
}

}  // namespace mtlkit
