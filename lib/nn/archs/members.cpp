// Ensembles inside a network: Wen, Tran and Ba, "BatchEnsemble: an alternative
// approach to efficient ensemble and lifelong learning", 2020, equation 5: a
// layer of member m is y = ((x * r_m) W) * s_m + b_m, with W of all members.
// Gorishniy, Kotelnikov and Babenko, "TabM: advancing tabular deep learning
// with parameter-efficient ensembling", 2024, section 3.3: outputs have kernels
// of each member's own; the first r_m begins as random signs, what tells
// members apart, and all other factors as 1 (TabM), or are left out
// (TabM-mini).
#include "base/error.h"
#include "data/head.h"
#include "nn/archs/parts.h"

namespace mtlkit {

void NetworkParts::CheckEnsemble() const {
  Require(!layers_.empty() || !head_layers_.empty(), ErrorKind::kUsage,
          "--members: the network has no hidden layer, and linear members are "
          "as good as one",
          "give --layers, or leave --members out");
  for (const Task& task : schema_.tasks) {
    Require(task.head().merges(), ErrorKind::kUsage,
            Str("--members: task '", task.name,
                "': there is no mean of what several networks say of it"),
            "leave --members out");
  }
}

Value NetworkParts::AddScale(const std::string& name, Value value,
                             InitKind init, bool bias,
                             const std::string& params_of) {
  return builder_.Add(
      name,
      MakeMemberScale(
          {.members = ensemble_.members, .bias = bias, .init = {init, 1}}),
      {value}, params_of);
}

Value NetworkParts::AddFullProduct(const std::string& name,
                                   const Source& source, DenseOptions dense,
                                   const std::string& params_of) {
  const auto owner = [&](const char* part) {
    return params_of.empty() ? "" : params_of + part;
  };
  Source read = source;
  if (!source.is_input) {
    read.value = AddScale(name + ".in", source.value, InitKind::kConstant,
                          false, owner(".in"));
  }
  dense.bias = false;
  return AddScale(name + ".out", AddProduct(name, read, dense, params_of),
                  InitKind::kConstant, true, owner(".out"));
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

}  // namespace mtlkit
