// Outputs of members and of tokens, and what no output reads.
#include <algorithm>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "nn/archs/parts.h"
#include "nn/archs/texts.h"
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

bool NetworkParts::IsWritten(const InputSpec& input) const {
  return std::ranges::any_of(schema_.tasks, [&](const Task& task) {
    return task.traits().is_written && task.tokens == input.name;
  });
}

Value NetworkParts::AddWriter(const std::string& name, const Task& task) {
  const auto from = tokens_.find(task.from);
  const auto text =
      std::ranges::find(schema_.inputs, task.tokens, &InputSpec::name);
  Require(from != tokens_.end() && text != schema_.inputs.end(),
          ErrorKind::kUsage,
          Str("task '", task.name, "' is made of the texts of '", task.from,
              "', which the network does not read"),
          "leave --inputs out, or name that input and the task's own");
  const auto words = text->categories.empty() ? 0 : text->categories[0].size();
  Require(TraitsOf(text->kind).rows == BlockRows::kTokens &&
              task.codes == static_cast<Index>(words) + 1,
          ErrorKind::kBadInput,
          Str("task '", task.name, "' has ", task.codes, " codes, and '",
              task.tokens, "' ", words, " and the end"),
          "prepare the texts again");
  // Whatever reads the source, a transformer writes.
  TextForm form = ParseTexts(options_.texts, "--texts");
  if (form.kind != TextForm::Kind::kTransformer) {
    form = ParseTexts("transformer", "--texts");
  }
  const Value tokens = builder_.Add(
      name + ".tokens", MakeEmbedding({task.codes}, {form.width}, form.unknown),
      {builder_.Input(text - schema_.inputs.begin())});
  const Value known =
      AddTextDecoder(form, name + ".decoder", tokens, from->second, &builder_);
  return builder_.Add(name, MakeTied(task.codes), {known}, name + ".tokens");
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
  const bool of_tokens = std::ranges::any_of(
      schema_.tasks,
      [](const Task& task) { return task.traits().puts_out_tokens(); });
  const Network network = std::move(builder_).Build();
  // Tags and maps need nothing of what leads from tokens and pixels to rows,
  // and no other task needs a decoder.
  return of_tokens || !decoded_.empty()
             ? WithoutDeadEnds(network, schema_.inputs)
             : network;
}

}  // namespace mtlkit
