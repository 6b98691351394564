// Vaswani et al., "Attention is all you need", 2017, section 3.2, without
// padding and without a matrix of all pairs: blocks of keys, one after the
// other (Rabe and Staats, "Self-attention does not need O(n^2) memory", 2021;
// Dao et al., "FlashAttention", 2022).
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "nn/layers/attention_blocks.h"
#include "nn/layers/layer_options.h"
#include "nn/layers/layers.h"

namespace mtlkit {
namespace {

using attention::AddTransposed;
using attention::HeadRows;
using attention::kKeys;
using attention::kQueries;
using attention::Multiply;
using attention::PackedKeys;
using attention::PackedRows;
using attention::Part;
using attention::Room;
using attention::RoomOf;
using attention::Stretch;

struct DescribedAttention : AttentionOptions {
  void Describe(Fields& fields) {
    fields("heads", heads, "parts that columns are cut into",
           Between(1, 65536));
    fields("causal", causal, "whether a row sees none behind it");
  }
};

class AttentionLayer : public Layer {
 public:
  explicit AttentionLayer(const AttentionOptions& options)
      : options_(options) {}

  std::string_view kind() const override { return "attention"; }
  LayerTraits traits() const override {
    return {.reads_output = true, .by_group = true};
  }
  void Describe(Fields& fields) const override {
    DescribedAttention{options_}.Describe(fields);
  }
  Index OutputCols(std::span<const Index> cols) const override {
    const Index width = WidthOf(cols);
    const bool fits =
        cols.size() == 1 ? 3 * width == cols[0] : 2 * width == cols[1];
    Require(
        fits && width % options_.heads == 0, ErrorKind::kUsage,
        Str(options_.heads, " heads cannot read values of ", cols[0],
            cols.size() == 1 ? Str("") : Str(" and ", cols[1]), " columns"));
    return width;
  }
  Space OutputSpace(std::span<const Space> spaces) const override {
    for (const Space& space : spaces) {
      Require(space != Space{}, ErrorKind::kUsage,
              "reads sequences, but gets rows of the batch");
    }
    Require(spaces.size() == 1 || !options_.causal, ErrorKind::kUsage,
            "of another sequence no row is behind");
    return spaces[0];
  }
  // As if sequences had so many rows.
  Index WorkPerRow(std::span<const Index> cols) const override {
    constexpr Index kUsual = 32;
    return 2 * kUsual * WidthOf(cols);
  }

  // The largest score and the sum of powers, then their log sum exp, of each
  // head.
  Index SavedSize(Index rows, std::span<const Index>) const override {
    return rows * 2 * options_.heads;
  }

  // Packed keys and values, then scores and their gradients.
  Index ScratchSize(std::span<const Index> cols, Index) const override {
    const Index width = WidthOf(cols) / options_.heads;
    return kWeightGradientScratch + 2 * PackedKeys(width) + PackedRows(width) +
           2 * kQueries * kKeys + kQueries;
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    for (Index row = args.first; row < args.first + args.count; ++row) {
      for (Index head = 0; head < options_.heads; ++head) {
        ForwardHead(pass, args, RowsOf(args, row), head);
      }
    }
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    const bool self = args.x.size() == 1;
    if (args.dx[0].empty() && (self || args.dx[1].empty())) return;
    for (Index row = args.first; row < args.first + args.count; ++row) {
      for (Index head = 0; head < options_.heads; ++head) {
        BackwardHead(pass, args, RowsOf(args, row), head);
      }
    }
  }

 private:
  static Index WidthOf(std::span<const Index> cols) {
    return cols.size() == 1 ? cols[0] / 3 : cols[0];
  }
  HeadRows RowsOf(const LayerArgs& args, Index row) const {
    const Extent& queries = args.x[0].extent;
    const Extent& keys = args.x.back().extent;
    HeadRows rows;
    const Index cols = args.x[0].values.cols;
    rows.width = (args.x.size() == 1 ? cols / 3 : cols) / options_.heads;
    rows.first_query = queries.Begin(row);
    rows.queries = queries.Begin(row + 1) - rows.first_query;
    rows.first_key = keys.Begin(row);
    rows.keys = keys.Begin(row + 1) - rows.first_key;
    return rows;
  }

  // Queries, keys and values of a head in `first` and `last`: the input's, or
  // what gradients of it go to. They begin at the first row of the sequence.
  template <class T>
  struct Views {
    Part<T> q;
    Part<T> k;
    Part<T> v;
  };
  template <class T>
  Views<T> ViewsOf(T* first, Index first_cols, T* last, Index last_cols,
                   const HeadRows& rows, Index head) const {
    const Index all = rows.width * options_.heads;
    const Index at = head * rows.width;
    const Index before = first_cols == last_cols ? all : 0;
    Views<T> views;
    if (first != nullptr) {
      views.q = {first + rows.first_query * first_cols + at, first_cols};
    }
    if (last != nullptr) {
      T* keys = last + rows.first_key * last_cols + before + at;
      views.k = {keys, last_cols};
      views.v = {keys + all, last_cols};
    }
    return views;
  }
  Views<const Real> InputsOf(const LayerArgs& args, const HeadRows& rows,
                             Index head) const {
    const ConstMatView first = args.x[0].values;
    const ConstMatView last = args.x.back().values;
    return ViewsOf(first.data, first.cols, last.data, last.cols, rows, head);
  }

