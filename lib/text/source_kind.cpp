#include "text/source_kind.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "base/error.h"
#include "h5/sniff.h"

namespace mtlkit {
namespace {

struct Magic {
  std::string_view bytes;
  std::size_t offset;
  SourceKind kind;
  std::string_view name;
  std::string_view advice;
};

using namespace std::string_view_literals;

constexpr std::string_view kRowsOfJson =
    "write one object a line: jq -c '.[]' FILE >FILE.jsonl";

constexpr std::string_view kCsvOfWorkbook =
    "write it as CSV: libreoffice --headless --convert-to csv FILE";

constexpr std::array kMagics = {
    Magic{
        "mtl-h5 "sv, 0, SourceKind::kMtlH5, "an mtl-h5 file",
        "give it alone, with --to csv or --to jsonl; from a named pipe, as -"},
    Magic{"\x89HDF\r\n\x1a\n"sv, 0, SourceKind::kHdf5, "HDF5 of another origin",
          "give it as a file, and other ones of arrays beside it only"},
    Magic{"\x1f\x8b"sv, 0, SourceKind::kGzip, "gzip", ""},
    Magic{"\xfd"
          "7zXZ\0"sv,
          0, SourceKind::kXz, "xz", ""},
    Magic{"\x28\xb5\x2f\xfd"sv, 0, SourceKind::kZstd, "zstd", ""},
    // What pzstd puts in front: a frame that decoders pass over.
    Magic{"\x50\x2a\x4d\x18"sv, 0, SourceKind::kZstd, "zstd", ""},
    // A size of blocks, then the digits of pi (a block) or of its root (the
    // end) tell it from words that begin so.
    Magic{"BZh"sv, 0, SourceKind::kBzip2, "bzip2", ""},
    Magic{"[Content_Types].xml"sv, 30, SourceKind::kForeign,
          "an Excel workbook", kCsvOfWorkbook},
    Magic{"docProps/"sv, 30, SourceKind::kForeign, "an Excel workbook",
          kCsvOfWorkbook},
    Magic{"xl/"sv, 30, SourceKind::kForeign, "an Excel workbook",
          kCsvOfWorkbook},
    Magic{"_rels/"sv, 30, SourceKind::kForeign, "an Excel workbook",
          kCsvOfWorkbook},
    Magic{"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"sv, 30,
          SourceKind::kForeign, "a workbook of OpenDocument", kCsvOfWorkbook},
    Magic{"PK\x03\x04"sv, 0, SourceKind::kForeign,
          "a zip archive (or xlsx, or npz)",
          "unpack it first: unzip -p FILE NAME | mtl-convert -"},
    Magic{"PK\x05\x06"sv, 0, SourceKind::kForeign, "an empty zip archive", ""},
    Magic{"\x93NUMPY"sv, 0, SourceKind::kForeign, "a NumPy array",
          "give it as a file, and other ones of arrays beside it only"},
    Magic{"PAR1"sv, 0, SourceKind::kParquet, "a Parquet file",
          "unpack it first; lists are of text"},
    Magic{"%PDF-"sv, 0, SourceKind::kForeign, "a PDF document", ""},
    Magic{"\x89PNG"sv, 0, SourceKind::kForeign, "a PNG image", ""},
    Magic{"\xff\xd8\xff"sv, 0, SourceKind::kForeign, "a JPEG image", ""},
    Magic{"\x7f"
          "ELF"sv,
          0, SourceKind::kForeign, "a program", ""},
    Magic{"\xd0\xcf\x11\xe0"sv, 0, SourceKind::kForeign,
          "an old Office document", kCsvOfWorkbook},
    Magic{"MATLAB 5.0 MAT-file"sv, 0, SourceKind::kForeign,
          "a MATLAB file of version 5",
          "in MATLAB: load('FILE'); save('NEW.mat', '-v7.3'); elsewhere: "
          "python3 -c \"import numpy, scipy.io; numpy.savez('NEW.npz', **{k: v "
          "for k, v in scipy.io.loadmat('FILE').items() if k[0] != '_'})\""},
    Magic{"%%MatrixMarket "sv, 0, SourceKind::kForeign, "a Matrix Market file",
          "python3 -c \"import scipy.io, scipy.sparse; "
          "scipy.sparse.save_npz('NEW.npz', "
          "scipy.sparse.csr_matrix(scipy.io.mmread('FILE')))\""},
    Magic{"SQLite format 3"sv, 0, SourceKind::kForeign, "an SQLite database",
          "export it: sqlite3 -header -csv FILE 'select ...'"},
    Magic{"[{"sv, 0, SourceKind::kForeign, "a JSON list", kRowsOfJson},
    Magic{"[\n"sv, 0, SourceKind::kForeign, "a JSON list", kRowsOfJson},
    Magic{"ustar"sv, 257, SourceKind::kForeign, "a tar archive",
          "unpack it first"},
    Magic{"\xff\xfe\0\0"sv, 0, SourceKind::kUtf16, "UTF-32 text",
          "convert it first: iconv -f UTF-32 -t UTF-8"},
    Magic{"\xff\xfe"sv, 0, SourceKind::kUtf16, "UTF-16 text",
          "convert it first: iconv -f UTF-16 -t UTF-8"},
    Magic{"\xfe\xff"sv, 0, SourceKind::kUtf16, "UTF-16 text",
          "convert it first: iconv -f UTF-16 -t UTF-8"},
};

// What more than a few bytes tell.
constexpr Magic kPickle{
    "", 0, SourceKind::kForeign, "a Python pickle",
    "it could run any code; where you trust it: python3 -c \"import pandas; "
    "pandas.read_pickle('FILE').to_csv('NEW.csv', index=False)\""};
constexpr Magic kLfsPointer{"", 0, SourceKind::kForeign, "a Git LFS pointer",
                            "fetch the file that it stands for: git lfs pull"};
constexpr Magic kUtf16Little{"", 0, SourceKind::kUtf16,
                             "UTF-16 text without a byte order mark",
                             "convert it first: iconv -f UTF-16LE -t UTF-8"};
constexpr Magic kUtf16Big{"", 0, SourceKind::kUtf16,
                          "UTF-16 text without a byte order mark",
                          "convert it first: iconv -f UTF-16BE -t UTF-8"};

bool IsBzip2(std::string_view head) {
  if (head.size() < 4 || head[3] < '1' || head[3] > '9') return false;
  head.remove_prefix(4);
  const std::size_t size = std::min<std::size_t>(head.size(), 6);
  return "1AY&SY"sv.starts_with(head.substr(0, size)) ||
         "\x17\x72\x45\x38\x50\x90"sv.starts_with(head.substr(0, size));
}

// Whether pairs of bytes are letters, lines of them, the high byte being the
// first (0) or the second (1). What has no byte 0 is text of single bytes.
bool IsUtf16(std::string_view head, std::size_t high) {
  if (head.size() < 4 || head.find('\0') == std::string_view::npos)
    return false;
  bool any_line = false;
  std::size_t signs = 0;   // of ASCII, but for ends of lines
  bool is_second = false;  // of a pair of surrogates
  for (std::size_t i = 0; i + 1 < head.size(); i += 2) {
    const auto byte = [&](std::size_t at) {
      return static_cast<unsigned>(static_cast<unsigned char>(head[i + at]));
    };
    const unsigned unit = byte(high) << 8 | byte(1 - high);
    if (((unit & 0xfc00) == 0xdc00) != is_second) return false;
    is_second = (unit & 0xfc00) == 0xd800;
    const bool is_blank = unit >= '\t' && unit <= '\r';
    if (unit == 0x7f || (unit < ' ' && !is_blank)) return false;
    any_line |= unit == '\n';
    signs += unit < 0x80 && unit != '\n' && unit != '\r';
  }
  return any_line && signs > 1 && signs * 32 >= head.size();
}

const Magic* FindMagic(std::string_view head) {
  for (const Magic& magic : kMagics) {
    if (head.size() < magic.offset) continue;
    if (magic.kind == SourceKind::kBzip2 && !IsBzip2(head)) continue;
    if (head.substr(magic.offset).starts_with(magic.bytes)) return &magic;
  }
  const Content content = SniffContent(head);
  if (content == Content::kPickle) return &kPickle;
  if (content == Content::kLfsPointer) return &kLfsPointer;
  if (IsUtf16(head, 1)) return &kUtf16Little;
  return IsUtf16(head, 0) ? &kUtf16Big : nullptr;
}

// Whether `head` is a whole file that ends inside a compression signature. A
// letter or two of one that begins with letters may be a table as well.
bool IsCutSignature(std::string_view head) {
  for (const Magic& magic : kMagics) {
    if (!IsCompressed(magic.kind) || head.size() > magic.bytes.size()) continue;
    const std::size_t fewest = magic.kind == SourceKind::kBzip2  ? 3
                               : magic.kind == SourceKind::kZstd ? 2
                                                                 : 1;
    if (head.size() >= fewest && magic.bytes.starts_with(head)) return true;
  }
  return false;
}

bool IsHtml(std::string_view head) {
  return SniffContent(head) == Content::kHtml;
}

bool IsControlByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool blank = byte >= '\t' && byte <= '\r';
  return (byte < ' ' && !blank) || byte == 0x7f;
}

bool HasControlBytes(std::string_view head) {
  return std::any_of(head.begin(), head.end(), IsControlByte);
}

}  // namespace

