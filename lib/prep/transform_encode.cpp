// onehot, index: the blocks of each view in the form that networks take.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "data/schema.h"
#include "prep/transform_kinds.h"

namespace mtlkit {
namespace {

// What a table without views is called once it is prepared.
constexpr const char* kPlainView = "features";

// The blocks of one view, by position among the inputs; -1: none.
struct View {
  std::string name;
  Index dense = -1;
  Index codes = -1;
  Index sparse = -1;
};

std::vector<View> ViewsOf(const std::vector<InputSpec>& inputs) {
  std::vector<View> views;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string found = ViewOf(inputs[i].name);
    const std::string name = found.empty() ? kPlainView : found;
    auto at = std::find_if(views.begin(), views.end(),
                           [&](const View& view) { return view.name == name; });
    if (at == views.end()) {
      views.push_back({name});
      at = views.end() - 1;
    }
    Index& slot = inputs[i].kind == InputKind::kDense    ? at->dense
                  : inputs[i].kind == InputKind::kSparse ? at->sparse
                                                         : at->codes;
    Require(slot < 0, ErrorKind::kBadInput,
            Str("view '", name, "' has two ", InputKindName(inputs[i].kind),
                " blocks"));
    slot = static_cast<Index>(i);
  }
  return views;
}

class Encode : public Transform {
 public:
  explicit Encode(std::string method) : method_(std::move(method)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result;
    for (const View& view : ViewsOf(inputs)) {
      const bool joined = IsJoined(view);
      if (view.dense >= 0 || joined) {
        result.push_back(DenseSpec(view, joined, inputs));
      }
      if (view.codes >= 0 && !joined) {
        result.push_back(inputs[static_cast<std::size_t>(view.codes)]);
        result.back().name = view.name + ".categorical";
      }
      if (view.sparse >= 0) {
        result.push_back(inputs[static_cast<std::size_t>(view.sparse)]);
        const bool alone = view.dense < 0 && view.codes < 0;
        result.back().name = alone ? view.name : view.name + ".sparse";
      }
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputSpec> given(inputs.begin(), inputs.end());
    std::vector<InputSpec> specs = Specs(given);
    std::vector<InputBlock> result;
    const auto take = [&](InputBlock block) {
      static_cast<InputSpec&>(block) = specs[result.size()];
      result.push_back(std::move(block));
    };
    for (const View& view : ViewsOf(given)) {
      const bool joined = IsJoined(view);
      if (view.dense >= 0 || joined) take(Dense(view, joined, inputs, rows));
      if (view.codes >= 0 && !joined) {
        take(inputs[static_cast<std::size_t>(view.codes)]);
      }
      if (view.sparse >= 0) take(inputs[static_cast<std::size_t>(view.sparse)]);
    }
    return result;
  }

  TransformRecord Record() const override {
    return {method_, nlohmann::json::object().dump(), {}};
  }

 private:
  // Whether the codes of a view become columns of its dense block.
  bool IsJoined(const View& view) const {
    return view.codes >= 0 && method_ == "onehot";
  }

  static InputSpec DenseSpec(const View& view, bool joined,
                             const std::vector<InputSpec>& inputs) {
    InputSpec spec;
    spec.name = view.name;
    spec.kind = InputKind::kDense;
    if (view.dense >= 0) {
      const InputSpec& dense = inputs[static_cast<std::size_t>(view.dense)];
      for (Index i = 0; i < dense.cols; ++i) {
        spec.columns.push_back(ColumnName(dense, i));
      }
    }
    if (joined) {
      const InputSpec& codes = inputs[static_cast<std::size_t>(view.codes)];
      for (Index i = 0; i < codes.cols; ++i) {
        for (const auto& name : codes.categories[static_cast<std::size_t>(i)]) {
          spec.columns.push_back(Str(ColumnName(codes, i), "=", name));
        }
      }
    }
    spec.cols = static_cast<Index>(spec.columns.size());
    return spec;
  }

  static InputBlock Dense(const View& view, bool joined,
                          const std::vector<InputBlock>& inputs, Index rows) {
    const InputBlock* dense =
        view.dense < 0 ? nullptr
                       : &inputs[static_cast<std::size_t>(view.dense)];
    const InputBlock* codes =
        joined ? &inputs[static_cast<std::size_t>(view.codes)] : nullptr;
    const Index numbers = dense == nullptr ? 0 : dense->cols;
    std::vector<float> cells;
    for (Index row = 0; row < rows; ++row) {
      for (Index col = 0; col < numbers; ++col) {
        cells.push_back(
            static_cast<float>(DenseCell(*dense, row * numbers + col)));
      }
      for (Index col = 0; codes != nullptr && col < codes->cols; ++col) {
        AppendOneHot(*codes, row, col, &cells);
      }
    }
    InputBlock result;
    result.dense = Array<float>(std::move(cells));
    return result;
  }

  // A category that training never saw, or a missing one, is all zeros.
  static void AppendOneHot(const InputBlock& codes, Index row, Index col,
                           std::vector<float>* cells) {
    const std::size_t width =
        codes.categories[static_cast<std::size_t>(col)].size();
    const std::int32_t code = codes.codes[row * codes.cols + col];
    const std::size_t first = cells->size();
    cells->resize(first + width, 0.0F);
    if (code >= 0 && static_cast<std::size_t>(code) < width) {
      (*cells)[first + static_cast<std::size_t>(code)] = 1;
    }
  }

  std::string method_;
};

}  // namespace

std::shared_ptr<const Transform> MakeEncode(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Encode>(record.name);
}

std::shared_ptr<const Transform> FitEncode(const TrainingRows& rows,
                                           const std::string& method) {
  auto encode = std::make_shared<Encode>(method);
  encode->Specs(rows.specs());
  return encode;
}

}  // namespace mtlkit
