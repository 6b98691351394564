#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nn/network.h"
#include "nn/param_penalty.h"
#include "nn/plan.h"

namespace mtlkit {

// What a network says of each step by itself, whatever its tasks: what
// penalties on its parameters add to the loss, and how its gates share out what
// they choose from (Layer::GateShares), as means over the steps of an epoch.
class NetworkTerms {
 public:
  // `frozen`: one a slice, or empty. The network must outlive it.
  NetworkTerms(const Network& network, const std::vector<bool>& frozen);

  // "penalty" where there is one, then "share.LAYER.NUMBER" for each gate.
  static std::vector<std::string> Columns(const Network& network);
  // Numbers of the sums over an epoch: steps, then one a column; 0 without any.
  static std::size_t SumCount(const Network& network);
  // The means of `sums`, one a column; NaN where there was no step.
  static std::vector<double> Means(std::span<const double> sums);

  // Adds the gradient of the penalties to that of a step.
  void AddGradients(const Block& weights, std::span<const std::uint8_t> present,
                    std::span<Real> gradient);
  // Keeps what this step says, whose forward pass `plan` has, and whose
  // penalties were added last.
  void Look(const Plan& plan);
  // Adds what was kept to the sums.
  void Record(std::span<double> sums) const;

 private:
  struct Gates {
    Index node = 0;
    Index count = 0;
  };
  ParamPenalties penalties_;
  double penalty_ = 0;
  std::vector<Gates> gates_;
  std::vector<double> kept_;  // one a column
};

// What gates make no use of, given their shares (`columns` as Columns says, one
// number each): a text for each value that all gates which read it give less
// than a twentieth of an even share.
std::vector<std::string> UnusedExperts(const Network& network,
                                       std::span<const double> means);

}  // namespace mtlkit
