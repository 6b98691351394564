#include "train/protocols/judged_rows.h"

namespace mtlkit {
namespace {

// The judge is the peer before, in a ring. Networks learn what is clean before
// they learn what is noise, and what one takes for clean by mistake the other
// need not. Han, Yao, Yu, Niu, Xu, Hu, Tsang and Sugiyama, "Co-teaching: robust
// training of deep neural networks with extremely noisy labels" (2018).
class CoTeaching : public JudgedRows {
 public:
  using JudgedRows::JudgedRows;

 private:
  Index JudgeOf(Index peer, Index peers) const override {
    return (peer + peers - 1) % peers;
  }
};

}  // namespace

extern const ProtocolEntry kCoTeaching;
const ProtocolEntry kCoTeaching = {
    MakeEntry<CoTeaching, JudgedRowsOptions>(
        "co-teaching",
        "peers choose one another's clean rows (Han et al. 2018)"),
    2,
    0,
    {.noisy_labels = true}};

}  // namespace mtlkit
