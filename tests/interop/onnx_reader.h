#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

// An ONNX file as the tests read it, by onnx.proto and nothing of ours.
namespace mtlkit {

// Numbers of any type in double, or texts.
struct OnnxArray {
  int type = 1;
  std::vector<Index> shape;
  std::vector<double> numbers;
  std::vector<std::string> texts;

  Index size() const {
    Index count = 1;
    for (const Index length : shape) count *= length;
    return count;
  }
};

struct OnnxNodeRead {
  std::string operation;
  std::string domain;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::map<std::string, Index> integers;  // attributes by kind
  std::map<std::string, double> reals;
  std::map<std::string, std::vector<Index>> lists;
  std::map<std::string, std::vector<std::string>> texts;

  Index Integer(const std::string& name, Index otherwise) const {
    const auto found = integers.find(name);
    return found == integers.end() ? otherwise : found->second;
  }
};

struct OnnxPlace {
  std::string name;
  int type = 0;
  std::string axes;  // "N x 3"
};

struct OnnxFile {
  Index ir_version = 0;
  std::map<std::string, Index> opsets;  // by domain
  std::map<std::string, std::string> metadata;
  std::vector<OnnxNodeRead> nodes;
  std::map<std::string, OnnxArray> constants;
  std::vector<OnnxPlace> inputs;
  std::vector<OnnxPlace> outputs;
};

// Throws std::runtime_error for what is no ONNX, for names that are there
// twice, and for nodes that read what is not before them.
OnnxFile ReadOnnx(std::string_view bytes);

}  // namespace mtlkit
