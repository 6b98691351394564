#include "base/registry.h"
#include "nn/archs/parts.h"
#include "nn/archs/task_order.h"

namespace mtlkit {
namespace {

struct DbmtlOptions {
  std::vector<std::string> order;
  std::string reads = "all";
  bool teaches = true;
  Index width = 0;
  void Describe(Fields& fields) {
    fields("order", order,
           "the tasks, each of which reads those before it; as the data has "
           "them unless given");
    fields("reads", reads, "which of those before it: all, or the last",
           {"all", "last"});
    fields("teaches", teaches,
           "whether what a task reads of others learns from that task, too");
    fields("width", width,
           "of a task's tower and of what it makes of others; 0: the last of "
           "--layers",
           Between(0, 65536));
  }
};

// Wang, Yu, Qiu, Yao, Wang and Gai, "Deep Bayesian multi-target learning for
// recommender systems", 2019: layers that all tasks share, a layer of each
// task's own, and one that reads this and the same of the tasks that its
// probability is conditioned on: P(a, b, c | x) = P(a | x) P(b | a, x)
// P(c | a, b, x) with reads=all, a chain with reads=last. With teaches=no what
// is read of other tasks is a constant to those that read it.
Network BuildDbmtl(const ArchArgs& args, const DbmtlOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("dbmtl", "for what tasks share");
  NetworkBuilder& builder = parts.builder();
  const NetworkParts::Source trunk =
      parts.AddLayers("trunk", parts.Inputs(""), parts.layers());
  const Index width = options.width > 0 ? options.width : parts.layers().back();
  std::vector<Value> known;
  for (const Index i : OrderOfTasks("dbmtl", options.order, parts)) {
    const std::string& task = parts.task(i).name;
    Value value = parts.AddHidden("tower." + task, trunk, width);
    if (!known.empty()) {
      std::vector<Value> read = {value};
      const auto first =
          options.reads == "all" ? known.begin() : known.end() - 1;
      read.insert(read.end(), first, known.end());
      const std::string relation = "relation." + task;
      value = parts.AddHidden(relation,
                              NetworkParts::From(builder.Add(
                                  relation + ".inputs", MakeConcat(), read)),
                              width);
    }
    parts.AddHead(i, NetworkParts::From(value));
    if (std::ssize(known) + 1 == parts.tasks()) break;  // nobody reads the last
    if (!options.teaches) {
      value = builder.Add("held." + task, MakeStopGradient(), {value});
    }
    known.push_back(value);
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kDbmtlArch;
const ArchEntry kDbmtlArch = MakeEntry<BuildDbmtl, DbmtlOptions>(
    "dbmtl",
    "a shared trunk, and tasks that read what is made for those before them "
    "(Wang et al. 2019)");

}  // namespace mtlkit
