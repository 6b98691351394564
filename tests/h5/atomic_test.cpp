#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/atomic_file.h"
#include "h5/mutator.h"
#include "h5/posix.h"
#include "h5/sample_file.h"
#include "h5/unfinished.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// Runs `work` in a process of its own; the exit code of its Error, 0 without
// one, or 1000 + the signal that ended it.
int RunApart(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    int code = 0;
    try {
      work();
    } catch (const Error& error) {
      code = error.exit_code();
    }
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

Index FilesIn(const TempFolder& folder) {
  Index count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(folder.path())) {
    ++count;
  }
  return count;
}

ErrorKind KindOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::kBug;
}

TEST_CASE("a writer that is given up leaves nothing") {
  const TempFolder folder;
  {
    FileWriter writer(folder / "a.h5", FileKind::kModel);
    FillSample(&writer);
    auto rows = writer.CreateRows<float>("rows", {3});
    CHECK(FilesIn(folder) == 1);
  }
  CHECK(FilesIn(folder) == 0);
}

TEST_CASE("a finished file is the only one and has the permissions of umask") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  CHECK(FilesIn(folder) == 1);
  struct stat status {};
  REQUIRE(stat((folder / "a.h5").c_str(), &status) == 0);
  const mode_t mask = umask(022);
  umask(mask);
  CHECK((status.st_mode & 0777) == (0666 & ~mask));
}

TEST_CASE("a killed writer leaves the old file, and the next one tidies up") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  const std::string before = FileBytes(folder / "a.h5");
  const int code = RunApart([&] {
    FileWriter writer(folder / "a.h5", FileKind::kModel);
    FillSample(&writer, 2);
    raise(SIGKILL);
  });
  CHECK(code == 1000 + SIGKILL);
  CHECK(FileBytes(folder / "a.h5") == before);
  CHECK(FilesIn(folder) == 2);
  WriteSample(folder / "a.h5");
  CHECK(FilesIn(folder) == 1);
}

TEST_CASE("an output is removed with what killed writers left of it") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  WriteSample(folder / "b.h5");
  RunApart([&] {
    FileWriter writer(folder / "a.h5", FileKind::kModel);
    FillSample(&writer, 2);
    raise(SIGKILL);
  });
  CHECK(FilesIn(folder) == 3);
  RemoveOutput(folder / "a.h5");
  CHECK(FilesIn(folder) == 1);
  RemoveOutput(folder / "a.h5");
  CHECK(std::filesystem::exists(folder / "b.h5"));
}

TEST_CASE("the temporary file of a living writer is left alone") {
  const TempFolder folder;
  FileWriter first(folder / "a.h5", FileKind::kModel);
  FillSample(&first, 1);
  CHECK(RunApart([&] { WriteSample(folder / "a.h5"); }) == 0);
  first.Commit();
  CHECK(FileReader::Open(folder / "a.h5").kind() == FileKind::kModel);
  CHECK(FilesIn(folder) == 1);
}

TEST_CASE("killed at any moment, old or new is there and whole") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  for (int i = 0; i < 30; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) WriteSample(folder / "a.h5");
    }
    usleep(static_cast<useconds_t>(500 + i * 577 % 9000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CHECK(FileReader::Open(folder / "a.h5").Has("spec"));
  }
}

TEST_CASE("what a signal ends takes its temporary files with it") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  const auto interrupted = [&](const std::function<void()>& end) {
    return RunApart([&] {
      AtomicFile first(folder / "a.h5");
      AtomicFile second(folder / "b.h5");
      { const AtomicFile given_up(folder / "c.h5"); }
      AtomicFile done(folder / "d.h5");
      done.Commit();
      end();
      _exit(9);
    });
  };
  CHECK(interrupted(RemoveUnfinishedOutputs) == 9);
  CHECK(FilesIn(folder) == 2);  // a.h5, d.h5
  CHECK(FileReader::Open(folder / "a.h5").Has("spec"));
  // A fork has no say: its parent still writes.
  CHECK(interrupted([] { RunApart(RemoveUnfinishedOutputs); }) == 9);
  CHECK(FilesIn(folder) == 4);
}

TEST_CASE("a file size limit at any place is an I/O error, nothing is lost") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  const std::string before = FileBytes(folder / "a.h5");
  for (rlim_t limit = 0; limit < before.size(); limit += 331) {
    const int code = RunApart([&] {
      const struct rlimit limits { limit, limit };
      setrlimit(RLIMIT_FSIZE, &limits);
      WriteSample(folder / "a.h5");
    });
    CHECK(code == 74);
    CHECK(FileBytes(folder / "a.h5") == before);
    CHECK(FilesIn(folder) == 1);
  }
}

