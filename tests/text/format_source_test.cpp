#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "temp_folder.h"
#include "text/format_fixture.h"
#include "text/source_kind.h"
#include "text/text_source.h"

namespace mtlkit {
namespace {

std::string ReadAll(TextSource* source) {
  std::string text;
  char piece[7];
  while (const std::size_t got = source->Read(piece, sizeof piece)) {
    text.append(piece, got);
  }
  return text;
}

std::string ReadTwice(std::string_view bytes,
                      Encoding encoding = Encoding::kUtf8) {
  const TempFolder folder;
  std::ofstream(folder / "table", std::ios::binary) << bytes;
  TextSource source(folder / "table", encoding);
  std::string first = ReadAll(&source);
  source.Rewind();
  CHECK(ReadAll(&source) == first);
  return first;
}

TEST_CASE("a table is the same one packed, and where its text stays") {
  const TempFolder folder;
  const auto digest = [&](const std::string& bytes) {
    std::ofstream(folder / "table", std::ios::binary) << bytes;
    TextSource source(folder / "table", Encoding::kUtf8);
    const std::string found = source.Digest();
    CHECK(ReadAll(&source) == "a,b\n1,2\n");
    return found;
  };
  const std::string plain = digest("a,b\n1,2\n");
  CHECK(plain ==
        "492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470");
  CHECK(digest(Gzip("a,b\n1,2\n")) == plain);
  CHECK(digest(Xz("a,b\n1,2\n")) == plain);
  CHECK(digest(Bzip2("a,b\n1,2\n")) == plain);
  CHECK(digest(Zstd("a,b\n1,2\n")) == plain);
}

TEST_CASE("compressed text is unpacked, also in several members") {
  for (const auto pack : {Gzip, Xz, Bzip2, Zstd}) {
    CHECK(ReadTwice(pack("a,b\n") + pack("1,2\n")) == "a,b\n1,2\n");
    CHECK(ReadTwice(pack("") + pack("a\n") + pack("")) == "a\n");
  }
  // As pzstd writes it: a frame that is passed over in front.
  CHECK(ReadTwice(std::string("\x50\x2a\x4d\x18\x04\0\0\0size", 12) +
                  Zstd("a,b\n1,2\n")) == "a,b\n1,2\n");
  CHECK(ReadTwice(Gzip("a,b\n1,2\n") + std::string(512, '\0')) == "a,b\n1,2\n");
}

TEST_CASE("Latin-1 becomes UTF-8 and a byte order mark is left out") {
  CHECK(ReadTwice("caf\xe9\n", Encoding::kLatin1) == "caf\xc3\xa9\n");
  CHECK(ReadTwice("\xef\xbb\xbfx\n") == "x\n");
  CHECK(ReadTwice(Gzip("\xef\xbb\xbfx\n")) == "x\n");
}

TEST_CASE("compressed text that is cut anywhere is refused") {
  std::string text = "name,score\n";
  for (int i = 0; i < 40; ++i) text += "row" + std::to_string(i * i) + ",1.5\n";
  // One or two letters may be a table.
  const std::pair<std::string, std::size_t> all[] = {
      {Gzip(text), 0}, {Xz(text), 0}, {Zstd(text), 2}, {Bzip2(text), 3}};
  for (const auto& [packed, fewest] : all) {
    for (std::size_t size = fewest; size < packed.size(); ++size) {
      CAPTURE(size);
      const std::string_view cut = std::string_view(packed).substr(0, size);
      CHECK(ErrorOf([&] { Rows(cut, "csv"); }).starts_with("65: table:"));
    }
    CHECK(Rows(packed, "csv").size() > 400);
  }
}

TEST_CASE("damage inside compressed text is refused or changes nothing") {
  const std::string text = "a\n" + std::string(2000, 'x') + "\n1\n2\n";
  const std::string rows = Rows(text, "csv");
  for (const std::string& packed : {Gzip(text), Bzip2(text), Zstd(text)}) {
    std::size_t refused = 0;
    for (std::size_t at = 10; at < packed.size(); ++at) {
      std::string damaged = packed;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      CAPTURE(at);
      std::string read;
      const std::string error = ErrorOf([&] { read = Rows(damaged, "csv"); });
      refused += !error.empty();
      CHECK((!error.empty() || read == rows));
    }
    CHECK(refused > 8);
  }
}

TEST_CASE("what pieces of any size are read of is the same text") {
  std::string text = "a,b\n";
  for (int i = 0; i < 60000; ++i) text += std::to_string(i * 7919) + ",1\n";
  for (const std::string& packed :
       {Gzip(text), Xz(text), Bzip2(text), Zstd(text)}) {
    CHECK(ReadTwice(packed) == text);
  }
}

TEST_CASE("a bomb of lines without end is refused in little memory") {
  const std::string bomb(std::size_t{80} << 20, 'x');
  const std::string refusal = ErrorOf([&] { Rows(bomb, "csv"); });
  for (const std::string& packed : {Gzip(bomb), Bzip2(bomb), Zstd(bomb)}) {
    CHECK(packed.size() < 200000);
    CHECK(ErrorOf([&] { Rows(packed, "csv"); }) == refusal);
  }
}

TEST_CASE("zstd beyond the memory that is granted says how to unpack it") {
  // A frame that asks for a window of 2^31 bytes.
  const std::string frame = std::string("\x28\xb5\x2f\xfd\x00", 5) +
                            static_cast<char>((31 - 10) << 3) +
                            std::string("\x11\x00\x00x\n", 5);
  CHECK(ErrorOf([&] { Rows(frame, "csv"); }) ==
        "65: table: zstd data that need more than 512 MB of memory (unpack it "
        "first: zstd -dc --long=31 FILE | mtl-convert -)");
}

TEST_CASE("words that begin as a compressed file are words") {
  CHECK(Rows("BZhang,2\nBZh9,3\n", "csv") == "BZhang|2\nBZh9|3\n");
  CHECK(Rows("BZh9,1\n", "csv") == "BZh9|1\n");
  CHECK(SniffSource("(") == SourceKind::kText);
  CHECK(SniffSource("B") == SourceKind::kText);
}

TEST_CASE("what is no text is named") {
  const auto error = [](const std::string& bytes) {
    return ErrorOf([&] { Rows(bytes); });
  };
  CHECK(error("") == "65: table: empty");
  CHECK(error("PK\x03\x04" + std::string(26, 'x') + "[Content_Types].xml") ==
        "65: table: this is an Excel workbook, not a text table (write it as "
        "CSV: libreoffice --headless --convert-to csv FILE)");
  CHECK(error("\x89HDF\r\n\x1a\n rest") ==
        "65: table: this is HDF5 of another origin, not a text table (give it "
        "as a file, and other ones of arrays beside it only)");
  CHECK(error("PK\x03\x04 rest") ==
        "65: table: this is a zip archive (or xlsx, or npz), not a text table "
        "(unpack it first: unzip -p FILE NAME | mtl-convert -)");
  CHECK(error("%PDF-1.5\n") ==
        "65: table: this is a PDF document, not a text table");
  for (const char* json : {"[{\"a\": 1}]", "[\n {}]"}) {
    CHECK(error(json) ==
          "65: table: this is a JSON list, not a text table (write one object "
          "a line: jq -c '.[]' FILE >FILE.jsonl)");
  }
  CHECK(
      error(std::string("a,b\n1,\0\n", 8)) ==
      "65: table: this is binary data (byte 0x00 in line 2), not a text table");
  CHECK(error("\xff\xfe"
              "a") ==
        "65: table: this is UTF-16 text, not a text table (convert it first: "
        "iconv -f UTF-16 -t UTF-8)");
  CHECK(error(Gzip("PK\x03\x04 rest")) ==
        "65: table: this is a zip archive (or xlsx, or npz) inside gzip, not a "
        "text table (unpack it first: unzip -p FILE NAME | mtl-convert "
        "-)");
  CHECK(error("\x1f") ==
        "65: table: truncated compressed data (the file is incomplete: copy or "
        "download it again)");
  CHECK(error(Gzip("")) == "65: table: empty inside gzip");
}

TEST_CASE("a file that is not there and a folder are missing inputs") {
  const TempFolder folder;
  CHECK(ErrorOf([&] { TextSource(folder / "none.csv", Encoding::kUtf8); }) ==
        "66: none.csv: cannot be opened: No such file or directory (check the "
        "path)");
  CHECK(ErrorOf([&] {
          TextSource(folder.path().string() + "/", Encoding::kUtf8);
        }).substr(0, 3) == "66:");
}

TEST_CASE("a web page in place of a table is called one") {
  for (const char* page :
       {"<!DOCTYPE html>\n<html><body>404</body></html>\n",
        "<html><body>x</body></html>\n", "\n  <HTML lang='en'>\n<head>",
        "\xef\xbb\xbf<!doctype HTML><title>x</title>"}) {
    CAPTURE(page);
    CHECK(SniffSource(page) == SourceKind::kForeign);
    CHECK(DescribeSource(page) == "HTML, a web page");
    const std::string error = ErrorOf([&] { Convert({{"t.csv", page}}); });
    CHECK(error.starts_with("65: t.csv: this is HTML, a web page"));
    CHECK(error.find("download the file itself") != std::string::npos);
  }
  CHECK(SniffSource("<htmlish>,<b>\n1,2\n") == SourceKind::kText);
  CHECK(SniffSource("a,b\n<html>,1\n") == SourceKind::kText);
}

// What a file is that no table can be read from, and what to do with it.
std::string SaidOf(std::string_view bytes) {
  return Str(DescribeSource(bytes), ": ", SourceAdvice(bytes));
}

// "ab" of two bytes a letter, the high one in front or behind.
std::string TwoBytes(std::string_view text, bool high_first) {
  std::string bytes;
  for (const char c : text) {
    if (high_first) bytes += '\0';
    bytes += c;
    if (!high_first) bytes += '\0';
  }
  return bytes;
}

TEST_CASE("foreign files are refused by name, with what converts them") {
  using namespace std::string_view_literals;
  const std::string pickle =
      "a Python pickle: it could run any code; where you trust it: python3 "
      "-c \"import pandas; pandas.read_pickle('FILE').to_csv('NEW.csv', "
      "index=False)\"";
  for (const std::string_view bytes :
       {"\x80\x02}q\0."sv, "\x80\x05\x95\x10\0\0"sv, "(lp0\nI1\na."sv,
        "(dp1\nVa\n."sv, "]q\0K\x01a."sv, "}q\0."sv,
        "cpandas.core.frame\nDataFrame\np0\n("sv,
        "ccopy_reg\n_reconstructor\nq\0("sv}) {
    CHECK(SaidOf(bytes) == pickle);
  }
  for (const std::string_view text :
       {"c\nd\ne\n"sv, "(lp,x\n1,2\n"sv, "cost\n1\np\n"sv, "]\n"sv,
        "version https://a.b\n"sv, "%%Matrix\n1\n"sv}) {
    CHECK(SniffSource(text) == SourceKind::kText);
  }
  const std::string zip = "PK\x03\x04" + std::string(26, 'x');
  for (const char* first :
       {"[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"}) {
    CHECK(SaidOf(zip + first) ==
          "an Excel workbook: write it as CSV: libreoffice --headless "
          "--convert-to csv FILE");
  }
  CHECK(SaidOf("MATLAB 5.0 MAT-file, Platform: GLNXA64")
            .starts_with("a MATLAB file of version 5: in MATLAB: load('FILE'); "
                         "save('NEW.mat', '-v7.3')"));
  CHECK(SaidOf("%%MatrixMarket matrix coordinate real general\n2 2 1\n")
            .starts_with("a Matrix Market file: python3 -c "));
  CHECK(SaidOf("version https://git-lfs.github.com/spec/v1\noid sha256:4d\n") ==
        "a Git LFS pointer: fetch the file that it stands for: git lfs pull");
  CHECK(SaidOf(TwoBytes("a,b\n1,2\n", false)) ==
        "UTF-16 text without a byte order mark: convert it first: iconv -f "
        "UTF-16LE -t UTF-8");
  CHECK(SaidOf(TwoBytes("a,b\n1,2\n", true)).ends_with("UTF-16BE -t UTF-8"));
  CHECK(SniffSource("\x65\x67,\0\n\0\x42\x30"
                    "1\0"sv) == SourceKind::kUtf16);
  // Half a pair of surrogates, control characters, and no line.
  CHECK(SniffSource("\n\0\0\xd8\n\0"sv) == SourceKind::kBinary);
  CHECK(SniffSource("\n\0\x01\0"sv) == SourceKind::kBinary);
  CHECK(SniffSource("a\0b\0"sv) == SourceKind::kBinary);
}

TEST_CASE("rows that a mark ends are refused where it would be of a cell") {
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a,b;\n1,2;\n3,4;\n"}});
        }) ==
        "65: t.csv: each row ends in ';', which would be part of its last cell "
        "(take it off: sed 's/;\\r*$//' FILE | mtl-convert -)");
  CHECK(ErrorOf([] {
          Convert({{"t.csv", "a\tb;\r\n1\t2;\r\n"}});
        }).starts_with("65: t.csv: each row ends in ';'"));
  // Lists, quoted ones, and rows that it divides, too.
  for (const char* text : {"a,b\n1,x;\n2,y;\n", "a,b;\n1,x;y;\n2,z;\n",
                           "a,\"b;\"\n1,\"x;\"\n2,\"y;\"\n"}) {
    CAPTURE(std::string(text));
    CHECK(Convert({{"t.csv", text}}).dataset.rows == 2);
  }
  for (const char* text : {"a;b;\n1;2;\n3;4;\n", "a;b\n1;2;\n3;4;\n",
                           "1;2;\n3;4;\n", "a,b,\n1,2,\n3,4,\n"}) {
    CAPTURE(std::string(text));
    CHECK(Convert({{"t.csv", text}}).dataset.inputs.at(0).cols == 2);
  }
  CHECK(Convert({{"t.csv", "a;\n1;\n3;\n"}}).dataset.inputs.at(0).cols == 1);
  CHECK(
      ErrorOf([] {
        Convert({{"t.jsonl", "{\"a\":1};\n{\"a\":2};\n"}});
      })
          .ends_with("(objects end where their lines do: sed 's/[;,]$//' FILE "
                     "takes the marks off)"));
}

}  // namespace
}  // namespace mtlkit
