#include "interop/foreign_weights.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "campaign.h"
#include "h5/mutator.h"
#include "interop/read_bytes.h"
#include "interop/sample_files.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// "a 2x2: 1 2 3 4; b 2: 5 6".
std::string Render(const ForeignWeights& weights) {
  std::string text;
  for (const ForeignArray& array : weights.arrays) {
    std::vector<std::string> lengths;
    for (const Index length : array.shape) {
      lengths.push_back(std::to_string(length));
    }
    text += (text.empty() ? "" : "; ") + array.name + " " + Join(lengths, "x") +
            ":";
    for (const Real value : array.values) text += " " + FormatNumber(value);
  }
  return text;
}

const std::string kTwoArrays =
    SafetensorsOf(R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]},)"
                  R"("a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})",
                  Floats({1, 2, 3, 4, 5, 6}));

TEST_CASE("safetensors gives arrays by name, matrices outputs first") {
  const ForeignWeights weights = ReadWeightBytes(kTwoArrays);
  CHECK(Render(weights) == "a 2x2: 1 2 3 4; b 2: 5 6");
  CHECK(weights.order == MatrixOrder::kOutputsFirst);
  CHECK(weights.Find("b") == &weights.arrays[1]);
  CHECK(weights.Find("c") == nullptr);
}

TEST_CASE("safetensors of Flax say that inputs come first") {
  const ForeignWeights weights = ReadWeightBytes(
      SafetensorsOf(R"({"__metadata__":{"format":"flax"},)"
                    R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                    Floats({1})));
  CHECK(weights.order == MatrixOrder::kInputsFirst);
}

TEST_CASE("elements of any width become numbers") {
  const auto one = [](const std::string& dtype, const std::string& bytes) {
    return Render(ReadWeightBytes(SafetensorsOf(
        Str(R"({"x":{"dtype":")", dtype, R"(","shape":[1],"data_offsets":[0,)",
            bytes.size(), "]}}"),
        bytes)));
  };
  CHECK(one("F16", Raw<std::uint16_t>(0x3c00)) == "x 1: 1");
  CHECK(one("F16", Raw<std::uint16_t>(0xc100)) == "x 1: -2.5");
  // The smallest subnormal, 2^-24.
  CHECK(one("F16", Raw<std::uint16_t>(1)) ==
        "x 1: " + FormatNumber(static_cast<Real>(0x1p-24)));
  CHECK(one("BF16", Raw<std::uint16_t>(0x3fc0)) == "x 1: 1.5");
  CHECK(one("F64", Raw(-0.25)) == "x 1: -0.25");
  CHECK(one("I8", Raw<std::int8_t>(-7)) == "x 1: -7");
  CHECK(one("U16", Raw<std::uint16_t>(60000)) == "x 1: 60000");
  CHECK(one("I64", Raw<std::int64_t>(-3)) == "x 1: -3");
  CHECK(one("BOOL", Raw<std::uint8_t>(1)) == "x 1: 1");
}

TEST_CASE("safetensors that lie about places, shapes or types are refused") {
  const auto with = [](const std::string& entries) {
    return RefusalOfBytes(SafetensorsOf(entries, Floats({1, 2})));
  };
  CHECK(with(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
             R"("y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})") ==
        "damaged safetensors file: 'y' lies over another array, behind a "
        "hole, or outside");
  CHECK(with(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})") ==
        "damaged safetensors file: bytes at its end belong to no array");
  CHECK(with(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})") ==
        "damaged safetensors file: the shape of 'x' is not its size");
  CHECK(with(R"({"x":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}})") ==
        "the safetensors file has elements of the type 'Q4'");
  CHECK(with(R"({"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})") ==
        "damaged safetensors file: a length or place is no number");
  CHECK(with(R"({"x":{"dtype":"F32","shape":[4611686018427387904,4],)"
             R"("data_offsets":[0,8]}})") ==
        "array 'x' says that it has more elements than the file holds");
  CHECK(with(R"({"x":{"dtype":"F32","shape":[2]}})") ==
        "damaged safetensors file: its header is no JSON, or lacks an entry");
}

TEST_CASE("an array that holds no number is refused") {
  CHECK(RefusalOfBytes(SafetensorsOf(
            R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            Raw<std::uint32_t>(0x7fc00000))) ==
        "array 'x' holds a number that is not finite in single precision");
}

