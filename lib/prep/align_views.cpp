#include "prep/align_views.h"

#include <Eigen/Dense>
#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

using Matrix = Eigen::MatrixXd;
using RowMajor =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Parts of the largest variance below which a direction has none.
constexpr double kLeastVariance = 1e-12;
constexpr int kMostTurns = 200;

// Each product that is written out costs the compiler a second and more.
Matrix Times(const Matrix& a, const Matrix& b) {
  return a * b;
}
Matrix TransposedTimes(const Matrix& a, const Matrix& b) {
  return a.transpose() * b;
}

// Views less their means, and what they have in common.
struct Centred {
  std::vector<Eigen::RowVectorXd> means;
  std::vector<Matrix> rows;

  explicit Centred(const std::vector<ViewNumbers>& views) {
    for (const ViewNumbers& view : views) {
      const Index count = std::ssize(view.values) / view.cols;
      rows.emplace_back(
          Eigen::Map<const RowMajor>(view.values.data(), count, view.cols));
      means.emplace_back(rows.back().colwise().mean());
      rows.back().rowwise() -= means.back();
    }
  }

  std::size_t count() const { return rows.size(); }
  Matrix Covariance(std::size_t one, std::size_t other) const {
    return TransposedTimes(rows[one], rows[other]) /
           static_cast<double>(rows[one].rows() - 1);
  }
};

// A matrix W with W' (C + ridge) W = 1, for the directions of a view that have
// a variance.
Matrix Whitening(const Centred& views, std::size_t view, double ridge) {
  Matrix own = views.Covariance(view, view);
  const double mean = own.trace() / static_cast<double>(own.rows());
  own.diagonal().array() += ridge * mean;
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(own);
  const Eigen::VectorXd& variances = solver.eigenvalues();  // ascending
  const double least = kLeastVariance * variances.tail(1)(0);
  Eigen::Index first = 0;
  while (first < variances.size() && !(variances(first) > least)) ++first;
  const Eigen::Index kept = variances.size() - first;
  return solver.eigenvectors().rightCols(kept) *
         variances.tail(kept).cwiseSqrt().cwiseInverse().asDiagonal();
}

std::vector<Matrix> Whitenings(const Centred& views, double ridge) {
  std::vector<Matrix> all;
  for (std::size_t i = 0; i < views.count(); ++i) {
    all.push_back(Whitening(views, i, ridge));
  }
  return all;
}

