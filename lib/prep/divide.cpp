// Dealing rows out in given fractions. Nothing here knows datasets.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "prep/split.h"

namespace mtlkit {
namespace {

template <class Number = Index>
std::vector<Number> ShuffledNumbers(Index count, const Rng& rng) {
  std::vector<Number> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), Number{0});
  rng.Shuffle(numbers);
  return numbers;
}

// The fractions, and what remains of 1 as a last part, unless that is nothing.
std::vector<double> WithRest(const std::vector<double>& fractions) {
  std::vector<double> shares = fractions;
  double sum = 0;
  for (const double fraction : fractions) sum += fraction;
  if (sum < 1 - 1e-9) shares.push_back(1 - sum);
  return shares;
}

std::int32_t PartOrRest(std::size_t part,
                        const std::vector<double>& fractions) {
  return part < fractions.size() ? static_cast<std::int32_t>(part) : -1;
}

// The part that lacks most of what it should have of `total`.
std::size_t MostLacking(const std::vector<double>& shares,
                        const std::vector<double>& given, double total) {
  std::size_t best = 0;
  double most = -1e300;
  for (std::size_t part = 0; part < shares.size(); ++part) {
    const double lack = shares[part] * total - given[part];
    if (shares[part] > 0 && lack > most + 1e-9) {
      most = lack;
      best = part;
    }
  }
  return best;
}

// What iterative stratification still wants, and what it has dealt out.
class Stratifier {
 public:
  Stratifier(const std::vector<std::vector<Index>>& labels, Index label_count,
             const std::vector<double>& shares, const Rng& rng)
      : labels_(labels),
        rng_(rng),
        part_(labels.size(), -1),
        remaining_(static_cast<std::size_t>(label_count)),
        rows_of_(static_cast<std::size_t>(label_count)) {
    for (const Index row :
         ShuffledNumbers(static_cast<Index>(labels.size()), rng)) {
      for (const Index label : labels[static_cast<std::size_t>(row)]) {
        rows_of_[static_cast<std::size_t>(label)].push_back(row);
        ++remaining_[static_cast<std::size_t>(label)];
      }
    }
    for (const double share : shares) {
      wanted_rows_.push_back(share * static_cast<double>(labels.size()));
      wanted_.emplace_back();
      for (const Index count : remaining_) {
        wanted_.back().push_back(share * static_cast<double>(count));
      }
    }
  }

  Parts Run() {
    for (Index label = Rarest(); label >= 0; label = Rarest()) {
      for (const Index row : rows_of_[static_cast<std::size_t>(label)]) {
        if (part_[static_cast<std::size_t>(row)] < 0) Give(row, label);
      }
      assert(remaining_[static_cast<std::size_t>(label)] == 0);
    }
    for (std::size_t row = 0; row < part_.size(); ++row) {
      if (part_[row] < 0) Give(static_cast<Index>(row), -1);
    }
    return std::move(part_);
  }

 private:
  // The label that fewest rows without a part have; -1 if none has any.
  Index Rarest() const {
    Index best = -1;
    for (std::size_t label = 0; label < remaining_.size(); ++label) {
      if (remaining_[label] > 0 &&
          (best < 0 ||
           remaining_[label] < remaining_[static_cast<std::size_t>(best)])) {
        best = static_cast<Index>(label);
      }
    }
    return best;
  }

  // Whether part `a` should get a row with `label` before part `b`; ties go by
  // the rows that are wanted, then by chance.
  bool Before(std::size_t a, std::size_t b, Index label, Index row) const {
    constexpr double kSame = 1e-9;
    if (label >= 0) {
      const auto at = static_cast<std::size_t>(label);
      const double gap = wanted_[a][at] - wanted_[b][at];
      if (std::abs(gap) > kSame) return gap > 0;
    }
    const double gap = wanted_rows_[a] - wanted_rows_[b];
    if (std::abs(gap) > kSame) return gap > 0;
    return rng_.Wide(row, static_cast<Index>(a) + 1) >
           rng_.Wide(row, static_cast<Index>(b) + 1);
  }

