#include "cotrain/method.h"

namespace mtlkit {
namespace {

// No exchange: each peer goes on from its last round. The control of methods
// whose peers do, with the same budget.
class Alone : public RoundMethod {
 public:
  void Plan(const RoundArgs& /*args*/, RoundPlan* /*plan*/) const override {}
};

}  // namespace

extern const RoundMethodEntry kAlone;
const RoundMethodEntry kAlone = {
    MakeEntry<Alone>("alone", "each peer goes on alone: the control"),
    {.reads_others = false, .published_rows = PublishedRows::kAll}};

}  // namespace mtlkit
