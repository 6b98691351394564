#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

// Three rows of a matrix of five columns; the second is empty.
struct Sample {
  std::vector<Index> starts = {0, 2, 2, 5};
  std::vector<std::int32_t> indices = {1, 4, 0, 1, 3};
  Reals values = {2, -1, Real(0.5), 3, 1};
  SparseRows rows() const {
    return {starts.data(), indices.data(), values.data(), 3};
  }
};

constexpr Index kWidths[] = {1, 7, 16, 40, 70};

TEST_CASE("a sparse product takes only the rows that entries name") {
  const Sample sample;
  for (const Index outputs : kWidths) {
    const auto width = static_cast<std::size_t>(outputs);
    const Reals w = Noise(5 * outputs, 1);
    const Reals bias = Noise(outputs, 2);
    Reals expected;
    for (std::size_t r = 0; r < 3; ++r) {
      for (std::size_t o = 0; o < width; ++o) {
        Real sum = 0;
        for (auto e = static_cast<std::size_t>(sample.starts[r]);
             e < static_cast<std::size_t>(sample.starts[r + 1]); ++e) {
          const auto index = static_cast<std::size_t>(sample.indices[e]);
          sum = std::fma(sample.values[e], w[index * width + o], sum);
        }
        expected.push_back(sum + bias[o]);
      }
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals y(3 * width);
      kernels.sparse_product(sample.rows(), w.data(), outputs, outputs,
                             bias.data(), y.data(), outputs);
      return y;
    });
  }
}

TEST_CASE("a sparse weight gradient adds entries in order") {
  const Sample sample;
  for (const Index outputs : kWidths) {
    const auto width = static_cast<std::size_t>(outputs);
    const Reals dy = Noise(3 * outputs, 3);
    Reals expected(5 * width, 1);
    for (std::size_t r = 0; r < 3; ++r) {
      for (auto e = static_cast<std::size_t>(sample.starts[r]);
           e < static_cast<std::size_t>(sample.starts[r + 1]); ++e) {
        const auto index = static_cast<std::size_t>(sample.indices[e]);
        for (std::size_t o = 0; o < width; ++o) {
          Real& cell = expected[index * width + o];
          cell = std::fma(sample.values[e], dy[r * width + o], cell);
        }
      }
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals dw(expected.size(), 1);
      // In two ranges of indices, as tiles of a parameter are.
      for (const Index first : {0, 2}) {
        kernels.sparse_weight_gradient({.x = sample.rows(),
                                        .dy = dy.data(),
                                        .dy_stride = outputs,
                                        .outputs = outputs,
                                        .first_index = first,
                                        .index_count = first == 0 ? 2 : 3,
                                        .dw = dw.data() + first * outputs,
                                        .dw_stride = outputs});
      }
      return dw;
    });
  }
}

TEST_CASE("rows are gathered by number and scattered back in order") {
  const std::vector<std::int32_t> rows = {2, 9, 0, 9, 2, 9};  // every second
  const Reals table = {1, 2, 3, 4, 5, 6};                     // 3 x 2
  CheckLevels({5, 6, 1, 2, 5, 6}, [&](const Kernels& kernels) {
    Reals out(6);
    kernels.gather_rows(table.data(), 2, rows.data(), 2, 3, 2, out.data(), 2);
    return out;
  });
  const Reals x = {1, 1, 10, 10, 100, 100};
  CheckLevels({11, 12, 3, 4, 106, 107}, [&](const Kernels& kernels) {
    Reals out = table;
    // In two ranges of rows of the table.
    for (const Index first : {0, 1}) {
      kernels.scatter_add_rows({.x = x.data(),
                                .x_stride = 2,
                                .rows = rows.data(),
                                .rows_stride = 2,
                                .count = 3,
                                .cols = 2,
                                .first_row = first,
                                .row_count = first == 0 ? 1 : 2,
                                .table = out.data() + 2 * first,
                                .table_stride = 2});
    }
    return out;
  });
}

}  // namespace
}  // namespace mtlkit
