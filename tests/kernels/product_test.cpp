#include <Eigen/Core>
#include <array>

#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

using Matrix =
    Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

struct Shape {
  Index rows, depth, cols, gap;  // gap: how much strides exceed columns
};

Shape RandomShape(Index draw) {
  return {Pick(draw, 0, 1, 40), Pick(draw, 1, 1, 48), Pick(draw, 2, 1, 80),
          Pick(draw, 3, 0, 5)};
}

// Everything around one product, with canaries in the gaps of the output.
struct Case {
  Shape shape;
  Reals a, w, c, bias, mask, packed;
  Index a_stride, w_stride, c_stride;

  Case(const Shape& s, Index draw)
      : shape(s),
        a_stride(s.depth + s.gap),
        w_stride(s.cols + s.gap),
        c_stride(s.cols + s.gap) {
    a = Noise(s.rows * a_stride, draw);
    w = Noise(s.depth * w_stride, draw + 1000);
    c = Noise(s.rows * c_stride, draw + 2000);
    bias = Noise(s.cols, draw + 3000);
    mask = Noise(s.rows * c_stride, draw + 4000);
    packed.resize(static_cast<std::size_t>(PackedSize(s.depth, s.cols)));
  }

  ProductArgs Args(Reals* out) const {
    ProductArgs args;
    args.a = a.data();
    args.a_stride = a_stride;
    args.b = packed.data();
    args.c = out->data();
    args.c_stride = c_stride;
    args.rows = shape.rows;
    args.depth = shape.depth;
    args.cols = shape.cols;
    return args;
  }

  // The chain of fused multiply-adds that every fused level must reproduce.
  Reals Expected(bool add, bool with_bias, bool relu, bool with_mask) const {
    Reals out = c;
    for (Index r = 0; r < shape.rows; ++r) {
      for (Index j = 0; j < shape.cols; ++j) {
        const auto at = static_cast<std::size_t>(r * c_stride + j);
        Real sum = add ? c[at] : 0;
        for (Index k = 0; k < shape.depth; ++k) {
          sum = std::fma(a[static_cast<std::size_t>(r * a_stride + k)],
                         w[static_cast<std::size_t>(k * w_stride + j)], sum);
        }
        if (with_bias) sum += bias[static_cast<std::size_t>(j)];
        if (relu && sum < 0) sum = 0;
        if (with_mask && mask[at] <= 0) sum = 0;
        out[at] = sum;
      }
    }
    return out;
  }
};

void CheckAgainst(const Reals& expected, const Reals& result,
                  const Kernels& kernels) {
  CAPTURE(std::string_view(kernels.name));
  if (kernels.fused) {
    CHECK(SameBits(result, expected));
  } else {
    CHECK(Difference(result, expected) <= 10 * kTolerance);
  }
}

TEST_CASE("a product is one chain of fused multiply-adds for every output") {
  for (Index draw = 0; draw < 200; ++draw) {
    Case one(RandomShape(draw), draw);
    const bool add = draw % 2 == 1;
    const bool bias = draw % 3 == 1;
    const bool relu = draw % 5 == 1;
    const bool mask = draw % 7 == 1;
    const Reals expected = one.Expected(add, bias, relu, mask);
    for (const Kernels* kernels : SupportedKernels()) {
      kernels->pack(one.w.data(), one.w_stride, one.shape.depth, one.shape.cols,
                    one.packed.data());
      Reals out = one.c;
      ProductArgs args = one.Args(&out);
      args.add = add;
      args.bias = bias ? one.bias.data() : nullptr;
      args.relu = relu;
      args.mask = mask ? one.mask.data() : nullptr;
      args.mask_stride = one.c_stride;
      kernels->product(args);
      CheckAgainst(expected, out, *kernels);
    }
  }
}

TEST_CASE("a long summed dimension is carried through the output unchanged") {
  Case one({5, 700, 37, 3}, 1);
  const Reals expected = one.Expected(false, true, true, false);
  for (const Kernels* kernels : SupportedKernels()) {
    kernels->pack(one.w.data(), one.w_stride, one.shape.depth, one.shape.cols,
                  one.packed.data());
    Reals out = one.c;
    ProductArgs args = one.Args(&out);
    args.bias = one.bias.data();
    args.relu = true;
    kernels->product(args);
    CheckAgainst(expected, out, *kernels);
  }
}

TEST_CASE("a product over few numbers is the same chains") {
  for (Index depth = 1; depth <= 9; ++depth) {
    for (const Index cols : {32, 48, 64, 33}) {
      Case one({13, depth, cols, 3}, depth);
      const Reals expected = one.Expected(false, false, false, false);
      for (const Kernels* kernels : SupportedKernels()) {
        kernels->pack(one.w.data(), one.w_stride, depth, cols,
                      one.packed.data());
        Reals out = one.c;
        kernels->product(one.Args(&out));
        CheckAgainst(expected, out, *kernels);
      }
    }
  }
}

