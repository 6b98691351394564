#include "cotrain/check_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/aggregate.h"
#include "cotrain/method.h"
#include "cotrain/participants.h"
#include "cotrain/selection.h"
#include "data/head.h"
#include "train/slice_pattern.h"

namespace mtlkit {
namespace {

Json ValuesOf(CotrainOptions options) {
  Json values;
  JsonWriter writer(&values, true);
  options.Describe(writer);
  return values;
}

[[noreturn]] void FailWithoutEffect(std::string_view flag,
                                    const RoundMethodEntry& method) {
  Fail(ErrorKind::kUsage,
       Str("--", flag, " has no effect with --method ", method.name),
       "leave it out");
}

bool IsUsed(std::string_view field, const RoundMethodEntry& method) {
  if (field == "rows-by" || field.starts_with("guard")) return true;
  if (field == "max-stale" || field == "min-peers" || field == "async") {
    return method.reads_others;
  }
  return std::find(method.fields.begin(), method.fields.end(), field) !=
         method.fields.end();
}

void RequireUsedFields(const RunSpec& spec, const RoundMethodEntry& method) {
  const Json defaults = ValuesOf(CotrainOptions{});
  const Json values = ValuesOf(spec.cotrain);
  for (const auto& [name, value] : values.items()) {
    if (value != defaults.at(name) && !IsUsed(name, method)) {
      FailWithoutEffect(name, method);
    }
  }
  Require(!method.gives_soft_targets || spec.train.mixup == 0,
          ErrorKind::kUsage,
          Str("--mixup with --method ", method.name,
              ", whose targets are of a row, not of two"),
          "leave it out");
  // Parameters that are averaged are those of the last epoch.
  if (!method.publishes_params) return;
  const TrainOptions untold;
  if (spec.train.patience != untold.patience) {
    FailWithoutEffect("patience", method);
  }
  if (spec.train.select_on != untold.select_on) {
    FailWithoutEffect("select-on", method);
  }
  if (spec.train.keep_best != untold.keep_best) {
    FailWithoutEffect("keep-best", method);
  }
  if (spec.train.task_patience != untold.task_patience) {
    FailWithoutEffect("task-patience", method);
  }
}

// "binary, multiclass, multilabel, ordinal": whose labels are classes.
std::string LabelledTypes() {
  std::vector<std::string> types;
  for (const HeadEntry* head : HeadEntries()) {
    if (head->traits.is_type && head->traits.has_classes &&
        !head->traits.of_tokens && !head->traits.is_map) {
      types.emplace_back(head->name);
    }
  }
  return Join(types, ", ");
}

// Methods that label rows need tasks of their kind and rows without a label.
void RequireRowsToLabel(const RunSpec& spec, const RoundMethodEntry& method,
                        const Dataset& data) {
  const std::vector<Index> rows = InputsOf(data, spec.train).train_rows;
  bool any_task = false;
  for (Index task = 0; task < static_cast<Index>(data.tasks.size()); ++task) {
    const Task& of_task = data.tasks[At(task)];
    if (method.labels_numbers ? !IsNumbers(of_task) : !CanBeLabelled(of_task)) {
      continue;
    }
    any_task = true;
    if (!IncompleteRows(data, task, rows).empty()) return;
  }
  const std::string labels =
      Str("--method ", spec.method, " labels rows of tasks whose labels are ",
          method.labels_numbers ? "numbers"
                                : Str("classes (", LabelledTypes(), ")"));
  if (any_task) {
    Fail(ErrorKind::kUsage,
         Str(labels, ", and no training row is without a label of one"),
         "hide some with mtl-prep --keep-labels, or use codistillation");
  }
  Fail(ErrorKind::kUsage, Str(labels, ", and there is none"),
       Str("use codistillation for tasks of other types",
           method.labels_numbers ? ", or co-training for classes" : ""));
}

// What peers teach each other on rows without a label needs such rows.
void RequireRowsToTeach(const RunSpec& spec, const Dataset& data) {
  const std::vector<Index> rows = InputsOf(data, spec.train).train_rows;
  for (Index task = 0; task < std::ssize(data.tasks); ++task) {
    if (!UnlabelledRows(data, task, rows).empty()) return;
  }
  Fail(ErrorKind::kUsage,
       Str("--method ", spec.method,
           " teaches on rows without a label, and every training row has all "
           "of them"),
       "hide some with mtl-prep --keep-labels, or use codistillation");
}

// Rows that say whether a round did harm: of a split that is not learned from.
void CheckGuard(const RunSpec& spec, const Dataset& data) {
  const std::string& split = spec.cotrain.guard;
  Require(!spec.has_own_data(), ErrorKind::kUsage,
          "--guard: peers have data of their own", "leave it out");
  Require(split != spec.train.train_split, ErrorKind::kUsage,
          Str("--guard ", split, " is what peers learn from"),
          "name a split of its own, as mtl-prep --split guard=0.1 makes one");
  InContext("--guard", [&] { data.SplitRows(split); });
}

void CheckPeers(const RunSpec& spec, const RoundMethodEntry& method,
                const Dataset& data) {
  if (!spec.each.empty() &&
      static_cast<Index>(spec.each.size()) != spec.peers) {
    Fail(ErrorKind::kUsage, "every peer or none must be described",
         "give one --view PEER=INPUT for each peer");
  }
  for (std::size_t peer = 0; peer < spec.each.size(); ++peer) {
    const PeerSpec& own = spec.each[peer];
    own.Check(data, static_cast<Index>(peer));
    const bool one_network = own.arch.empty() && own.layers.empty() &&
                             own.inputs.empty() && own.tasks.empty();
    Require(!method.same_start || one_network, ErrorKind::kUsage,
            Str("--method ", method.name,
                " averages parameters, so its peers cannot have views, "
                "networks or tasks of their own"),
            "leave out all of --peer but rows and seed, and --view");
    Require(!method.same_start || own.from.path.empty(), ErrorKind::kUsage,
            Str("--peer-from: --method ", method.name,
                " averages parameters, so its peers begin alike"),
            "give one model for all with --from");
    Require(own.rows.empty() || spec.cotrain.rows_by == "all" ||
                spec.cotrain.rows_by == "auto",
            ErrorKind::kUsage, "--rows-by and --peer-rows exclude each other",
            "leave out --rows-by");
  }
}

// What parameters are exchanged, and how they become one.
void CheckParams(const RunSpec& spec, const Dataset& data) {
  const std::string& params = spec.cotrain.params;
  if (params == "trunk" &&
      BuildNetwork(data.schema(), spec.arch).weights()->shared_size() == 0) {
    Fail(ErrorKind::kUsage, "--params trunk: this network shares nothing",
         "use --arch shared, or --params all");
  }
  if (params != "trunk" && params != "all") {
    SlicesNamed(BuildNetwork(data.schema(), spec.arch), params, "--params");
  }
  const Index least = MakeAggregate(spec.cotrain.aggregate)->least_peers();
  const Index drawn = PeersInRound(spec);
  Require(drawn >= least, ErrorKind::kUsage,
          Str("--aggregate ", spec.cotrain.aggregate, " needs at least ", least,
              " peers in a round, not ", drawn),
          "give more with --peers, or change its options");
}

// Peers that never see one another's rows can exchange parameters only.
void CheckOwnData(const RunSpec& spec, const RoundMethodEntry& method) {
  Require(method.published_rows == PublishedRows::kNone, ErrorKind::kUsage,
          Str("--schema: --method ", method.name,
              " exchanges what peers say of rows, which all must have"),
          "use fedavg, or one file for all with --data");
  Require(spec.cotrain.rows_by == "all", ErrorKind::kUsage,
          "--schema: every peer has rows of its own, all of them for training",
          "leave out --rows-by and --peer-rows");
  for (const PeerSpec& own : spec.each) {
    Require(own.rows.empty(), ErrorKind::kUsage,
            "--schema: every peer has a file of its own",
            "leave out --peer-rows");
  }
}

// What is said of rows has one place a row.
void RequireRowTasks(const Dataset& data) {
  for (const Task& task : data.tasks) {
    Require(!task.traits().puts_out_tokens(), ErrorKind::kUsage,
            Str("task '", task.name,
                "' is of tokens, and the method exchanges what "
                "is said of rows"),
            "use a method that exchanges parameters, such as fedavg");
  }
}

}  // namespace

void ResolveRunSpec(RunSpec* spec) {
  const RoundMethodEntry& method = FindRoundMethod(spec->method);
  if (spec->cotrain.rows_by == "auto") {
    const bool by_peer =
        std::any_of(spec->each.begin(), spec->each.end(),
                    [](const PeerSpec& peer) { return !peer.rows.empty(); });
    spec->cotrain.rows_by = spec->has_own_data() || by_peer
                                ? "all"
                                : std::string(method.default_rows_by);
  }
  if (spec->train.epochs == 0) spec->train.epochs = method.default_epochs;
}

void CheckRunSpec(const RunSpec& spec, const Dataset& data) {
  const RoundMethodEntry& method = FindRoundMethod(spec.method);
  MakeRoundMethod(spec);  // its options
  if (spec.peers < method.least_peers) {
    Fail(ErrorKind::kUsage,
         Str("--method ", method.name, " needs at least ", method.least_peers,
             " peers, not ", spec.peers),
         "give more with --peers");
  }
  if (spec.cotrain.min_peers >= spec.peers) {
    Fail(ErrorKind::kUsage,
         Str("--min-peers ", spec.cotrain.min_peers, ": of ",
             Counted(spec.peers, "peer", "peers"), ", each has ",
             spec.peers - 1, " beside it"),
         "ask for fewer, or give more --peers");
  }
  Require(!spec.cotrain.async || spec.cotrain.fraction >= 1, ErrorKind::kUsage,
          "--async and --fraction exclude each other",
          "who is drawn reads the round before");
  CheckPeers(spec, method, data);
  if (method.published_rows != PublishedRows::kNone) RequireRowTasks(data);
  if (spec.has_own_data()) CheckOwnData(spec, method);
  RequireUsedFields(spec, method);
  CheckParams(spec, data);
  CheckPerClass(spec.cotrain.per_class, data);
  if (method.labels_rows) {
    RequireRowsToLabel(spec, method, data);
  } else if (method.published_rows == PublishedRows::kUnlabelled) {
    RequireRowsToTeach(spec, data);
  }
  if (!spec.cotrain.guard.empty()) CheckGuard(spec, data);
}

}  // namespace mtlkit
