#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/options.h"
#include "base/view.h"
#include "interop/export_node.h"
#include "interop/identifier.h"

namespace mtlkit {

struct KerasArray {
  std::vector<Index> shape;
  std::vector<float> values;
  std::string parameter = {};    // ours that it is: "trunk.0/kernel"; or ""
  std::vector<Index> ours = {};  // the shape of that
};

// A layer of Keras 3 on values that are known by the names of the layers that
// make them.
struct KerasSpec {
  std::string type;  // "Dense"
  std::string name;  // as wished for
  std::vector<std::string> inputs = {};
  std::vector<Index> shape = {};  // of what it makes, without the batch
  std::vector<KerasArray> weights = {};
  bool takes_list = false;  // its inputs are one argument
  bool has_seed = false;    // it keeps the state of random numbers
  std::string dtype = "float32";
};

// What the weights of a model are called: LAYER/kernel.
struct KerasArrayNames {
  std::map<std::string, std::string> of_parameter;  // by our names
  std::set<std::string> constants;  // numbers that no parameter of ours is
};

// A functional model of Keras 3 as it grows, and the file it becomes: an
// archive of config.json, metadata.json and model.weights.h5, which is what
// keras.saving writes since 3.0.
class KerasGraph {
 public:
  // Adds a layer with these options; returns the name of its value.
  std::string Add(KerasSpec spec, const Json& options);
  std::string Input(std::string_view wanted, std::vector<Index> shape,
                    const std::string& dtype);
  // Says that `value` is what the model puts out under this name.
  void Output(const std::string& name, const std::string& value) {
    outputs_[name] = value;
  }
  const KerasSpec& SpecOf(const std::string& value) const {
    return layers_[Find(value)].spec;
  }
  const std::vector<Index>& ShapeOf(const std::string& value) const {
    return SpecOf(value).shape;
  }

  // Columns [first, first + count) of the last axis. Keras has no layer that
  // takes some, but one that cuts the axis before it; a product with ones and
  // zeros would be trained on in Keras 3.0.
  std::string Columns(const std::string& value, Index first, Index count,
                      const std::string& name);

  std::string Config() const;
  // Where the weights of each layer lie ("layers/dense_1"), and its name. Keras
  // finds them by the order of its layers, by type, not by name.
  std::vector<std::pair<std::string, std::string>> Places() const;
  // Which weight of which layer is which parameter of ours, as JSON.
  Json Parameters() const;
  KerasArrayNames ArrayNames() const;
  // The file of weights.
  std::string Weights() const;

 private:
  struct Record {
    KerasSpec spec;
    std::string options;  // JSON
  };

  // With its two axes exchanged; a row becomes a column, and that a row.
  std::string Turned(const std::string& value, const std::vector<Index>& shape,
                     const std::string& name);
  Json LayerJson(const Record& record) const;
  std::vector<std::size_t> Order() const;
  std::vector<std::size_t> FirstSeen(std::vector<std::size_t>* finished) const;
  std::size_t Find(const std::string& value) const { return at_.at(value); }

  UniqueNames names_;
  std::vector<Record> layers_;
  std::map<std::string, std::size_t> at_;
  std::map<std::string, std::string> outputs_;
};

// A layer of ours in its place, as it becomes layers of Keras.
struct KerasLayer {
  const ExportNode& node;
  std::vector<std::string> x;      // what it reads
  std::vector<std::string> codes;  // of a categorical block: a value a column
  KerasGraph& graph;

  // A layer of Keras under our name and `suffix`, of the shape of the output.
  std::string Add(const std::string& type, std::vector<std::string> inputs,
                  std::vector<Index> shape, const Json& options,
                  std::vector<KerasArray> weights = {},
                  const std::string& suffix = "") const;
  // What it makes: rows of its space, columns.
  std::vector<Index> shape() const;
};

// Values [..., width] side by side along a new last axis.
std::string KerasStack(const KerasLayer& layer,
                       const std::vector<std::string>& values);

// An array of ours; vectors as such.
KerasArray KerasArrayOf(const ExportArray& array, bool is_vector);

}  // namespace mtlkit
