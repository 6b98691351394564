#include "text/text_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "base/view.h"
#include "h5/digest.h"
#include "h5/posix.h"
#include "text/decompress.h"
#include "text/eight_bit_stream.h"
#include "text/source_kind.h"

namespace mtlkit {
namespace {

constexpr std::size_t kCopyBytes = 1 << 18;

std::string SourceName(const std::string& path) {
  return path == "-" ? "stdin" : path;
}

[[noreturn]] void FailRead(const std::string& name) {
  Fail(ErrorKind::kIo, Str(name, ": cannot read: ", std::strerror(errno)));
}

// One read that is not interrupted; 0 at the end.
std::size_t ReadSome(int descriptor, char* to, std::size_t size, Index at,
                     const std::string& name) {
  while (true) {
    const ssize_t got =
        at < 0 ? ::read(descriptor, to, size)
               : ::pread(descriptor, to, size, static_cast<off_t>(at));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) FailRead(name);
  }
}

bool IsRegularFile(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// Whether what begins so is refused anyway; the rest need not be read then,
// and may have no end (/dev/zero).
bool IsRefused(std::string_view head) {
  if (MayBeArrays(head)) return false;
  const SourceKind kind = SniffSource(head);
  return kind == SourceKind::kBinary || kind == SourceKind::kForeign ||
         kind == SourceKind::kHdf5 || kind == SourceKind::kUtf16;
}

// Copies what cannot be read twice to an open file without a name.
int Spill(int descriptor, const std::string& name) {
  internal::UniqueFd spill = internal::UnlinkedTemporaryFile();
  std::vector<char> buffer(kCopyBytes);
  bool is_first = true;
  while (const std::size_t got =
             ReadSome(descriptor, buffer.data(), buffer.size(), -1, name)) {
    internal::WriteFully(spill.get(), buffer.data(), static_cast<Index>(got),
                         internal::TemporaryFolder());
    if (is_first && IsRefused({buffer.data(), std::min(got, kSniffBytes)})) {
      break;
    }
    is_first = false;
  }
  return spill.Release();
}

// The number of the descriptor that a path stands for, or -1.
int DescriptorOf(std::string_view path) {
  if (path == "-" || path == "/dev/stdin") return 0;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    long long number = -1;
    if (path.starts_with(folder) &&
        ParseInteger(path.substr(folder.size()), &number) && number >= 0 &&
        number < (1 << 20)) {
      return static_cast<int>(number);
    }
  }
  return -1;
}

// The descriptor, made a regular file at its beginning if it is not one.
int Rewindable(int descriptor, const std::string& name) {
  const bool at_start = ::lseek(descriptor, 0, SEEK_CUR) == 0;
  if (!(IsRegularFile(descriptor) && at_start)) {
    const int spill = Spill(descriptor, name);
    ::dup2(spill, descriptor);
    ::close(spill);
    ::lseek(descriptor, 0, SEEK_SET);
  }
  return ::dup(descriptor);
}

int OpenRewindable(const std::string& path) {
  const int given = DescriptorOf(path);
  if (given >= 0 && ::fcntl(given, F_GETFD) >= 0) {
    return Rewindable(given, given == 0 ? "stdin" : path);
  }
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) internal::FailToOpen(path, errno);
  struct stat status = {};
  ::fstat(descriptor, &status);
  if (S_ISDIR(status.st_mode)) {
    ::close(descriptor);
    Fail(ErrorKind::kMissingInput, Str(path, ": is a folder, not a file"));
  }
  if (S_ISREG(status.st_mode)) return descriptor;
  const int spill = Spill(descriptor, path);
  ::close(descriptor);
  return spill;
}

// Reads by position, so that it does not depend on where others left the
// descriptor.
class FileStream : public ByteStream {
 public:
  explicit FileStream(const std::string& path)
      : name_(SourceName(path)), descriptor_(OpenRewindable(path)) {}
  ~FileStream() override { ::close(descriptor_); }

  std::size_t Read(char* to, std::size_t size) override {
    const std::size_t got = ReadSome(descriptor_, to, size, at_, name_);
    at_ += static_cast<Index>(got);
    return got;
  }
  void Rewind() override { at_ = 0; }

  Index size() const { return internal::FileSize(descriptor_, name_); }
  MappedBytes Map() const { return MapFile(descriptor_, size(), name_); }
  Index ReadAt(Index at, char* to, std::size_t size) const {
    return internal::ReadFullyAt(descriptor_, to, static_cast<Index>(size), at,
                                 name_);
  }

 private:
  std::string name_;
  int descriptor_;
  Index at_ = 0;
};

std::string HeadOf(ByteStream* stream) {
  std::string head(kSniffBytes, '\0');
  std::size_t filled = 0;
  while (filled < head.size()) {
    const std::size_t got =
        stream->Read(head.data() + filled, head.size() - filled);
    if (got == 0) break;
    filled += got;
  }
  head.resize(filled);
  stream->Rewind();
  return head;
}

