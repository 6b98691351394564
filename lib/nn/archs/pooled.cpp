#include "base/error.h"
#include "base/registry.h"
#include "data/head.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

// One head can speak for tasks of one type only, with the same classes.
void RequireAlike(const std::vector<Task>& tasks) {
  for (const Task& task : tasks) {
    const Task& first = tasks.front();
    Require(!task.traits().is_written, ErrorKind::kUsage,
            Str("--arch pooled: task '", task.name,
                "' is a text, of which each task has a decoder"),
            "use --arch shared");
    Require(task.type == first.type, ErrorKind::kUsage,
            Str("--arch pooled: task '", task.name, "' is ",
                TaskTypeName(task.type), ", but '", first.name, "' is ",
                TaskTypeName(first.type)),
            "pool tasks of one type, or use --arch shared");
    Require(
        task.classes == first.classes && IsSameKind(task, first),
        ErrorKind::kUsage,
        Str("--arch pooled: task '", task.name,
            "' has other classes, columns or outputs than '", first.name, "'"),
        "pool tasks with the same classes and losses, or use --arch "
        "shared");
  }
}

Network BuildPooled(const ArchArgs& args) {
  RequireAlike(args.schema.tasks);
  NetworkParts parts(args);
  parts.AddPooledHead(
      parts.AddLayers("trunk", parts.Inputs(""), parts.layers()),
      parts.AllTasks());
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kPooledArch;
const ArchEntry kPooledArch = MakeEntry<BuildPooled>(
    "pooled",
    "one network and one head for all tasks, which must be of one type: as if "
    "they were one task");

}  // namespace mtlkit
