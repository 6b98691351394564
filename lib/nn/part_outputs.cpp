// Outputs of members and of tokens, and what no output reads.
#include <algorithm>

#include "base/error.h"
#include "data/head.h"
#include "nn/archs/parts.h"
#include "nn/dead_ends.h"

namespace mtlkit {

NetworkParts::Source NetworkParts::TokensOf(const Task& task) const {
  const auto at = tokens_.find(task.tokens);
  Require(at != tokens_.end(), ErrorKind::kUsage,
          Str("task '", task.name, "' has labels of the tokens of '",
              task.tokens, "', which the network does not read"),
          "leave --inputs out, or name that input");
  Require(!has_members(), ErrorKind::kUsage,
          Str("--members: task '", task.name,
              "' has a label for each token, of which members have none"),
          "leave --members out");
  return From(at->second);
}

Value NetworkParts::AddOutput(const std::string& name, const Source& source,
                              Index units) {
  if (!has_members()) return AddDense(name, source, units);
  Require(source.sparse.empty(), ErrorKind::kUsage,
          Str("--members: '", name,
              "' reads sparse inputs, and members have "
              "kernels of their own there"),
          "give it hidden layers (--layers, --head-layers)");
  return builder_.Add(name, MakeMemberDense(ensemble_.members, units),
                      {source.value});
}

Network NetworkParts::Build() && {
  const bool has_tags = std::ranges::any_of(
      schema_.tasks, [](const Task& task) { return task.traits().of_tokens; });
  const Network network = std::move(builder_).Build();
  // Tags and maps need nothing of what leads from tokens and pixels to rows,
  // and no other task needs a decoder.
  return has_tags || !decoded_.empty()
             ? WithoutDeadEnds(network, schema_.inputs)
             : network;
}

}  // namespace mtlkit
