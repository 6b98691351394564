#include "interop/pickle.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "h5/mutator.h"
#include "interop/foreign_weights.h"
#include "interop/read_bytes.h"
#include "interop/sample_files.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

using namespace std::string_literals;

std::string Word(const std::string& text) {
  return "X" + Raw(static_cast<std::uint32_t>(text.size())) + text;
}
std::string Whole(int value) {
  return "J" + Raw(static_cast<std::int32_t>(value));
}
std::string Tuple(const std::vector<int>& values) {
  std::string code = "(";
  for (const int value : values) code += Whole(value);
  return code + "t";
}

// A tensor of storage `key`, as torch.save writes it (protocol 2).
std::string Tensor(const std::string& key, int count, int offset,
                   const std::vector<int>& shape,
                   const std::vector<int>& strides,
                   const std::string& type = "FloatStorage") {
  return "ctorch._utils\n_rebuild_tensor_v2\n(("s + Word("storage") +
         "ctorch\n" + type + "\n" + Word(key) + Word("cpu") + Whole(count) +
         "tQ" + Whole(offset) + Tuple(shape) + Tuple(strides) +
         "\x89"
         "ccollections\nOrderedDict\n)RtR";
}

// The dictionary that PyTorch saves: OrderedDict() with items and metadata.
std::string StateDict(const std::string& items) {
  return "\x80\x02"
         "ccollections\nOrderedDict\n)R("s +
         items + "u}" + Word("_metadata") + "}sb.";
}

std::string TorchOf(const std::string& pickle) {
  return ZipOf({{"m/data.pkl", pickle},
                {"m/byteorder", "little"},
                {"m/data/0", Floats({1, 2, 3, 4, 5, 6})},
                {"m/version", "3\n"}});
}

TEST_CASE("a state_dict gives tensors by name, outputs first") {
  const ForeignWeights weights = ReadWeightBytes(
      TorchOf(StateDict(Word("fc.weight") + Tensor("0", 6, 0, {2, 3}, {3, 1}) +
                        Word("fc.bias") + Tensor("0", 6, 4, {2}, {1}))));
  CHECK(weights.order == MatrixOrder::kOutputsFirst);
  REQUIRE(weights.arrays.size() == 2);
  CHECK(weights.Find("fc.weight")->shape == std::vector<Index>{2, 3});
  CHECK(weights.Find("fc.weight")->values ==
        std::vector<Real>{1, 2, 3, 4, 5, 6});
  CHECK(weights.Find("fc.bias")->values == std::vector<Real>{5, 6});
}

TEST_CASE("strides are followed: a transposed tensor is read by its rows") {
  const ForeignWeights weights = ReadWeightBytes(
      TorchOf(StateDict(Word("t") + Tensor("0", 6, 0, {3, 2}, {1, 3}))));
  CHECK(weights.arrays[0].values == std::vector<Real>{1, 4, 2, 5, 3, 6});
}

TEST_CASE(
    "a checkpoint has its keys in front; what is no tensor is passed "
    "over") {
  const ForeignWeights weights = ReadWeightBytes(
      TorchOf("\x80\x02}("s + Word("epoch") + Whole(3) + Word("model") + "}(" +
              Word("w") + Tensor("0", 6, 0, {6}, {1}) + "uu."));
  REQUIRE(weights.arrays.size() == 1);
  CHECK(weights.arrays[0].name == "model.w");
}

TEST_CASE("code is refused by its name, and never runs") {
  const TempFolder folder;
  const std::string proof = folder / "proof";
  CHECK(RefusalOfBytes(TorchOf("\x80\x02"
                               "cos\nsystem\n("s +
                               Word("touch " + proof) + "tR.")) ==
        "the PyTorch file holds a os.system, which is code");
  CHECK(!std::filesystem::exists(proof));
  CHECK(RefusalOfBytes(TorchOf(StateDict(Word("m") + "cmine\nNet\n)\x81"))) ==
        "the PyTorch file holds a mine.Net, which is code");
}

TEST_CASE("tensors beyond their storage are refused") {
  const auto with = [](const std::string& tensor) {
    return RefusalOfBytes(TorchOf(StateDict(Word("t") + tensor)));
  };
  CHECK(with(Tensor("0", 6, 1, {2, 3}, {3, 1})) ==
        "array 't': the PyTorch file has a tensor that reaches beyond its "
        "storage");
  CHECK(with(Tensor("0", 6, 0, {2, 3}, {2147483647, 1})) ==
        "array 't': the PyTorch file has a tensor that reaches beyond its "
        "storage");
  CHECK(with(Tensor("0", 9, 0, {2}, {1})) ==
        "array 't': the PyTorch file has a storage 'm/data/0' of another "
        "length than it says");
  CHECK(with(Tensor("7", 6, 0, {2}, {1})) ==
        "array 't': the PyTorch file lacks 'm/data/7'");
  CHECK(with(Tensor("0", 6, 0, {1000, 1000}, {0, 0})) ==
        "array 't': a tensor says that it has more elements than the file "
        "holds");
}

TEST_CASE("a small file cannot ask for much work or a deep stack") {
  // A list in a list, a million times, and a dictionary that holds itself.
  CHECK(RefusalOfBytes(TorchOf("\x80\x02" + std::string(1'000'000, ']') +
                               ".")) == "there is no array in it");
  std::string deep = "\x80\x02]";
  for (int i = 0; i < 1'000'000; ++i) deep += '\x85';
  CHECK(RefusalOfBytes(TorchOf(deep + ".")) == "there is no array in it");
  CHECK(RefusalOfBytes(TorchOf("\x80\x02}q\x00"s + Word("x") + "h\x00s."s)) ==
        "the PyTorch file has containers in containers without an end");
  // Each dictionary holds the one before it twice: 2^30 in all.
  std::string doubled = "\x80\x02}q\x00"s;
  for (char i = 0; i < 30; ++i) {
    doubled += "}("s + Word("a") + "h" + i + Word("b") + "h" + i + "uq" +
               static_cast<char>(i + 1);
  }
  CHECK(RefusalOfBytes(TorchOf(doubled + ".")) ==
        "the PyTorch file has containers in containers without an end");
}

TEST_CASE("damage to a pickle is refused, or gives finite arrays") {
  const std::string good =
      StateDict(Word("fc.weight") + Tensor("0", 6, 0, {2, 3}, {3, 1}));
  const TempFolder folder;
  const std::string path = folder / "w";
  PutFile(path, "");
  for (Index i = 0; i < 5000; ++i) {
    ChangeFile(path, TorchOf(Damage(good, 0, i)));
    try {
      ReadForeignWeights(path);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kBadInput);
      CHECK(error.message().find(path) == 0);
    }
  }
}

}  // namespace
}  // namespace mtlkit
