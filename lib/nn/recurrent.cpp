#include "nn/recurrent.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace mtlkit {
namespace {

// Sequences that go together: the kernel is read once a step for all of them.
constexpr Index kTile = 48;
// Rows whose dz are made again at a time, for the gradient of the kernel.
constexpr Index kChunk = 128;

}  // namespace

// One of the ways through the sequences, and where its numbers lie.
struct RecurrentLayer::Way {
  bool back = false;
  Index number = 0;
  Index units = 0;
  Index gates = 0;  // gates units
  Index kept = 0;   // kept units
  Extent extent;
  std::span<const ConstMatView> w;
  const Real* product = nullptr;  // the kernel, packed
  const Real* up = nullptr;       // its transpose, packed
  // Of each row: y, and what a step keeps; the ways side by side.
  Real* y = nullptr;
  Index y_stride = 0;
  Real* states = nullptr;
  Index state_stride = 0;

  Index Length(Index row) const {
    return extent.Begin(row + 1) - extent.Begin(row);
  }
  // The row of the value at a time of a sequence.
  Index Place(Index row, Index time) const {
    return back ? extent.Begin(row + 1) - 1 - time : extent.Begin(row) + time;
  }
};

// Some sequences, longest first.
class RecurrentLayer::Tile {
 public:
  Tile(const Way& way, Index first, Index count) : count_(count) {
    for (Index i = 0; i < count; ++i) rows_[At(i)] = first + i;
    std::sort(rows_.begin(), rows_.begin() + count, [&](Index a, Index b) {
      const Index more = way.Length(a) - way.Length(b);
      return more != 0 ? more > 0 : a < b;
    });
    for (Index i = 0; i < count; ++i) lengths_[At(i)] = way.Length(Row(i));
  }

  Index Row(Index i) const { return rows_[At(i)]; }
  Index Longest() const { return lengths_[0]; }
  // How many have a row at this time.
  Index Alive(Index time) const {
    Index alive = count_;
    while (alive > 0 && lengths_[At(alive - 1)] <= time) --alive;
    return alive;
  }

  // Calls work(tile) for all sequences of a call.
  template <class Work>
  static void ForAll(const LayerArgs& args, const Way& way, Work work) {
    for (Index done = 0; done < args.count; done += kTile) {
      work(Tile(way, args.first + done, std::min(kTile, args.count - done)));
    }
  }

 private:
  Index count_;
  std::array<Index, At(kTile)> rows_;
  std::array<Index, At(kTile)> lengths_;
};

Index RecurrentLayer::OutputCols(std::span<const Index> cols) const {
  const Index units = UnitsOf(cols[0]);
  Require(units * gates_ * ways_ == cols[0], ErrorKind::kUsage,
          Str("reads ", gates_ * ways_, " numbers a unit, but gets ", cols[0],
              " columns"));
  return units * ways_;
}

Space RecurrentLayer::OutputSpace(std::span<const Space> spaces) const {
  Require(spaces[0] != Space{}, ErrorKind::kUsage,
          "reads sequences, but gets rows of the batch");
  return spaces[0];
}

std::vector<ParamSpec> RecurrentLayer::Params(
    std::span<const Index> cols) const {
  const Index units = UnitsOf(cols[0]);
  std::vector<ParamSpec> specs;
  for (Index way = 0; way < ways_; ++way) {
    const std::string suffix = way == 0 ? "" : "_back";
    specs.push_back({.name = "recurrent" + suffix,
                     .rows = units,
                     .cols = gates_ * units,
                     .init = {InitKind::kTorchLinear, 0},
                     .fan_in = units,
                     .fan_out = gates_ * units,
                     .decay = true});
    if (!vector_.empty()) {
      specs.push_back({.name = std::string(vector_) + suffix, .cols = units});
    }
  }
  return specs;
}

Index RecurrentLayer::PreparedSize(std::span<const Index> cols,
                                   bool backward) const {
  const Index units = UnitsOf(cols[0]);
  return ways_ * (PackedSize(units, gates_ * units) +
                  (backward ? PackedSize(gates_ * units, units) : 0));
}

// The kernels of all ways, then their transposes.
void RecurrentLayer::Prepare(const Pass& pass, std::span<const ConstMatView> w,
                             bool backward, Real* prepared) const {
  for (const bool up : {false, true}) {
    if (up && !backward) return;
    for (Index way = 0; way < ways_; ++way) {
      const ConstMatView kernel = w[At(way * ParamsOfWay())];
      if (up) {
        pass.kernels->pack_transposed(kernel.data, kernel.cols, kernel.cols,
                                      kernel.rows, prepared);
        prepared += PackedSize(kernel.cols, kernel.rows);
      } else {
        pass.kernels->pack(kernel.data, kernel.cols, kernel.rows, kernel.cols,
                           prepared);
        prepared += PackedSize(kernel.rows, kernel.cols);
      }
    }
  }
}

