#include "interop/npy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/terminal_text.h"
#include "base/text.h"
#include "base/utf8.h"
#include "interop/byte_reader.h"
#include "interop/mapped_elements.h"

namespace mtlkit {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr Index kMostEmptyTexts = 1 << 20;

[[noreturn]] void FailHeader(std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("the header of the NumPy array ", why),
       "write it again with numpy.save or numpy.savez");
}

// Walks over the Python dictionary that the header is, such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  bool Take(char expected) {
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }
  void Want(char expected) {
    if (!Take(expected)) FailHeader("is damaged");
  }
  char Next() {
    SkipBlanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  std::string Quoted() {
    const char quote = Next();
    if (quote != '\'' && quote != '"') FailHeader("is damaged");
    const std::size_t end = text_.find(quote, ++at_);
    if (end == std::string_view::npos) FailHeader("is damaged");
    const std::string word(text_.substr(at_, end - at_));
    at_ = end + 1;
    return word;
  }
  // Letters and digits.
  std::string Word() {
    SkipBlanks();
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           std::isalnum(static_cast<unsigned char>(text_[at_])) != 0) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) {
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void ReadType(const std::string& text, NpyHeader* header) {
  constexpr std::array<std::pair<std::string_view, ForeignElement>, 12> kTypes =
      {{
          {"b1", ForeignElement::kBool},
          {"i1", ForeignElement::kInt8},
          {"i2", ForeignElement::kInt16},
          {"i4", ForeignElement::kInt32},
          {"i8", ForeignElement::kInt64},
          {"u1", ForeignElement::kUint8},
          {"u2", ForeignElement::kUint16},
          {"u4", ForeignElement::kUint32},
          {"u8", ForeignElement::kUint64},
          {"f2", ForeignElement::kFloat16},
          {"f4", ForeignElement::kFloat32},
          {"f8", ForeignElement::kFloat64},
      }};
  if (text.empty()) FailHeader("names no type");
  header->big_endian = text[0] == '>';
  for (const auto& [name, type] : kTypes) {
    if (text.substr(1) != name) continue;
    header->type = type;
    return;
  }
  if (text.size() > 1 && (text[1] == 'U' || text[1] == 'S')) {
    long long length = 0;
    constexpr long long kLongest = 1 << 28;
    if (!ParseInteger(text.substr(2), &length) || length < 0 ||
        length > kLongest) {
      FailHeader("names no type");
    }
    header->texts = NpyTexts{static_cast<Index>(length), text[1] == 'U'};
    return;
  }
  Require(text.find('O') == std::string::npos, ErrorKind::kBadInput,
          "the NumPy array holds objects: a pickle, which could run any code",
          "write texts or numbers: array.astype(str), array.astype('float32')");
  header->type = ForeignElement::kInt64;
  header->dates = ParseNpyDates(std::string_view(text).substr(1));
  if (header->dates) return;
  Require(!text.substr(1).starts_with("M8"), ErrorKind::kBadInput,
          Str("the NumPy array holds dates in a unit that is not read, '", text,
              "'"),
          "write seconds: array.astype('datetime64[s]')");
  Require(!text.substr(1).starts_with("m8"), ErrorKind::kBadInput,
          Str("the NumPy array holds spans of time, '", text, "'"),
          "write seconds: array / numpy.timedelta64(1, 's')");
  Fail(ErrorKind::kBadInput,
       Str("the NumPy array has elements of the type '", text, "'"),
       "write numbers: array.astype('float32')");
}

std::vector<Index> ReadShape(Literal* in) {
  std::vector<Index> shape;
  in->Want('(');
  while (!in->Take(')')) {
    long long length = 0;
    if (!ParseInteger(in->Word(), &length) || length < 0) {
      FailHeader("has no shape");
    }
    shape.push_back(static_cast<Index>(length));
    if (!in->Take(',') && in->Next() != ')') FailHeader("has no shape");
  }
  return shape;
}

void ReadEntry(const std::string& key, Literal* in, NpyHeader* header) {
  if (key == "descr") {
    Require(in->Next() != '[', ErrorKind::kBadInput,
            "the NumPy array holds records", "write one array a field");
    ReadType(in->Quoted(), header);
  } else if (key == "fortran_order") {
    header->by_columns = in->Word() == "True";
  } else if (key == "shape") {
    header->shape = ReadShape(in);
  } else {
    FailHeader(Str("has an unknown entry '", key, "'"));
  }
}

// How many elements there are, `width` bytes each, and their bytes, held to the
// shape.
std::pair<Index, MappedBytes> DataOf(const MappedBytes& file,
                                     const NpyHeader& header, Index width) {
  const MappedBytes data = {file.bytes.substr(At(header.data)), file.owner};
  // Texts without characters take no bytes: the shape alone must be sound.
  const Index size = std::ssize(data.bytes);
  const Index most = width > 0 ? size / width : kMostEmptyTexts;
  const Index count = ElementCount(header.shape, most, "the NumPy array");
  Require(count * width == size, ErrorKind::kBadInput,
          "the NumPy array is longer than its header says",
          "the file is damaged: write it again");
  return {count, data};
}

[[noreturn]] void FailText() {
  Fail(ErrorKind::kBadInput,
       "a text of the NumPy array is no Unicode, or holds the letter NUL",
       "write texts in UTF-8: array.astype(str)");
}

// UTF-32 of four bytes a letter.
std::string FromUnicode(std::string_view element, bool big_endian) {
  constexpr std::uint32_t kLast = 0x10ffff;
  std::string text;
  for (std::size_t i = 0; i + 4 <= element.size(); i += 4) {
    std::uint32_t code = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t at = big_endian ? i + k : i + 3 - k;
      code = code << 8 | static_cast<unsigned char>(element[at]);
    }
    if (code > kLast) FailText();
    AppendUtf8(code, &text);
  }
  return text;
}

