#include "train/protocols/judged_rows.h"

namespace mtlkit {
namespace {

struct OwnSmallLossesOptions : JudgedRowsOptions {
  OwnSmallLossesOptions() { over = "epoch"; }
};

// Every peer judges for itself: the control that says what the exchange of
// co-teaching is worth. Jiang, Zhou, Leung, Li and Fei-Fei, "MentorNet" (2018)
// call it self-paced.
class OwnSmallLosses : public JudgedRows {
 public:
  using JudgedRows::JudgedRows;

 private:
  Index JudgeOf(Index peer, Index /*peers*/) const override { return peer; }
};

}  // namespace

extern const ProtocolEntry kSmallLoss;
const ProtocolEntry kSmallLoss = {
    MakeEntry<OwnSmallLosses, OwnSmallLossesOptions>(
        "small-loss", "every peer learns the rows on which it loses little"),
    1,
    0,
    {.by_itself = true, .noisy_labels = true}};

}  // namespace mtlkit