Index RecurrentLayer::SavedSize(Index rows, std::span<const Index> cols) const {
  return rows * ways_ * (1 + kept_) * UnitsOf(cols[0]);
}

// Of a tile: a product, and what goes into y and into the state. Of the
// gradient of a kernel: dz of some rows, and for one what goes into its state
// and, which nobody reads, into y.
Index RecurrentLayer::ScratchSize(std::span<const Index> cols, Index) const {
  const Index units = UnitsOf(cols[0]);
  return std::max(kTile * (gates_ + 2) * units,
                  kWeightGradientScratch + (kChunk * gates_ + 2) * units);
}

RecurrentLayer::Way RecurrentLayer::WayOf(const LayerArgs& args,
                                          Index number) const {
  const ConstMatView x = args.x[0].values;
  Way way;
  way.back = number == 1;
  way.number = number;
  way.units = UnitsOf(x.cols);
  way.gates = gates_ * way.units;
  way.kept = kept_ * way.units;
  way.extent = args.x[0].extent;
  way.w = args.w.subspan(At(number * ParamsOfWay()), At(ParamsOfWay()));
  const Index packed = PackedSize(way.units, way.gates);
  way.product = args.prepared + number * packed;
  way.up = args.prepared + ways_ * packed +
           number * PackedSize(way.gates, way.units);
  way.y_stride = ways_ * way.units;
  way.state_stride = ways_ * way.kept;
  way.y = args.saved + number * way.units;
  way.states = args.saved + x.rows * way.y_stride + number * way.kept;
  return way;
}

RecurrentLayer::Step RecurrentLayer::StepOf(const Way& way, Index row,
                                            Index time) const {
  Step step;
  step.w = way.w;
  step.units = way.units;
  step.kept = way.states + way.Place(row, time) * way.state_stride;
  if (time == 0) return step;
  const Index before = way.Place(row, time - 1);
  step.y_before = way.y + before * way.y_stride;
  step.kept_before = way.states + before * way.state_stride;
  return step;
}

void RecurrentLayer::Forward(const Pass& pass, const ForwardArgs& args) const {
  for (Index number = 0; number < ways_; ++number) {
    const Way way = WayOf(args, number);
    Tile::ForAll(args, way,
                 [&](const Tile& tile) { ForwardTile(pass, args, way, tile); });
  }
}

void RecurrentLayer::ForwardTile(const Pass& pass, const ForwardArgs& args,
                                 const Way& way, const Tile& tile) const {
  Real* z = args.scratch;
  Real* y = args.scratch + kTile * way.gates;  // of the time before
  for (Index time = 0; time < tile.Longest(); ++time) {
    const Index alive = tile.Alive(time);
    if (time > 0) {
      pass.kernels->product({.a = y,
                             .a_stride = way.units,
                             .b = way.product,
                             .c = z,
                             .c_stride = way.gates,
                             .rows = alive,
                             .depth = way.units,
                             .cols = way.gates});
    }
    for (Index i = 0; i < alive; ++i) {
      const Index place = way.Place(tile.Row(i), time);
      Step step = StepOf(way, tile.Row(i), time);
      if (time > 0) step.recurrent = z + i * way.gates;
      Real* made = way.y + place * way.y_stride;
      Make(pass, step, args.x[0].values.Row(place) + way.number * way.gates,
           made);
      std::copy_n(made, way.units, y + i * way.units);
      std::copy_n(made, way.units, args.y.Row(place) + way.number * way.units);
    }
  }
}

void RecurrentLayer::Backward(const Pass& pass,
                              const BackwardArgs& args) const {
  for (Index lane = 0; lane < args.dy.count; ++lane) {
    for (Index number = 0; number < ways_; ++number) {
      const Way way = WayOf(args, number);
      Tile::ForAll(args, way, [&](const Tile& tile) {
        BackwardTile(pass, args, lane, way, tile);
      });
    }
  }
}

// All that goes into y is left in dy.
void RecurrentLayer::BackwardTile(const Pass& pass, const BackwardArgs& args,
                                  Index lane, const Way& way,
                                  const Tile& tile) const {
  Real* dz = args.scratch;
  Real* later = dz + kTile * way.gates;  // what goes into y from the time after
  Real* dstate = later + kTile * way.units;
  std::fill_n(later, 2 * kTile * way.units, Real(0));
  const MatView dy = args.dy.Lane(lane);
  for (Index time = tile.Longest() - 1; time >= 0; --time) {
    const Index alive = tile.Alive(time);
    for (Index i = 0; i < alive; ++i) {
      const Index place = way.Place(tile.Row(i), time);
      Real* total = dy.Row(place) + way.number * way.units;
      Real* into = later + i * way.units;
      pass.kernels->add(total, into, total, way.units);
      Real* dx = args.dx[0].empty() ? nullptr
                                    : args.dx[0].Lane(lane).Row(place) +
                                          way.number * way.gates;
      MakeGradient(pass, StepOf(way, tile.Row(i), time), total, into,
                   dstate + i * way.units, dx, dz + i * way.gates);
    }
    if (time == 0) break;
    pass.kernels->product({.a = dz,
                           .a_stride = way.gates,
                           .b = way.up,
                           .c = later,
                           .c_stride = way.units,
                           .rows = alive,
                           .depth = way.gates,
                           .cols = way.units,
                           .add = true});
  }
}

