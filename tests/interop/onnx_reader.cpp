#include "interop/onnx_reader.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <set>
#include <stdexcept>

namespace mtlkit {
namespace {

// A field of a message: a number, or bytes.
struct WireField {
  int number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;

  double Real() const {
    float real = 0;
    const auto bits = static_cast<std::uint32_t>(value);
    std::memcpy(&real, &bits, sizeof real);
    return static_cast<double>(real);
  }
  std::string Text() const { return std::string(bytes); }
  Index Int() const { return static_cast<Index>(value); }
};

std::uint64_t TakeVarint(std::string_view* rest) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest->empty()) throw std::runtime_error("a number ends early");
    const auto byte = static_cast<unsigned char>(rest->front());
    rest->remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  throw std::runtime_error("a number is too long");
}

void ForFields(std::string_view message,
               const std::function<void(const WireField&)>& visit) {
  while (!message.empty()) {
    const std::uint64_t key = TakeVarint(&message);
    WireField field;
    field.number = static_cast<int>(key >> 3);
    std::uint64_t size = 0;
    switch (key & 7) {
      case 0:
        field.value = TakeVarint(&message);
        break;
      case 2:
        size = TakeVarint(&message);
        break;
      case 5:
        size = 4;
        break;
      default:
        throw std::runtime_error("a wire type that ONNX does not use here");
    }
    if (size > message.size()) throw std::runtime_error("a field ends early");
    field.bytes = message.substr(0, size);
    if ((key & 7) == 5) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, field.bytes.data(), sizeof bits);
      field.value = bits;
    }
    message.remove_prefix(size);
    visit(field);
  }
}

template <class T>
std::vector<double> RawNumbers(std::string_view raw) {
  std::vector<double> numbers;
  for (std::size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
    T value{};
    std::memcpy(&value, raw.data() + at, sizeof value);
    numbers.push_back(static_cast<double>(value));
  }
  return numbers;
}

std::pair<std::string, OnnxArray> ReadTensor(std::string_view message) {
  std::pair<std::string, OnnxArray> result;
  OnnxArray& array = result.second;
  std::string_view raw;
  ForFields(message, [&](const WireField& field) {
    if (field.number == 1) array.shape.push_back(field.Int());
    if (field.number == 2) array.type = static_cast<int>(field.value);
    if (field.number == 6) array.texts.push_back(field.Text());
    if (field.number == 8) result.first = field.Text();
    if (field.number == 9) raw = field.bytes;
  });
  if (array.type == 1) array.numbers = RawNumbers<float>(raw);
  if (array.type == 7) array.numbers = RawNumbers<std::int64_t>(raw);
  if (array.type == 11) array.numbers = RawNumbers<double>(raw);
  const auto count = static_cast<Index>(array.type == 8 ? array.texts.size()
                                                        : array.numbers.size());
  if (count != array.size()) throw std::runtime_error("a tensor's size");
  return result;
}

void ReadAttribute(std::string_view message, OnnxNodeRead* node) {
  std::string name;
  OnnxNodeRead values;
  std::vector<Index> list;
  std::vector<std::string> texts;
  Index integer = 0;
  double real = 0;
  Index type = 0;
  ForFields(message, [&](const WireField& field) {
    if (field.number == 1) name = field.Text();
    if (field.number == 2) real = field.Real();
    if (field.number == 3) integer = field.Int();
    if (field.number == 8) list.push_back(field.Int());
    if (field.number == 9) texts.push_back(field.Text());
    if (field.number == 20) type = field.Int();
  });
  if (type == 1) node->reals[name] = real;
  if (type == 2) node->integers[name] = integer;
  if (type == 7) node->lists[name] = list;
  if (type == 8) node->texts[name] = texts;
  if (type == 0) throw std::runtime_error("an attribute without a type");
}

OnnxNodeRead ReadNode(std::string_view message) {
  OnnxNodeRead node;
  ForFields(message, [&](const WireField& field) {
    if (field.number == 1) node.inputs.push_back(field.Text());
    if (field.number == 2) node.outputs.push_back(field.Text());
    if (field.number == 4) node.operation = field.Text();
    if (field.number == 5) ReadAttribute(field.bytes, &node);
    if (field.number == 7) node.domain = field.Text();
  });
  return node;
}

OnnxPlace ReadPlace(std::string_view message) {
  OnnxPlace place;
  const auto axis = [&](const WireField& length) {
    if (!place.axes.empty()) place.axes += " x ";
    place.axes +=
        length.number == 1 ? std::to_string(length.value) : length.Text();
  };
  const auto tensor = [&](const WireField& field) {
    if (field.number == 1) place.type = static_cast<int>(field.value);
    if (field.number != 2) return;
    ForFields(field.bytes,
              [&](const WireField& each) { ForFields(each.bytes, axis); });
  };
  ForFields(message, [&](const WireField& field) {
    if (field.number == 1) place.name = field.Text();
    if (field.number != 2) return;
    ForFields(field.bytes,
              [&](const WireField& of) { ForFields(of.bytes, tensor); });
  });
  return place;
}

std::pair<std::string, std::string> ReadPair(std::string_view message) {
  std::pair<std::string, std::string> pair;
  ForFields(message, [&](const WireField& field) {
    (field.number == 1 ? pair.first : pair.second) = field.Text();
  });
  return pair;
}

void ReadGraph(std::string_view message, OnnxFile* file) {
  ForFields(message, [&](const WireField& field) {
    if (field.number == 1) file->nodes.push_back(ReadNode(field.bytes));
    if (field.number == 5) {
      if (!file->constants.insert(ReadTensor(field.bytes)).second) {
        throw std::runtime_error("two constants of one name");
      }
    }
    if (field.number == 11) file->inputs.push_back(ReadPlace(field.bytes));
    if (field.number == 12) file->outputs.push_back(ReadPlace(field.bytes));
  });
}

void CheckNames(const OnnxFile& file) {
  std::set<std::string> known;
  const auto make = [&](const std::string& name) {
    if (name.empty() || !known.insert(name).second) {
      throw std::runtime_error("the name '" + name + "' is there twice");
    }
  };
  for (const OnnxPlace& input : file.inputs) make(input.name);
  for (const auto& [name, array] : file.constants) make(name);
  for (const OnnxNodeRead& node : file.nodes) {
    for (const std::string& input : node.inputs) {
      if (known.count(input) == 0) {
        throw std::runtime_error(node.operation + " reads '" + input + "'");
      }
    }
    for (const std::string& output : node.outputs) make(output);
  }
  for (const OnnxPlace& output : file.outputs) {
    if (known.count(output.name) == 0) throw std::runtime_error("no output");
  }
}

}  // namespace

OnnxFile ReadOnnx(std::string_view bytes) {
  OnnxFile file;
  ForFields(bytes, [&](const WireField& field) {
    if (field.number == 1) file.ir_version = field.Int();
    if (field.number == 7) ReadGraph(field.bytes, &file);
    if (field.number == 8) {
      std::string domain;
      Index version = 0;
      ForFields(field.bytes, [&](const WireField& part) {
        if (part.number == 1) domain = part.Text();
        if (part.number == 2) version = part.Int();
      });
      file.opsets[domain] = version;
    }
    if (field.number == 14) file.metadata.insert(ReadPair(field.bytes));
  });
  CheckNames(file);
  return file;
}

}  // namespace mtlkit
