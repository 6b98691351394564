#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/view.h"
#include "h5/mapped_bytes.h"
#include "text/byte_stream.h"
#include "text/source_kind.h"

namespace mtlkit {

enum class Encoding { kUtf8, kLatin1, kCp1252 };

// What a file may hold: text, or any table that mtl-convert reads, which
// Parquet is, too.
enum class SourceContent { kText, kTable };

// Text of a file operand ("-" is stdin), decompressed (gzip, xz, bzip2
// and zstd, several members one after another) and converted to UTF-8. A byte
// order mark is left out. Parquet is as it is, and never compressed as a whole.
class TextSource {
 public:
  // Throws kMissingInput where it cannot be opened, kBadInput where it is
  // empty or holds anything else, naming what it is instead.
  TextSource(const std::string& path, Encoding encoding,
             SourceContent content = SourceContent::kText);
  ~TextSource();
  TextSource(const TextSource&) = delete;
  TextSource& operator=(const TextSource&) = delete;

  // For messages: the path, or "stdin".
  const std::string& name() const;
  // kText or kParquet.
  SourceKind kind() const;
  std::size_t Read(char* to, std::size_t size);
  void Rewind();
  // Of Parquet: how many bytes it has, and `size` of them from `at` on, which
  // have to be there.
  Index size() const;
  void ReadAt(Index at, char* to, std::size_t size);
  // SHA-256 of the bytes of the file, decompressed, as hexadecimal digits, so
  // that the same table is known again however it is packed; reads it once.
  std::string Digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The first bytes of a file operand, as many as SniffSource wants. Where stdin
// or another open descriptor ("/dev/fd/63") cannot be rewound, it is first
// spilled to an unlinked temporary file that then takes its place, so that any
// reader that comes next sees it from the start. A named pipe is used up.
std::string ReadHead(const std::string& path);

// The same of a file, decompressed.
std::string ReadUnpackedHead(const std::string& path);
// All bytes of a file: where it lies, or decompressed and spilled. Throws
// kBadInput, without the name in front, where there are more than `most`, or
// they are damaged or cut.
MappedBytes MapUnpacked(const std::string& path, Index most);

// Whether it can be read once only: it is taken for text.
bool IsNamedPipe(const std::string& path);

// Whether the operand is a file of ours, which ConvertTables does not take.
bool IsOwnFile(const std::string& path);

// Whether it is text, compressed or not, or Parquet, which ConvertTables takes.
bool IsTableFile(const std::string& path);

}  // namespace mtlkit
