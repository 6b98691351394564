#pragma once

#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// Rows of one view, complete.
struct ViewNumbers {
  Index cols = 0;
  std::vector<double> values;  // rows x cols
};

// Where a view's rows go: (x - mean) map.
struct ViewMap {
  Index cols = 0;
  Index dims = 0;
  std::vector<double> mean;  // cols
  std::vector<double> map;   // cols x dims
};

struct AlignOptions {
  // "cca": canonical correlations of two views (Hotelling 1936): dimension by
  // dimension those variates, of variance 1 and uncorrelated with those before,
  // that correlate most. "gcca": of any number (MAX-VAR, Kettenring 1971):
  // least squares of every view to one common set of such variates.
  // "procrustes": turned and mirrored onto the first view (Schoenemann 1966; of
  // more than two onto their mean, Gower 1975), which needs views of one width.
  std::string how = "gcca";
  Index dims = 0;  // 0: as many as the narrowest view has
  // A part of the mean variance of a view's columns, added to that of each;
  // directions of a view without variance are left out.
  double ridge = 0.001;
};

// One map a view. All views have the same rows, at least two. The largest
// entry of each column of the first view's map is positive (but for
// procrustes). kUsage where `how` does not suit the views, or there are more
// dims than columns. There may be fewer dims than asked for, where views have
// no more directions.
std::vector<ViewMap> AlignViews(const std::vector<ViewNumbers>& views,
                                const AlignOptions& options);

}  // namespace mtlkit
