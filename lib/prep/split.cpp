#include "prep/split.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

constexpr const char* kTrain = "train";

std::vector<Index> RowsInNoSplit(const Dataset& dataset) {
  std::vector<bool> taken(static_cast<std::size_t>(dataset.rows));
  for (const auto& [name, rows] : dataset.splits) {
    if (IsFoldName(name)) continue;
    for (const Index row : rows) taken[static_cast<std::size_t>(row)] = true;
  }
  std::vector<Index> rest;
  rest.reserve(At(std::count(taken.begin(), taken.end(), false)));
  for (Index row = 0; row < dataset.rows; ++row) {
    if (!taken[static_cast<std::size_t>(row)]) rest.push_back(row);
  }
  return rest;
}

// The numbers of some rows, in their order.
template <class T>
std::vector<T> OfRows(const std::vector<T>& all,
                      const std::vector<Index>& rows) {
  std::vector<T> some;
  some.reserve(rows.size());
  for (const Index row : rows) some.push_back(all[At(row)]);
  return some;
}

Parts Divide(const std::vector<Index>& rows, const SplitMethod& method,
             const std::vector<double>& fractions, const Rng& rng) {
  switch (method.kind) {
    case SplitMethod::kRandom:
      return DivideRandom(static_cast<Index>(rows.size()), fractions, rng);
    case SplitMethod::kMultilabel:
      return DivideIterative(OfRows(method.labels, rows), method.label_count,
                             fractions, rng);
    case SplitMethod::kStratified:
      return DivideStratified(OfRows(method.numbers, rows), fractions, rng);
    case SplitMethod::kInTime:
      return DivideInTime(OfRows(method.times, rows), fractions);
    case SplitMethod::kGrouped:
      break;
  }
  if (method.labels.empty()) {
    return DivideGrouped(OfRows(method.numbers, rows), fractions, rng);
  }
  return DivideGroupsEvenly(OfRows(method.numbers, rows),
                            OfRows(method.labels, rows), method.label_count,
                            fractions, rng);
}

std::vector<Index> RowsOfPart(const std::vector<Index>& rows,
                              const Parts& parts, Index part) {
  std::vector<Index> result;
  result.reserve(At(std::count(parts.begin(), parts.end(), part)));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (parts[i] == part) result.push_back(rows[i]);
  }
  return result;
}

[[noreturn]] void FailThere(
    const std::string& name,
    const std::pair<const std::string, std::vector<Index>>& split,
    const Dataset& dataset) {
  Fail(ErrorKind::kUsage,
       Str("--split ", name, ": there is a split of that name already, of ",
           split.second.size(), " of ", Counted(dataset.rows, "row", "rows")),
       "choose another name, or prepare a table without it; the splits that "
       "are there stay as they are");
}

// Names and fractions of the splits to make, `train` aside; and its fraction
// if it is to be made of one.
struct Wanted {
  std::vector<std::string> names;
  std::vector<double> fractions;
  double sum = 0;
  double train = -1;
};

Wanted WantedParts(const std::vector<SplitPart>& parts,
                   const Dataset& dataset) {
  Wanted wanted;
  std::set<std::string> seen;
  double requested = 0;
  for (const SplitPart& part : parts) {
    Require(seen.insert(part.name).second, ErrorKind::kUsage,
            Str("--split names '", part.name, "' twice"));
    requested += part.fraction;
    const auto there = dataset.splits.find(part.name);
    if (there != dataset.splits.end()) FailThere(part.name, *there, dataset);
    if (part.name == kTrain) {
      wanted.train = part.fraction;
    } else {
      wanted.names.push_back(part.name);
      wanted.fractions.push_back(part.fraction);
      wanted.sum += part.fraction;
    }
  }
  Require(requested <= 1 + 1e-9, ErrorKind::kUsage,
          Str("the fractions of --split add up to ", requested),
          "they are parts of the training rows: at most 1 together");
  return wanted;
}

}  // namespace