  Real ScaleOf(const HeadRows& rows) const {
    return static_cast<Real>(1 / std::sqrt(static_cast<double>(rows.width)));
  }
  // The first query that sees a key.
  Index FirstQuery(Index key) const { return options_.causal ? key : 0; }

  // Scores of a block.
  AttentionScores ScoresOf(const HeadRows& rows, Stretch queries, Stretch keys,
                           Real* scores) const {
    return {.scores = scores,
            .stride = kKeys,
            .rows = queries.count,
            .cols = keys.count,
            .scale = ScaleOf(rows),
            .causal = options_.causal,
            .seen = queries.first - keys.first + 1};
  }

  // Calls work(keys, first) for blocks of keys, and in `with` for each of these
  // its blocks of queries that see any.
  template <class Work>
  static void ForKeys(const HeadRows& rows, Work work) {
    for (Index key = 0; key < rows.keys; key += kKeys) {
      work(Stretch{key, std::min(kKeys, rows.keys - key)});
    }
  }
  template <class Work>
  void ForQueries(const HeadRows& rows, Stretch keys, Work work) const {
    const Index first = FirstQuery(keys.first) / kQueries * kQueries;
    for (Index query = first; query < rows.queries; query += kQueries) {
      work(Stretch{query, std::min(kQueries, rows.queries - query)},
           query == first);
    }
  }

  Real* StateOf(const LayerArgs& args, const HeadRows& rows, Index query,
                Index head) const {
    return args.saved +
           ((rows.first_query + query) * options_.heads + head) * 2;
  }
  Index StateStride() const { return 2 * options_.heads; }

  void ForwardHead(const Pass& pass, const ForwardArgs& args,
                   const HeadRows& rows, Index head) const {
    const Views<const Real> x = InputsOf(args, rows, head);
    const Part<Real> y = {args.y.Row(rows.first_query) + head * rows.width,
                          args.y.cols};
    Real* keys_up = args.scratch + kWeightGradientScratch;
    Real* values = keys_up + PackedKeys(rows.width);
    Real* scores = values + PackedRows(rows.width);
    ForKeys(rows, [&](Stretch keys) {
      pass.kernels->pack_transposed(x.k.Row(keys.first), x.k.stride, rows.width,
                                    keys.count, keys_up);
      pass.kernels->pack(x.v.Row(keys.first), x.v.stride, keys.count,
                         rows.width, values);
      ForQueries(rows, keys, [&](Stretch queries, bool) {
        const Part<Real> to = {y.Row(queries.first), y.stride};
        Multiply(pass, {x.q.Row(queries.first), x.q.stride}, queries.count,
                 rows.width, keys_up, {scores, kKeys}, keys.count, false);
        AttentionPowersArgs powers = {ScoresOf(rows, queries, keys, scores)};
        powers.first = keys.first == 0;
        powers.top = StateOf(args, rows, queries.first, head);
        powers.sum = powers.top + 1;
        powers.state_stride = StateStride();
        powers.y = to.data;
        powers.y_stride = to.stride;
        powers.y_cols = rows.width;
        pass.kernels->attention_powers(powers);
        Multiply(pass, {scores, kKeys}, queries.count, keys.count, values, to,
                 rows.width, keys.first > 0);
      });
    });
    for (Index query = 0; query < rows.queries; ++query) {
      Real* own = y.Row(query);
      if (rows.keys == 0) {
        std::fill_n(own, rows.width, Real(0));
        continue;
      }
      Real* state = StateOf(args, rows, query, head);
      pass.kernels->scale(1 / state[1], own, own, rows.width);
      state[0] += std::log(state[1]);
    }
  }

  void BackwardHead(const Pass& pass, const BackwardArgs& args,
                    const HeadRows& rows, Index head) const {
    const Views<const Real> x = InputsOf(args, rows, head);
    const Room room = RoomOf(args.scratch, rows.width);
    ForKeys(rows, [&](Stretch keys) {
      const Real* from = x.k.Row(keys.first);
      pass.kernels->pack_transposed(from, x.k.stride, rows.width, keys.count,
                                    room.keys_up);
      pass.kernels->pack(from, x.k.stride, keys.count, rows.width, room.keys);
      pass.kernels->pack_transposed(x.v.Row(keys.first), x.v.stride, rows.width,
                                    keys.count, room.values_up);
      ForQueries(rows, keys, [&](Stretch queries, bool first) {
        Multiply(pass, {x.q.Row(queries.first), x.q.stride}, queries.count,
                 rows.width, room.keys_up, {room.p, kKeys}, keys.count, false);
        AttentionAgainArgs again = {ScoresOf(rows, queries, keys, room.p)};
        again.total = StateOf(args, rows, queries.first, head);
        again.total_stride = StateStride();
        pass.kernels->attention_again(again);
        for (Index lane = 0; lane < args.dy.count; ++lane) {
          BackwardLane(pass, args, rows, head, lane, queries, keys, first);
        }
      });
    });
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      ClearUnread(args, rows, head, lane);
    }
  }

