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
}

TEST_CASE("gzip and xz are unpacked, also in several members") {
  CHECK(ReadTwice(Gzip("a,b\n") + Gzip("1,2\n")) == "a,b\n1,2\n");
  CHECK(ReadTwice(Xz("a,b\n") + Xz("1,2\n")) == "a,b\n1,2\n");
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
  for (const std::string& packed : {Gzip(text), Xz(text)}) {
    for (std::size_t size = 0; size < packed.size(); ++size) {
      CAPTURE(size);
      const std::string error = ErrorOf(
          [&] { Rows(std::string_view(packed).substr(0, size), "csv"); });
      CHECK(error.substr(0, 10) == "65: table:");
    }
    CHECK(Rows(packed, "csv").size() > 400);
  }
}

TEST_CASE("damage inside compressed text is refused or changes nothing") {
  const std::string text = "a\n" + std::string(2000, 'x') + "\n1\n2\n";
  const std::string rows = Rows(text, "csv");
  const std::string packed = Gzip(text);
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

TEST_CASE("what is no text is named") {
  const auto error = [](const std::string& bytes) {
    return ErrorOf([&] { Rows(bytes); });
  };
  CHECK(error("") == "65: table: empty");
  CHECK(error("\x89HDF\r\n\x1a\n rest") ==
        "65: table: this is HDF5 of another origin, not a text table (export "
        "it as CSV with the program that wrote it)");
  CHECK(error("PK\x03\x04 rest") ==
        "65: table: this is a zip archive (or xlsx, or npz), not a text table "
        "(unpack it first: unzip -p FILE NAME | mtl-convert -)");
  CHECK(error("%PDF-1.5\n") ==
        "65: table: this is a PDF document, not a text table");
  for (const char* json : {"{\"a\": 1}\n", "[{\"a\": 1}]", "[\n {}]"}) {
    CHECK(
        error(json) ==
        "65: table: this is JSON, not a text table (write it as CSV, a line a "
        "row)");
  }
  CHECK(
      error(std::string("a,b\n1,\0\n", 8)) ==
      "65: table: this is binary data (byte 0x00 in line 2), not a text table");
  CHECK(error("\xff\xfe"
              "a") ==
        "65: table: this is UTF-16 text, not a text table (convert it first: "
        "iconv -f UTF-16 -t UTF-8)");
  CHECK(error(Gzip("PK\x03\x04 rest")) ==
        "65: table: this is a zip archive (or xlsx, or npz) inside gzip or xz, "
        "not a text table (unpack it first: unzip -p FILE NAME | mtl-convert "
        "-)");
  CHECK(error("\x1f") ==
        "65: table: truncated compressed data (the file is incomplete: copy or "
        "download it again)");
  CHECK(error(Gzip("")) == "65: table: empty inside gzip or xz");
}

TEST_CASE("a file that is not there and a folder are missing inputs") {
  const TempFolder folder;
  CHECK(ErrorOf([&] { TextSource(folder / "none.csv", Encoding::kUtf8); }) ==
        "66: none.csv: cannot open: No such file or directory");
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

}  // namespace
}  // namespace mtlkit
