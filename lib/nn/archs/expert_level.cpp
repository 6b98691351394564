#include "nn/archs/expert_level.h"

#include "base/error.h"

namespace mtlkit {

void OwnAndShared::Describe(Fields& fields) {
  fields("own", own,
         "experts of a task's own: one number for all tasks, or one for each",
         Between(0, 1024));
  fields("shared", shared, "experts that all tasks share", Between(1, 1024));
  fields("balance", balance,
         "penalty for uneven use of the experts by a gate (Shazeer et al. "
         "2017)",
         AtLeast(0));
}

std::vector<Index> OwnAndShared::OwnOf(std::string_view arch,
                                       Index tasks) const {
  if (own.size() == 1) return std::vector<Index>(At(tasks), own[0]);
  Require(std::ssize(own) == tasks, ErrorKind::kUsage,
          Str("--arch ", arch, ": own= has ", own.size(),
              " numbers, but there are ", tasks, " tasks"),
          "give one for all tasks, or one for each");
  return own;
}

ExpertStreams AddExpertLevel(const ExpertLevel& level,
                             const OwnAndShared& options,
                             const ExpertStreams& from, NetworkParts* parts) {
  std::vector<Value> shared;
  parts->AddExperts(level.prefix + "shared", options.shared, from.shared,
                    level.widths, &shared);
  std::vector<Value> all;
  ExpertStreams to;
  for (Index i = 0; i < parts->tasks(); ++i) {
    const std::string& task = parts->task(i).name;
    std::vector<Value> experts;
    parts->AddExperts(Str(level.prefix, "own.", task), level.own[At(i)],
                      from.tasks[At(i)], level.widths, &experts);
    all.insert(all.end(), experts.begin(), experts.end());
    experts.insert(experts.end(), shared.begin(), shared.end());
    to.tasks.push_back(parts->AddMixture(
        Str(level.prefix, "gate.", task), Str(level.prefix, "mixture.", task),
        from.tasks[At(i)], experts, options.balance));
  }
  if (level.is_last) return to;
  all.insert(all.end(), shared.begin(), shared.end());
  to.shared = parts->AddMixture(level.prefix + "shared-gate",
                                level.prefix + "shared-mixture", from.shared,
                                all, options.balance);
  return to;
}

}  // namespace mtlkit
