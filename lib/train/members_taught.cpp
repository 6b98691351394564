#include "train/members_taught.h"

#include "base/error.h"
#include "data/head.h"

namespace mtlkit {

void RequireTaught(const Protocol& protocol, const Network& network) {
  for (Index task = 0; task < network.task_count(); ++task) {
    Require(!protocol.gives_gradients() || network.members(task) == 1,
            ErrorKind::kUsage,
            "--members: the method looks for agreement of whole networks, "
            "and these are ensembles",
            "leave --members out, or choose another method");
    Require(
        !protocol.teaches_members() || network.members(task) > 1,
        ErrorKind::kUsage,
        "the method lets a network teach its branches, and this one has none",
        "give --arch branches");
  }
}

void RequireRowTasks(std::span<const Task> tasks) {
  for (const Task& task : tasks) {
    Require(!task.traits().puts_out_tokens(), ErrorKind::kUsage,
            Str("task '", task.name,
                "' is of tokens, and the method compares rows"),
            "choose a method that leaves outputs alone (fedavg, or no "
            "--method), and no --mixup");
  }
}

}  // namespace mtlkit
