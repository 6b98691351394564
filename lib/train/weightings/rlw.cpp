#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "train/weighting.h"
#include "train/weighting_math.h"

namespace mtlkit {
namespace {

// Where the random numbers of a task lie, whatever its place among others:
// FNV-1a of its name (Fowler, Noll and Vo 1991).
Index AddressOf(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return static_cast<Index>(hash >> 1);
}

struct RlwOptions {
  std::string law = "normal";

  void Describe(Fields& field) {
    field("law", law,
          "what is drawn: the softmax of normal numbers, or all weights that "
          "sum to 1 alike",
          {"normal", "dirichlet"});
  }
};

// Weights drawn anew in every step, for the tasks of the batch: the softmax of
// normal numbers, or a Dirichlet distribution with all parameters 1. Lin, Ye,
// Zhang and Tsang, "Reasonable effectiveness of random weighting: a litmus test
// for multi-task learning" (2022).
class Rlw : public Weighting {
 public:
  Rlw(std::span<const Task> tasks, const RlwOptions& options)
      : dirichlet_(options.law == "dirichlet") {
    for (const Task& task : tasks) address_.push_back(AddressOf(task.name));
  }

  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] =
          signals.present[i] != 0 ? Draw(*signals.rng, address_[i]) : kNoShare;
    }
    Softmax(w);
  }

 private:
  // A logit. Exponential numbers by their sum are Dirichlet.
  double Draw(const Rng& rng, Index address) const {
    if (!dirichlet_) return rng.Normal(address, 0);
    constexpr double kLeast = 1e-18;
    return std::log(std::max(-std::log1p(-rng.Uniform(address, 0)), kLeast));
  }

  bool dirichlet_;
  std::vector<Index> address_;
};

}  // namespace

extern const WeightingEntry kRlw;
const WeightingEntry kRlw = MakeEntry<Rlw, RlwOptions>(
    "rlw", "at random, anew in every step (Lin et al. 2022)");

}  // namespace mtlkit
