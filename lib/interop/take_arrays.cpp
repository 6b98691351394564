#include "interop/take_arrays.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "interop/keras_network.h"
#include "interop/torch_module.h"

namespace mtlkit {
namespace {

// An array that fills some columns of a parameter.
struct Source {
  const ForeignArray* array = nullptr;
  Index first = 0;
  Index end = 0;
  bool transposed = false;
};

std::string ShapeText(const std::vector<Index>& shape) {
  std::vector<std::string> lengths;
  for (const Index length : shape) lengths.push_back(std::to_string(length));
  return shape.empty() ? "a single number" : Join(lengths, " x ");
}

class Taker {
 public:
  Taker(const ForeignWeights& source, const std::vector<MapRule>& map,
        const Model& model)
      : source_(source),
        map_(map),
        modules_(TorchModuleNames(*model.network)),
        keras_(NamesFor(source, map, model)),
        rule_used_(map.size(), false) {}

  void Fill(Block* block) {
    const Layout& layout = block->layout();
    for (Index i = 0; i < static_cast<Index>(layout.slices().size()); ++i) {
      const Slice& slice = layout.slice(i);
      const std::vector<Source> found =
          map_.empty() ? ByUsualName(slice) : ByMap(slice);
      if (found.empty()) {
        result_.fresh.push_back(slice.name);
        continue;
      }
      RequireWhole(slice, found);
      for (const Source& part : found) Copy(part, slice, block->At(i));
      result_.taken.push_back(slice.name);
    }
  }

  WarmStart Finish() {
    for (std::size_t i = 0; i < map_.size(); ++i) {
      Require(rule_used_[i] || map_[i].ours == "*", ErrorKind::kUsage,
              Str("--map, line ", map_[i].line, ": '", map_[i].ours,
                  "' is no parameter of this network"),
              Str("known: ", Join(KnownNames(), ", ")));
    }
    Require(!result_.taken.empty() || map_.empty(), ErrorKind::kUsage,
            "--map leaves every parameter fresh",
            "name an array for one of them, or leave --from out");
    Require(!result_.taken.empty(), ErrorKind::kUsage,
            Str("--from ", source_.name, ": no array has a name of this ",
                "network's; it has ", Join(NamesOf(source_.arrays), ", ")),
            "say with --map FILE which array is which parameter");
    for (const ForeignArray& array : source_.arrays) {
      // PyTorch's batch norms count batches, which nothing here depends on.
      // Nor on numbers that an export needs beside parameters.
      if (used_.count(array.name) == 0 &&
          keras_.constants.count(array.name) == 0 &&
          !array.name.ends_with("num_batches_tracked")) {
        result_.unused.push_back(array.name);
      }
    }
    result_.note = source_.note;
    return std::move(result_);
  }

 private:
  // None where no name of Keras is looked for.
  static KerasArrayNames NamesFor(const ForeignWeights& source,
                                  const std::vector<MapRule>& map,
                                  const Model& model) {
    if (source.order != MatrixOrder::kInputsFirst || !map.empty()) return {};
    return KerasNamesOf(model);
  }

  std::vector<std::string> KnownNames() const {
    std::vector<std::string> names = result_.taken;
    names.insert(names.end(), result_.fresh.begin(), result_.fresh.end());
    return names;
  }

  bool TurnsByConvention(const Slice& slice) const {
    return source_.order == MatrixOrder::kOutputsFirst &&
           slice.spec.name == "kernel";
  }

  std::vector<Source> ByUsualName(const Slice& slice) const {
    const std::string layer = slice.name.substr(0, slice.name.rfind('/'));
    for (const std::string& name : UsualNames(slice.name, modules_.at(layer))) {
      if (const ForeignArray* array = source_.Find(name)) {
        return {{array, 0, slice.spec.cols, TurnsByConvention(slice)}};
      }
    }
    const auto keras = keras_.of_parameter.find(slice.name);
    if (keras != keras_.of_parameter.end()) {
      if (const ForeignArray* array = source_.Find(keras->second)) {
        return {{array, 0, slice.spec.cols, TurnsByConvention(slice)}};
      }
    }
    return {};
  }

