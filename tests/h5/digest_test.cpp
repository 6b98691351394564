#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "h5/digest.h"
#include "h5/envelope.h"
#include "h5/mutator.h"
#include "h5/sniff.h"
#include "h5/types.h"

namespace mtlkit {
namespace {

// From FIPS 180-4 and its examples.
TEST_CASE("SHA-256 agrees with the published examples") {
  CHECK(Sha256Of("") ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(Sha256Of("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(Sha256Of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(Sha256Of(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a digest does not depend on how the bytes come") {
  Sha256 hash;
  for (int i = 0; i < 1000; ++i) hash.Update("abcdefg");
  std::string all;
  for (int i = 0; i < 1000; ++i) all += "abcdefg";
  CHECK(hash.Finish() == Sha256Of(all));
}

TEST_CASE("the digest of a file is that of its bytes") {
  const TempFolder folder;
  PutFile(folder / "a", "abc");
  CHECK(Sha256OfFile(folder / "a") == Sha256Of("abc"));
  CHECK_THROWS_AS(Sha256OfFile(folder / "b"), Error);
}

TEST_CASE("an envelope is read back only if not a byte of it changed") {
  const internal::Envelope envelope{12345, Sha256Of("x")};
  const std::string text = internal::RenderEnvelope(envelope);
  REQUIRE(text.size() == 512);
  CHECK(internal::ParseEnvelope(text).body_size == 12345);
  CHECK(internal::ParseEnvelope(text).sha256 == Sha256Of("x"));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    // A number or digit may become another one: then it is not the same.
    try {
      const auto read = internal::ParseEnvelope(damaged);
      const bool is_same = read.body_size == envelope.body_size &&
                           read.sha256 == envelope.sha256;
      CHECK_FALSE(is_same);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kBadInput);
    }
  }
}

TEST_CASE("an envelope of another format says so, and what to do") {
  std::string text = internal::RenderEnvelope({12345, Sha256Of("x")});
  text[7] = '3';
  try {
    internal::ParseEnvelope(text);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.message() ==
          "written as mtl-h5 3, this program reads mtl-h5 2");
    CHECK(error.hint() == "use a later version of mtlkit");
  }
  text[7] = '1';
  try {
    internal::ParseEnvelope(text);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.message() ==
          "written as mtl-h5 1, this program reads mtl-h5 2");
    CHECK(error.hint() ==
          "run the commands that made it again with this version, from the "
          "table on");
  }
}

TEST_CASE("kinds of files are told by their first bytes") {
  CHECK(SniffContent("") == Content::kEmpty);
  CHECK(SniffContent("mtl-h5 2\n") == Content::kMtlkit);
  CHECK(SniffContent("\x89HDF\r\n\x1a\n") == Content::kHdf5);
  CHECK(SniffContent("\x1f\x8b\x08") == Content::kGzip);
  CHECK(SniffContent("\x28\xb5\x2f\xfd") == Content::kZstd);
  CHECK(SniffContent("\xfd"
                     "7zXZ") == Content::kXz);
  CHECK(SniffContent("\x93NUMPY\x01") == Content::kNpy);
  CHECK(SniffContent("PK\x03\x04") == Content::kZip);
  CHECK(SniffContent("PAR1") == Content::kParquet);
  CHECK(SniffContent("% a comment\n\n@RELATION x") == Content::kArff);
  CHECK(SniffContent("\xef\xbb\xbf {\"a\": 1}") == Content::kJson);
  CHECK(SniffContent("a,b\n1,2\n") == Content::kText);
  CHECK(SniffContent("% tex\n1,2\n") == Content::kText);
  CHECK(SniffContent("\n<!DOCTYPE HTML>\n<html>") == Content::kHtml);
  CHECK(SniffContent("<html>,b\n") == Content::kHtml);
  CHECK(SniffContent("<htmls>,b\n") == Content::kText);
  CHECK(SniffContent("\x01\x02\x03") == Content::kUnknown);
}

TEST_CASE("any name becomes a component of a path and comes back") {
  CHECK(EscapeName("Hepatobiliary disorders") == "Hepatobiliary%20disorders");
  CHECK(EscapeName("a/b%") == "a%2Fb%25");
  CHECK(EscapeName("..") == "%2E.");
  CHECK(EscapeName("x.1-y_2") == "x.1-y_2");
  for (const std::string name : {"ä b", "..", "-x", "100%", "%41", "a\x01z"}) {
    CHECK(UnescapeName(EscapeName(name)) == name);
  }
  CHECK_THROWS_AS(EscapeName(""), Error);
}

TEST_CASE("names too long for a path are cut and told apart by a digest") {
  const std::string name(100, '/');
  const std::string component = EscapeName(name);
  // 66 whole escapes fit into the 200 bytes that are kept.
  CHECK(component.substr(0, 200) == EscapeName(std::string(66, '/')) + "%-");
  CHECK(component.substr(200) == Sha256Of(name).substr(0, 32));
  CHECK(EscapeName(name) != EscapeName(name + "/"));
  CHECK(EscapeName(std::string(255, 'x')) == std::string(255, 'x'));
  CHECK(EscapeName(std::string(256, 'x')).substr(0, 202) ==
        std::string(200, 'x') + "%-");
}

}  // namespace
}  // namespace mtlkit