TEST_CASE("large rows over a file size limit are an I/O error") {
  const TempFolder folder;
  for (const Index declared : {Index{-1}, Index{100}}) {
    const int code = RunApart([&] {
      const struct rlimit limits { 1 << 20, 1 << 20 };
      setrlimit(RLIMIT_FSIZE, &limits);
      FileWriter writer(folder / "a.h5", FileKind::kDataset);
      auto rows = writer.CreateRows<float>("a", {10000}, declared);
      const std::vector<float> row(10000, 1);
      for (int i = 0; i < 100; ++i) rows.Append(row);
      writer.Commit();
    });
    CHECK(code == 74);
    CHECK(FilesIn(folder) == 0);
  }
}

TEST_CASE("a full device is an I/O error") {
  CHECK(KindOf([] { WriteSample("/dev/full"); }) == ErrorKind::kIo);
  const int code = RunApart([] {
    dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
    WriteSample("-");
  });
  CHECK(code == 74);
}

TEST_CASE("an output that cannot be created is known before work starts") {
  const TempFolder folder;
  for (const std::string& path :
       {folder / "none/a.h5", std::string("/proc/a.h5"), folder.path().string(),
        folder / "a/"}) {
    INFO(path);
    CHECK(KindOf([&] { ProbeOutput(path); }) == ErrorKind::kCannotCreate);
    CHECK(KindOf([&] { FileWriter writer(path, FileKind::kModel); }) ==
          ErrorKind::kCannotCreate);
  }
  ProbeOutput(folder / "a.h5");
  ProbeOutput("/dev/null");
  CHECK(FilesIn(folder) == 0);
}

TEST_CASE("a symbolic link to nothing yet stays one, what it names is made") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "deep");
  std::filesystem::create_symlink("deep/two.h5", folder / "one.h5");
  std::filesystem::create_symlink("three.h5", folder / "deep/two.h5");
  WriteSample(folder / "one.h5", FileKind::kModel);
  CHECK(std::filesystem::is_symlink(folder / "one.h5"));
  CHECK(std::filesystem::is_symlink(folder / "deep/two.h5"));
  CHECK(std::filesystem::is_regular_file(folder / "deep/three.h5"));
  std::filesystem::create_symlink("loop.h5", folder / "loop.h5");
  CHECK_THROWS_WITH_AS(WriteSample(folder / "loop.h5", FileKind::kModel),
                       doctest::Contains("loop.h5: cannot be created"), Error);
}

TEST_CASE("a symbolic link into no folder is said to be one") {
  const TempFolder folder;
  std::filesystem::create_symlink("none/two.h5", folder / "one.h5");
  for (const bool probes : {false, true}) {
    CHECK_THROWS_WITH_AS(
        probes ? ProbeOutput(folder / "one.h5", false)
               : WriteSample(folder / "one.h5", FileKind::kModel),
        doctest::Contains(
            (folder / "one.h5: cannot be created: No such file or directory "
                      "(it is a symbolic link to " +
             (folder / "none/two.h5)"))
                .c_str()),
        Error);
  }
}

TEST_CASE("what cannot be made to last is an error of the device") {
  CHECK_THROWS_WITH_AS(internal::SyncDescriptor(-1, "a.h5"),
                       doctest::Contains("a.h5: cannot write"), Error);
  CHECK_THROWS_WITH_AS(internal::SyncFolder("/no/folder", "/no/folder/a", "a"),
                       doctest::Contains("a: cannot sync its folder"), Error);
  CHECK_NOTHROW(internal::SyncFolder(".", "./a", "a"));
}

TEST_CASE("a symbolic link stays one, what it names is replaced") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  std::filesystem::create_symlink("a.h5", folder / "link.h5");
  WriteSample(folder / "link.h5", FileKind::kModel);
  CHECK(std::filesystem::is_symlink(folder / "link.h5"));
  CHECK(FileReader::Open(folder / "a.h5").kind() == FileKind::kModel);
}

TEST_CASE("a text file appears whole") {
  const TempFolder folder;
  AtomicFile file(folder / "a.csv");
  file.Write("a,b\n");
  file.Write("1,2\n");
  CHECK_FALSE(std::filesystem::exists(folder / "a.csv"));
  file.Commit();
  CHECK(FileBytes(folder / "a.csv") == "a,b\n1,2\n");
  CHECK(FilesIn(folder) == 1);
}

}  // namespace
}  // namespace mtlkit