TEST_CASE("a product of many rows is the same chains") {
  Case one({401, 300, 35, 2}, 2);
  const Reals expected = one.Expected(true, true, true, true);
  for (const Kernels* kernels : SupportedKernels()) {
    kernels->pack(one.w.data(), one.w_stride, one.shape.depth, one.shape.cols,
                  one.packed.data());
    Reals out = one.c;
    ProductArgs args = one.Args(&out);
    args.add = true;
    args.bias = one.bias.data();
    args.relu = true;
    args.mask = one.mask.data();
    args.mask_stride = one.c_stride;
    kernels->product(args);
    CheckAgainst(expected, out, *kernels);
  }
}

TEST_CASE("splitting rows anywhere never changes a product") {
  for (const Kernels* kernels : SupportedKernels()) {
    for (Index draw = 0; draw < 60; ++draw) {
      Case one(RandomShape(draw), draw);
      kernels->pack(one.w.data(), one.w_stride, one.shape.depth, one.shape.cols,
                    one.packed.data());
      Reals whole = one.c;
      kernels->product(one.Args(&whole));
      Reals parts = one.c;
      const Index cut = Pick(draw, 9, 0, one.shape.rows);
      ProductArgs args = one.Args(&parts);
      args.rows = cut;
      kernels->product(args);
      args.a += cut * args.a_stride;
      args.c += cut * args.c_stride;
      args.rows = one.shape.rows - cut;
      kernels->product(args);
      CHECK(SameBits(whole, parts));
    }
  }
}

TEST_CASE("packing w^T equals packing the transposed matrix") {
  for (Index draw = 0; draw < 40; ++draw) {
    const Shape s = RandomShape(draw);
    const Reals w = Noise(s.depth * s.cols, draw);  // cols x depth
    Reals turned(w.size());
    for (Index k = 0; k < s.depth; ++k) {
      for (Index c = 0; c < s.cols; ++c) {
        turned[static_cast<std::size_t>(k * s.cols + c)] =
            w[static_cast<std::size_t>(c * s.depth + k)];
      }
    }
    const auto size = static_cast<std::size_t>(PackedSize(s.depth, s.cols));
    for (const Kernels* kernels : SupportedKernels()) {
      Reals expected(size, 9);
      Reals packed(size, 8);
      kernels->pack(turned.data(), s.cols, s.depth, s.cols, expected.data());
      kernels->pack_transposed(w.data(), s.depth, s.depth, s.cols,
                               packed.data());
      CHECK(SameBits(packed, expected));
    }
  }
}

TEST_CASE("stacked lanes share the mask of one") {
  const Index rows = 5;
  Case one({3 * rows, 9, 35, 2}, 3);
  Case mask({rows, 9, 35, 2}, 4);
  for (const Kernels* kernels : SupportedKernels()) {
    kernels->pack(one.w.data(), one.w_stride, 9, 35, one.packed.data());
    Reals stacked = one.c;
    ProductArgs args = one.Args(&stacked);
    args.mask = mask.mask.data();
    args.mask_stride = mask.c_stride;
    args.mask_rows = rows;
    kernels->product(args);
    Reals alone = one.c;
    args = one.Args(&alone);
    args.mask = mask.mask.data();
    args.mask_stride = mask.c_stride;
    args.rows = rows;
    for (int lane = 0; lane < 3; ++lane) {
      kernels->product(args);
      args.a += rows * args.a_stride;
      args.c += rows * args.c_stride;
    }
    CHECK(SameBits(stacked, alone));
  }
}

TEST_CASE("a relu in the epilogue keeps NaN") {
  for (const Kernels* kernels : SupportedKernels()) {
    const Reals a = {kNan, 1, -1};
    const Reals w = {2};
    Reals packed(static_cast<std::size_t>(PackedSize(1, 1)));
    kernels->pack(w.data(), 1, 1, 1, packed.data());
    Reals c(3);
    ProductArgs args;
    args.a = a.data();
    args.a_stride = 1;
    args.b = packed.data();
    args.c = c.data();
    args.c_stride = 1;
    args.rows = 3;
    args.depth = 1;
    args.cols = 1;
    args.relu = true;
    kernels->product(args);
    CHECK(Difference(c, {kNan, 2, 0}) == 0);
  }
}

