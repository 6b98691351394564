#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "campaign.h"
#include "contract/option_texts.h"
#include "cotrain/collaboration.h"
#include "cotrain/method.h"
#include "cotrain/round_work.h"
#include "h5/guard.h"
#include "nn/model_io.h"

namespace mtlkit {

// A method with one of its options: those of its own, and the collaboration's
// that it reads.
struct Variant {
  const RoundMethodEntry* entry;
  Choice method;
  Choice field;

  std::string Name() const {
    Choice choice = field;
    choice.name = ChoiceText(method);
    return ChoiceText(choice);
  }
  void Set(RunSpec* spec) const {
    spec->method = ChoiceText(method);
    ReadOptions(field, "option", &spec->cotrain);
  }
};

inline std::vector<Variant> AllVariants() {
  std::vector<Variant> all;
  std::set<std::string> tried;
  for (const RoundMethodEntry* entry : RoundMethodEntries()) {
    const std::string name(entry->name);
    for (Choice own : OptionTexts(entry->describe)) {
      own.name = name;
      all.push_back({entry, own, {}});
    }
    for (const Choice& field : OptionTexts(DescribeDefaults<CotrainOptions>)) {
      const bool read =
          !field.options.empty() &&
          // Not all peers have all rounds then.
          field.options[0].first != "fraction" &&
          std::find(entry->fields.begin(), entry->fields.end(),
                    field.options[0].first) != entry->fields.end();
      // What several methods read alike is tried with the first of them.
      if (read && tried.insert(ChoiceText(field)).second) {
        all.push_back({entry, {name, {}}, field});
      }
    }
  }
  return all;
}

// Whether a test takes what comes at this place. `make test-long` takes all;
// others some of them, in each test case others, so that every method is met by
// some cases in any build: a round is a dozen files that are made to last.
class RoundSample {
 public:
  RoundSample() : offset_(next_offset++) {}
  bool Takes(Index place) const {
    const Index every = Campaign(internal::kIsSanitized ? 8 : 4, 1);
    return (place + offset_) % every == 0;
  }

 private:
  static inline Index next_offset = 0;
  Index offset_;
};

template <class Check>
void ForAllVariants(const Check& check) {
  const RoundSample sample;
  const std::vector<Variant> variants = AllVariants();
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (!sample.Takes(static_cast<Index>(i))) continue;
    CAPTURE(variants[i].Name());
    check(variants[i]);
  }
}

template <class Check>
void ForAllMethods(const Check& check) {
  const RoundSample sample;
  const auto methods = RoundMethodEntries();
  for (std::size_t i = 0; i < methods.size(); ++i) {
    if (!sample.Takes(static_cast<Index>(i))) continue;
    CAPTURE(methods[i]->name);
    check(*methods[i], std::string(methods[i]->name));
  }
}

// The rounds of a run that begins as another, in memory only.
class MemoryRounds {
 public:
  MemoryRounds(const Collaboration& run, const TrainEnvironment& environment)
      : run_(run), environment_(environment) {
    for (Index peer = 0; peer < run.spec.peers; ++peer) {
      first_.push_back(ReadModel(run.folder.ModelPath(peer, 0)));
    }
    rounds_.resize(first_.size());
  }

  const RoundWork& Work(Index peer) {
    auto& of_peer = rounds_[static_cast<std::size_t>(peer)];
    const Model& first = first_[static_cast<std::size_t>(peer)];
    RoundStart start;
    start.peer = peer;
    start.round = static_cast<Index>(of_peer.size()) + 1;
    start.model = of_peer.empty() ? first : of_peer.back().model;
    start.first = [&first] { return first; };
    for (Index other = 0; other < run_.spec.peers; ++other) {
      if (other != peer && !run_.method->reads_others) continue;
      const auto& theirs = rounds_[static_cast<std::size_t>(other)];
      const Index newest =
          std::min(start.round - 1, static_cast<Index>(theirs.size()));
      if (newest < 1) continue;
      start.inputs.push_back(
          theirs[static_cast<std::size_t>(newest - 1)].publication);
    }
    of_peer.push_back(WorkRound(run_, std::move(start), environment_));
    return of_peer.back();
  }

 private:
  const Collaboration& run_;
  const TrainEnvironment& environment_;
  std::vector<Model> first_;
  std::vector<std::vector<RoundWork>> rounds_;
};

}  // namespace mtlkit
