#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "train/sampler.h"

namespace mtlkit {

// Rows in decks (those of a task, of a class), of which an epoch deals so many
// from each. A deck is gone through in random order and begins anew when it is
// through, across epochs: none of its rows comes up again before all have. For
// samplers; not thread-safe.
class Decks {
 public:
  // `deck_of`: the deck of each of `args.rows`. Decks without rows are left
  // out, and the others keep their numbers.
  Decks(const SamplerArgs& args, const std::vector<std::size_t>& deck_of);

  std::size_t count() const { return decks_.size(); }
  // As given, and how many rows it has.
  std::size_t number(std::size_t deck) const { return decks_[deck].number; }
  std::size_t rows(std::size_t deck) const { return decks_[deck].rows.size(); }

  // So many rows of each deck, at least one, in proportion to `wanted` (one a
  // deck, none negative, not all 0) and as many together as there are rows:
  // rounded down, then those who lost most get one more.
  std::vector<std::size_t> Share(std::vector<double> wanted) const;
  // Sets an epoch: `shares` of each deck, behind the `dealt` rows that came
  // before, shuffled and cut into batches.
  void Deal(Seed seed, Index epoch, const std::vector<std::size_t>& dealt,
            const std::vector<std::size_t>& shares, EpochRows* epoch_rows);

  // "101 rows: a 62, b 31, no label 8"; `name` of a number.
  std::string Text(
      const std::vector<std::size_t>& shares,
      const std::function<std::string(std::size_t number)>& name) const;

 private:
  struct Deck {
    std::size_t number = 0;
    std::vector<Index> rows;
  };

  Index batch_;
  std::size_t all_rows_;
  std::vector<Deck> decks_;
  std::vector<Index> shuffled_;
};

// n^power of each deck's rows, of which at most `cap` count (0: all).
std::vector<double> PowersOfRows(const Decks& decks, double power,
                                 Index cap = 0);

// The power of an epoch (from 0) that goes from 1 to `last` in equal steps over
// `epochs`, as Stickland and Murray ("BERT and PALs", 2019) anneal it; 0 or 1
// epochs: `last` at once.
double AnnealedPower(double last, Index epochs, Index epoch);

// Shares of the epochs of one power after another.
class AnnealedDecks {
 public:
  // All must outlive it.
  AnnealedDecks(Decks* decks, double power, Index epochs, Index cap)
      : decks_(*decks), power_(power), epochs_(epochs), cap_(cap) {}

  std::vector<std::size_t> SharesOf(Index epoch) const;
  void Draw(Seed seed, Index epoch, EpochRows* rows);

 private:
  Decks& decks_;
  double power_;
  Index epochs_;
  Index cap_;
};

// The task of each row: of those with a label there, the one with the fewest
// labelled rows; the number of tasks where no label is.
std::vector<std::size_t> RarestTasks(const SamplerArgs& args);

// What the note on an epoch calls the decks of RarestTasks.
std::string TaskDeckName(const SamplerArgs& args, std::size_t number);

}  // namespace mtlkit