const std::vector<Index>& TrainingRowsOf(const Dataset& dataset,
                                         std::vector<Index>* made) {
  const auto at = dataset.splits.find(kTrain);
  const bool is_split = at != dataset.splits.end();
  if (!is_split) *made = RowsInNoSplit(dataset);
  const std::vector<Index>& rows = is_split ? at->second : *made;
  if (rows.empty()) {
    constexpr std::size_t kShown = 10;
    std::vector<std::string> names;
    for (const auto& [name, some] : dataset.splits) {
      if (names.size() < kShown) names.push_back(name);
    }
    const bool many = dataset.splits.size() > kShown;
    Fail(ErrorKind::kBadInput,
         Str("there are no training rows: the splits are ", Join(names, ", "),
             many ? Str(" ... (", dataset.splits.size(), ")") : "",
             ", and no row is left for train"),
         Str("name one of them train: for --split-from, mtl-convert "
             "--rename-class COLUMN ",
             names.front(), " train"));
  }
  return rows;
}

std::vector<Index> TrainingRowsOf(const Dataset& dataset) {
  std::vector<Index> made;
  return TrainingRowsOf(dataset, &made);
}

SplitPart ParseSplitPart(std::string_view text) {
  const std::size_t equals = text.find('=');
  SplitPart part;
  const bool reads = equals != std::string_view::npos && equals > 0 &&
                     ParseNumber(text.substr(equals + 1), &part.fraction) &&
                     part.fraction > 0 && part.fraction <= 1;
  Require(reads, ErrorKind::kUsage,
          Str("--split ", text, " is not NAME=FRACTION"),
          "for example --split valid=0.15,test=0.15");
  part.name = std::string(text.substr(0, equals));
  Require(!IsFoldName(part.name), ErrorKind::kUsage,
          Str("--split ", text, ": that name is kept for folds"),
          "make folds with --folds");
  return part;
}

void AddSplits(const std::vector<SplitPart>& parts, const SplitMethod& method,
               Seed seed, Dataset* dataset) {
  Wanted wanted = WantedParts(parts, *dataset);
  const bool has_train = dataset->splits.count(kTrain) > 0;
  if (wanted.names.empty() && (has_train || wanted.train < 0)) return;
  std::vector<Index> made;
  const std::vector<Index>& pool = TrainingRowsOf(*dataset, &made);
  // `train`, which may be the pool itself, comes last and gets what remains, as
  // a part of its own or as the rest.
  const double rest = 1 - wanted.sum;
  Require(wanted.train >= 0 || rest > 1e-9, ErrorKind::kUsage,
          "--split leaves no rows to train on",
          "the fractions are parts of the training rows: less than 1 together");
  wanted.names.emplace_back(kTrain);
  wanted.fractions.push_back(wanted.train >= 0 ? wanted.train : rest);
  if (method.kind == SplitMethod::kInTime) {
    std::ranges::rotate(wanted.names, wanted.names.end() - 1);
    std::ranges::rotate(wanted.fractions, wanted.fractions.end() - 1);
  }
  const Parts numbers =
      Divide(pool, method, wanted.fractions, Rng(seed, RandomPurpose::kSplit));
  for (std::size_t i = 0; i < wanted.names.size(); ++i) {
    std::vector<Index> rows = RowsOfPart(pool, numbers, static_cast<Index>(i));
    Require(!rows.empty(), ErrorKind::kBadInput,
            Str("split '", wanted.names[i], "' would have none of ",
                Counted(std::ssize(pool), "row", "rows")),
            "give it a larger fraction");
    dataset->splits[wanted.names[i]] = std::move(rows);
  }
}

void AddFolds(Index folds, const SplitMethod& method, Seed seed,
              Dataset* dataset) {
  std::vector<Index> made;
  const std::vector<Index>& pool = TrainingRowsOf(*dataset, &made);
  Require(
      folds <= static_cast<Index>(pool.size()), ErrorKind::kUsage,
      Str("--folds ", folds, ": there ", pool.size() == 1 ? "is" : "are",
          " only ", Counted(std::ssize(pool), "training row", "training rows")),
      "make fewer");
  std::erase_if(dataset->splits,
                [](const auto& split) { return IsFoldName(split.first); });
  const std::vector<double> fractions(static_cast<std::size_t>(folds),
                                      1.0 / static_cast<double>(folds));
  const Parts numbers =
      Divide(pool, method, fractions, Rng(seed, RandomPurpose::kFolds));
  for (Index fold = 0; fold < folds; ++fold) {
    std::vector<Index> rows = RowsOfPart(pool, numbers, fold);
    Require(!rows.empty(), ErrorKind::kBadInput,
            Str("fold ", fold, " would have no rows"),
            "make fewer folds: groups are never cut");
    dataset->splits[Str("fold", fold)] = std::move(rows);
  }
}

}  // namespace mtlkit
