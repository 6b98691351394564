#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "kernels/kernels.h"
#include "nn/layer.h"
#include "nn/window.h"

namespace mtlkit {

// What networks are built of. Each function makes a layer from its options;
// shapes follow from the values that it is added to.

// The activation called "none" (kIdentity), "relu", "leaky-relu", "gelu",
// "tanh", "sigmoid", "silu", "elu", "softplus"; another name is an error
// (kUsage).
Activation ParseActivation(std::string_view name);
std::string_view ActivationName(Activation activation);
std::vector<std::string> ActivationNames();
// The `shape` of the kernels: the slope of leaky ReLU below 0, and ELU's alpha,
// to which it falls there.
Real ActivationShape(Activation activation);

struct DenseOptions {
  Index units = 0;
  Activation activation = Activation::kIdentity;  // applied in the same pass
  bool bias = true;
  Initializer kernel_init = {InitKind::kHeUniform, 0};
  Initializer bias_init = {InitKind::kConstant, 0};
};
// y = activation(x kernel + bias). Parameters "kernel" (inputs x units) and
// "bias" (1 x units). Takes dense values and sparse input blocks. `units` may
// be split among tasks by Output.
LayerPtr MakeDense(const DenseOptions& options);

// y = activation(x), element by element. GELU is x Phi(x), with the error
// function; the slope of leaky ReLU below 0 is 0.01.
LayerPtr MakeActivation(Activation activation);
// With another `shape` (kernels.h).
LayerPtr MakeActivation(Activation activation, Real shape);

// In training, sets each element to 0 with probability `rate`, and divides the
// others by 1 - rate (Srivastava et al. 2014). Needs 0 <= rate < 1.
LayerPtr MakeDropout(double rate);

// In training, sets whole rows to 0 with probability `rate`, and divides the
// others by 1 - rate: a branch of a residual network is left out, row by row
// (Huang, Sun, Liu, Sedra and Weinberger, "Deep networks with stochastic
// depth", 2016). Needs 0 <= rate < 1.
LayerPtr MakeDropPath(double rate);

struct BatchNormOptions {
  double momentum = 0.1;  // running = (1 - momentum) running + momentum batch
  double epsilon = 1e-5;
  bool unbiased = true;  // the running variance: divided by rows - 1
};
// Normalises each column by mean and variance of the batch in training, by
// their running averages in inference (Ioffe and Szegedy 2015). Parameters
// "scale", "shift"; buffers "running_mean", "running_variance".
LayerPtr MakeBatchNorm(const BatchNormOptions& options = {});

// Normalises each row over its columns (Ba et al. 2016). Parameters "scale",
// "shift".
LayerPtr MakeLayerNorm(double epsilon = 1e-5);
// Divides each row by the root of its mean square (Zhang and Sennrich, "Root
// mean square layer normalization", 2019). Parameter "scale".
LayerPtr MakeRmsNorm(double epsilon = 1e-6);

// Of a categorical or token input block: the rows of one table per column, side
// by side. Column j has codes 0 .. codes[j] - 1 and width widths[j]. Parameters
// "table.0" (codes[0] x widths[0]), ... In training a share `unknown` of the
// codes is read as the last one, that of what was never seen, which so learns
// something (0 <= unknown < 1).
LayerPtr MakeEmbedding(std::vector<Index> codes, std::vector<Index> widths,
                       double unknown = 0);
// Width of a table by rule: min(50, round up of codes / 2), at least 1.
Index EmbeddingWidth(Index codes);

struct PiecesOptions {
  Index count = 0;
  bool beside = true;  // whether the numbers themselves stand in front
  std::vector<Index> columns = {};  // that have pieces, ascending; {}: all
};
// Numbers x, cols of them a row, and how far each is through `count` pieces of
// its range, column by column: clamp((x - e[k - 1]) / (e[k] - e[k - 1]), 0, 1)
// for edges e[0] <= ... <= e[count]; 0 where the two are one (Gorishniy,
// Rubachev and Babenko, "On embeddings for numerical features in tabular deep
// learning", 2022, section 3.2). Buffer "edges" (cols x (count + 1)): quantiles
// of training rows (prep/piece_edges.h), of which those that are too few are
// followed by their last.
LayerPtr MakePieces(const PiecesOptions& options);

// For each column of x, sin(2 pi c_k x) of all its `count` frequencies c_k,
// then their cosines (the same paper, section 3.3). Parameter "frequencies"
// (cols x count), normal of deviation `scale` in the beginning. `columns`,
// ascending: of these alone.
LayerPtr MakePeriodic(Index count, double scale,
                      std::vector<Index> columns = {});

// y_j = x_j kernel_j + bias_j for each column j of a table, of which x has
// `each` numbers side by side and y `units`. Parameters "kernel" (inputs x
// units, one column below the other) and "bias" (columns x units).
LayerPtr MakeColumnDense(Index each, Index units);

// The pixels of a grid of height x width side by side: one row of height x
// width x cols for each row of the batch.
LayerPtr MakeFlatten(Index height, Index width);

// Each row of the batch `members` times: once for every member of an ensemble.
// What follows treats them as rows of their own, until a pool takes their mean.
LayerPtr MakeSpread(Index members);

// An ensemble of more members is none.
inline constexpr Index kMostMembers = 1024;

struct MemberScaleOptions {
  Index members = 0;
  bool bias = false;
  Initializer init = {InitKind::kSigns, 0};
};
// y = x scale_m + bias_m, element by element, for each member m of an ensemble
// (Wen et al. 2020, BatchEnsemble). Reads rows of the batch, the same for every
// member, or rows of members; makes rows of members. Parameters "scale"
// (members x cols) and, which begins with 0, "bias" (members x cols).
LayerPtr MakeMemberScale(const MemberScaleOptions& options);

// y = x kernel_m + bias_m for each member m: dense layers of their own.
// Parameters "kernel" (members x inputs, one member below the other, x units)
// and "bias" (members x units). `units` may be split among tasks by Output.
LayerPtr MakeMemberDense(Index members, Index units);

// The mean, or the largest, over the tokens, pixels or members of each row of
// the batch, column by column; 0 where it has none. Of equal largest ones the
// first has the gradient.
LayerPtr MakePool();
LayerPtr MakeMaxPool();
// The last of them.
LayerPtr MakeLastPool();

// Sequences: rows of a space other than the batch's, those of one row of the
// batch in their order. No sequence sees another, and there is no padding.

struct LstmOptions {
  bool both = false;       // also from the last to the first
  double forget_bias = 1;  // Jozefowicz, Zaremba and Sutskever 2015
};
// Long short-term memory (sequence_args.h). Reads x W + b of i, f, o, g side by
// side, 4 units columns, with `both` those of the way back behind them, and
// makes units columns for each way. Parameters "recurrent" and "recurrent_back"
// (units x 4 units).
LayerPtr MakeLstm(const LstmOptions& options = {});

// Gated recurrent units (sequence_args.h), likewise of r, u, n: 3 units columns
// for each way. Parameters "recurrent" (units x 3 units) and "bias" (1 x
// units), which joins n inside what r weighs; "recurrent_back", "bias_back".
LayerPtr MakeGru(bool both = false);

struct AttentionOptions {
  Index heads = 1;
  bool causal = false;  // a row sees itself and those before it alone
};
// For each head, of columns of its own: softmax(Q K^T / sqrt(e)) V, row by row
// of a sequence, with e columns of the head. Reads Q, K and V side by side, or
// Q, and from a second input K and V of another sequence, which is not causal.
// A row that sees none gets 0.
LayerPtr MakeAttention(const AttentionOptions& options);

// y = factor x + P[t] for the row t of its sequence, from 0 on: P[t, 2i] =
// sin(t 10000^(-2i / cols)), P[t, 2i + 1] the cosine.
LayerPtr MakePositions(Index cols, double factor = 1);

// y = x E^T with the table E (codes x cols) of an embedding of one column, the
// layer that `params_of` names. Parameter "table.0".
LayerPtr MakeTied(Index codes);

// Grids of pixels, which are rows: channels are columns. A layer is made for
// one size of grid.

struct ConvOptions {
  Sides grid = {};  // of what it reads
  Index units = 0;
  Window window = {};
  Index groups = 1;  // of channels, each with units of its own
  bool bias = true;
};
// y[l, q, u] = bias[u] + the sum over ky, kx, c of kernel[ky, kx, c, u]
// x[l stride + ky dilation - padding, ..., c], with zeros around the grid.
// Parameters "kernel" (ky kx c, one below the other, x units), which begins as
// normal numbers (He et al. 2015), and "bias" (1 x units).
LayerPtr MakeConv(const ConvOptions& options);

// The transpose of a convolution from a grid of `units` channels to the one
// that it reads: each pixel adds kernel[ky, kx, u, c] x[l, q, c] to the pixels
// of its window. Parameters "kernel" (ky kx u x channels) and "bias" (1 x
// units). `more` lines and columns stand below and right of the last window
// (less than a stride).
LayerPtr MakeTransposedConv(const ConvOptions& options, Sides more = {0, 0});

// A convolution of each channel by itself: y[l, q, c] = bias[c] + the sum over
// ky, kx of kernel[ky kx, c] x[..., c]. Parameters "kernel" (ky kx x channels)
// and "bias" (1 x channels).
LayerPtr MakeDepthwiseConv(Sides grid, const Window& window, bool bias = true);

// The largest of each window, channel by channel; zeros around the grid never
// win. Of equal ones the first in the order of pixels has the gradient.
LayerPtr MakeMaxWindow(Sides grid, const Window& window);
// The mean of each window; with `counts_padding` zeros around the grid count.
LayerPtr MakeMeanWindow(Sides grid, const Window& window,
                        bool counts_padding = false);

// The grid at another size. Nearest: pixel floor(i in / out); bilinear: between
// the pixels around max(0, (i + 0.5) in / out - 0.5), at the edge the last.
LayerPtr MakeResize(Sides grid, Sides size, bool bilinear);

// Normalises the channels of a group together, over the pixels of each image
// alone (Wu and He, "Group normalization", 2018): an image never depends on its
// batch. Parameters "scale", "shift". kUsage where groups do not divide
// channels.
LayerPtr MakeGroupNorm(Index groups, double epsilon = 1e-5);

// The inputs side by side, in their order.
LayerPtr MakeConcat();

// Columns [first, first + count) of the input.
LayerPtr MakeColumns(Index first, Index count);

// y = sum over inputs j of alpha[j] x_j, elementwise; the output for one task
// `own` of a cross-stitch unit (Misra et al. 2016). Inputs of equal widths.
// Parameter "alpha" (1 x inputs) begins with `same` for input `own` and
// (1 - same) / (inputs - 1) for the others.
LayerPtr MakeCrossStitch(Index own, double same = 0.9);

// Inputs: gate logits (rows x experts), then as many experts of equal width.
// y = sum over e of softmax(gate)[e] expert_e (Ma et al. 2018, MMoE).
// `balance` times the squared coefficient of variation of the experts' total
// gates in a batch is a penalty for uneven use (Shazeer et al. 2017).
LayerPtr MakeMixture(double balance = 0);

// Inputs: z (rows x selectors SelectionBits(E)), a (rows x selectors), then E
// experts of equal width, at least two. Selector j takes expert e by r[j, e] =
// the product over bits b of S(z[j, b]) where bit b of e is set, else of 1 - S,
// with S the cubic smooth step, which is 0 below -gamma / 2 and 1 above gamma /
// 2; y = sum over e of (sum over j of softmax(a)[j] r[j, e]) expert_e (Hazimeh
// et al. 2021, DSelect-k). `entropy` times the mean over rows of the sum of
// -r ln r is a penalty for selectors that take no single expert.
LayerPtr MakeSelection(double gamma = 1, double entropy = 0);
// Bits that number `experts`.
Index SelectionBits(Index experts);

// Parameter "value" (1 x cols) in every row of the input's space, whatever the
// input holds.
LayerPtr MakeLearned(Index cols, Initializer init);

// y = x - t_k for each of `count` thresholds t_k, of an input of one column.
// Parameter "value" (1 x count), from 0 on, says how far each threshold has
// moved from where it begins: kThresholdGap apart, around 0, the first at
// FirstThreshold. Of `ordered` ones the first value moves all, and the gap
// before each other one is the softplus of its value, so that they ascend.
LayerPtr MakeThresholds(Index count, bool ordered);
inline constexpr double kThresholdGap = 0.6931471805599453;  // softplus(0)
double FirstThreshold(Index count);

// The product of two inputs of equal widths, element by element.
LayerPtr MakeProduct();

// The sum of inputs of equal widths.
LayerPtr MakeSum();

// y = factor <a, b>: the product of two inputs of equal widths, summed over
// their columns. One column.
LayerPtr MakeDot(double factor = 1);

// The logit of s(a) s(b), element by element, with the logistic function s: of
// two events where the second can only be with the first (Ma et al. 2018,
// ESMM). Exact for logits of any size.
LayerPtr MakeJointLogit();

// y = factor x.
LayerPtr MakeScale(double factor);

// y = x, with no gradient: what x is made of learns nothing from y.
LayerPtr MakeStopGradient();

struct BranchOptions {
  std::string draw = "one";  // or "mix"
  double start = 5;
  double end = 0.5;
  double warm_up = 0.05;
  void Describe(Fields& fields);
};
// One of its inputs of equal widths: the one of the largest number in the
// parameter "logits" (1 x inputs). In training, a draw for each step: the
// largest of logits + Gumbel noise, or with "mix" the inputs weighted by d =
// softmax((logits + noise) / temperature); gradients of the logits are those of
// d in both. The temperature falls from `start` to `end` by the same factor
// each step; before the share `warm_up` of training the logits do not learn
// (Guo, Lee and Ulbricht 2020).
LayerPtr MakeBranch(const BranchOptions& options = {});

// y = a, with a penalty of `factor` times the mean over rows of the sum over
// columns of max(s(a) - s(b), 0): a is a step behind b and can be no more
// probable (Xi et al. 2021, AITM).
LayerPtr MakeCalibrator(double factor);

}  // namespace mtlkit
