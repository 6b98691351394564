#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "nn/params.h"

namespace mtlkit {

// What a penalty on groups of parameters wants of them; with p_g the numbers of
// group g, of G groups of equal shapes:
enum class PenaltyKind {
  kMean,   // strength times the sum over g of |p_g - mean over h of p_h|^2
  kPairs,  // strength times the sum over g < h of |p_g - p_h|^2
  // strength times the sum over g < h of |P_g^T P_h|^2 (Frobenius), with P_g
  // the matrices of group g one below the other: columns of one group are to
  // be orthogonal to those of the others. Equal rows, any columns.
  kOrthogonal,
};
// "mean", "pairs", "orthogonal"; an unknown name is an error (kUsage).
PenaltyKind ParsePenaltyKind(std::string_view name);
std::string_view PenaltyKindName(PenaltyKind kind);

// A term of the loss that follows from parameters alone, whatever the rows of a
// batch and the weighting of tasks. Of the network as a whole, as weight decay
// is: no task's loss has it.
struct ParamPenalty {
  PenaltyKind kind = PenaltyKind::kMean;
  double strength = 0;
  std::vector<std::vector<Index>> groups;  // slices of the weights
};

// kUsage: a strength that is not finite or below 0, fewer than two groups,
// shapes that do not fit.
void CheckPenalty(const ParamPenalty& penalty, const Layout& layout);

// Computes penalties and their gradients. Allocates when built only; in one
// thread, so that results are the same whatever the number of threads.
class ParamPenalties {
 public:
  // `frozen`: one a slice, or empty. All but `penalties` are copied.
  ParamPenalties(std::span<const ParamPenalty> penalties, const Layout& layout,
                 const std::vector<bool>& frozen);

  bool empty() const { return penalties_.empty(); }
  // The sum of all penalties. Adds its gradient to that of the weights, but not
  // to slices that are frozen or whose tasks are all absent: these do not move.
  double AddGradients(const Block& weights,
                      std::span<const std::uint8_t> present,
                      std::span<Real> gradient);

 private:
  struct Step {
    const Block& weights;
    std::span<const std::uint8_t> present;
    std::span<Real> gradient;
  };
  bool Learns(Index slice, const Step& step) const;
  void AddTo(Index slice, double factor, const Real* values, const Step& step);
  double Distances(const ParamPenalty& penalty, const Step& step);
  double Products(const ParamPenalty& penalty, const Step& step);
  // P_g^T P_h into product_, and its part of the gradients.
  double Product(double strength, const std::vector<Index>& a,
                 const std::vector<Index>& b, const Step& step);

  std::span<const ParamPenalty> penalties_;
  std::vector<std::vector<Index>> tasks_;  // one a slice
  std::vector<bool> frozen_;
  std::vector<Real> mean_;
  std::vector<Real> difference_;
  std::vector<Real> product_;
};

}  // namespace mtlkit
