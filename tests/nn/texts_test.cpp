// What texts become first: the mean of their words, or what a network says.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "nn/arch.h"
#include "nn/archs/parts.h"
#include "nn/network.h"
#include "nn/sample_data.h"
#include "nn/text_form.h"

namespace mtlkit {
namespace {

constexpr Index kWords = 9;

Schema TextSchema() {
  Schema schema;
  schema.tasks = SampleDataset(12).tasks;
  InputSpec text;
  text.name = "title";
  text.kind = InputKind::kTokens;
  text.cols = 1;
  text.categories = {{}};
  for (Index i = 0; i < kWords; ++i) {
    text.categories[0].push_back(Str("word", i));
  }
  schema.inputs = {text};
  return schema;
}

Network TextNetwork(const std::string& texts,
                    const std::string& arch = "shared") {
  ArchOptions options;
  options.arch = arch;
  options.layers = {"6"};
  options.texts = texts;
  return BuildNetwork(TextSchema(), options);
}

Index NumbersOf(const Network& network, const std::string& prefix) {
  Index count = 0;
  for (const Slice& slice : network.weights()->slices()) {
    if (slice.name.starts_with(prefix)) {
      count += slice.spec.rows * slice.spec.cols;
    }
  }
  return count;
}

bool HasLayer(const Network& network, const std::string& name) {
  return Join(network.Names(), " ").find(name) != std::string::npos;
}

TEST_CASE("words are a bag unless a network is asked for") {
  const Network network = TextNetwork("bag");
  CHECK(Join(network.Names(), " ").starts_with("tokens pool trunk.0"));
  CHECK(network.info(network.Find("pool")).cols == 5);
}

TEST_CASE("a recurrent network reads both ways and is pooled") {
  const Network network =
      TextNetwork("bilstm:width=7,embedding=4,layers=2,dropout=0.2");
  CHECK(Join(network.Names(), " ")
            .starts_with("tokens text.dropout text.0.gates text.0 "
                         "text.0.dropout text.1.gates text.1 text.1.dropout "
                         "text.mean text.max text.pooled trunk.0"));
  CHECK(network.info(network.Find("text.1")).space.is_ragged());
  CHECK(network.info(network.Find("text.pooled")).cols == 28);
  CHECK(NumbersOf(network, "tokens/") == (kWords + 1) * 4);
  CHECK(NumbersOf(network, "text.0.gates/") == (4 + 1) * 8 * 7);
  CHECK(NumbersOf(network, "text.0/") == 2 * 7 * 4 * 7);
  CHECK(NumbersOf(network, "text.1.gates/") == (14 + 1) * 8 * 7);
  CHECK(NumbersOf(TextNetwork("gru:width=7"), "text.0/") ==
        2 * 7 * (3 * 7 + 1));
}

// Width d and ff f: 4 d^2 + 4 d of attention, 2 d f + f + d, and three norms.
TEST_CASE("a transformer has the parameters of the paper") {
  const Network network =
      TextNetwork("transformer:width=8,layers=1,heads=2,ff=16,pool=last");
  CHECK(NumbersOf(network, "text.") ==
        4 * 64 + 4 * 8 + 2 * 8 * 16 + 16 + 8 + 3 * 2 * 8);
  CHECK(network.info(network.Find("text.last")).cols == 8);
  CHECK(network.info(network.Find("text.norm")).space.is_ragged());
  CHECK(HasLayer(network, "text.0.ff.sum text.norm text.last"));
}

TEST_CASE("every architecture that reads texts reads what a network says") {
  for (const ArchEntry* entry : ArchEntries()) {
    const std::string arch(entry->name);
    INFO(arch);
    for (const std::string form : {"gru:width=2", "transformer:width=4"}) {
      try {
        TextNetwork("bag", arch);
      } catch (const Error&) {
        CHECK_THROWS_AS(TextNetwork(form, arch), Error);
        continue;
      }
      CHECK(HasLayer(TextNetwork(form, arch), "text.0"));
    }
  }
}

TEST_CASE("the value of tokens is there for tasks of tokens") {
  const Schema schema = TextSchema();
  ArchOptions options;
  options.texts = "bilstm:width=3";
  NetworkParts parts({schema, options});
  CHECK_THROWS_AS(parts.Tokens("title"), Error);
  parts.Inputs("own.");
  const Value tokens = parts.Tokens("title");
  CHECK(parts.builder().Cols(tokens) == 6);
  CHECK(parts.builder().SpaceOf(tokens) == Space{SpaceKind::kTokens, 1, 1, 0});
}

TEST_CASE("forms of texts that are none are refused") {
  for (const std::string text :
       {"lstm", "bag:width=3", "bilstm:width=0", "bilstm:heads=2",
        "transformer:width=6,heads=4", "transformer:embedding=5",
        "gru:pool=sum", "gru:dropout=1", "gru:unknown=-0.1"}) {
    INFO(text);
    CHECK_THROWS_AS(ParseTexts(text, "--texts"), Error);
  }
  const TextForm form = ParseTexts("gru:width=24,unknown=0.05", "--texts");
  CHECK(form.width == 24);
  CHECK(form.embedding == 100);
}

}  // namespace
}  // namespace mtlkit
