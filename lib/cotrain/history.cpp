#include "cotrain/history.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/text.h"
#include "eval/metric.h"
#include "eval/table.h"

namespace mtlkit {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

const RoundMeasure* FindMeasure(const PastRound& round,
                                const std::string& task) {
  for (const RoundMeasure& measure : round.measures) {
    if (measure.task == task) return &measure;
  }
  return nullptr;
}

// How large the publications are that rounds read, each record read once.
class PublicationSizes {
 public:
  explicit PublicationSizes(const RunFolder& folder) : folder_(folder) {}
  Index Of(Index peer, Index round) {
    const auto [at, is_new] = sizes_.emplace(std::pair(peer, round), 0);
    if (is_new) {
      const auto done = PeekDone(folder_, peer, round);
      if (done) at->second = done->publication_bytes;
    }
    return at->second;
  }

 private:
  const RunFolder& folder_;
  std::map<std::pair<Index, Index>, Index> sizes_;
};

PastRound RoundOf(const DoneRecord& record, PublicationSizes* sizes) {
  PastRound past;
  past.peer = record.peer;
  past.round = record.round;
  past.bytes_published = record.publication_bytes;
  past.undone = record.undone;
  past.proposed = record.proposed;
  past.measures = record.measures;
  double sum = 0;
  double count = 0;
  for (const RoundInput& input : record.inputs) {
    if (input.peer == record.peer) continue;
    const Index age = record.round - input.round;
    past.oldest = std::max(past.oldest, age);
    sum += static_cast<double>(age);
    ++count;
    past.bytes_read += sizes->Of(input.peer, input.round);
  }
  if (count > 0) past.mean_age = sum / count;
  return past;
}

std::vector<AgeMeasure> ByAge(const std::vector<PastRound>& rounds) {
  struct Sums {
    double own = 0;
    double count = 0;
    double change = 0;
    double changes = 0;
  };
  std::map<std::tuple<Index, std::string, std::string>, Sums> groups;
  std::map<std::pair<Index, std::string>, double> before;  // of a peer's task
  for (const PastRound& round : rounds) {
    for (const RoundMeasure& measure : round.measures) {
      if (std::isnan(measure.own)) continue;
      Sums& sums = groups[{round.oldest, measure.task, measure.metric}];
      sums.own += measure.own;
      ++sums.count;
      const auto key = std::pair(round.peer, measure.task);
      const auto last = before.find(key);
      if (last != before.end()) {
        sums.change += measure.own - last->second;
        ++sums.changes;
      }
      before[key] = measure.own;
    }
  }
  std::vector<AgeMeasure> by_age;
  for (const auto& [key, sums] : groups) {
    by_age.push_back(
        {std::get<0>(key), std::get<1>(key), std::get<2>(key),
         static_cast<Index>(sums.count), sums.own / sums.count,
         sums.changes > 0 ? sums.change / sums.changes : kUnknown});
  }
  return by_age;
}

std::vector<std::string> TasksOf(const RunHistory& history) {
  std::vector<std::string> tasks;
  for (const PastRound& round : history.rounds) {
    for (const RoundMeasure& measure : round.measures) {
      if (std::ranges::find(tasks, measure.task) == tasks.end()) {
        tasks.push_back(measure.task);
      }
    }
  }
  return tasks;
}

std::string RoundsText(const RunHistory& history) {
  const std::vector<std::string> tasks = TasksOf(history);
  TextTable table;
  std::vector<std::string> header = {"round", "peer", "age", "published",
                                     "read"};
  header.insert(header.end(), tasks.begin(), tasks.end());
  table.AddRow(std::move(header));
  for (const PastRound& round : history.rounds) {
    std::vector<std::string> row = {
        Str(round.round, round.undone ? " (undone)" : ""), Str(round.peer),
        round.oldest == 0 ? "-" : ShortNumber(round.mean_age),
        Str(round.bytes_published), Str(round.bytes_read)};
    for (const std::string& task : tasks) {
      const RoundMeasure* measure = FindMeasure(round, task);
      row.push_back(measure == nullptr ? "-" : TableNumber(measure->own));
    }
    table.AddRow(std::move(row));
  }
  return table.Render();
}

std::string AgesText(const RunHistory& history) {
  TextTable table;
  table.AddRow({"oldest read", "task", "measure", "rounds", "mean", "change"});
  for (const AgeMeasure& age : history.by_age) {
    table.AddRow(
        {age.age == 0 ? "nothing" : Str(age.age, " rounds ago"), age.task,
         std::string(FindMetric(age.metric).label), Str(age.rounds),
         TableNumber(age.own),
         std::isnan(age.change) ? "-" : TableNumber(age.change, true)});
  }
  return table.Render();
}

Json NumberOrNull(double value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}

}  // namespace

RunHistory HistoryOf(const std::string& path) {
  const RunFolder folder(path);
  const RunSpec spec = ReadSpec(folder);
  RunHistory history;
  history.method = spec.method;
  history.peers = spec.peers;
  PublicationSizes sizes(folder);
  for (Index peer = 0; peer < spec.peers; ++peer) {
    for (Index round = 1; round <= folder.NewestRound(peer); ++round) {
      const auto done = PeekDone(folder, peer, round);
      if (done) history.rounds.push_back(RoundOf(*done, &sizes));
    }
  }
  std::ranges::stable_sort(history.rounds, {}, [](const PastRound& round) {
    return std::pair(round.round, round.peer);
  });
  history.by_age = ByAge(history.rounds);
  for (const PastRound& round : history.rounds) {
    history.bytes_published += round.bytes_published;
    history.bytes_read += round.bytes_read;
  }
  return history;
}

std::string RenderText(const RunHistory& history) {
  if (history.rounds.empty()) return "no round is done\n";
  std::string text = RoundsText(history);
  text += Str("bytes published ", history.bytes_published,
              ", read of other peers ", history.bytes_read, "\n");
  if (!history.by_age.empty()) {
    text += "\n" + AgesText(history) +
            "change: from the peer's round before, mean over rounds\n";
  }
  return text;
}

void AddJson(const RunHistory& history, Json* json) {
  Json& rounds = (*json)["rounds"] = Json::array();
  for (const PastRound& round : history.rounds) {
    Json item{
        {"peer", round.peer},
        {"round", round.round},
        {"mean_age", round.oldest == 0 ? Json(nullptr) : Json(round.mean_age)},
        {"oldest", round.oldest},
        {"bytes_published", round.bytes_published},
        {"bytes_read", round.bytes_read},
        {"undone", round.undone},
        {"proposed", round.proposed},
        {"measures", Json::array()}};
    for (const RoundMeasure& measure : round.measures) {
      item["measures"].push_back(
          {{"task", measure.task},
           {"metric", measure.metric},
           {"own", NumberOrNull(measure.own)},
           {"ensemble", NumberOrNull(measure.ensemble)}});
    }
    rounds.push_back(std::move(item));
  }
  Json& ages = (*json)["by_age"] = Json::array();
  for (const AgeMeasure& age : history.by_age) {
    ages.push_back({{"age", age.age},
                    {"task", age.task},
                    {"metric", age.metric},
                    {"rounds", age.rounds},
                    {"own", age.own},
                    {"change", NumberOrNull(age.change)}});
  }
  (*json)["bytes"] = {{"published", history.bytes_published},
                      {"read", history.bytes_read}};
}

}  // namespace mtlkit