// `inside`: "", or " inside gzip" and so on.
void RequireText(const std::string& head, const std::string& inside,
                 const std::string& path) {
  const bool from_pipe = path == "-";
  const SourceKind kind = SniffSource(head);
  if (kind == SourceKind::kText) return;
  if (kind == SourceKind::kEmpty) {
    Fail(ErrorKind::kBadInput,
         from_pipe ? "empty (the previous command wrote nothing)"
                   : Str("empty", inside));
  }
  if (kind == SourceKind::kCut) {
    Fail(ErrorKind::kBadInput, "truncated compressed data",
         "the file is incomplete: copy or download it again");
  }
  Fail(ErrorKind::kBadInput,
       Str("this is ", DescribeSource(head), inside,
           kind == SourceKind::kBinary ? PlaceOfControlByte(head) : "",
           ", not a text table"),
       MayBeArrays(head) && IsNamedPipe(path)
           ? "a named pipe is read once only; arrays come from one as stdin: "
             "cat PIPE | mtl-convert -"
           : std::string(SourceAdvice(head)));
}

}  // namespace

bool IsNamedPipe(const std::string& path) {
  std::error_code ignored;
  const bool by_number =
      path.starts_with("/dev/") || path.starts_with("/proc/");
  return !by_number && std::filesystem::is_fifo(path, ignored);
}

struct TextSource::State {
  std::string path;
  std::string name;
  FileStream file;
  std::unique_ptr<ByteStream> plain;      // decompressed, or null
  std::unique_ptr<ByteStream> converted;  // from an encoding, or null
  bool has_mark = false;                  // begins with a byte order mark
  SourceKind kind = SourceKind::kText;

  explicit State(const std::string& given)
      : path(given), name(SourceName(given)), file(given) {}
  ByteStream* decompressed() { return plain ? plain.get() : &file; }
  ByteStream* top() { return converted ? converted.get() : decompressed(); }

  void Open(Encoding encoding, SourceContent content) {
    std::string head = HeadOf(&file);
    if (content == SourceContent::kTable &&
        SniffSource(head) == SourceKind::kParquet) {
      kind = SourceKind::kParquet;
      return;
    }
    plain = MakeDecompressed(SniffSource(head), &file);
    std::string inside;
    if (plain) {
      inside = Str(" inside ", DescribeSource(head));
      head = HeadOf(plain.get());
    }
    RequireText(head, inside, path);
    has_mark = head.starts_with("\xef\xbb\xbf");
    if (encoding != Encoding::kUtf8 && !has_mark) {
      converted =
          MakeEightBitStream(decompressed(), encoding == Encoding::kCp1252);
    }
  }

  void Rewind() {
    top()->Rewind();
    if (!has_mark) return;
    char mark[3];
    std::size_t skipped = 0;
    while (skipped < sizeof mark) {
      const std::size_t got = top()->Read(mark, sizeof mark - skipped);
      if (got == 0) return;
      skipped += got;
    }
  }
};

TextSource::TextSource(const std::string& path, Encoding encoding,
                       SourceContent content)
    : state_(std::make_unique<State>(path)) {
  InContext(state_->name, [&] {
    state_->Open(encoding, content);
    state_->Rewind();
  });
}

TextSource::~TextSource() = default;

const std::string& TextSource::name() const {
  return state_->name;
}

SourceKind TextSource::kind() const {
  return state_->kind;
}

Index TextSource::size() const {
  return state_->file.size();
}

void TextSource::ReadAt(Index at, char* to, std::size_t size) {
  const Index got = state_->file.ReadAt(at, to, size);
  Require(got == static_cast<Index>(size), ErrorKind::kBadInput,
          Str(state_->name, ": changed while it was read"),
          "run the command again when nothing writes to it");
}

std::size_t TextSource::Read(char* to, std::size_t size) {
  return InContext(state_->name, [&] { return state_->top()->Read(to, size); });
}

void TextSource::Rewind() {
  state_->Rewind();
}

std::string TextSource::Digest() {
  Sha256 digest;
  std::vector<char> buffer(kCopyBytes);
  ByteStream* bytes = state_->decompressed();
  bytes->Rewind();
  while (const std::size_t got = bytes->Read(buffer.data(), buffer.size())) {
    digest.Update(buffer.data(), got);
  }
  state_->Rewind();
  return digest.Finish();
}

std::string ReadHead(const std::string& path) {
  FileStream file(path);
  return HeadOf(&file);
}

std::string ReadUnpackedHead(const std::string& path) {
  FileStream file(path);
  const auto plain = MakeDecompressed(SniffSource(HeadOf(&file)), &file);
  return HeadOf(plain ? plain.get() : &file);
}

MappedBytes MapUnpacked(const std::string& path, Index most) {
  FileStream file(path);
  const auto require = [most](Index size) {
    Require(size <= most, ErrorKind::kBadInput,
            Str("it has more than ", most, " bytes"),
            "raise --max-size, or write fewer rows a file");
  };
  const auto plain = MakeDecompressed(SniffSource(HeadOf(&file)), &file);
  if (!plain) {
    require(file.size());
    return file.Map();
  }
  SpilledBytes bytes;
  std::vector<char> buffer(kCopyBytes);
  while (const std::size_t got = plain->Read(buffer.data(), buffer.size())) {
    bytes.Append(buffer.data(), static_cast<Index>(got));
    require(bytes.size());
  }
  return bytes.Finish();
}

bool IsOwnFile(const std::string& path) {
  return !IsNamedPipe(path) &&
         SniffSource(ReadHead(path)) == SourceKind::kMtlH5;
}

bool IsTableFile(const std::string& path) {
  if (IsNamedPipe(path)) return true;
  const SourceKind kind = SniffSource(ReadHead(path));
  return IsCompressed(kind) || kind == SourceKind::kUtf16 ||
         kind == SourceKind::kText || kind == SourceKind::kParquet;
}

}  // namespace mtlkit