std::vector<Matrix> CcaMaps(const Centred& views, Index dims, double ridge) {
  const std::vector<Matrix> white = Whitenings(views, ridge);
  const Matrix between =
      TransposedTimes(white[0], Times(views.Covariance(0, 1), white[1]));
  const Eigen::JacobiSVD<Matrix> svd(between,
                                     Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Index kept = std::min<Index>(dims, svd.singularValues().size());
  return {Times(white[0], svd.matrixU().leftCols(kept)),
          Times(white[1], svd.matrixV().leftCols(kept))};
}

// With T the covariances of all whitened views, T e = lambda e, the common
// variates are sum_v x_v W_v e_v / sqrt(lambda), and least squares of view v to
// them are W_v e_v sqrt(lambda).
std::vector<Matrix> GccaMaps(const Centred& views, Index dims, double ridge) {
  const std::vector<Matrix> white = Whitenings(views, ridge);
  std::vector<Eigen::Index> begins = {0};
  for (const Matrix& one : white) begins.push_back(begins.back() + one.cols());
  Matrix all(begins.back(), begins.back());
  for (std::size_t i = 0; i < white.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const Matrix block =
          TransposedTimes(white[i], Times(views.Covariance(i, j), white[j]));
      all.block(begins[i], begins[j], block.rows(), block.cols()) = block;
      all.block(begins[j], begins[i], block.cols(), block.rows()) =
          block.transpose();
    }
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(all);
  const Index kept = std::min<Index>(dims, all.rows());
  const Matrix vectors =
      solver.eigenvectors().rightCols(kept).rowwise().reverse();
  const Eigen::VectorXd roots =
      solver.eigenvalues().tail(kept).reverse().cwiseMax(0).cwiseSqrt();
  std::vector<Matrix> maps;
  for (std::size_t i = 0; i < white.size(); ++i) {
    maps.push_back(
        Times(white[i], vectors.middleRows(begins[i], white[i].cols())) *
        roots.asDiagonal());
  }
  return maps;
}

// The turn of the first that comes nearest to the second, by what they have in
// common.
Matrix TurnOf(const Matrix& between) {
  const Eigen::JacobiSVD<Matrix> svd(between,
                                     Eigen::ComputeFullU | Eigen::ComputeFullV);
  return Times(svd.matrixU(), svd.matrixV().transpose());
}

std::vector<Matrix> ProcrustesMaps(const Centred& views) {
  const std::size_t count = views.count();
  const Eigen::Index cols = views.rows[0].cols();
  std::vector<Matrix> maps(count, Matrix::Identity(cols, cols));
  for (std::size_t i = 1; i < count; ++i) {
    maps[i] = TurnOf(views.Covariance(i, 0));
  }
  for (int turn = 0; turn < kMostTurns && count > 2; ++turn) {
    double moved = 0;
    std::vector<Matrix> next;
    for (std::size_t i = 0; i < count; ++i) {
      Matrix to_mean = Matrix::Zero(cols, cols);
      for (std::size_t j = 0; j < count; ++j) {
        to_mean += Times(views.Covariance(i, j), maps[j]);
      }
      next.push_back(TurnOf(to_mean));
      moved = std::max(moved, (next[i] - maps[i]).norm());
    }
    maps = std::move(next);
    if (moved < 1e-13) break;
  }
  // Any common turn is as good: the first view stays as it is.
  const Matrix back = maps[0].transpose();
  for (Matrix& map : maps) map = Times(map, back);
  return maps;
}

// The direction of a variate is arbitrary.
void FixSigns(std::vector<Matrix>* maps) {
  for (Eigen::Index dim = 0; dim < maps->front().cols(); ++dim) {
    Eigen::Index largest = 0;
    maps->front().col(dim).cwiseAbs().maxCoeff(&largest);
    if (maps->front()(largest, dim) >= 0) continue;
    for (Matrix& map : *maps) map.col(dim) *= -1;
  }
}

Index DimsOf(const std::vector<ViewNumbers>& views,
             const AlignOptions& options) {
  Index least = views.front().cols;
  Index most = least;
  for (const ViewNumbers& view : views) {
    least = std::min(least, view.cols);
    most = std::max(most, view.cols);
  }
  const bool turns = options.how == "procrustes";
  Require(!turns || least == most, ErrorKind::kUsage,
          Str("procrustes turns views onto each other, and these have ", least,
              " and ", most, " columns"),
          "use cca or gcca first, or views of one width");
  Require(!turns || options.dims == 0 || options.dims == least,
          ErrorKind::kUsage,
          Str("dims=", options.dims, " has no effect with procrustes"),
          "leave it out");
  Require(options.how != "cca" || views.size() == 2, ErrorKind::kUsage,
          Str("cca is of two views, not of ", views.size()), "use gcca");
  Require(options.dims <= least, ErrorKind::kUsage,
          Str("dims=", options.dims, ": the narrowest view has ",
              Counted(least, "column", "columns")),
          "ask for fewer");
  return options.dims > 0 ? options.dims : least;
}

ViewMap MapOf(const Matrix& map, const Eigen::RowVectorXd& mean) {
  ViewMap made;
  made.cols = map.rows();
  made.dims = map.cols();
  made.mean.assign(mean.data(), mean.data() + mean.size());
  const RowMajor rows = map;
  made.map.assign(rows.data(), rows.data() + rows.size());
  return made;
}

}  // namespace

std::vector<ViewMap> AlignViews(const std::vector<ViewNumbers>& views,
                                const AlignOptions& options) {
  const Index dims = DimsOf(views, options);
  Require(std::ssize(views.front().values) >= 2 * views.front().cols,
          ErrorKind::kBadInput, "fewer than two training rows to align by");
  const Centred centred(views);
  std::vector<Matrix> maps;
  if (options.how == "procrustes") {
    maps = ProcrustesMaps(centred);
  } else {
    maps = options.how == "cca" ? CcaMaps(centred, dims, options.ridge)
                                : GccaMaps(centred, dims, options.ridge);
    Require(maps.front().cols() > 0, ErrorKind::kBadInput,
            "a view does not vary over the training rows", "leave it out");
    FixSigns(&maps);
  }
  std::vector<ViewMap> made;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    made.push_back(MapOf(maps[i], centred.means[i]));
  }
  return made;
}

}  // namespace mtlkit
