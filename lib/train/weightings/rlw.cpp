#include <cstdint>
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

// Weights drawn anew in every step: the softmax of normal numbers, one for
// each task of the batch. Lin, Ye, Zhang and Tsang, "Reasonable effectiveness
// of random weighting: a litmus test for multi-task learning" (2022).
class Rlw : public Weighting {
 public:
  explicit Rlw(std::span<const Task> tasks) {
    for (const Task& task : tasks) address_.push_back(AddressOf(task.name));
  }

  void Weights(const WeightingSignals& signals, std::span<double>,
               std::span<double> w) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = signals.present[i] != 0 ? signals.rng->Normal(address_[i], 0)
                                     : kNoShare;
    }
    Softmax(w);
  }

 private:
  std::vector<Index> address_;
};

}  // namespace

extern const WeightingEntry kRlw;
const WeightingEntry kRlw =
    MakeEntry<Rlw>("rlw", "at random, anew in every step (Lin et al. 2022)");

}  // namespace mtlkit
