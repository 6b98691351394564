#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "interop/export_node.h"
#include "nn/network.h"
#include "nn/window.h"

namespace mtlkit {

// What the layers of a network are called as attributes of a PyTorch module,
// by layer. Cleaned, never a word of Python or a method of a module, all
// different; they follow from the names in the network alone, so that whoever
// reads the weights again knows them.
std::map<std::string, std::string> TorchModuleNames(const Network& network);

// The same for input blocks, as arguments of forward: one each, and for tokens
// one more, under the block's name and ".starts".
std::map<std::string, std::string> TorchInputNames(const Model& model);

// What PyTorch calls a parameter of ours inside of its module: "weight" for
// "kernel", "3.weight" for "table.3".
std::string TorchParameterName(std::string_view param);

// A kernel of rows (ky, kx, input) x outputs as outputs x inputs x ky x kx, and
// back.
std::vector<Real> OutputsFirst(ConstMatView kernel, Index taps);
void FromOutputsFirst(std::span<const Real> values, Index taps, MatView kernel);

// An array of a state_dict.
struct TorchTensor {
  std::string name;
  std::vector<Index> shape;
  std::vector<Real> values;
  bool is_count = false;  // a whole number (num_batches_tracked), which is 0
};

// The Python of an nn.Module as it grows: what __init__ makes, what forward
// does, and the state_dict.
class TorchModule {
 public:
  // A line of __init__ and of forward, without indentation.
  void AddInit(const std::string& line) { init_.push_back(line); }
  void AddForward(const std::string& line) { forward_.push_back(line); }
  // A function or class that lines use; the same text only once.
  void AddHelper(std::string_view text);
  void AddTensor(TorchTensor tensor) { tensors_.push_back(std::move(tensor)); }

  const std::vector<std::string>& init() const { return init_; }
  const std::vector<std::string>& forward() const { return forward_; }
  const std::vector<std::string>& helpers() const { return helpers_; }
  const std::vector<TorchTensor>& tensors() const { return tensors_; }

 private:
  std::vector<std::string> init_;
  std::vector<std::string> forward_;
  std::vector<std::string> helpers_;
  std::vector<TorchTensor> tensors_;
};

// A layer in its place, as it becomes Python.
struct TorchLayer {
  const ExportNode& node;
  std::string attribute;       // of the module that has its parameters
  bool is_new = true;          // else that module is there already
  std::vector<std::string> x;  // variables of what it reads
  std::string starts;          // tokens: the variable of where rows begin
  TorchModule& module;
  std::string own = {};  // the attribute that would be its alone

  // Makes the module and its parameters, all of them, unless they are there:
  // "nn.Linear(3, 4)". Returns "self.NAME". The kernel of a convolution has so
  // many taps, and four axes there.
  std::string Make(const std::string& constructor, Sides taps = {}) const;
  // The same of a module that has its buffers alone, beside the other layer's
  // that has the parameters. Returns "self.OWN".
  std::string MakeOfBuffers(const std::string& constructor) const;
};

}  // namespace mtlkit
