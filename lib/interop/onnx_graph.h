#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/view.h"
#include "interop/identifier.h"
#include "interop/proto_message.h"

namespace mtlkit {

// Types of elements, as numbered by onnx.proto.
enum class OnnxType {
  kFloat = 1,
  kUint8 = 2,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kDouble = 11,
};

// An axis: of a length, or of one that only a call knows, by name ("N").
using OnnxAxis = std::variant<Index, std::string>;

struct OnnxAttribute {
  std::string name;
  std::variant<Index, float, std::vector<Index>, std::vector<std::string>>
      value;
};
using OnnxAttributes = std::vector<OnnxAttribute>;

// A model of the Open Neural Network Exchange, opset 17 (IR 8,
// github.com/onnx/onnx, onnx.proto), as it grows. Values are known by their
// names, all of which differ; names that callers wish for are unique in the
// end. Inputs come before everything else, so that they keep theirs.
class OnnxGraph {
 public:
  // Return the name. `columns`: what the columns of a matrix are called, for
  // the metadata.
  std::string Input(std::string_view wanted, OnnxType type,
                    const std::vector<OnnxAxis>& shape,
                    std::vector<std::string> columns = {});
  // What `value` is, under a name of its own.
  std::string Output(std::string_view wanted, OnnxType type,
                     const std::vector<OnnxAxis>& shape,
                     const std::string& value);

  // Constants. Numbers by name are made once: a second call with the same name
  // returns the first's.
  std::string Numbers(std::string_view wanted, const std::vector<Index>& shape,
                      std::span<const Real> values);
  std::string Number(double value);
  std::string Doubles(const std::vector<Index>& shape,
                      std::span<const double> values);
  std::string Integers(const std::vector<Index>& values);
  std::string Integer(Index value);  // without axes
  std::string Texts(const std::vector<std::string>& values);

  // The output of an operation of the standard domain, or of `domain`; the
  // first where it has `outputs`, all of which have to be there.
  std::string Node(std::string_view operation,
                   const std::vector<std::string>& inputs,
                   const OnnxAttributes& attributes = {},
                   std::string_view domain = "", Index outputs = 1);
  // Shorthands.
  std::string Cast(const std::string& value, OnnxType type);
  // Columns [first, first + count) of a matrix.
  std::string Columns(const std::string& value, Index first, Index count);
  std::string Reshape(const std::string& value,
                      const std::vector<Index>& shape);

  // Leaves out all that no output needs, inputs too.
  void DropUnused();
  // Name and columns of each input.
  std::vector<std::pair<std::string, std::vector<std::string>>> inputs() const;

  // The whole model. Throws kUsage beyond the 2 GiB that protobuf can hold.
  ProtoMessage Finish(
      const std::vector<std::pair<std::string, std::string>>& metadata) &&;

 private:
  struct Place {
    std::string name;
    ProtoMessage message;
    std::vector<std::string> columns = {};
  };
  struct NodeRecord {
    std::vector<std::string> inputs;
    std::string output;
    ProtoMessage message;
  };

  std::string Constant(std::string name, OnnxType type,
                       const std::vector<Index>& shape, std::string raw);

  UniqueNames names_;
  std::vector<Place> inputs_;
  std::vector<Place> outputs_;
  std::vector<Place> constants_;
  std::vector<NodeRecord> nodes_;
  std::map<std::string, std::string, std::less<>> numbers_;
  std::map<std::vector<Index>, std::string> integers_;
  std::map<Index, std::string> single_integers_;
  std::map<double, std::string> single_numbers_;
  bool has_ml_ = false;
};

}  // namespace mtlkit
