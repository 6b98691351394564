#include "h5/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "h5/sniff.h"

namespace mtlkit::internal {
namespace {

constexpr Index kPiece = Index{1} << 20;

// The number N of "/dev/fd/N" and its like, or -1. Opening such a name again
// fails for sockets, and moves a regular file back to its start.
int DescriptorOf(const std::string& path) {
  if (path == "-" || path == "/dev/stdin") return STDIN_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    long long number = -1;
    if (path.starts_with(folder) &&
        ParseInteger(std::string_view(path).substr(folder.size()), &number) &&
        number >= 0 && number < (1 << 20)) {
      return static_cast<int>(number);
    }
  }
  return -1;
}

UniqueFd OpenOperand(const std::string& path) {
  const int given = DescriptorOf(path);
  const int fd = given >= 0 ? ::fcntl(given, F_DUPFD_CLOEXEC, 0)
                            : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) FailToOpen("", errno);
  return UniqueFd(fd);
}

// What to do with a file of another kind.
std::string_view AdviceOf(Content content) {
  switch (content) {
    case Content::kText:
    case Content::kArff:
    case Content::kGzip:
    case Content::kXz:
    case Content::kBzip2:
    case Content::kZstd:
    case Content::kParquet:
    case Content::kHdf5:
    case Content::kNpy:
      return kConvertHint;
    case Content::kZip:
      return "unpack it, then convert the table in it with mtl-convert";
    case Content::kLfsPointer:
      return "fetch the file that it stands for: git lfs pull";
    default:
      return "give a file that a tool of mtlkit wrote";
  }
}

[[noreturn]] void FailForeign(std::string_view head) {
  const Content content = SniffContent(head);
  const bool is_whole =
      content == Content::kHdf5 || content == Content::kUnknown;
  Fail(ErrorKind::kBadInput,
       Str("this is ", ContentName(content),
           is_whole ? "" : ", not an mtlkit file"),
       std::string(AdviceOf(content)));
}

constexpr std::string_view kEmptyStream =
    "empty (the previous command wrote nothing)";

// The start of a file or stream: an envelope, or what says why not.
Envelope ParseHead(std::string_view head, std::string_view if_empty) {
  Require(!head.empty(), ErrorKind::kBadInput, if_empty);
  // A damaged first line does not make it a file of another kind.
  const bool is_ours =
      SniffContent(head) == Content::kMtlkit ||
      head.find("\nThis is an HDF5 file: the HDF5 superblock") !=
          std::string_view::npos;
  if (!is_ours) FailForeign(head);
  Require(static_cast<Index>(head.size()) == kEnvelopeSize,
          ErrorKind::kBadInput,
          Str("truncated mtlkit file: only ", head.size(), " bytes"),
          "did the command that wrote it fail?");
  return ParseEnvelope(head);
}

void RequireSpace(int fd, Index bytes) {
  struct statvfs status {};
  if (::fstatvfs(fd, &status) != 0) return;
  const auto free = static_cast<double>(status.f_bavail) *
                    static_cast<double>(status.f_frsize);
  Require(static_cast<double>(bytes) <= free, ErrorKind::kIo,
          Str("the stream needs ", bytes, " bytes in ", TemporaryFolder(),
              ", which has fewer free"),
          "set MTLKIT_TMPDIR to a folder with more room");
}

// Copies the rest of the stream, exactly as long as its envelope says.
UniqueFd Spill(int stream, std::string_view head, const Envelope& envelope,
               const std::string& name) {
  UniqueFd copy = UnlinkedTemporaryFile();
  const Index rest = envelope.file_size() - kEnvelopeSize;
  RequireSpace(copy.get(), rest);
  WriteFully(copy.get(), head.data(), kEnvelopeSize, TemporaryFolder());
  std::vector<char> piece(static_cast<std::size_t>(kPiece));
  for (Index done = 0; done < rest;) {
    const Index wanted = std::min(kPiece, rest - done);
    const Index count = ReadFully(stream, piece.data(), wanted, name);
    Require(count > 0, ErrorKind::kBadInput,
            Str("truncated mtlkit stream: header says ", envelope.file_size(),
                " bytes, got ", kEnvelopeSize + done),
            "did the previous command fail?");
    WriteFully(copy.get(), piece.data(), count, TemporaryFolder());
    done += count;
  }
  Require(ReadFully(stream, piece.data(), 1, name) == 0, ErrorKind::kBadInput,
          "more bytes follow the end of the mtlkit stream",
          "send one file at a time");
  return copy;
}

InputFile OpenStream(UniqueFd stream, std::string name,
                     const OpenOptions& options) {
  std::string head(static_cast<std::size_t>(kEnvelopeSize), '\0');
  const Index got = ReadFully(stream.get(), head.data(), kEnvelopeSize, name);
  head.resize(static_cast<std::size_t>(got));
  InputFile input{.fd = {}, .name = std::move(name), .envelope = {}};
  input.envelope = ParseHead(head, kEmptyStream);
  Require(input.envelope.body_size <= options.max_stream_bytes,
          ErrorKind::kBadInput,
          Str("the stream declares ", input.envelope.body_size,
              " bytes, at most ", options.max_stream_bytes, " are read"),
          "use a file instead of a pipe");
  input.fd = Spill(stream.get(), head, input.envelope, input.name);
  return input;
}

InputFile OpenInPlace(UniqueFd fd, std::string name) {
  std::string head(static_cast<std::size_t>(kEnvelopeSize), '\0');
  const Index got = ReadFullyAt(fd.get(), head.data(), kEnvelopeSize, 0, name);
  head.resize(static_cast<std::size_t>(got));
  InputFile input{.fd = std::move(fd), .name = std::move(name), .envelope = {}};
  // A tool may have kept what came through a pipe to look at it first.
  const bool is_stdin = input.name == "stdin";
  input.envelope = ParseHead(
      head, is_stdin ? kEmptyStream : std::string_view("the file is empty"));
  return input;
}

}  // namespace

InputFile OpenInput(const std::string& operand, const OpenOptions& options) {
  const bool is_stdin = operand == "-" || operand == "/dev/stdin";
  const std::string name = is_stdin ? "stdin" : operand;
  return InContext(name, [&] {
    UniqueFd fd = OpenOperand(operand);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) {
      Fail(ErrorKind::kMissingInput,
           Str("cannot be examined: ", ErrnoText(errno)));
    }
    Require(!S_ISDIR(status.st_mode), ErrorKind::kMissingInput,
            "this is a folder, not a file",
            "of a run, mtl-cotrain status shows the state");
    Require(::isatty(fd.get()) == 0, ErrorKind::kUsage,
            "this is a terminal, not a file",
            "name a file or use a pipe; see --help");
    const bool is_whole =
        S_ISREG(status.st_mode) && ::lseek(fd.get(), 0, SEEK_CUR) == 0;
    InputFile input = is_whole ? OpenInPlace(std::move(fd), name)
                               : OpenStream(std::move(fd), name, options);
    input.check =
        std::make_shared<BodyCheck>(input.fd.get(), input.envelope, input.name);
    const Index size = input.envelope.body_size;
    if (options.check_whole || size <= options.small_bytes) {
      if (!input.check->Holds(kEnvelopeSize, size)) FailDamaged();
      input.check = nullptr;
    }
    return input;
  });
}

}  // namespace mtlkit::internal
