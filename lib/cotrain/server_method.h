#pragma once

#include <map>
#include <span>
#include <string>

#include "cotrain/param_round.h"

namespace mtlkit {

// The weights that a server keeps, and its memory by the names of its slots.
struct ServerStep {
  std::span<Real> center;
  std::span<const Real> together;  // what peers made of it, together
  std::map<std::string, std::span<Real>> slots;
};

// Methods by which a server takes the difference between what peers started
// from and what they made of it for a gradient, and steps along it by an
// optimiser. Buffers, behind the weights, are those of the peers together.
class ServerMethod : public RoundMethod {
 public:
  void Plan(const RoundArgs& args, RoundPlan* plan) const override;

 protected:
  // Slots and the number that each begins with.
  virtual std::map<std::string, Real> Slots() const = 0;
  // Moves the centre. All spans are of one length.
  virtual void Step(const ServerStep& step) const = 0;
};

}  // namespace mtlkit