void RecurrentLayer::BackwardParams(const Pass& pass,
                                    const ParamArgs& args) const {
  const Way way = WayOf(args, args.param / ParamsOfWay());
  if (args.param % ParamsOfWay() == 0) {
    KernelGradient(pass, args, way);
  } else {
    VectorGradient(pass, args, way);
  }
}

void RecurrentLayer::Again(const Pass& pass, const ParamArgs& args,
                           const Way& way, Index row, RowRange times,
                           Real* dstate, Real* dz) const {
  Real* ignored = dstate + way.units;
  const Index first = std::min(way.Place(row, times.first),
                               way.Place(row, times.first + times.count - 1));
  for (Index time = times.first + times.count - 1; time >= times.first;
       --time) {
    const Index place = way.Place(row, time);
    MakeGradient(pass, StepOf(way, row, time),
                 args.dy.Row(place) + way.number * way.units, ignored, dstate,
                 nullptr, dz + (place - first) * way.gates);
  }
}

// Sequences that are short enough go together, so that the kernel's gradient is
// read and written for many rows at once; no sum depends on how many.
void RecurrentLayer::KernelGradient(const Pass& pass, const ParamArgs& args,
                                    const Way& way) const {
  const Index end = args.first + args.count;
  bool add = false;
  for (Index row = args.first; row < end;) {
    Index next = row;
    const Index first = way.extent.Begin(row);
    while (next < end && way.extent.Begin(next + 1) - first <= kChunk) ++next;
    if (next == row) {
      AddLong(pass, args, way, row++, &add);
      continue;
    }
    Real* dz = args.scratch + kWeightGradientScratch;
    Real* dstate = dz + kChunk * way.gates;
    for (; row < next; ++row) {
      const Index length = way.Length(row);
      if (length == 0) continue;
      std::fill_n(dstate, way.units, Real(0));
      Again(pass, args, way, row, {0, length}, dstate,
            dz + (way.extent.Begin(row) - first) * way.gates);
      // Nothing is before the first.
      std::fill_n(dz + (way.Place(row, 0) - first) * way.gates, way.gates,
                  Real(0));
    }
    AddRows(pass, args, way, first, way.extent.Begin(next) - first, dz, &add);
  }
  if (!add) std::ranges::fill(args.dw.flat(), Real(0));
}

// Rows [first, first + count) of the value, each with the one before it.
void RecurrentLayer::AddRows(const Pass& pass, const ParamArgs& args,
                             const Way& way, Index first, Index count,
                             const Real* dz, bool* add) const {
  if (count < 2) return;
  const Index before = way.back ? first + 1 : first;
  pass.kernels->weight_gradient(
      {.x = way.y + before * way.y_stride + args.first_row,
       .x_stride = way.y_stride,
       .dy = way.back ? dz : dz + way.gates,
       .dy_stride = way.gates,
       .dw = args.dw.data,
       .dw_stride = args.dw.cols,
       .rows = count - 1,
       .inputs = args.row_count,
       .outputs = way.gates,
       .add = *add,
       .scratch = args.scratch});
  *add = true;
}

// Latest rows first; the first row of each part is there for the one after it.
void RecurrentLayer::AddLong(const Pass& pass, const ParamArgs& args,
                             const Way& way, Index row, bool* add) const {
  Real* dz = args.scratch + kWeightGradientScratch;
  Real* dstate = dz + kChunk * way.gates;
  std::fill_n(dstate, way.units, Real(0));
  for (Index end = way.Length(row); end > 1;) {
    const Index first = std::max<Index>(1, end - (kChunk - 1));
    // As if the row before them had been made again, too.
    Real* made = way.back ? dz : dz + way.gates;
    Again(pass, args, way, row, {first, end - first}, dstate, made);
    AddRows(pass, args, way,
            std::min(way.Place(row, first - 1), way.Place(row, end - 1)),
            end - first + 1, dz, add);
    end = first;
  }
}

void RecurrentLayer::VectorGradient(const Pass& pass, const ParamArgs& args,
                                    const Way& way) const {
  std::ranges::fill(args.dw.flat(), Real(0));
  Real* dz = args.scratch + kWeightGradientScratch;
  Real* dstate = dz + kChunk * way.gates;
  for (Index row = args.first; row < args.first + args.count; ++row) {
    std::fill_n(dstate, way.units, Real(0));
    for (Index time = way.Length(row) - 1; time >= 0; --time) {
      Again(pass, args, way, row, {time, 1}, dstate, dz);
      AddVectorGradient(pass, dz, way.units, args.dw.data);
    }
  }
}

}  // namespace mtlkit