// Without the NULs that fill it up.
std::string TextOf(std::string_view element, const NpyHeader& header) {
  std::string text = header.texts->is_unicode
                         ? FromUnicode(element, header.big_endian)
                         : std::string(element);
  text.resize(text.find_last_not_of('\0') + 1);
  if (!IsValidUtf8(text)) FailText();
  return text;
}

ArrayValues TextsOf(const MappedBytes& file, const NpyHeader& header) {
  const Index unit = header.texts->is_unicode ? 4 : 1;
  const Index width = header.texts->length * unit;
  const auto [count, data] = DataOf(file, header, width);
  TextNumbering texts;
  for (Index i = 0; i < count; ++i) {
    texts.Add(TextOf(data.bytes.substr(At(i * width), At(width)), header));
  }
  return texts.Finish();
}

ArrayValues DatesOf(const MappedBytes& file, const NpyHeader& header) {
  constexpr Index kPiece = 1 << 16;
  const MappedBytes data = DataOf(file, header, SizeOf(header.type)).second;
  const Array<std::int64_t> counts =
      MapWholes(header.type, data, header.big_endian);
  SpilledArray<double> seconds;
  for (Index first = 0; first < counts.size(); first += kPiece) {
    const Index count = std::min(kPiece, counts.size() - first);
    seconds.Append(SecondsOfDates(counts.Part(first, count), *header.dates));
  }
  return seconds.Finish();
}

}  // namespace

NpyHeader ReadNpyHeader(std::string_view bytes) {
  ByteReader in(bytes, "the NumPy array");
  if (in.Bytes(static_cast<Index>(kMagic.size())) != kMagic) {
    FailHeader("is missing");
  }
  const auto version = in.Number<std::uint8_t>();
  in.Number<std::uint8_t>();
  Require(version >= 1 && version <= 3, ErrorKind::kBadInput,
          Str("the NumPy array is of version ", int{version},
              " of its format; 1 to 3 are read"),
          "write it with another release of NumPy");
  const Index size = version == 1
                         ? Index{in.Number<std::uint16_t>()}
                         : static_cast<Index>(in.Number<std::uint32_t>());
  Literal literal(in.Bytes(size));
  NpyHeader header;
  int entries = 0;
  literal.Want('{');
  while (!literal.Take('}')) {
    const std::string key = literal.Quoted();
    literal.Want(':');
    ReadEntry(key, &literal, &header);
    literal.Take(',');
    ++entries;
  }
  if (entries != 3) FailHeader("lacks an entry");
  header.data = in.at();
  return header;
}

std::vector<Real> ReadNpyNumbers(const MappedBytes& file,
                                 const NpyHeader& header) {
  Require(!header.texts, ErrorKind::kBadInput, "the NumPy array holds texts",
          "write numbers: array.astype('float32')");
  Require(!header.dates, ErrorKind::kBadInput, "the NumPy array holds dates",
          "write numbers: array.astype('float32')");
  return std::visit(
      [](const auto& values) -> std::vector<Real> {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>,
                                     CodedTexts>) {
          return {};
        } else {
          std::vector<Real> numbers;
          numbers.reserve(At(values.size()));
          for (const auto value : values) {
            numbers.push_back(static_cast<Real>(value));
          }
          return numbers;
        }
      },
      ReadNpyValues(file, header).kept());
}

ArrayValues ReadNpyValues(const MappedBytes& file, const NpyHeader& header) {
  const auto values = [&] {
    if (header.texts) return TextsOf(file, header);
    if (header.dates) return DatesOf(file, header);
    return MapNumbers(header.type,
                      DataOf(file, header, SizeOf(header.type)).second,
                      header.big_endian);
  }();
  return header.by_columns ? ByRows(values, header.shape) : values;
}

}  // namespace mtlkit
