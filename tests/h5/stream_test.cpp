#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

#include "base/error.h"
#include "h5/mutator.h"
#include "h5/sample_file.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// Puts another file in place of a standard descriptor for its scope.
class Redirect {
 public:
  Redirect(int fd, int other) : fd_(fd), saved_(dup(fd)) {
    dup2(other, fd);
    close(other);
  }
  ~Redirect() {
    dup2(saved_, fd_);
    close(saved_);
  }

 private:
  int fd_;
  int saved_;
};

// The reading end of a pipe (or socket) into which a thread sends `bytes`.
class Sender {
 public:
  explicit Sender(std::string bytes, bool is_socket = false)
      : bytes_(std::move(bytes)) {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE((is_socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends_)
                       : pipe(ends_)) == 0);
    thread_ = std::thread([this] {
      std::size_t done = 0;
      while (done < bytes_.size()) {
        const ssize_t sent =
            write(ends_[1], bytes_.data() + done, bytes_.size() - done);
        if (sent <= 0) break;
        done += static_cast<std::size_t>(sent);
      }
      close(ends_[1]);
    });
  }
  ~Sender() { thread_.join(); }
  int reading_end() const { return ends_[0]; }

 private:
  std::string bytes_;
  int ends_[2] = {-1, -1};
  std::thread thread_;
};

std::string SampleBytes() {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  return FileBytes(folder / "a.h5");
}

// What comes of `bytes` sent to the standard input.
std::string OutcomeOf(const std::string& bytes) {
  const Sender sender(bytes);
  const Redirect redirect(STDIN_FILENO, sender.reading_end());
  try {
    return RenderFile(FileReader::Open("-"));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadInput);
    return error.what();
  }
}

TEST_CASE("a file, its redirection, a pipe, a FIFO and a socket are equal") {
  const TempFolder folder;
  WriteSample(folder / "a.h5");
  const std::string bytes = FileBytes(folder / "a.h5");
  const std::string expected = RenderFile(FileReader::Open(folder / "a.h5"));
  CHECK(OutcomeOf(bytes) == expected);
  {
    const Redirect redirect(STDIN_FILENO,
                            open((folder / "a.h5").c_str(), O_RDONLY));
    CHECK(RenderFile(FileReader::Open("-")) == expected);
  }
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  std::thread feed([&] { PutFile(folder / "fifo", bytes); });
  CHECK(RenderFile(FileReader::Open(folder / "fifo")) == expected);
  feed.join();
  for (const bool is_socket : {false, true}) {
    const Sender sender(bytes, is_socket);
    const int fd = sender.reading_end();
    CHECK(RenderFile(FileReader::Open(Str("/dev/fd/", fd))) == expected);
    close(fd);
  }
}

TEST_CASE("a file called file_image_0 in the working folder changes nothing") {
  const TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  PutFile("file_image_0", "not a file");
  PutFile("mtlkit", "nor this");
  CHECK(OutcomeOf(SampleBytes()).starts_with("dataset\n"));
  std::filesystem::current_path(before);
}

TEST_CASE("an empty, cut or overlong stream is an error that says so") {
  const std::string bytes = SampleBytes();
  CHECK(OutcomeOf("") == "stdin: empty (the previous command wrote nothing)");
  CHECK(OutcomeOf(bytes.substr(0, 100)) ==
        "stdin: truncated mtlkit file: only 100 bytes (did the command that "
        "wrote it fail?)");
  CHECK(OutcomeOf(bytes.substr(0, 2000)) ==
        Str("stdin: truncated mtlkit stream: header says ", bytes.size(),
            " bytes, got 2000 (did the previous command fail?)"));
  CHECK(OutcomeOf(bytes + "x") ==
        "stdin: more bytes follow the end of the mtlkit stream (send one file "
        "at a time)");
  CHECK(OutcomeOf("a,b\n1,2\n") ==
        "stdin: this is CSV or other text, not an mtlkit file (convert it: "
        "mtl-convert FILE -o table.h5)");
}

TEST_CASE("a stream that declares more than the limit is refused") {
  const Sender sender(SampleBytes());
  const Redirect redirect(STDIN_FILENO, sender.reading_end());
  OpenOptions options;
  options.max_stream_bytes = 1000;
  CHECK_THROWS_AS(FileReader::Open("-", {}, options), Error);
}

TEST_CASE("the standard output gets the bytes that a file gets") {
  const TempFolder folder;
  for (const int flags : {0, O_APPEND}) {
    const std::string path = folder / Str("out", flags, ".h5");
    fflush(stdout);
    const Redirect redirect(
        STDOUT_FILENO, open(path.c_str(), O_WRONLY | O_CREAT | flags, 0600));
    WriteSample("-");
    CHECK(FileBytes(path) == SampleBytes());
  }
}

TEST_CASE("a pipe gets the bytes that a file gets") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::string got;
  std::thread reader([&] {
    char piece[1000];
    for (;;) {
      const ssize_t count = read(ends[0], piece, sizeof piece);
      if (count <= 0) break;
      got.append(piece, static_cast<std::size_t>(count));
    }
  });
  {
    fflush(stdout);
    const Redirect redirect(STDOUT_FILENO, ends[1]);
    WriteSample("-");
  }
  reader.join();
  close(ends[0]);
  CHECK(got == SampleBytes());
}

TEST_CASE("a sender that fails sends nothing") {
  const TempFolder folder;
  fflush(stdout);
  {
    const Redirect redirect(STDOUT_FILENO, open((folder / "out").c_str(),
                                                O_WRONLY | O_CREAT, 0600));
    FileWriter writer("-", FileKind::kModel);
    FillSample(&writer);
    CHECK_THROWS_AS(writer.WriteArray<float>("spec", std::vector<float>{1}, {}),
                    Error);
  }
  CHECK(FileBytes(folder / "out").empty());
}

}  // namespace
}  // namespace mtlkit
