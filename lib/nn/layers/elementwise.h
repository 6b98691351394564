#pragma once

#include <span>

#include "nn/layer.h"

namespace mtlkit {

// A layer of one input whose output has the same shape, row by row. Takes care
// of row ranges and lanes.
class ElementwiseLayer : public Layer {
 public:
  Index OutputCols(std::span<const Index> input_cols) const override {
    return input_cols[0];
  }

  void Forward(const Pass& pass, const ForwardArgs& args) const override {
    Map(pass, args, args.x[0].values.Rows(args.first, args.count),
        args.y.Rows(args.first, args.count));
  }

  void Backward(const Pass& pass, const BackwardArgs& args) const override {
    if (args.dx[0].empty()) return;
    for (Index lane = 0; lane < args.dy.count; ++lane) {
      MapGradient(pass, args, InputRows(args),
                  args.dy.Lane(lane).Rows(args.first, args.count),
                  args.dx[0].Lane(lane).Rows(args.first, args.count));
    }
  }

 private:
  // y = f(x), for rows args.first and on. y may be x if traits().in_place.
  virtual void Map(const Pass& pass, const LayerArgs& args, ConstMatView x,
                   MatView y) const = 0;
  // dx = f'(x) dy, for rows args.first and on. x has no data unless
  // traits().reads_input; dx may be dy if traits().in_place.
  virtual void MapGradient(const Pass& pass, const LayerArgs& args,
                           ConstMatView x, ConstMatView dy,
                           MatView dx) const = 0;

  ConstMatView InputRows(const LayerArgs& args) const {
    if (!traits().reads_input) return {};
    return args.x[0].values.Rows(args.first, args.count);
  }
};

}  // namespace mtlkit