  Views<Real> GradientsOf(const BackwardArgs& args, const HeadRows& rows,
                          Index head, Index lane) const {
    const auto at = [&](const Lanes& dx) {
      return dx.empty() ? nullptr : dx.Lane(lane).data;
    };
    return ViewsOf(at(args.dx[0]), args.x[0].values.cols, at(args.dx.back()),
                   args.x.back().values.cols, rows, head);
  }

  void BackwardLane(const Pass& pass, const BackwardArgs& args,
                    const HeadRows& rows, Index head, Index lane,
                    Stretch queries, Stretch keys, bool first) const {
    const Views<const Real> x = InputsOf(args, rows, head);
    const Views<Real> dx = GradientsOf(args, rows, head, lane);
    const Room room = RoomOf(args.scratch, rows.width);
    const Index at = rows.first_query + queries.first;
    const Part<const Real> dy = {args.dy.Lane(lane).Row(at) + head * rows.width,
                                 args.dy.cols};
    const Part<const Real> y = {args.y.Row(at) + head * rows.width,
                                args.y.cols};
    for (Index i = 0; i < queries.count; ++i) {
      room.means[i] =
          static_cast<Real>(pass.kernels->dot(dy.Row(i), y.Row(i), rows.width));
    }
    Multiply(pass, dy, queries.count, rows.width, room.values_up,
             {room.dp, kKeys}, keys.count, false);
    pass.kernels->attention_gradient({.p = room.p,
                                      .dp = room.dp,
                                      .stride = kKeys,
                                      .rows = queries.count,
                                      .cols = keys.count,
                                      .scale = ScaleOf(rows),
                                      .mean = room.means});
    if (dx.q.data != nullptr) {
      Multiply(pass, {room.dp, kKeys}, queries.count, keys.count, room.keys,
               {dx.q.Row(queries.first), dx.q.stride}, rows.width,
               keys.first > 0);
    }
    if (dx.k.data == nullptr) return;
    AddTransposed(pass, room.p, queries, keys.count, dy,
                  {dx.v.Row(keys.first), dx.v.stride}, rows.width, !first,
                  room.sums);
    AddTransposed(pass, room.dp, queries, keys.count,
                  {x.q.Row(queries.first), x.q.stride},
                  {dx.k.Row(keys.first), dx.k.stride}, rows.width, !first,
                  room.sums);
  }

  // Queries without a key, keys without a query.
  void ClearUnread(const BackwardArgs& args, const HeadRows& rows, Index head,
                   Index lane) const {
    const Views<Real> dx = GradientsOf(args, rows, head, lane);
    if (rows.keys == 0 && dx.q.data != nullptr) {
      for (Index i = 0; i < rows.queries; ++i) {
        std::fill_n(dx.q.Row(i), rows.width, Real(0));
      }
    }
    if (rows.queries > 0 || dx.k.data == nullptr) return;
    for (Index i = 0; i < rows.keys; ++i) {
      std::fill_n(dx.k.Row(i), rows.width, Real(0));
      std::fill_n(dx.v.Row(i), rows.width, Real(0));
    }
  }

  AttentionOptions options_;
};

LayerPtr AttentionFrom(const DescribedAttention& options) {
  return MakeAttention(options);
}

std::vector<LayerSample> AttentionSamples() {
  const Space tokens = {SpaceKind::kTokens, 1, 1, 0};
  const Space grid = {SpaceKind::kGrid, 1, 5, -1};
  return {{.name = "two heads",
           .layer = MakeAttention({.heads = 2}),
           .input_cols = {18},
           .spaces = {tokens}},
          {.name = "causal",
           .layer = MakeAttention({.heads = 1, .causal = true}),
           .input_cols = {12},
           .spaces = {tokens}},
          {.name = "of pixels",
           .layer = MakeAttention({.heads = 3}),
           .input_cols = {6, 12},
           .spaces = {tokens, grid}}};
}

}  // namespace

LayerPtr MakeAttention(const AttentionOptions& options) {
  return std::make_shared<AttentionLayer>(options);
}

extern const LayerEntry kAttentionLayer;
const LayerEntry kAttentionLayer =
    MakeLayerEntry<AttentionFrom, DescribedAttention>(
        "attention", "rows of a sequence weighted by how they fit each query",
        AttentionSamples, 1, 2);

}  // namespace mtlkit