// dw = x^T dy of a case whose a is x and whose c is dy; rows are summed over.
Reals ExpectedGradient(const Case& one, const Reals& start, bool add) {
  Reals dw = start;
  const Shape& s = one.shape;
  for (Index i = 0; i < s.depth; ++i) {
    for (Index o = 0; o < s.cols; ++o) {
      const auto at = static_cast<std::size_t>(i * one.w_stride + o);
      Real sum = add ? start[at] : 0;
      for (Index r = 0; r < s.rows; ++r) {
        sum = std::fma(one.a[static_cast<std::size_t>(r * one.a_stride + i)],
                       one.c[static_cast<std::size_t>(r * one.c_stride + o)],
                       sum);
      }
      dw[at] = sum;
    }
  }
  return dw;
}

WeightGradientArgs GradientArgs(const Case& one, Reals* dw, Reals* scratch) {
  scratch->resize(static_cast<std::size_t>(kWeightGradientScratch));
  WeightGradientArgs args;
  args.x = one.a.data();
  args.x_stride = one.a_stride;
  args.dy = one.c.data();
  args.dy_stride = one.c_stride;
  args.dw = dw->data();
  args.dw_stride = one.w_stride;
  args.rows = one.shape.rows;
  args.inputs = one.shape.depth;
  args.outputs = one.shape.cols;
  args.scratch = scratch->data();
  return args;
}

TEST_CASE("a weight gradient is one chain over the rows, split or not") {
  Reals scratch;
  for (Index draw = 0; draw < 120; ++draw) {
    Shape s = RandomShape(draw);
    if (draw % 2 == 0) s.cols = Pick(draw, 5, 1, 16);  // heads
    if (draw == 7) s.rows = 600;
    if (draw == 8) s.rows = 600;
    const Case one(s, draw);
    const bool add = draw % 3 == 0;
    const Reals expected = ExpectedGradient(one, one.w, add);
    const Index cut = Pick(draw, 6, 0, s.depth);
    for (const Kernels* kernels : SupportedKernels()) {
      Reals dw = one.w;
      WeightGradientArgs args = GradientArgs(one, &dw, &scratch);
      args.add = add;
      args.inputs = cut;
      kernels->weight_gradient(args);
      args.x += cut;
      args.dw += cut * args.dw_stride;
      args.inputs = s.depth - cut;
      kernels->weight_gradient(args);
      CheckAgainst(expected, dw, *kernels);
    }
  }
}

TEST_CASE("a weight gradient of many rows and inputs is the same chains") {
  Reals scratch;
  const Shape shapes[] = {{601, 101, 37, 3}, {257, 200, 65, 0}, {3, 97, 33, 1}};
  for (const Shape& shape : shapes) {
    const Case one(shape, 9);
    const Reals expected = ExpectedGradient(one, one.w, true);
    for (const Kernels* kernels : SupportedKernels()) {
      Reals dw = one.w;
      WeightGradientArgs args = GradientArgs(one, &dw, &scratch);
      args.add = true;
      kernels->weight_gradient(args);
      CheckAgainst(expected, dw, *kernels);
    }
  }
}

TEST_CASE("a range of outputs of a weight gradient has the bits of the whole") {
  Reals scratch;
  const Case one({64, 33, 70, 0}, 5);
  for (const Kernels* kernels : SupportedKernels()) {
    Reals whole = one.w;
    kernels->weight_gradient(GradientArgs(one, &whole, &scratch));
    Reals parts = one.w;
    for (const auto [first, count] :
         std::array<std::array<Index, 2>, 3>{{{0, 3}, {3, 40}, {43, 27}}}) {
      WeightGradientArgs args = GradientArgs(one, &parts, &scratch);
      args.dy += first;
      args.dw += first;
      args.outputs = count;
      kernels->weight_gradient(args);
    }
    CHECK(SameBits(whole, parts));
  }
}

TEST_CASE("products agree with Eigen in double") {
  const Case one({50, 90, 70, 4}, 8);
  const View a(one.a.data(), 50, 90, Eigen::OuterStride<>(one.a_stride));
  const View w(one.w.data(), 90, 70, Eigen::OuterStride<>(one.w_stride));
  const Eigen::MatrixXd expected = a.cast<double>() * w.cast<double>();
  for (const Kernels* kernels : SupportedKernels()) {
    Case own = one;
    kernels->pack(own.w.data(), own.w_stride, 90, 70, own.packed.data());
    Reals out = own.c;
    kernels->product(own.Args(&out));
    const View c(out.data(), 50, 70, Eigen::OuterStride<>(own.c_stride));
    const double worst = (c.cast<double>() - expected).cwiseAbs().maxCoeff();
    CHECK(worst <= 10 * kTolerance);
  }
}

}  // namespace
}  // namespace mtlkit
