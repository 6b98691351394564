#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "nn/layer.h"

namespace mtlkit {

// A layer that goes through the rows of each sequence one after the other,
// from the first to the last, or with `both` also back, with parameters of its
// own. It reads what a dense layer makes of the input for all gates, those of
// the way back behind the others, and adds the state's part: a product of
// `recurrent` (units x gates units) for many sequences at a time, longest
// first, so that those that are not over stand in front. The units of the way
// back stand behind the others in y.
class RecurrentLayer : public Layer {
 public:
  LayerTraits traits() const override {
    return {.reads_input = false, .by_group = true, .recurs = true};
  }
  Index OutputCols(std::span<const Index> cols) const override;
  Space OutputSpace(std::span<const Space> spaces) const override;
  std::vector<ParamSpec> Params(std::span<const Index> cols) const override;
  Index WorkPerRow(std::span<const Index> cols) const override {
    return cols[0] * UnitsOf(cols[0]);
  }
  Index PreparedSize(std::span<const Index> cols, bool backward) const override;
  void Prepare(const Pass& pass, std::span<const ConstMatView> w, bool backward,
               Real* prepared) const override;
  Index SavedSize(Index rows, std::span<const Index> cols) const override;
  Index ScratchSize(std::span<const Index> cols, Index lanes) const override;
  void Forward(const Pass& pass, const ForwardArgs& args) const override;
  void Backward(const Pass& pass, const BackwardArgs& args) const override;
  void BackwardParams(const Pass& pass, const ParamArgs& args) const override;

 protected:
  // One row of a sequence. Null pointers: 0, at the first one.
  struct Step {
    const Real* recurrent = nullptr;    // gates units
    const Real* y_before = nullptr;     // units
    const Real* kept_before = nullptr;  // kept units
    Real* kept = nullptr;               // kept units
    std::span<const ConstMatView> w;    // of this way
    Index units = 0;
  };

  // `gates` numbers a unit are read, and `kept` are kept for the way back.
  // `vector`: what a parameter of each way is called, 1 x units; "": none.
  RecurrentLayer(Index gates, Index kept, bool both,
                 std::string_view vector = {})
      : gates_(gates), kept_(kept), ways_(both ? 2 : 1), vector_(vector) {}

  bool both() const { return ways_ == 2; }
  Index UnitsOf(Index cols) const { return cols / (gates_ * ways_); }

 private:
  virtual void Make(const Pass& pass, const Step& step, const Real* x,
                    Real* y) const = 0;
  // From all that goes into y: dz (gates units), what goes into `recurrent`; dx
  // of the same size, which may be null; and what goes on to the row before:
  // into its y, but for `recurrent` (set), and into its state (replaced).
  virtual void MakeGradient(const Pass& pass, const Step& step, const Real* dy,
                            Real* dy_before, Real* dstate, Real* dx,
                            Real* dz) const = 0;
  // Adds the gradient of the vector by one row's dz.
  virtual void AddVectorGradient(const Pass& /*pass*/, const Real* /*dz*/,
                                 Index /*units*/, Real* /*dw*/) const {}

  struct Way;
  class Tile;
  Index ParamsOfWay() const { return vector_.empty() ? 1 : 2; }
  Way WayOf(const LayerArgs& args, Index number) const;
  Step StepOf(const Way& way, Index row, Index time) const;
  void ForwardTile(const Pass& pass, const ForwardArgs& args, const Way& way,
                   const Tile& tile) const;
  void BackwardTile(const Pass& pass, const BackwardArgs& args, Index lane,
                    const Way& way, const Tile& tile) const;
  // dz of the times [from, end) of a sequence, latest first, where total
  // gradients of y stand in dy; `dstate` goes on from those behind them. Row t
  // of the sequence goes to `dz` + its place * gates units.
  void Again(const Pass& pass, const ParamArgs& args, const Way& way, Index row,
             RowRange times, Real* dstate, Real* dz) const;
  void KernelGradient(const Pass& pass, const ParamArgs& args,
                      const Way& way) const;
  void AddRows(const Pass& pass, const ParamArgs& args, const Way& way,
               Index first, Index count, const Real* dz, bool* add) const;
  void AddLong(const Pass& pass, const ParamArgs& args, const Way& way,
               Index row, bool* add) const;
  void VectorGradient(const Pass& pass, const ParamArgs& args,
                      const Way& way) const;

  Index gates_;
  Index kept_;
  Index ways_;
  std::string_view vector_;
};

}  // namespace mtlkit
