#include <doctest/doctest.h>
#include <hdf5.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/guard.h"
#include "h5/hdf5_session.h"
#include "h5/mutator.h"
#include "h5/sample_file.h"

// Files that HDF5 itself opens without complaint and that no reader of ours
// may follow. They carry a good envelope.
namespace mtlkit {
namespace {

using internal::Handle;

void AddText(hid_t file, const char* name, const std::string& text) {
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), text.size());
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle attribute(
      H5Acreate2(file, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
      H5Aclose);
  H5Awrite(attribute.id(), type.id(), text.data());
}

// Makes a file with HDF5 alone, lets `build` add to it, seals it, and returns
// what the reader says of it.
std::string OutcomeOf(const std::function<void(hid_t file)>& build) {
  const TempFolder folder;
  const std::string path = folder / "hostile.h5";
  {
    const internal::Hdf5Lock lock;
    const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_userblock(creation.id(), 512);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_LATEST);
    const Handle file(
        H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()),
        H5Fclose);
    REQUIRE(file.valid());
    AddText(file.id(), "format", "mtl-h5");
    AddText(file.id(), "format_version", "2.0");
    AddText(file.id(), "kind", "dataset");
    AddText(file.id(), "content_sha256", std::string(64, '0'));
    build(file.id());
  }
  PutFile(path, Reseal(FileBytes(path)));
  try {
    FileReader::Open(path);
    return "accepted";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    const std::string& message = error.message();
    REQUIRE(message.starts_with(path + ": "));
    return message.substr(path.size() + 2);
  }
}

// Adds an array of rank 1 called "a".
void AddArray(hid_t file, hid_t type, hsize_t size, hid_t creation) {
  const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
  const Handle dataset(H5Dcreate2(file, "a", type, space.id(), H5P_DEFAULT,
                                  creation, H5P_DEFAULT),
                       H5Dclose);
  REQUIRE(dataset.valid());
}

TEST_CASE("a file whose content has another digest is refused") {
  CHECK(OutcomeOf([](hid_t) {}) ==
        "the content does not have the digest that the file gives");
}

TEST_CASE("a text that is not UTF-8 is refused") {
  CHECK(OutcomeOf([](hid_t file) { AddText(file, "name", "a\xff"); }) ==
        "'/' has an attribute that is not UTF-8, which no file of mtlkit has");
}

TEST_CASE("too little memory is no fault of the file") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  const auto outcome = [&](Index spare) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::FILE* statm = std::fopen("/proc/self/statm", "re");
      long long pages = 0;
      if (statm == nullptr || std::fscanf(statm, "%lld", &pages) != 1) {
        ::_exit(1);
      }
      const auto now = static_cast<rlim_t>(pages * ::sysconf(_SC_PAGESIZE));
      const struct rlimit limits {
        now + static_cast<rlim_t>(spare), RLIM_INFINITY
      };
      ::setrlimit(RLIMIT_AS, &limits);
      int code = 0;
      try {
        FileReader::Open(folder / "a.h5");
      } catch (const Error& error) {
        code = error.exit_code();
      } catch (const std::bad_alloc&) {
        code = 74;
      }
      ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  if (internal::kIsSanitized) return;
  for (const Index spare : {0, 1 << 16, 1 << 18, 1 << 20}) {
    CAPTURE(spare);
    const int code = outcome(spare);
    CHECK((code == 0 || code == 74));
  }
}

