#include "train/decks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "train/labelled_rows.h"

namespace mtlkit {

Decks::Decks(const SamplerArgs& args, const std::vector<std::size_t>& deck_of)
    : batch_(args.batch), all_rows_(args.rows.size()) {
  std::size_t count = 0;
  for (const std::size_t deck : deck_of) count = std::max(count, deck + 1);
  decks_.resize(count);
  for (std::size_t i = 0; i < deck_of.size(); ++i) {
    decks_[deck_of[i]].rows.push_back(args.rows[i]);
  }
  for (std::size_t i = 0; i < count; ++i) decks_[i].number = i;
  std::erase_if(decks_, [](const Deck& deck) { return deck.rows.empty(); });
}

std::vector<std::size_t> Decks::Share(std::vector<double> wanted) const {
  const double sum = std::accumulate(wanted.begin(), wanted.end(), 0.0);
  std::vector<std::size_t> shares;
  std::size_t given = 0;
  for (double& part : wanted) {
    part *= static_cast<double>(all_rows_) / sum;
    shares.push_back(
        std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(part))));
    given += shares.back();
  }
  const auto lack = [&](std::size_t i) {
    return wanted[i] - static_cast<double>(shares[i]);
  };
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(
      order.begin(), order.end(),
      [&](std::size_t a, std::size_t b) { return lack(a) > lack(b); });
  for (std::size_t i = 0; given < all_rows_; i = (i + 1) % order.size()) {
    ++shares[order[i]];
    ++given;
  }
  // Rare decks were given a row that they had no claim to.
  for (std::size_t i = order.size(); given > all_rows_;) {
    i = i == 0 ? order.size() - 1 : i - 1;
    if (shares[order[i]] < 2) continue;
    --shares[order[i]];
    --given;
  }
  return shares;
}

void Decks::Deal(Seed seed, Index epoch, const std::vector<std::size_t>& dealt,
                 const std::vector<std::size_t>& shares,
                 EpochRows* epoch_rows) {
  std::vector<Index>& rows = epoch_rows->rows;
  rows.clear();
  const auto offset = [](std::size_t at) {
    return static_cast<std::ptrdiff_t>(at);
  };
  for (std::size_t i = 0; i < decks_.size(); ++i) {
    // A stretch of the deck's rows shuffled, shuffled again, and so on.
    const std::size_t count = decks_[i].rows.size();
    std::size_t at = dealt[i];
    for (std::size_t left = shares[i]; left > 0;) {
      shuffled_ = decks_[i].rows;
      Rng(seed, RandomPurpose::kEpochOrder, at / count)
          .Shuffle(shuffled_, 1 + static_cast<Index>(decks_[i].number));
      const std::size_t first = at % count;
      const std::size_t taken = std::min(left, count - first);
      rows.insert(rows.end(), shuffled_.begin() + offset(first),
                  shuffled_.begin() + offset(first + taken));
      at += taken;
      left -= taken;
    }
  }
  Rng(seed, RandomPurpose::kEpochOrder, static_cast<std::uint64_t>(epoch))
      .Shuffle(rows);
  CutEvenly(batch_, epoch_rows);
}

std::string Decks::Text(
    const std::vector<std::size_t>& shares,
    const std::function<std::string(std::size_t number)>& name) const {
  constexpr std::size_t kShown = 8;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < count() && i < kShown; ++i) {
    parts.push_back(Str(name(decks_[i].number), " ", shares[i], " (has ",
                        decks_[i].rows.size(), ")"));
  }
  if (count() > kShown) parts.push_back(Str("... (", count(), ")"));
  return Str(Counted(static_cast<Index>(all_rows_), "row", "rows"), ": ",
             Join(parts, ", "));
}

std::vector<double> PowersOfRows(const Decks& decks, double power, Index cap) {
  std::vector<double> powers;
  for (std::size_t i = 0; i < decks.count(); ++i) {
    double count = static_cast<double>(decks.rows(i));
    if (cap > 0) count = std::min(count, static_cast<double>(cap));
    powers.push_back(std::pow(count, power));
  }
  return powers;
}

double AnnealedPower(double last, Index epochs, Index epoch) {
  if (epoch + 1 >= epochs) return last;
  return 1 + (last - 1) * static_cast<double>(epoch) /
                 static_cast<double>(epochs - 1);
}

std::vector<std::size_t> AnnealedDecks::SharesOf(Index epoch) const {
  return decks_.Share(
      PowersOfRows(decks_, AnnealedPower(power_, epochs_, epoch), cap_));
}

void AnnealedDecks::Draw(Seed seed, Index epoch, EpochRows* rows) {
  std::vector<std::size_t> dealt(decks_.count());
  const auto add = [&](const std::vector<std::size_t>& shares,
                       std::size_t times) {
    for (std::size_t i = 0; i < dealt.size(); ++i) {
      dealt[i] += times * shares[i];
    }
  };
  const Index changing = std::min(epoch, std::max<Index>(epochs_ - 1, 0));
  for (Index e = 0; e < changing; ++e) add(SharesOf(e), 1);
  if (epoch > changing) add(SharesOf(epoch), At(epoch - changing));
  decks_.Deal(seed, epoch, dealt, SharesOf(epoch), rows);
}

std::vector<std::size_t> RarestTasks(const SamplerArgs& args) {
  const std::size_t tasks = args.data.tasks.size();
  std::vector<std::vector<std::size_t>> labelled(args.rows.size());
  std::vector<Index> place(At(args.data.rows), -1);
  for (std::size_t i = 0; i < args.rows.size(); ++i) {
    place[At(args.rows[i])] = static_cast<Index>(i);
  }
  std::vector<std::size_t> counts(tasks);
  for (std::size_t t = 0; t < tasks; ++t) {
    for (const Index row : LabelledRows(args.data, static_cast<Index>(t))) {
      const Index at = place[At(row)];
      if (at < 0) continue;
      labelled[At(at)].push_back(t);
      ++counts[t];
    }
  }
  std::vector<std::size_t> of_row(args.rows.size(), tasks);
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    for (const std::size_t t : labelled[i]) {
      if (of_row[i] == tasks || counts[t] < counts[of_row[i]]) of_row[i] = t;
    }
  }
  return of_row;
}

std::string TaskDeckName(const SamplerArgs& args, std::size_t number) {
  return number < args.data.tasks.size() ? args.data.tasks[number].name
                                         : "no label";
}

}  // namespace mtlkit