  void Give(Index row, Index label) {
    std::size_t best = 0;
    for (std::size_t part = 1; part < wanted_rows_.size(); ++part) {
      if (Before(part, best, label, row)) best = part;
    }
    part_[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(best);
    wanted_rows_[best] -= 1;
    for (const Index own : labels_[static_cast<std::size_t>(row)]) {
      wanted_[best][static_cast<std::size_t>(own)] -= 1;
      --remaining_[static_cast<std::size_t>(own)];
    }
  }

  const std::vector<std::vector<Index>>& labels_;
  const Rng& rng_;
  Parts part_;
  std::vector<Index> remaining_;             // rows without a part, a label
  std::vector<std::vector<Index>> rows_of_;  // in a random order, a label
  std::vector<double> wanted_rows_;          // a part
  std::vector<std::vector<double>> wanted_;  // a part and label
};

// The rows of a group, and how many of them have which label.
struct GroupSet {
  std::vector<std::size_t> rows;
  std::map<Index, double> counts;
};

std::map<std::int64_t, GroupSet> GroupSetsOf(
    const std::vector<std::int64_t>& groups,
    const std::vector<std::vector<Index>>& labels, Index label_count) {
  std::map<std::int64_t, GroupSet> sets;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    GroupSet& set = sets[groups[row]];
    set.rows.push_back(row);
    for (const Index label : labels[row]) set.counts[label] += 1;
    set.counts[label_count] += 1;
  }
  return sets;
}

template <class Number>
Parts DivideInOrderOf(Index count, const std::vector<double>& fractions,
                      const Rng& rng) {
  Parts parts(static_cast<std::size_t>(count), -1);
  const std::vector<Number> order = ShuffledNumbers<Number>(count, rng);
  double cumulated = 0;
  Index first = 0;
  for (std::size_t part = 0; part < fractions.size(); ++part) {
    cumulated += fractions[part];
    const auto end = std::min<Index>(
        count, std::llround(cumulated * static_cast<double>(count)));
    for (; first < end; ++first) {
      parts[static_cast<std::size_t>(order[static_cast<std::size_t>(first)])] =
          static_cast<std::int32_t>(part);
    }
  }
  return parts;
}

}  // namespace

Parts DivideRandom(Index count, const std::vector<double>& fractions,
                   const Rng& rng) {
  // Of millions of rows the order takes more than the parts.
  return count <= std::numeric_limits<std::uint32_t>::max()
             ? DivideInOrderOf<std::uint32_t>(count, fractions, rng)
             : DivideInOrderOf<Index>(count, fractions, rng);
}

Parts DivideStratified(const std::vector<std::int64_t>& strata,
                       const std::vector<double>& fractions, const Rng& rng) {
  std::vector<Index> order =
      ShuffledNumbers(static_cast<Index>(strata.size()), rng);
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return strata[static_cast<std::size_t>(a)] <
           strata[static_cast<std::size_t>(b)];
  });
  // One stratum after the other, each row to the part that lacks most: any run
  // of rows is then dealt out in nearly the same fractions.
  const std::vector<double> shares = WithRest(fractions);
  std::vector<double> given(shares.size());
  Parts parts(strata.size(), -1);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t part =
        MostLacking(shares, given, static_cast<double>(i + 1));
    given[part] += 1;
    parts[static_cast<std::size_t>(order[i])] = PartOrRest(part, fractions);
  }
  return parts;
}

Parts DivideGrouped(const std::vector<std::int64_t>& groups,
                    const std::vector<double>& fractions, const Rng& rng) {
  std::map<std::int64_t, std::vector<std::size_t>> rows_of;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    rows_of[groups[row]].push_back(row);
  }
  std::vector<const std::vector<std::size_t>*> members;
  members.reserve(rows_of.size());
  for (const auto& [group, rows] : rows_of) members.push_back(&rows);
  std::vector<Index> order =
      ShuffledNumbers(static_cast<Index>(members.size()), rng);
  const auto size_of = [&](Index group) {
    return members[static_cast<std::size_t>(group)]->size();
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return size_of(a) > size_of(b); });
  const std::vector<double> shares = WithRest(fractions);
  std::vector<double> given(shares.size());
  Parts parts(groups.size(), -1);
  for (const Index group : order) {
    const std::size_t part =
        MostLacking(shares, given, static_cast<double>(groups.size()));
    given[part] += static_cast<double>(size_of(group));
    for (const std::size_t row : *members[static_cast<std::size_t>(group)]) {
      parts[row] = PartOrRest(part, fractions);
    }
  }
  return parts;
}

