#pragma once

#include <string>

#include "base/reporter.h"
#include "base/rng.h"
#include "data/dataset.h"
#include "data/seen_rows.h"
#include "prep/prepare.h"

namespace mtlkit {

// What rows can be prepared like.
struct Likeness {
  Schema schema;
  TransformRecords transforms;
  std::string content_sha256;
  std::string provenance;
  std::vector<std::string> splits;  // names of those that its own rows have
  SeenRows fitted;  // `trained`: the rows that its transforms were fitted on
};

// Of a prepared dataset, or of a model, which holds no rows.
Likeness ReadLikeness(const std::string& path);

// Makes of a table a dataset like another: the same tasks (classes, and centre
// and scale of regression), inputs and fitted transforms; nothing is fitted
// anew, so that rows that are prepared in several places go together. Rows are
// chosen and divided as `options.rows`, `sample` and `split` say; every other
// option must be left at its default (kUsage). A task whose column the table
// does not have gets no labels and a warning; columns that the other did not
// have are left out, with a warning, as mtl-predict does. Throws kBadInput
// where the table does not fit.
Dataset PrepareLike(const Dataset& whole, const Likeness& like,
                    const PrepareOptions& options, Seed seed,
                    Reporter* reporter);

}  // namespace mtlkit
