#include "h5/sniff.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace mtlkit {
namespace {

struct Magic {
  std::string_view bytes;
  Content content;
};

constexpr std::array<Magic, 12> kMagics = {{
    {"mtl-h5 ", Content::kMtlkit},
    {"\x89HDF\r\n\x1a\n", Content::kHdf5},
    {"\x1f\x8b", Content::kGzip},
    {"\x28\xb5\x2f\xfd", Content::kZstd},
    {"\xfd"
     "7zXZ",
     Content::kXz},
    {"BZh91AY&SY", Content::kBzip2},  // as all do but by wish
    {"\x93NUMPY", Content::kNpy},
    {"PK\x03\x04", Content::kZip},
    {"PAR1", Content::kParquet},
    {"%PDF-", Content::kPdf},
    {"\x89PNG", Content::kImage},
    {"\xff\xd8\xff", Content::kImage},
}};

// As in Content.
constexpr std::array<std::string_view, 19> kNames = {
    "an empty file",
    "an mtlkit file",
    "an HDF5 file of another program",
    "gzip",
    "zstd",
    "xz",
    "bzip2",
    "a NumPy array",
    "zip or npz",
    "Parquet",
    "a PDF document",
    "an image",
    "ARFF",
    "JSON",
    "HTML, a web page",
    "a Python pickle",
    "a Git LFS pointer",
    "CSV or other text",
    "no kind of file that is known here",
};

bool IsText(std::string_view head) {
  for (const char c : head) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f') {
      return false;
    }
  }
  return true;
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (std::tolower(byte) != word[i]) return false;
  }
  return true;
}

bool IsNameCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '.';
}

// Takes a line "NAME" off the front.
bool TakeNameLine(std::string_view* text) {
  const std::size_t end = text->find('\n');
  if (end == 0 || end == std::string_view::npos) return false;
  if (!std::ranges::all_of(text->substr(0, end), IsNameCharacter)) return false;
  text->remove_prefix(end + 1);
  return true;
}

// Since protocol 2 its number stands in front. Before it, a list, a dict, or
// what an object is made by ("cMODULE", "NAME") that is put away under a
// number.
bool IsPickle(std::string_view head) {
  if (head.size() >= 2 && head[0] == '\x80') {
    constexpr char kLatest = 5;
    return head[1] >= 2 && head[1] <= kLatest;
  }
  const auto is_put_away = [](std::string_view text) {
    if (text.starts_with("q")) return text.size() > 1 && text[1] == '\0';
    return text.size() > 2 && text[0] == 'p' && text[1] >= '0' &&
           text[1] <= '9' && text[2] == '\n';
  };
  for (const std::string_view beginning : {"(l", "(d", "]", "}"}) {
    if (!head.starts_with(beginning)) continue;
    return is_put_away(head.substr(beginning.size()));
  }
  if (!head.starts_with('c')) return false;
  head.remove_prefix(1);
  return TakeNameLine(&head) && TakeNameLine(&head) && is_put_away(head);
}

// A page that was saved, or that a server sent in place of a file.
bool IsHtmlPage(std::string_view start) {
  constexpr std::array<std::string_view, 4> kTags = {"<!doctype html", "<html>",
                                                     "<html ", "<head>"};
  return std::ranges::any_of(kTags, [start](std::string_view tag) {
    return StartsWithIgnoringCase(start, tag);
  });
}

// The first thing in an ARFF file, a comment or the header.
bool IsArff(std::string_view start) {
  while (start.starts_with('%')) {
    const std::size_t end = start.find('\n');
    if (end == std::string_view::npos) return true;
    start.remove_prefix(end + 1);
    start.remove_prefix(
        std::min(start.find_first_not_of(" \t\r\n"), start.size()));
  }
  return StartsWithIgnoringCase(start, "@relation");
}

}  // namespace

Content SniffContent(std::string_view head) {
  if (head.empty()) return Content::kEmpty;
  for (const Magic& magic : kMagics) {
    if (head.starts_with(magic.bytes)) return magic.content;
  }
  if (IsPickle(head)) return Content::kPickle;
  if (!IsText(head)) return Content::kUnknown;
  if (head.starts_with("version https://git-lfs.github.com/spec/")) {
    return Content::kLfsPointer;
  }
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Content::kText;
  const std::string_view start = head.substr(first);
  if (start[0] == '{' || start[0] == '[') return Content::kJson;
  if (IsHtmlPage(start)) return Content::kHtml;
  return IsArff(start) ? Content::kArff : Content::kText;
}

std::string_view ContentName(Content content) {
  return kNames[static_cast<std::size_t>(content)];
}

}  // namespace mtlkit