Parts DivideGroupsEvenly(const std::vector<std::int64_t>& groups,
                         const std::vector<std::vector<Index>>& labels,
                         Index label_count,
                         const std::vector<double>& fractions, const Rng& rng) {
  const std::vector<double> shares = WithRest(fractions);
  const auto sets = GroupSetsOf(groups, labels, label_count);
  // Of rows, which are a label of their own behind the others, and of labels.
  std::vector<double> all(At(label_count) + 1);
  for (const auto& [group, set] : sets) {
    for (const auto& [label, count] : set.counts) all[At(label)] += count;
  }
  std::vector<const GroupSet*> members;
  for (const auto& [group, set] : sets) members.push_back(&set);
  std::vector<Index> order =
      ShuffledNumbers(static_cast<Index>(members.size()), rng);
  std::ranges::stable_sort(order, std::greater<>(), [&](Index group) {
    return members[At(group)]->rows.size();
  });
  std::vector<std::vector<double>> given(shares.size(),
                                         std::vector<double>(all.size()));
  Parts parts(groups.size(), -1);
  for (const Index group : order) {
    const GroupSet& set = *members[At(group)];
    std::size_t best = 0;
    double most = -1e300;
    for (std::size_t part = 0; part < shares.size(); ++part) {
      double lack = 0;
      for (const auto& [label, count] : set.counts) {
        const double total = all[At(label)];
        lack += count * (shares[part] * total - given[part][At(label)]) / total;
      }
      if (shares[part] > 0 && lack > most + 1e-9) {
        most = lack;
        best = part;
      }
    }
    for (const auto& [label, count] : set.counts) {
      given[best][At(label)] += count;
    }
    for (const std::size_t row : set.rows) {
      parts[row] = PartOrRest(best, fractions);
    }
  }
  return parts;
}

Parts DivideInTime(const std::vector<double>& times,
                   const std::vector<double>& fractions) {
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return times[i]; });
  // Whether a cut before this place is between different times.
  const auto is_change = [&](std::size_t place) {
    return place == 0 || place == order.size() ||
           times[order[place - 1]] < times[order[place]];
  };
  const auto nearest = [&](std::size_t place) {
    for (std::size_t far = 0;; ++far) {
      if (place >= far && is_change(place - far)) return place - far;
      if (place + far <= order.size() && is_change(place + far)) {
        return place + far;
      }
    }
  };
  double rest = 1;
  for (const double fraction : fractions) rest -= fraction;
  double cumulated = std::max(rest, 0.0);
  const auto cut = [&] {
    const double wanted = cumulated * static_cast<double>(order.size());
    return nearest(std::min(order.size(), At(std::llround(wanted))));
  };
  Parts parts(times.size(), -1);
  std::size_t first = rest > 1e-9 ? cut() : 0;
  for (std::size_t part = 0; part < fractions.size(); ++part) {
    cumulated += fractions[part];
    const std::size_t end = part + 1 == fractions.size() ? order.size() : cut();
    for (; first < end; ++first) {
      parts[order[first]] = static_cast<std::int32_t>(part);
    }
  }
  return parts;
}

Parts DivideIterative(const std::vector<std::vector<Index>>& labels,
                      Index label_count, const std::vector<double>& fractions,
                      const Rng& rng) {
  Parts parts = Stratifier(labels, label_count, WithRest(fractions), rng).Run();
  for (std::int32_t& part : parts) {
    part = PartOrRest(static_cast<std::size_t>(part), fractions);
  }
  return parts;
}

}  // namespace mtlkit
