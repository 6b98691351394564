#include "cotrain/peer_spec.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Calls set(peer, value) for each PEER=VALUE.
void ForEachPair(const std::vector<std::string>& texts, std::string_view flag,
                 std::string_view value_name, Index peers,
                 const std::function<void(Index, std::string)>& set) {
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    long long peer = -1;
    if (equals == std::string::npos ||
        !ParseInteger(text.substr(0, equals), &peer) || peer < 0 ||
        peer >= peers || equals + 1 == text.size()) {
      Fail(ErrorKind::kUsage,
           Str("--", flag, " '", text, "' is no PEER=", value_name),
           Str("peers are 0 to ", peers - 1));
    }
    set(static_cast<Index>(peer), text.substr(equals + 1));
  }
}

}  // namespace

void PeerSpec::Describe(Fields& fields) {
  fields("arch", arch, "its architecture");
  fields("layers", layers, "its layers");
  fields("inputs", inputs, "its input blocks");
  fields("tasks", tasks, "its tasks");
  fields("rows", rows, "the split that it learns from");
  fields("from", from.sha256, "digest of the model that it begins from");
}

std::string PeerSpec::Name(Index peer) const {
  return Str(inputs.empty() ? "peer " : "--view of peer ", peer);
}

bool PeerSpec::IsDefault() const {
  return arch.empty() && layers.empty() && inputs.empty() && tasks.empty() &&
         rows.empty() && from.path.empty() && from.sha256.empty();
}

ArchOptions PeerSpec::ArchOf(ArchOptions of_run) const {
  if (!arch.empty()) of_run.arch = arch;
  if (!layers.empty()) of_run.layers = layers;
  if (!inputs.empty()) of_run.inputs = inputs;
  return of_run;
}

void PeerSpec::Check(const Dataset& data, Index peer) const {
  if (!rows.empty()) {
    InContext(Str("--peer-rows of peer ", peer), [&] { data.SplitRows(rows); });
  }
  for (const std::string& pattern : tasks) {
    const bool known = std::any_of(
        data.tasks.begin(), data.tasks.end(),
        [&](const Task& task) { return MatchesPattern(pattern, task.name); });
    if (known) continue;
    Fail(ErrorKind::kUsage,
         Str("--peer-tasks of peer ", peer, ": there is no task '", pattern,
             "'"),
         Str("the tasks are: ", Join(NamesOf(data.tasks), ", ")));
  }
}

std::vector<Index> PeerSpec::TasksOf(const Dataset& data) const {
  std::vector<Index> numbers;
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    const bool chosen =
        tasks.empty() ||
        std::any_of(tasks.begin(), tasks.end(), [&](const std::string& text) {
          return MatchesPattern(text, data.tasks[t].name);
        });
    if (chosen) numbers.push_back(static_cast<Index>(t));
  }
  return numbers;
}

std::vector<std::string> PeerSpec::AbsentTasks(const Dataset& data) const {
  const std::vector<Index> own = TasksOf(data);
  std::vector<std::string> absent;
  for (std::size_t t = 0; t < data.tasks.size(); ++t) {
    if (!std::binary_search(own.begin(), own.end(), static_cast<Index>(t))) {
      absent.push_back(data.tasks[t].name);
    }
  }
  return absent;
}

Dataset PeerSpec::DataOf(const Dataset& data) const {
  if (tasks.empty()) return data;
  Dataset own = data;
  own.tasks.clear();
  own.labels.clear();
  for (const Index task : TasksOf(data)) {
    own.tasks.push_back(data.tasks[At(task)]);
    own.labels.push_back(data.labels[At(task)]);
  }
  return own;
}

void PeerFlags::Describe(Fields& fields) {
  const auto field = [&](const char* name, std::vector<std::string>& values,
                         const char* value_name, const char* help) {
    fields.Field({.name = name,
                  .help = help,
                  .value_name = value_name,
                  .splits_commas = false},
                 values);
  };
  field("view", view, "PEER=INPUT",
        "input blocks of a peer, by name or pattern; repeat it for each");
  field("peer-arch", arch, "PEER=NAME[:option=value,...]",
        "architecture of one peer, where it has another than --arch");
  field("peer-layers", layers, "PEER=WIDTH[,WIDTH...]",
        "layers of one peer, where it has others than --layers");
  field("peer-tasks", tasks, "PEER=TASK",
        "tasks of one peer, by name or pattern, where it has not all; repeat "
        "it for each");
  field("peer-rows", rows, "PEER=SPLIT",
        "split that one peer learns from, where it has rows of its own");
  field("peer-from", from, "PEER=MODEL",
        "model that one peer begins from, where it is another than --from");
}

std::vector<PeerSpec> PeerFlags::Parse(Index peers) const {
  std::vector<PeerSpec> specs(At(peers));
  ForEachPair(view, "view", "INPUT", peers,
              [&](Index k, const std::string& value) {
                for (std::string& input : SplitNames(value)) {
                  specs[At(k)].inputs.push_back(std::move(input));
                }
              });
  ForEachPair(arch, "peer-arch", "NAME", peers,
              [&](Index k, std::string value) {
                specs[At(k)].arch = std::move(value);
              });
  ForEachPair(layers, "peer-layers", "WIDTHS", peers,
              [&](Index k, const std::string& value) {
                specs[At(k)].layers = Split(value, ',');
              });
  ForEachPair(tasks, "peer-tasks", "TASK", peers,
              [&](Index k, const std::string& value) {
                // One name, in which a comma may be written as in lists.
                specs[At(k)].tasks.push_back(Join(SplitNames(value), ","));
              });
  ForEachPair(rows, "peer-rows", "SPLIT", peers,
              [&](Index k, std::string value) {
                specs[At(k)].rows = std::move(value);
              });
  ForEachPair(from, "peer-from", "MODEL", peers,
              [&](Index k, std::string value) {
                specs[At(k)].from.path = std::move(value);
              });
  for (std::size_t k = 0; k < specs.size() && !view.empty(); ++k) {
    Require(!specs[k].inputs.empty(), ErrorKind::kUsage,
            Str("peer ", k, " has no --view, but others have"),
            "give every peer one");
  }
  const bool none = std::all_of(specs.begin(), specs.end(),
                                [](const auto& s) { return s.IsDefault(); });
  return none ? std::vector<PeerSpec>() : specs;
}

}  // namespace mtlkit
