#include "h5/foreign_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <csignal>

#include "base/error.h"
#include "base/text.h"
#include "campaign.h"
#include "h5/foreign_sample.h"
#include "h5/guard.h"

namespace mtlkit {
namespace {

using internal::Handle;

constexpr Index kRoom = Index{1} << 26;

std::vector<double> NumbersAt(const ForeignFile& file,
                              const std::string& path) {
  return file.ReadArrays<double>({&path, 1})[0];
}

std::string RefusalOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.message();
  }
  return "taken";
}

// Why the array "a" of a file is not read.
std::string RefusalOfArray(const std::function<void(hid_t file)>& build) {
  const std::string bytes = ForeignBytes(build);
  return RefusalOf([&] { NumbersAt(ForeignFile(bytes, kRoom), "a"); });
}

TEST_CASE("arrays of other programs are read as what they hold") {
  const std::string bytes = ForeignBytes([](hid_t file) {
    PutArray(file, "x/deep/a", {2, 3}, {1, 2, 3, 4, 5, 6});
    PutArray(file, "big", {2}, {-7, 300}, {.type = H5T_STD_I16BE});
    PutArray(file, "half", {}, {2.5}, {.type = H5T_IEEE_F64BE});
    PutArray(file, "none", {0, 4}, {});
    const Handle packed(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[] = {2, 2};
    H5Pset_chunk(packed.id(), 2, chunk);
    H5Pset_shuffle(packed.id());
    H5Pset_deflate(packed.id(), 9);
    PutArray(file, "packed", {3, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8},
             {.type = H5T_STD_U8LE, .creation = packed.id()});
  });
  const ForeignFile file(bytes, kRoom);
  REQUIRE(file.Find("x/deep/a") != nullptr);
  CHECK(file.Find("x/deep/a")->shape == Shape{2, 3});
  CHECK(file.Find("x/deep")->kind == ForeignObject::Kind::kGroup);
  CHECK(file.Find("big")->type == ElementType::kI16);
  CHECK(NumbersAt(file, "x/deep/a") == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(NumbersAt(file, "big") == std::vector<double>{-7, 300});
  CHECK(NumbersAt(file, "half") == std::vector<double>{2.5});
  CHECK(NumbersAt(file, "none").empty());
  CHECK(file.ReadRows<std::int32_t>("packed", 1, 2) ==
        std::vector<std::int32_t>{3, 4, 5, 6, 7, 8});
  const std::vector<std::string> both = {"half", "big"};
  CHECK(file.ReadArrays<double>(both)[1] == std::vector<double>{-7, 300});
}

TEST_CASE("half precision is read exactly, and so are truth values") {
  const std::string bytes = ForeignBytes([](hid_t file) {
    const Handle half(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
    H5Tset_fields(half.id(), 15, 10, 5, 0, 10);
    H5Tset_size(half.id(), 2);
    H5Tset_ebias(half.id(), 15);
    PutArray(file, "half", {2}, {1.5, -0x1p-24}, {.type = half.id()});
    const Handle truth(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
    signed char value = 0;
    H5Tenum_insert(truth.id(), "FALSE", &value);
    value = 1;
    H5Tenum_insert(truth.id(), "TRUE", &value);
    const hsize_t size = 3;
    const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const Handle set(H5Dcreate2(file, "truth", truth.id(), space.id(),
                                H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                     H5Dclose);
    const signed char values[] = {0, 1, 1};
    H5Dwrite(set.id(), truth.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  });
  const ForeignFile file(bytes, kRoom);
  CHECK(NumbersAt(file, "half") == std::vector<double>{1.5, -0x1p-24});
  CHECK(NumbersAt(file, "truth") == std::vector<double>{0, 1, 1});
}

TEST_CASE("texts and attributes come in, of fixed and of variable length") {
  const std::string bytes = ForeignBytes([](hid_t file) {
    PutGroup(file, "g");
    PutText(file, "g", "name", "natürlich");
    PutTexts(file, "g", "names", {"a", "", "c"});
    const hsize_t count = 2;
    const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Handle number(
        H5Acreate_by_name(file, "g", "shape", H5T_STD_I64LE, space.id(),
                          H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    const long long numbers[] = {40, -8};
    H5Awrite(number.id(), H5T_NATIVE_LLONG, numbers);
    const Handle variable = VariableText();
    const Handle set(H5Dcreate2(file, "words", variable.id(), space.id(),
                                H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                     H5Dclose);
    const char* words[] = {"one", "and another"};
    H5Dwrite(set.id(), variable.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, words);
    const Handle fixed(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(fixed.id(), 4);
    H5Tset_strpad(fixed.id(), H5T_STR_SPACEPAD);
    const Handle padded(H5Dcreate2(file, "padded", fixed.id(), space.id(),
                                   H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                        H5Dclose);
    H5Dwrite(padded.id(), fixed.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
             "a b cc  ");
  });
  const ForeignFile file(bytes, kRoom);
  CHECK(file.FindAttribute("g", "name")->texts ==
        std::vector<std::string>{"natürlich"});
  CHECK(file.FindAttribute("g", "name")->shape.empty());
  CHECK(file.FindAttribute("g", "names")->texts ==
        std::vector<std::string>{"a", "", "c"});
  CHECK(file.FindAttribute("g", "shape")->numbers ==
        std::vector<double>{40, -8});
  CHECK(file.FindAttribute("g", "other") == nullptr);
  CHECK(file.FindAttribute("h", "name") == nullptr);
  CHECK(file.ReadTexts("words") ==
        std::vector<std::string>{"one", "and another"});
  CHECK(file.ReadTexts("words", 1, 1) ==
        std::vector<std::string>{"and another"});
  CHECK(file.ReadTexts("padded") == std::vector<std::string>{"a b", "cc"});
}

TEST_CASE("an open file is read as bytes are") {
  const TempFolder folder;
  PutFile(folder / "a.h5", ForeignBytes([](hid_t file) {
            PutArray(file, "a", {2}, {1, 2});
          }));
  const std::string path = folder / "a.h5";
  const ForeignFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC), kRoom);
  CHECK(NumbersAt(file, "a") == std::vector<double>{1, 2});
}

TEST_CASE("values in other files are not read") {
  CHECK(RefusalOfArray([](hid_t file) {
          const hsize_t size = 16;
          const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          H5Pset_virtual(creation.id(), space.id(), "/tmp/other.h5", "x",
                         space.id());
          PutArray(file, "a", {16}, {}, {.creation = creation.id()});
        }) == "'/a' is a virtual dataset, whose values lie in other files");
  CHECK(RefusalOfArray([](hid_t file) {
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          H5Pset_external(creation.id(), "/etc/passwd", 0, 64);
          PutArray(file, "a", {16}, {}, {.creation = creation.id()});
        }) == "'/a' keeps its values in other files");
  CHECK(RefusalOfArray([](hid_t file) {
          H5Lcreate_external("/etc/passwd", "/", file, "a", H5P_DEFAULT,
                             H5P_DEFAULT);
        }) == "'/a' is a link to another file");
  CHECK(RefusalOfArray([](hid_t file) {
          H5Lcreate_soft("/b", file, "a", H5P_DEFAULT, H5P_DEFAULT);
        }) == "'/a' is a soft link, which is not followed");
}

TEST_CASE("what is neither numbers nor texts, or is not there, says so") {
  CHECK(RefusalOfArray([](hid_t file) {
          const Handle record(H5Tcreate(H5T_COMPOUND, 8), H5Tclose);
          H5Tinsert(record.id(), "x", 0, H5T_STD_I32LE);
          PutArray(file, "a", {2}, {}, {.type = record.id()});
        }) == "'/a' has records of several values (or complex numbers)");
  CHECK(RefusalOfArray([](hid_t file) {
          const Handle lists(H5Tvlen_create(H5T_STD_U8LE), H5Tclose);
          PutArray(file, "a", {2}, {}, {.type = lists.id()});
        }) == "'/a' has lists of different lengths");
  CHECK(RefusalOfArray([](hid_t file) { PutGroup(file, "a"); }) ==
        "there is no array '/a' in it");
  CHECK(RefusalOfArray([](hid_t file) {
          const Handle text = VariableText();
          PutArray(file, "a", {2}, {}, {.type = text.id()});
        }) == "'/a' holds texts, not numbers");
  const std::string wide = ForeignBytes([](hid_t file) {
    PutArray(file, "a", {1}, {0x1p60}, {.type = H5T_STD_I64LE});
    PutArray(file, "b", {1}, {0.5});
  });
  const ForeignFile file(wide, kRoom);
  CHECK(file.ReadRows<std::int64_t>("a", 0, -1)[0] == std::int64_t{1} << 60);
  CHECK(RefusalOf([&] { file.ReadRows<int>("a", 0, -1); }) ==
        "'/a': value 0 cannot be held as i4 (it is i8)");
}

TEST_CASE("groups in circles end, and groups without an end are refused") {
  const std::string circle = ForeignBytes([](hid_t file) {
    PutArray(file, "g/a", {1}, {3});
    H5Lcreate_hard(file, "/", file, "g/up", H5P_DEFAULT, H5P_DEFAULT);
  });
  const ForeignFile file(circle, kRoom);
  CHECK(file.Find("g/up")->kind == ForeignObject::Kind::kUnread);
  CHECK(file.objects().size() == 4);
  const std::string deep = ForeignBytes([](hid_t root) {
    std::string path = "g";
    for (int i = 0; i < 70; ++i) path += "/g";
    PutGroup(root, path);
  });
  CHECK(RefusalOf([&] { ForeignFile(deep, kRoom); }) ==
        "the file is refused: its groups are nested without an end");
}

TEST_CASE("arrays that are not stored, or above the room, take no memory") {
  CHECK(RefusalOfArray([](hid_t file) {
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          const hsize_t chunk = 1000;
          H5Pset_chunk(creation.id(), 1, &chunk);
          PutArray(file, "a", {hsize_t{1} << 39}, {},
                   {.creation = creation.id()});
        }) == "'/a' declares values that are not in the file");
  const std::string bytes = ForeignBytes([](hid_t file) {
    PutArray(file, "a", {100}, std::vector<double>(100, 1));
  });
  const ForeignFile file(bytes, 399);
  CHECK(RefusalOf([&] { NumbersAt(file, "a"); }) ==
        "'/a' and what is read with it take 400 bytes, the limit is 399");
}

TEST_CASE("what is no HDF5, or cut short, is refused in one line") {
  CHECK(RefusalOf([] {
          ForeignFile("no such file", kRoom);
        }).starts_with("HDF5 cannot open it: "));
  const std::string bytes = ForeignBytes([](hid_t file) {
    PutArray(file, "a", {100}, std::vector<double>(100, 1));
  });
  const std::string_view half =
      std::string_view(bytes).substr(0, bytes.size() / 2);
  CHECK(RefusalOf([&] {
          ForeignFile(half, kRoom);
        }).starts_with("truncated HDF5 file: it has "));
  CHECK(RefusalOf([] { ForeignFile("", kRoom); }) != "taken");
}

TEST_CASE(
    "a confined child can open nothing, write nothing and start nothing") {
  if (internal::kIsSanitized) return;
  const TempFolder folder;
  const std::string victim = folder / "victim";
  PutFile(victim, "mine");
  const internal::Hdf5Lock lock;
  const std::string said = internal::AnswerOfConfined(
      {.bytes = 0, .most_answer = 100}, [&]() -> std::string {
        std::string did;
        if (::open("/etc/passwd", O_RDONLY) >= 0) did += "opened ";
        if (::open(victim.c_str(), O_WRONLY) >= 0) did += "opened to write ";
        if (::unlink(victim.c_str()) == 0) did += "removed ";
        if (::fork() >= 0) did += "forked ";
        if (::write(1, "", 0) >= 0) did += "has the standard output ";
        return did + "nothing";
      });
  CHECK(said == "nothing");
  CHECK(FileBytes(victim) == "mine");
  const auto outcome = [](const std::function<std::string()>& work) {
    return RefusalOf([&] {
      internal::AnswerOfConfined({.bytes = 0, .most_answer = 10}, work);
    });
  };
  CHECK(outcome([]() -> std::string {
          std::abort();
        }).starts_with("the file is refused: it brings HDF5 down"));
  CHECK(outcome([] { return std::string(11, 'x'); }) ==
        "the file is refused: it says more of itself than is sensible");
  CHECK(outcome([] { return std::string(10, 'x'); }) == "taken");
  CHECK(outcome([] { return std::string(50 << 20, 'x'); }) ==
        "the file is refused: it says more of itself than is sensible");
  CHECK(outcome([]() -> std::string {
          Fail(ErrorKind::kBug, "a mistake of yours");
        }) == "a mistake of yours");
}

TEST_CASE("damaged files of other programs end in one line or in numbers") {
  const std::string original = ForeignBytes([](hid_t file) {
    for (const char* path : {"layers/dense/vars/0", "layers/dense_1/vars/0"}) {
      PutArray(file, path, {8, 4}, std::vector<double>(32, 0.5));
    }
    PutText(file, "layers/dense/vars", "name", "first");
    PutTexts(file, "layers", "names", {"dense", "dense_1"});
    const Handle packed(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[] = {4, 4};
    H5Pset_chunk(packed.id(), 2, chunk);
    H5Pset_deflate(packed.id(), 9);
    PutArray(file, "packed", {8, 8}, std::vector<double>(64, 2),
             {.creation = packed.id()});
  });
  const Index count = Campaign(internal::kIsSanitized ? 60 : 300, 10000);
  Index refused = 0;
  Index wrong = 0;
  for (Index i = 0; i < count; ++i) {
    const std::string bytes = Damage(original, 0, i);
    try {
      const ForeignFile file(bytes, kRoom);
      for (const auto& [path, object] : file.objects()) {
        if (object.kind == ForeignObject::Kind::kNumbers) NumbersAt(file, path);
        if (object.kind == ForeignObject::Kind::kTexts) file.ReadTexts(path);
      }
    } catch (const Error& error) {
      ++refused;
      if (error.kind() == ErrorKind::kBadInput) continue;
      ++wrong;
      MESSAGE("damage ", i, ": ", error.what());
    }
  }
  CHECK(wrong == 0);
  CHECK(refused > count / 20);
}

}  // namespace
}  // namespace mtlkit