TEST_CASE("links that leave the file or go in circles are refused") {
  constexpr const char* kRefused =
      "'/' has a link that is not a hard one, which no file of mtlkit has";
  CHECK(OutcomeOf([](hid_t file) {
          H5Lcreate_external("/etc/passwd", "/", file, "a", H5P_DEFAULT,
                             H5P_DEFAULT);
        }) == kRefused);
  CHECK(OutcomeOf([](hid_t file) {
          H5Lcreate_soft("/a", file, "a", H5P_DEFAULT, H5P_DEFAULT);
        }) == kRefused);
  CHECK(OutcomeOf([](hid_t file) {
          const Handle group(
              H5Gcreate2(file, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
              H5Gclose);
          H5Lcreate_hard(file, "a", group.id(), "b", H5P_DEFAULT, H5P_DEFAULT);
        }) == "'/a' has several names, which no file of mtlkit has");
}

TEST_CASE("storage in other files is refused") {
  CHECK(OutcomeOf([](hid_t file) {
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          H5Pset_external(creation.id(), "/etc/passwd", 0, 16);
          AddArray(file, H5T_STD_U8LE, 16, creation.id());
        }) == "'/a' lies in other files, which no file of mtlkit has");
  CHECK(OutcomeOf([](hid_t file) {
          const hsize_t size = 16;
          const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          H5Pset_virtual(creation.id(), space.id(), "/tmp/other.h5", "x",
                         space.id());
          AddArray(file, H5T_STD_U8LE, 16, creation.id());
        }) != "accepted");
}

TEST_CASE("types that no file of ours has are refused") {
  const auto with_type = [](hid_t type) {
    return OutcomeOf(
        [type](hid_t file) { AddArray(file, type, 3, H5P_DEFAULT); });
  };
  const Handle variable(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(variable.id(), H5T_VARIABLE);
  CHECK(with_type(variable.id()) ==
        "'/a' has texts of variable length, which no file of mtlkit has");
  const Handle compound(H5Tcreate(H5T_COMPOUND, 8), H5Tclose);
  H5Tinsert(compound.id(), "x", 0, H5T_STD_I32LE);
  CHECK(with_type(compound.id()) ==
        "'/a' has values that are neither numbers nor texts, which no file of "
        "mtlkit has");
  CHECK(with_type(H5T_STD_I32BE) ==
        "'/a' has numbers of an unusual type, which no file of mtlkit has");
}

TEST_CASE("an array that claims memory it does not store is refused") {
  CHECK(OutcomeOf([](hid_t file) {
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          const hsize_t chunk = 1000;
          H5Pset_chunk(creation.id(), 1, &chunk);
          AddArray(file, H5T_IEEE_F64LE, hsize_t{1} << 39, creation.id());
        }) ==
        "'/a' has values that are not stored, which no file of mtlkit has");
  CHECK(OutcomeOf([](hid_t file) {
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          const hsize_t chunk = 1 << 20;
          H5Pset_chunk(creation.id(), 1, &chunk);
          H5Pset_deflate(creation.id(), 9);
          AddArray(file, H5T_IEEE_F64LE, 1 << 20, creation.id());
        }) == "'/a' has chunks above 1 MiB, which no file of mtlkit has");
}

TEST_CASE("filters twice are refused") {
  CHECK(OutcomeOf([](hid_t file) {
          const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
          const hsize_t chunk = 16;
          H5Pset_chunk(creation.id(), 1, &chunk);
          H5Pset_deflate(creation.id(), 1);
          H5Pset_deflate(creation.id(), 1);
          AddArray(file, H5T_STD_U8LE, 16, creation.id());
        }) == "'/a' has another filter, which no file of mtlkit has");
}

TEST_CASE("groups too deep, arrays that grow and named types are refused") {
  CHECK(OutcomeOf([](hid_t file) {
          std::string path;
          for (int i = 0; i < 9; ++i) {
            path += "/g";
            const Handle group(H5Gcreate2(file, path.c_str(), H5P_DEFAULT,
                                          H5P_DEFAULT, H5P_DEFAULT),
                               H5Gclose);
          }
        }) ==
        "'/g/g/g/g/g/g/g/g/g' lies too deep, which no file of mtlkit "
        "has");
  CHECK(OutcomeOf([](hid_t file) {
          const Handle type(H5Tcopy(H5T_STD_I32LE), H5Tclose);
          H5Tcommit2(file, "t", type.id(), H5P_DEFAULT, H5P_DEFAULT,
                     H5P_DEFAULT);
        }) ==
        "'/t' is neither a group nor an array, which no file of mtlkit "
        "has");
}

TEST_CASE("a newer minor that needs a feature is refused by its name") {
  CHECK(OutcomeOf([](hid_t file) { AddText(file, "requires", "ragged-2"); }) ==
        "needs 'ragged-2', which this program does not know");
}

TEST_CASE("a check that crashes, spins or eats memory ends its child only") {
  constexpr const char* kRefused =
      "the file is refused: it brings HDF5 down, or exceeds the limits of "
      "memory and time";
  const auto outcome = [](const std::function<void()>& check) -> std::string {
    try {
      internal::CheckInChild(0, check);
      return "passed";
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kBadInput);
      return error.message();
    }
  };
  CHECK(outcome([] {}) == "passed");
  CHECK(outcome([] { Fail(ErrorKind::kBadInput, "told"); }) == "told");
  CHECK(outcome([] { raise(SIGSEGV); }) == kRefused);
  CHECK(outcome([] { _exit(0); }) == kRefused);
  CHECK(outcome([] { raise(SIGXCPU); }) == kRefused);
}

}  // namespace
}  // namespace mtlkit
