#include "cotrain/peer_spec.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// The peer that `text` begins with, before the first `mark`; what stands behind
// it becomes `rest`. -1 where this is not so.
Index TakePeer(const std::string& text, char mark, Index peers,
               std::string* rest) {
  const std::size_t end = text.find(mark);
  long long peer = -1;
  if (end == std::string::npos || !ParseInteger(text.substr(0, end), &peer) ||
      peer < 0 || peer >= peers || end + 1 == text.size()) {
    return -1;
  }
  *rest = text.substr(end + 1);
  return static_cast<Index>(peer);
}

// Calls set(peer, value) for each PEER=VALUE.
void ForEachPair(const std::vector<std::string>& texts, std::string_view flag,
                 std::string_view value_name, Index peers,
                 const std::function<void(Index, std::string)>& set) {
  for (const std::string& text : texts) {
    std::string value;
    const Index peer = TakePeer(text, '=', peers, &value);
    Require(peer >= 0, ErrorKind::kUsage,
            Str("--", flag, " '", text, "' is no PEER=", value_name),
            Str("peers are 0 to ", peers - 1));
    set(peer, std::move(value));
  }
}

// A setting of a peer: how its text is taken, and whether it was given before.
struct PeerSetting {
  std::string_view name;
  bool (*is_set)(const PeerSpec&);
  // False where the text is no value of it.
  bool (*set)(const std::string& text, PeerSpec*);
};

bool SetSeed(const std::string& text, PeerSpec* spec) {
  long long seed = -1;
  if (!ParseInteger(text, &seed) || seed < 0) return false;
  spec->seed = static_cast<Index>(seed);
  return true;
}

constexpr PeerSetting kPeerSettings[] = {
    {"arch", [](const PeerSpec& s) { return !s.arch.empty(); },
     [](const std::string& text, PeerSpec* s) {
       s->arch = text;
       return true;
     }},
    {"layers", [](const PeerSpec& s) { return !s.layers.empty(); },
     [](const std::string& text, PeerSpec* s) {
       s->layers = Split(text, ',');
       return true;
     }},
    {"inputs", [](const PeerSpec& s) { return !s.inputs.empty(); },
     [](const std::string& text, PeerSpec* s) {
       s->inputs = SplitNames(text);
       return true;
     }},
    {"tasks", [](const PeerSpec& s) { return !s.tasks.empty(); },
     [](const std::string& text, PeerSpec* s) {
       s->tasks = SplitNames(text);
       return true;
     }},
    {"rows", [](const PeerSpec& s) { return !s.rows.empty(); },
     [](const std::string& text, PeerSpec* s) {
       s->rows = text;
       return true;
     }},
    {"seed", [](const PeerSpec& s) { return s.seed >= 0; }, SetSeed},
    {"from", [](const PeerSpec& s) { return !s.from.path.empty(); },
     [](const std::string& text, PeerSpec* s) {
       s->from.path = text;
       return true;
     }},
};

const PeerSetting* FindSetting(std::string_view name) {
  for (const PeerSetting& setting : kPeerSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::string SettingNames() {
  std::vector<std::string> names;
  for (const PeerSetting& setting : kPeerSettings) {
    names.emplace_back(setting.name);
  }
  return Join(names, ", ");
}

// The settings of "arch=mmoe:experts=4:rows=east": a part that names none
// belongs to the one before it, as options of an architecture do.
std::vector<std::string> SplitSettings(const std::string& text) {
  std::vector<std::string> settings;
  for (std::string& part : Split(text, ':')) {
    const bool begins =
        FindSetting(part.substr(0, part.find('='))) != nullptr &&
        part.find('=') != part.npos;
    if (settings.empty() || begins) {
      settings.push_back(std::move(part));
    } else {
      settings.back() += ":" + part;
    }
  }
  return settings;
}

// Reads one PEER:NAME=VALUE[:NAME=VALUE...].
void ReadPeer(const std::string& text, std::vector<PeerSpec>* specs) {
  const Index peers = std::ssize(*specs);
  std::string rest;
  const Index peer = TakePeer(text, ':', peers, &rest);
  Require(peer >= 0, ErrorKind::kUsage,
          Str("--peer '", text, "' is no PEER:NAME=VALUE[:NAME=VALUE...]"),
          Str("peers are 0 to ", peers - 1));
  PeerSpec& spec = (*specs)[At(peer)];
  for (const std::string& setting : SplitSettings(rest)) {
    const std::size_t equals = setting.find('=');
    const std::string name = setting.substr(0, equals);
    const PeerSetting* found = FindSetting(name);
    Require(found != nullptr, ErrorKind::kUsage,
            Str("--peer ", text, ": a peer has no setting '", name, "'"),
            Str("it has ", SettingNames()));
    Require(
        !found->is_set(spec), ErrorKind::kUsage,
        Str("--peer ", text, ": ", name, " of peer ", peer, " is said twice"),
        "say it once");
    const std::string value =
        equals == setting.npos ? "" : setting.substr(equals + 1);
    Require(!value.empty() && found->set(value, &spec), ErrorKind::kUsage,
            Str("--peer ", text, ": '", setting, "' gives no ", name));
  }
}

}  // namespace

void PeerSpec::Describe(Fields& fields) {
  fields("arch", arch, "its architecture");
  fields("layers", layers, "its layers");
  fields("inputs", inputs, "its input blocks");
  fields("tasks", tasks, "its tasks");
  fields("rows", rows, "the split that it learns from");
  fields("seed", seed, "its seed, -1: that of the run");
  fields("from", from.sha256, "digest of the model that it begins from");
}

std::string PeerSpec::Name(Index peer) const {
  return Str(inputs.empty() ? "peer " : "--view of peer ", peer);
}

bool PeerSpec::IsDefault() const {
  return arch.empty() && layers.empty() && inputs.empty() && tasks.empty() &&
         rows.empty() && seed < 0 && from.path.empty() && from.sha256.empty();
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
  field("peer", peer, "PEER:NAME=VALUE[:NAME=VALUE...]",
        "what one peer is, where it differs: arch=NAME[:option=value,...], "
        "layers=, inputs=, tasks=, rows=SPLIT, seed=, from=MODEL; repeat it "
        "for each");
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
  for (const std::string& text : peer) ReadPeer(text, &specs);
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
