#include "cotrain/server_method.h"

#include <algorithm>

namespace mtlkit {

void ServerMethod::Plan(const RoundArgs& args, RoundPlan* plan) const {
  const ParamRound round(args, plan->params);
  if (!round.note().empty()) plan->notes.push_back(round.note());
  ServerState server = ServerState::Of(args, round.own(), Slots());
  if (!round.is_first()) {
    const std::size_t weights = round.exchanged().weight_count();
    ServerStep step;
    step.center = std::span(server.center).first(weights);
    step.together = std::span(round.together()).first(weights);
    for (auto& [name, values] : server.slots) {
      step.slots[name] = std::span(values).first(weights);
    }
    Step(step);
    const auto buffers = std::span(round.together()).subspan(weights);
    std::ranges::copy(buffers,
                      std::span(server.center).subspan(weights).begin());
    round.exchanged().Put(server.center, &plan->params);
  }
  server.Publish(&plan->arrays);
}

}  // namespace mtlkit
