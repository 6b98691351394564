// torch: what torch.save writes since PyTorch 1.6, a ZIP archive of a pickle
// and of the bytes of each storage. The pickle is read as data: the four
// callables that tensors need are known by name, and nothing is called.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "interop/element_type.h"
#include "interop/foreign_weights.h"
#include "interop/pickle.h"
#include "interop/zip_archive.h"

namespace mtlkit {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view kPickle = "/data.pkl";
constexpr const char* kTorchHint =
    "save numbers by name: torch.save(model.state_dict(), ...)";
// Of containers in containers.
constexpr int kMostDepth = 32;

[[noreturn]] void FailTorch(std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("the PyTorch file ", why), kTorchHint);
}

const ZipMember* PickleOf(const ZipArchive& archive) {
  const ZipMember* found = nullptr;
  for (const ZipMember& member : archive.members()) {
    if (!member.name.ends_with(kPickle)) continue;
    if (found != nullptr) FailTorch("holds two pickles");
    found = &member;
  }
  return found;
}

bool MatchesTorch(std::string_view bytes) {
  return bytes.starts_with("PK") && PickleOf(ZipArchive(bytes)) != nullptr;
}

const PickleValue& Item(const PickleValue& value, std::size_t i) {
  if (i >= value.items.size()) FailTorch("is damaged");
  return *value.items[i];
}

Index WholeNumber(const PickleValue& value) {
  if (value.kind != Kind::kInteger || value.integer < 0) {
    FailTorch("is damaged");
  }
  return value.integer;
}

std::vector<Index> TorchNumbers(const PickleValue& list) {
  if (list.kind != Kind::kList) FailTorch("is damaged");
  std::vector<Index> numbers;
  for (const PickleValue* item : list.items) {
    numbers.push_back(WholeNumber(*item));
  }
  return numbers;
}

ForeignElement StorageType(const PickleValue& global) {
  constexpr std::array<std::pair<std::string_view, ForeignElement>, 10> kTypes =
      {{{"torch.FloatStorage", ForeignElement::kFloat32},
        {"torch.DoubleStorage", ForeignElement::kFloat64},
        {"torch.HalfStorage", ForeignElement::kFloat16},
        {"torch.BFloat16Storage", ForeignElement::kBfloat16},
        {"torch.LongStorage", ForeignElement::kInt64},
        {"torch.IntStorage", ForeignElement::kInt32},
        {"torch.ShortStorage", ForeignElement::kInt16},
        {"torch.CharStorage", ForeignElement::kInt8},
        {"torch.ByteStorage", ForeignElement::kUint8},
        {"torch.BoolStorage", ForeignElement::kBool}}};
  for (const auto& [name, type] : kTypes) {
    if (global.kind == Kind::kGlobal && global.text == name) return type;
  }
  FailTorch(Str("has tensors kept as '", VisibleText(global.text), "'"));
}

// Strides of a tensor whose elements follow each other.
std::vector<Index> DenseStrides(const std::vector<Index>& shape) {
  std::vector<Index> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) {
    strides[d - 1] = strides[d] * std::max<Index>(shape[d], 1);
  }
  return strides;
}

// A view of a storage: where it begins, and the step of each dimension.
struct View {
  Index offset = 0;
  std::vector<Index> shape;
  std::vector<Index> strides;
};

std::vector<Real> Gather(const std::vector<Real>& storage, const View& view) {
  const auto size = static_cast<Index>(storage.size());
  // A stride of 0 may make more of a storage than it holds.
  const Index count = ElementCount(view.shape, size, "a tensor");
  if (count == 0) return {};
  Index last = view.offset;
  for (std::size_t d = 0; d < view.shape.size(); ++d) {
    const Index steps = view.shape[d] - 1;
    if (view.strides[d] > 0 && steps > (size - last) / view.strides[d]) {
      FailTorch("has a tensor that reaches beyond its storage");
    }
    last += steps * view.strides[d];
  }
  if (view.offset >= size || last >= size) {
    FailTorch("has a tensor that reaches beyond its storage");
  }
  if (view.strides == DenseStrides(view.shape)) {
    return {storage.begin() + view.offset,
            storage.begin() + view.offset + count};
  }
  std::vector<Real> values(At(count));
  std::vector<Index> place(view.shape.size(), 0);
  Index from = view.offset;
  for (Real& value : values) {
    value = storage[At(from)];
    for (std::size_t d = place.size(); d-- > 0;) {
      from += view.strides[d];
      if (++place[d] < view.shape[d]) break;
      from -= view.shape[d] * view.strides[d];
      place[d] = 0;
    }
  }
  return values;
}

class TorchFile {
 public:
  explicit TorchFile(std::string_view bytes)
      : archive_(bytes), room_(kMostShared * static_cast<Index>(bytes.size())) {
    const ZipMember* pickle = PickleOf(archive_);
    root_ = pickle->name.substr(0, pickle->name.size() - kPickle.size());
    if (const ZipMember* order = archive_.Find(root_ + "/byteorder")) {
      big_endian_ = archive_.Read(*order, kMostWord) == "big";
    }
    tree_ = ReadPickle(archive_.Read(*pickle, kMostArrayBytes),
                       "the pickle of the PyTorch file");
  }

