#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "cotrain/record.h"
#include "cotrain/run.h"

namespace mtlkit {

// A round that is done, as its record says.
struct PastRound {
  Index peer = 0;
  Index round = 0;
  // Rounds between it and what it read of others; 0 where it read nothing.
  double mean_age = 0;
  Index oldest = 0;
  Index bytes_published = 0;
  // Of the publications of others that it read, where these are still there.
  Index bytes_read = 0;
  bool undone = false;
  Index proposed = 0;
  std::vector<RoundMeasure> measures;
};

// How peers did whose oldest reading was of one age, of one task.
struct AgeMeasure {
  Index age = 0;  // 0: they read nothing of others
  std::string task;
  std::string metric;
  Index rounds = 0;
  double own = 0;     // mean over rounds
  double change = 0;  // mean from the peer's round before; NaN without one
};

// All rounds of a run: round 0 apart, by round and then by peer.
struct RunHistory {
  std::string method;
  Index peers = 0;
  std::vector<PastRound> rounds;
  std::vector<AgeMeasure> by_age;
  Index bytes_published = 0;
  Index bytes_read = 0;
};

// Reads the records of every round; publications are not opened.
RunHistory HistoryOf(const std::string& path);

// A line a round, and what there is by age.
std::string RenderText(const RunHistory& history);
// Adds "rounds", "by_age" and "bytes" to a JSON object.
void AddJson(const RunHistory& history, Json* json);

}  // namespace mtlkit