  std::vector<Source> ByMap(const Slice& slice) {
    std::vector<Source> parts;
    bool decided = false;
    for (std::size_t i = 0; i < map_.size(); ++i) {
      const MapRule& rule = map_[i];
      const std::optional<std::string> name = rule.TheirsFor(slice.name);
      if (!name) continue;
      rule_used_[i] = true;  // also where a line before it counts
      if (decided || (rule.end < 0 && !parts.empty())) continue;
      decided = rule.end < 0;
      if (rule.theirs.empty()) continue;
      const ForeignArray* array = source_.Find(*name);
      Require(array != nullptr, ErrorKind::kUsage,
              Str("--map, line ", rule.line, ": ", source_.name,
                  " has no array '", *name, "' for ", slice.name),
              Str("it has ", Join(NamesOf(source_.arrays), ", ")));
      const bool turned = rule.turn == MapRule::Turn::kByConvention
                              ? TurnsByConvention(slice)
                              : rule.turn == MapRule::Turn::kTranspose;
      const Index end = rule.end < 0 ? slice.spec.cols : rule.end;
      parts.push_back({array, rule.first, end, turned});
    }
    return parts;
  }

  static void RequireWhole(const Slice& slice, std::vector<Source> parts) {
    std::sort(parts.begin(), parts.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    Index next = 0;
    for (const Source& part : parts) {
      Require(
          part.first == next, ErrorKind::kUsage,
          Str("--map: column ", std::min(part.first, next), " of ", slice.name,
              " is filled ", part.first > next ? "by no array" : "twice"),
          Str("it has the columns 0 to ", slice.spec.cols - 1));
      next = part.end;
    }
    Require(next == slice.spec.cols, ErrorKind::kUsage,
            Str("--map: ", slice.name, " has ", slice.spec.cols,
                " columns, and the map speaks of ", next));
  }

  void Copy(const Source& part, const Slice& slice, MatView to) {
    const Index rows = slice.spec.rows;
    const Index cols = part.end - part.first;
    const ForeignArray& from = *part.array;
    const bool is_vector = rows == 1;
    // Kernels of members, below each other here, are a stack in Keras.
    std::vector<Index> shape = from.shape;
    if (shape.size() == 3 && !part.transposed) {
      shape = {shape[0] * shape[1], shape[2]};
    }
    // Kernels of convolutions have four axes elsewhere.
    const Index taps = shape.size() == 4 ? shape[2] * shape[3] : 0;
    if (shape.size() == 4 && part.transposed) {
      shape = {shape[0], shape[1] * taps};
    } else if (shape.size() == 4) {
      shape = {shape[0] * shape[1] * shape[2], shape[3]};
      // Of one channel each.
      if (from.shape[3] == 1 && shape[0] != rows) {
        shape = {from.shape[0] * from.shape[1], from.shape[2]};
      }
    }
    std::vector<Index> wanted = {rows, cols};
    if (part.transposed) std::swap(wanted[0], wanted[1]);
    // What is a vector here may be the kernel of one unit in Keras.
    const bool is_column = slice.spec.name != "kernel" &&
                           from.shape == std::vector<Index>{cols, 1};
    if (shape != wanted &&
        !(is_vector && (from.shape == VectorOf(cols) || is_column))) {
      FailShape(part, slice, wanted);
    }
    if (taps > 1 && part.transposed) {
      std::vector<Real> turned(from.values.size());
      FromOutputsFirst(from.values, taps, {turned.data(), rows, cols});
      for (Index r = 0; r < rows; ++r) {
        std::copy_n(turned.data() + r * cols, cols, to.Row(r) + part.first);
      }
      used_.insert(from.name);
      return;
    }
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        to(r, part.first + c) =
            from.values[At(part.transposed ? c * rows + r : r * cols + c)];
      }
    }
    used_.insert(from.name);
  }
  static std::vector<Index> VectorOf(Index count) { return {count}; }

  [[noreturn]] void FailShape(const Source& part, const Slice& slice,
                              const std::vector<Index>& wanted) const {
    Fail(ErrorKind::kUsage,
         Str("--from ", source_.name, ": '", part.array->name, "' is ",
             ShapeText(part.array->shape), ", but ", slice.name,
             part.end - part.first < slice.spec.cols ? " (these columns)" : "",
             " takes ",
             ShapeText(slice.spec.rows == 1 ? VectorOf(part.end - part.first)
                                            : wanted),
             part.transposed ? " (outputs x inputs)" : ""),
         "give the same layers and inputs; --map can name another array, or "
         "turn it with transpose or as-is");
  }

  const ForeignWeights& source_;
  const std::vector<MapRule>& map_;
  std::map<std::string, std::string> modules_;  // by layer
  KerasArrayNames keras_;
  std::vector<bool> rule_used_;
  std::set<std::string> used_;
  WarmStart result_;
};

}  // namespace

WarmStart TakeArrays(const ForeignWeights& source,
                     const std::vector<MapRule>& map, Model* model) {
  Taker taker(source, map, *model);
  taker.Fill(&model->params.weights);
  taker.Fill(&model->params.buffers);
  return taker.Finish();
}

}  // namespace mtlkit
