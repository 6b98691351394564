#include <map>

#include "base/registry.h"
#include "nn/archs/parts.h"
#include "nn/hierarchy.h"

namespace mtlkit {
namespace {

Network BuildShared(const ArchArgs& args) {
  const Schema& schema = args.schema;
  const Hierarchy hierarchy =
      args.options.hierarchy.empty()
          ? DefaultHierarchy(schema.tasks)
          : ResolveHierarchy(
                ParseHierarchy(args.options.hierarchy, "hierarchy"),
                schema.tasks);
  NetworkParts parts(args);
  std::map<std::string, NetworkParts::Source> ends;
  ends[""] = parts.Inputs("");
  for (const TaskGroup& group : hierarchy.groups) {
    const NetworkParts::Source end = parts.AddLayers(
        group.name, ends.at(group.from), group.layers.value_or(parts.layers()));
    ends[group.name] = end;
    std::vector<Index> tasks;
    for (const std::string& name : group.tasks) {
      tasks.push_back(FindTask(schema.tasks, name));
    }
    if (!tasks.empty()) parts.AddHeads(group.name, end, tasks);
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kSharedArch;
const ArchEntry kSharedArch = MakeEntry<BuildShared>(
    "shared",
    "hard sharing: tasks share the layers of their group and of the groups it "
    "comes from; one group unless --hierarchy says otherwise (Caruana 1997)");

}  // namespace mtlkit
