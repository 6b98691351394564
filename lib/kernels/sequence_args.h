#pragma once

#include "base/view.h"

namespace mtlkit {

// One step of a sequence through `size` cells of long short-term memory
// (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
// i, f, o = sigmoid(z), g = tanh(z), cell = f before + i g, y = o tanh(cell),
// where z is x + recurrent, and `forget_bias` more for f.
struct LstmStepArgs {
  const Real* x = nullptr;          // 4 size: of i, f, o, g
  const Real* recurrent = nullptr;  // 4 size; null: 0
  const Real* before = nullptr;     // size, the cell one step ago; null: 0
  Real forget_bias = 0;
  Index size = 0;
  Real* gates = nullptr;     // 4 size: i, f, o, g
  Real* cell = nullptr;      // size
  Real* squashed = nullptr;  // size: tanh(cell)
  Real* y = nullptr;         // size
};

struct LstmStepGradientArgs {
  const Real* gates = nullptr;
  const Real* squashed = nullptr;
  const Real* before = nullptr;  // null: 0
  const Real* dy = nullptr;      // size: all that goes into y
  Index size = 0;
  Real* dcell = nullptr;  // size: of the cell from later on; then of `before`
  Real* dz = nullptr;     // 4 size
};

// The same of a gated recurrent unit (Cho et al. 2014, the reset gate behind
// the product as in cuDNN): r, u = sigmoid(x + recurrent), n = tanh(x + r q)
// with q = recurrent + bias, y = (1 - u) n + u before.
struct GruStepArgs {
  const Real* x = nullptr;          // 3 size: of r, u, n
  const Real* recurrent = nullptr;  // 3 size; null: 0
  const Real* bias = nullptr;       // size
  const Real* before = nullptr;     // size, y one step ago; null: 0
  Index size = 0;
  Real* gates = nullptr;  // 4 size: r, u, n, q
  Real* y = nullptr;      // size
};

struct GruStepGradientArgs {
  const Real* gates = nullptr;
  const Real* before = nullptr;  // null: 0
  const Real* dy = nullptr;      // size: all that goes into y
  Index size = 0;
  Real* dbefore = nullptr;  // size: but for what goes through `recurrent`
  Real* dx = nullptr;       // 3 size; null: not wanted
  Real* dz = nullptr;       // 3 size: of recurrent
};

// Scores of some queries (rows) with some keys (cols) of one sequence. Row r
// sees the first seen + r keys of them with `causal`, else all.
struct AttentionScores {
  Real* scores = nullptr;  // rows x cols
  Index stride = 0;
  Index rows = 0;
  Index cols = 0;
  Real scale = 1;  // of the scores
  bool causal = false;
  Index seen = 0;
};

// Key block after key block (Milakov and Gimelshein, "Online normalizer
// calculation for softmax", 2018): scores become exp(scale score - top) with
// the largest so far, 0 where unseen; `sum` and y go over to the new top.
struct AttentionPowersArgs : AttentionScores {
  bool first = false;  // block of keys: top, sum and y hold nothing yet
  // One a row, so far from each other.
  Real* top = nullptr;
  Real* sum = nullptr;
  Index state_stride = 1;
  Real* y = nullptr;  // rows x y_cols
  Index y_stride = 0;
  Index y_cols = 0;
};

// Scores become exp(scale score - total), 0 where unseen.
struct AttentionAgainArgs : AttentionScores {
  const Real* total = nullptr;  // log sum exp of each row
  Index total_stride = 1;
};

// dp = scale p (dp - mean), of each row; p is 0 where unseen.
struct AttentionGradientArgs {
  const Real* p = nullptr;  // rows x cols
  Real* dp = nullptr;       // rows x cols
  Index stride = 0;
  Index rows = 0;
  Index cols = 0;
  Real scale = 1;
  const Real* mean = nullptr;  // rows
};

struct SequenceKernels {
  void (*lstm_step)(const LstmStepArgs& args) noexcept;
  void (*lstm_step_gradient)(const LstmStepGradientArgs& args) noexcept;
  void (*gru_step)(const GruStepArgs& args) noexcept;
  void (*gru_step_gradient)(const GruStepGradientArgs& args) noexcept;
  void (*attention_powers)(const AttentionPowersArgs& args) noexcept;
  void (*attention_again)(const AttentionAgainArgs& args) noexcept;
  void (*attention_gradient)(const AttentionGradientArgs& args) noexcept;
};

}  // namespace mtlkit