bool IsCompressed(SourceKind kind) {
  return kind == SourceKind::kGzip || kind == SourceKind::kXz ||
         kind == SourceKind::kBzip2 || kind == SourceKind::kZstd;
}

SourceKind SniffSource(std::string_view head) {
  if (head.empty()) return SourceKind::kEmpty;
  if (const Magic* magic = FindMagic(head)) return magic->kind;
  if (IsCutSignature(head)) return SourceKind::kCut;
  if (IsHtml(head)) return SourceKind::kForeign;
  return HasControlBytes(head) ? SourceKind::kBinary : SourceKind::kText;
}

bool MayBeArrays(std::string_view head) {
  constexpr std::array kBeginnings = {"\x89HDF\r\n\x1a\n"sv, "PK\x03\x04"sv,
                                      "\x93NUMPY"sv, "MATLAB 7.3"sv};
  if (std::ranges::any_of(kBeginnings, [&](std::string_view beginning) {
        return head.starts_with(beginning);
      })) {
    return true;
  }
  // IDX: two zeros, a type, how many lengths.
  return head.size() >= 4 && head.starts_with("\0\0"sv) && head[2] >= 0x08 &&
         head[2] <= 0x0e && head[3] >= 1 && head[3] <= 6;
}

std::string_view DescribeSource(std::string_view head) {
  if (head.empty()) return "empty";
  if (const Magic* magic = FindMagic(head)) return magic->name;
  if (IsCutSignature(head)) return "the first bytes of a compressed file";
  if (IsHtml(head)) return ContentName(Content::kHtml);
  return HasControlBytes(head) ? "binary data" : "text";
}

std::string PlaceOfControlByte(std::string_view head) {
  const auto* const found =
      std::find_if(head.begin(), head.end(), IsControlByte);
  if (found == head.end()) return "";
  std::array<char, 8> code{};
  std::snprintf(code.data(), code.size(), "0x%02x",
                static_cast<unsigned char>(*found));
  return Str(" (byte ", code.data(), " in line ",
             std::count(head.begin(), found, '\n') + 1, ")");
}

std::string_view SourceAdvice(std::string_view head) {
  const Magic* magic = FindMagic(head);
  if (magic != nullptr) return magic->advice;
  return IsHtml(head) ? "download the file itself: this may be the page about "
                        "it, or of an error"
                      : "";
}

}  // namespace mtlkit
