#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/parts.h"
#include "nn/archs/task_order.h"

namespace mtlkit {
namespace {

struct EsmmOptions {
  std::vector<std::string> order;
  Index shared = 0;
  void Describe(Fields& fields) {
    fields("order", order,
           "the tasks, each of which can be true only where the one before is; "
           "as the data has them unless given");
    fields("shared", shared,
           "how many of --layers the tasks share beside the tables of "
           "categories",
           Between(0, 64));
  }
};

// Ma, Zhao, Huang, Wang, Hu, Zhu and Gai, "Entire space multi-task model: an
// effective approach for estimating post-click conversion rate", 2018, equation
// 2 and section 2.3: towers of each task's own on tables that all share; what a
// tower says is the probability given the task before, and what a task puts out
// is the product of those up to it. So nothing is fitted to the conditional
// probability alone, and each task learns from all rows.
Network BuildEsmm(const ArchArgs& args, const EsmmOptions& options) {
  NetworkParts parts(args);
  for (Index i = 0; i < parts.tasks(); ++i) {
    Require(parts.task(i).type == TaskType::kBinary, ErrorKind::kUsage,
            Str("--arch esmm: task '", parts.task(i).name, "' is ",
                TaskTypeName(parts.task(i).type),
                ", and there are no products of its probabilities"),
            "choose binary tasks, or another architecture");
  }
  const std::vector<Index>& widths = parts.layers();
  Require(options.shared <= std::ssize(widths), ErrorKind::kUsage,
          Str("--arch esmm: shared=", options.shared, " of ", widths.size(),
              " layers"),
          "give more --layers, or share fewer");
  const auto shared = widths.begin() + options.shared;
  const NetworkParts::Source trunk =
      parts.AddLayers("trunk", parts.Inputs(""), {widths.begin(), shared});
  Value chain;
  for (const Index i : OrderOfTasks("esmm", options.order, parts)) {
    const std::string& task = parts.task(i).name;
    const Value own = parts.AddLogits(
        i, parts.AddLayers("tower." + task, trunk, {shared, widths.end()}));
    chain = chain.id < 0 ? own
                         : parts.builder().Add("joint." + task,
                                               MakeJointLogit(), {chain, own});
    parts.builder().Output(i, chain);
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kEsmmArch;
const ArchEntry kEsmmArch = MakeEntry<BuildEsmm, EsmmOptions>(
    "esmm",
    "binary tasks in a chain, the probability of each the product of those up "
    "to it (Ma et al. 2018)");

}  // namespace mtlkit
