#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "nn/network.h"

namespace mtlkit {

// A network with a decoder, run a token at a time in inference: what does not
// depend on the text that is written runs once for a batch, all else for the
// last token of each text, with what attention needs of those before it. The
// numbers are those of a pass over the whole texts, to the bit.
class StepRunner {
 public:
  // `target`: the input block of what is written; the outputs are those of
  // `task`. What `pass` points to stays. kUsage for a layer that would need all
  // tokens at once.
  StepRunner(const Network& network, const Pass& pass, Index target,
             Index task);

  // Reads all inputs but the target. The batch stays until the next one.
  void Encode(const Batch& batch);

  // One token more for each of some texts, those of one row of the batch beside
  // each other: rows r has texts [starts[r], starts[r + 1]). Text i goes on
  // with tokens[i] where text parents[i] of the last step ended; at the first
  // step there is none. Texts x outputs, until the next call.
  ConstMatView Step(std::span<const Index> starts,
                    std::span<const Index> parents,
                    std::span<const std::int32_t> tokens);

 private:
  // A layer with memory of its own.
  struct Runner {
    Index node = 0;
    bool steps = false;  // depends on the target
    LayerPtr layer;      // that runs: of attention, one that sees all keys
    std::vector<ConstMatView> w;
    std::vector<MatView> buffers;
    AlignedVector prepared;
    AlignedVector saved;
    AlignedVector scratch;
    AlignedVector past;     // attention: keys and values of each text
    AlignedVector queries;  // attention: of the last token
  };

  bool Depends(Value value) const { return depends_[At(value.id)]; }
  void CheckStep(const Node& node) const;
  void AddRunner(Index i);
  void Run(Runner* runner, std::span<const Operand> x, Index count, Index rows);
  Operand OperandOf(Value value) const;
  void RunStep(Runner* runner);
  void RunPositions(Runner* runner);
  void RunSelfAttention(Runner* runner);
  Index CountOf(const Runner& runner, Index rows) const;

  const Network& network_;
  Pass pass_;
  Index target_;
  Value output_;
  std::vector<bool> depends_;  // by value
  std::vector<Runner> runners_;
  std::vector<AlignedVector> values_;
  const Batch* batch_ = nullptr;
  // Of the last step.
  Index time_ = 0;
  Index texts_ = 0;
  InputBatch last_;
  std::vector<Index> each_;  // 0, 1, ..., texts
  std::span<const Index> starts_;
  std::span<const Index> parents_;
};

}  // namespace mtlkit