  std::vector<ForeignArray> Arrays() {
    Walk(*tree_.root, "", 0);
    return std::move(arrays_);
  }

 private:
  static constexpr Index kMostWord = 16;
  // Of the values of a pickle that are looked at, and of elements for each byte
  // of the file: a small file that names a thing again and again is no model.
  static constexpr Index kMostSteps = 10'000'000;
  static constexpr Index kMostShared = 4;

  // Arrays have the keys above them as names: "model.0.weight". What is neither
  // a container nor an array (the number of an epoch) is passed over.
  void Walk(const PickleValue& value, const std::string& name, int depth) {
    if (depth > kMostDepth || ++steps_ > kMostSteps) {
      FailTorch("has containers in containers without an end");
    }
    if (value.kind == Kind::kCall) return WalkCall(value, name, depth);
    if (value.kind == Kind::kDict) WalkItems(value, 0, name, depth);
    if (value.kind == Kind::kGlobal) FailCallable(value);
  }

  void WalkItems(const PickleValue& value, std::size_t first,
                 const std::string& name, int depth) {
    for (std::size_t i = first; i + 1 < value.items.size(); i += 2) {
      const PickleValue& key = *value.items[i];
      if (key.kind != Kind::kText && key.kind != Kind::kInteger) continue;
      const std::string word =
          key.kind == Kind::kText ? key.text : std::to_string(key.integer);
      Walk(*value.items[i + 1], name.empty() ? word : name + "." + word,
           depth + 1);
    }
  }

  void WalkCall(const PickleValue& call, const std::string& name, int depth) {
    const PickleValue& callable = Item(call, 0);
    const PickleValue& arguments = Item(call, 1);
    if (callable.text == "collections.OrderedDict") {
      constexpr std::size_t kBehindCall = 2;
      return WalkItems(call, kBehindCall, name, depth);
    }
    if (callable.text == "torch._utils._rebuild_parameter") {
      return Walk(Item(arguments, 0), name, depth + 1);
    }
    if (callable.text != "torch._utils._rebuild_tensor_v2") {
      FailCallable(callable);
    }
    View view;
    view.offset = WholeNumber(Item(arguments, 1));
    view.shape = TorchNumbers(Item(arguments, 2));
    view.strides = TorchNumbers(Item(arguments, 3));
    if (view.shape.size() != view.strides.size()) FailTorch("is damaged");
    InContext(Str("array '", name, "'"), [&] {
      std::vector<Real> values = Gather(Storage(Item(arguments, 0)), view);
      room_ -= static_cast<Index>(values.size());
      if (room_ < 0) FailTorch("names its storages again and again");
      arrays_.push_back(
          {name.empty() ? "tensor" : name, view.shape, std::move(values)});
    });
  }

  [[noreturn]] static void FailCallable(const PickleValue& callable) {
    Fail(ErrorKind::kBadInput,
         Str("the PyTorch file holds a ", VisibleText(callable.text),
             ", which is code"),
         kTorchHint);
  }

  // ("storage", type, key, device, count), beside the pickle.
  const std::vector<Real>& Storage(const PickleValue& reference) {
    if (reference.kind != Kind::kReference) FailTorch("is damaged");
    const PickleValue& id = Item(reference, 0);
    if (Item(id, 0).text != "storage") FailTorch("is damaged");
    const ForeignElement type = StorageType(Item(id, 1));
    const std::string name = Str(root_, "/data/", Item(id, 2).text);
    if (const auto known = storages_.find(name); known != storages_.end()) {
      return known->second;
    }
    const ZipMember* member = archive_.Find(name);
    if (member == nullptr) FailTorch(Str("lacks '", VisibleText(name), "'"));
    const std::string bytes = archive_.Read(*member, kMostArrayBytes);
    const Index width = SizeOf(type);
    if (WholeNumber(Item(id, 4)) != static_cast<Index>(bytes.size()) / width) {
      FailTorch(Str("has a storage '", VisibleText(name),
                    "' of another length than it says"));
    }
    return storages_[name] = DecodeElements(type, bytes, big_endian_);
  }

  ZipArchive archive_;
  std::string root_;
  bool big_endian_ = false;
  Pickle tree_;
  Index steps_ = 0;
  Index room_;  // elements that tensors may still have
  std::map<std::string, std::vector<Real>> storages_;
  std::vector<ForeignArray> arrays_;
};

ForeignContent ReadTorch(std::string_view bytes) {
  return {MatrixOrder::kOutputsFirst, TorchFile(bytes).Arrays()};
}

}  // namespace

extern const WeightFormat kTorchFormat;
const WeightFormat kTorchFormat = {
    "torch",
    "a state_dict of torch.save (.pt), dense matrices outputs x inputs; read "
    "as data, nothing is executed",
    MatchesTorch, ReadTorch};

}  // namespace mtlkit