TEST_CASE("npz gives arrays by name, stored or compressed, inputs first") {
  for (const bool deflate : {false, true}) {
    const ForeignWeights weights =
        ReadWeightBytes(ZipOf({{"k.npy", NpyOf("2, 3", {1, 2, 3, 4, 5, 6})},
                               {"b.npy", NpyOf("3,", {7, 8, 9})}},
                              deflate));
    CHECK(Render(weights) == "b 3: 7 8 9; k 2x3: 1 2 3 4 5 6");
    CHECK(weights.order == MatrixOrder::kInputsFirst);
  }
}

TEST_CASE("arrays by columns and of the other byte order are read by rows") {
  CHECK(Render(ReadWeightBytes(
            ZipOf({{"k.npy", NpyOf("{'descr': '<f4', 'fortran_order': True, "
                                   "'shape': (2, 3), }\n",
                                   Floats({1, 4, 2, 5, 3, 6}))}}))) ==
        "k 2x3: 1 2 3 4 5 6");
  CHECK(Render(ReadWeightBytes(
            ZipOf({{"k.npy", NpyOf("{'descr': '>i2', 'fortran_order': False, "
                                   "'shape': (2,), }\n",
                                   std::string("\x01\x02\xff\xfe", 4))}}))) ==
        "k 2: 258 -2");
}

TEST_CASE("what is no plain array is refused by what it is") {
  const auto with = [](const std::string& descr) {
    return RefusalOfBytes(
        ZipOf({{"k.npy", NpyOf("{'descr': " + descr +
                                   ", 'fortran_order': False, "
                                   "'shape': (1,), }\n",
                               Floats({1}))}}));
  };
  CHECK(with("'|O'") ==
        "array 'k': the NumPy array holds objects: a pickle, which could run "
        "any code");
  CHECK(with("'<U1'") ==
        "array 'k': the NumPy array holds texts");
  CHECK(with("[('a', '<f4')]") == "array 'k': the NumPy array holds records");
}

TEST_CASE("a damaged archive is refused") {
  const std::string good =
      ZipOf({{"k.npy", NpyOf("2,", {1, 2})}, {"b.npy", NpyOf("1,", {3})}});
  std::string flipped = good;
  flipped[good.find("(2,)") + 12] ^= 1;
  CHECK(RefusalOfBytes(flipped).find("'k.npy' is not what was written") !=
        std::string::npos);
  CHECK(RefusalOfBytes(good.substr(0, good.size() - 30)) ==
        "damaged ZIP archive: its directory is missing");
  CHECK(RefusalOfBytes(ZipOf(
            {{"k.npy", NpyOf("1,", {1})}, {"k.npy", NpyOf("1,", {2})}})) ==
        "damaged ZIP archive: 'k.npy' is in it twice");
}

TEST_CASE("a text is refused with the formats that are read") {
  CHECK(RefusalOfBytes("a,b\n1,2\n") ==
        "is CSV or other text, not weights of a kind that is read");
}

TEST_CASE("a device, which never ends, is refused") {
  CHECK_THROWS_WITH(
      ReadForeignWeights("/dev/zero"),
      doctest::Contains("/dev/zero: is no file, but a folder or a device"));
}

TEST_CASE("damage is refused, or changes no array that is read") {
  const std::string files[] = {
      kTwoArrays, ZipOf({{"k.npy", NpyOf("2, 3", {1, 2, 3, 4, 5, 6})}}),
      ZipOf({{"k.npy", NpyOf("2, 3", {1, 2, 3, 4, 5, 6})}}, true)};
  const TempFolder folder;
  const std::string path = folder / "damaged";
  for (const std::string& good : files) {
    const bool has_checksum = good[0] == 'P';
    PutFile(path, good);
    const std::string expected = Render(ReadForeignWeights(path));
    for (Index i = 0; i < Campaign(3000, 10000); ++i) {
      ChangeFile(path, Damage(good, 0, i));
      try {
        const std::string read = Render(ReadForeignWeights(path));
        // Names and numbers of safetensors are under no checksum.
        if (has_checksum) CHECK(read == expected);
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::kBadInput);
        CHECK(error.message().find(path) == 0);
      }
    }
  }
}

}  // namespace
}  // namespace mtlkit
