#include "contract/layer_run.h"

#include <algorithm>
#include <limits>

namespace mtlkit::contract {
namespace {

constexpr Real kPoison = std::numeric_limits<Real>::quiet_NaN();
constexpr Index kMostLanes = 4;

std::size_t Size(Index size) {
  return static_cast<std::size_t>(size);
}

AlignedVector Poisoned(Index size) {
  return AlignedVector(Size(size), kPoison);
}

void FillNormal(const Rng& random, Index number, double scale,
                AlignedVector* values) {
  for (std::size_t i = 0; i < values->size(); ++i) {
    (*values)[i] =
        static_cast<Real>(scale * random.Normal(number, static_cast<Index>(i)));
  }
}

}  // namespace

LayerRun::LayerRun(const LayerSample& sample, Index rows, Mode mode, Seed seed,
                   const std::vector<Index>& lengths)
    : layer_(sample.layer),
      kind_(sample.kind),
      rows_(rows),
      mode_(mode),
      random_(seed, RandomPurpose::kTest),
      cols_(sample.input_cols),
      output_cols_(layer_->OutputCols(cols_)),
      spaces_(sample.spaces.empty() ? std::vector<Space>(cols_.size())
                                    : sample.spaces),
      params_(layer_->Params(cols_)),
      buffer_specs_(layer_->Buffers(cols_)) {
  pass_.mode = mode;
  pass_.dropout = Rng(seed, RandomPurpose::kDropout, 3);
  // Tokens for each row of the batch.
  constexpr Index kLengths[] = {3, 0, 1, 7, 2};
  offsets_ = {0};
  for (Index row = 0; row < rows; ++row) {
    offsets_.push_back(offsets_.back() + (lengths.empty() ? kLengths[row % 5]
                                                          : lengths[At(row)]));
  }
  output_extent_ = {layer_->OutputSpace(spaces_), offsets_};
  output_rows_ = output_extent_.Begin(rows);
  FillBlock(sample);
  Index number = 0;
  for (std::size_t i = 0; i < cols_.size(); ++i) {
    const Extent extent = {spaces_[i], offsets_};
    const Index own = extent.Begin(rows);
    x.emplace_back(Size(has_dense_inputs() ? own * cols_[i] : 0));
    FillNormal(random_, number++, 1, &x.back());
    operands_.push_back({{x.back().data(), own, cols_[i]},
                         has_dense_inputs() ? nullptr : &block_,
                         extent});
  }
  for (const ParamSpec& spec : params_) {
    w.emplace_back(Size(spec.rows * spec.cols));
    FillNormal(random_, number++, 0.5, &w.back());
    w_views_.push_back({w.back().data(), spec.rows, spec.cols});
  }
  for (const ParamSpec& spec : buffer_specs_) {
    buffers.emplace_back(Size(spec.rows * spec.cols), static_cast<Real>(0.7));
    buffer_views_.push_back({buffers.back().data(), spec.rows, spec.cols});
  }
  FitBuffers();
  prepared_ = Poisoned(layer_->PreparedSize(cols_, true));
  saved_ = Poisoned(layer_->SavedSize(operands_[0].values.rows, cols_));
  scratch_ = Poisoned(layer_->ScratchSize(cols_, kMostLanes));
}

// To other rows than those that it reads, of which the last are equal.
void LayerRun::FitBuffers() {
  if (!layer_->traits().fits_buffers) return;
  constexpr Index kFitted = 40;
  AlignedVector values(Size(kFitted * cols_[0]));
  FillNormal(random_, 60, 1, &values);
  std::fill(values.begin() + kFitted / 2 * cols_[0], values.end(), Real(0.5));
  layer_->FitBuffers({values.data(), kFitted, cols_[0]}, 0, buffer_views_);
}

void LayerRun::FillBlock(const LayerSample& sample) {
  block_.kind = kind_;
  if (kind_ == InputKind::kSparse) {
    block_.sparse_cols = cols_[0];
    row_starts_ = {0};
    for (Index row = 0; row < rows_; ++row) {
      for (Index col = 0; col < cols_[0]; ++col) {
        if (random_.Uniform(row, 1000 + col) > 0.3) continue;
        indices_.push_back(static_cast<std::int32_t>(col));
        values_.push_back(static_cast<Real>(random_.Normal(row, 2000 + col)));
      }
      row_starts_.push_back(static_cast<Index>(indices_.size()));
    }
    block_.row_starts = row_starts_;
    block_.indices = indices_;
    block_.values = values_;
  } else if (kind_ == InputKind::kCategorical) {
    for (Index row = 0; row < rows_; ++row) {
      for (Index col = 0; col < cols_[0]; ++col) {
        codes.push_back(static_cast<std::int32_t>(random_.Below(
            row, 1000 + col,
            static_cast<std::uint64_t>(sample.codes[Size(col)]))));
      }
    }
    block_.codes = {codes.data(), rows_, cols_[0]};
  } else if (kind_ == InputKind::kTokens) {
    for (Index token = 0; token < offsets_.back(); ++token) {
      codes.push_back(static_cast<std::int32_t>(random_.Below(
          token, 1000, static_cast<std::uint64_t>(sample.codes[0]))));
    }
    block_.row_starts = offsets_;
    block_.codes = {codes.data(), offsets_.back(), 1};
  }
}

template <class Args>
Args LayerRun::MakeArgs(Index first, Index count) {
  Args args;
  args.x = operands_;
  args.w = w_views_;
  args.buffers = buffer_views_;
  args.prepared = prepared_.data();
  args.saved = saved_.data();
  args.scratch = scratch_.data();
  args.first = first;
  args.count = count;
  args.node = 5;
  return args;
}

template <class Work>
void LayerRun::ForBlocks(Work work) {
  const Index block = mixes_rows() ? rows_ : block_rows;
  const bool by_group = layer_->traits().by_group;
  for (Index first = 0; first < rows_; first += block) {
    const Index end = std::min(rows_, first + block);
    const Index begin = by_group ? first : output_extent_.Begin(first);
    const Index stop = by_group ? end : output_extent_.Begin(end);
    if (begin < stop) work(begin, stop - begin);
  }
}

void LayerRun::Forward() {
  y = Poisoned(output_rows_ * output_cols_);
  layer_->Prepare(pass_, w_views_, true, prepared_.data());
  ForBlocks([&](Index first, Index count) {
    auto args = MakeArgs<ForwardArgs>(first, count);
    args.y = {y.data(), output_rows_, output_cols_};
    layer_->Forward(pass_, args);
  });
  Penalize();
}

void LayerRun::Penalize() {
  if (!has_penalty()) return;
  penalty_ = layer_->Penalty(pass_, MakeArgs<LayerArgs>(0, all_rows()));
}

LayerRun::Gradients LayerRun::Backward(AlignedVector dy, Index lanes) {
  dy_ = std::move(dy);
  const Lanes dy_lanes = {dy_.data(), lanes, output_rows_, output_cols_};
  penalty_factors_.assign(has_penalty() ? Size(lanes) : 0, 1.0);
  Gradients gradients;
  std::vector<Lanes> dx;
  for (const Operand& operand : operands_) {
    const bool wanted = want_input_gradients && has_dense_inputs();
    const ConstMatView shape = operand.values;
    gradients.dx.push_back(Poisoned(wanted ? lanes * shape.size() : 0));
    dx.push_back({wanted ? gradients.dx.back().data() : nullptr, lanes,
                  shape.rows, shape.cols});
  }
  ForBlocks([&](Index first, Index count) {
    auto args = MakeArgs<BackwardArgs>(first, count);
    if (layer_->traits().reads_output) {
      args.y = {y.data(), output_rows_, output_cols_};
    }
    args.dy = dy_lanes;
    args.dx = dx;
    args.penalty = penalty_factors_;
    layer_->Backward(pass_, args);
  });
  for (std::size_t p = 0; p < params_.size(); ++p) {
    const ParamSpec& spec = params_[p];
    gradients.dw.push_back(Poisoned(lanes * spec.rows * spec.cols));
    const Lanes dw = {gradients.dw.back().data(), lanes, spec.rows, spec.cols};
    for (Index lane = 0; lane < lanes; ++lane) {
      for (Index first = 0; first < spec.rows; first += tile_rows) {
        auto args = MakeArgs<ParamArgs>(
            summed_rows.first,
            summed_rows.count < 0 ? all_rows() : summed_rows.count);
        args.dy = dy_lanes.Lane(lane);
        args.param = static_cast<Index>(p);
        args.first_row = first;
        args.row_count = std::min(tile_rows, spec.rows - first);
        args.dw = dw.Lane(lane).Rows(first, args.row_count);
        layer_->BackwardParams(pass_, args);
      }
    }
  }
  return gradients;
}

std::vector<double> LayerRun::LaneProducts(
    Index param, Index lanes, std::span<const RowRange> lane_rows) {
  const Index all = lane_rows.empty() ? lanes : std::ssize(lane_rows);
  std::vector<double> gram(Size(all * all));
  const ParamSpec& spec = params_[Size(param)];
  for (Index first = 0; first < spec.rows; first += tile_rows) {
    auto args = MakeArgs<LaneProductArgs>(0, all_rows());
    args.dy = {dy_.data(), lanes, output_rows_, output_cols_};
    args.lane_rows = lane_rows;
    args.param = param;
    args.first_row = first;
    args.row_count = std::min(tile_rows, spec.rows - first);
    args.gram = gram.data();
    if (!layer_->HasGramian(args)) return {};
    layer_->AddGramian(pass_, args);
  }
  return gram;
}

double LayerRun::Project(const AlignedVector& dy) {
  double sum = penalty_;
  for (std::size_t i = 0; i < y.size(); ++i) {
    sum += static_cast<double>(y[i]) * static_cast<double>(dy[i]);
  }
  return sum;
}

AlignedVector LayerRun::RandomGradient(Index lanes, Index number) const {
  AlignedVector dy(Size(lanes * output_rows_ * output_cols_));
  FillNormal(random_, 100 + number, 1, &dy);
  return dy;
}

}  // namespace mtlkit::contract
