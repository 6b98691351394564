#include "nn/text_form.h"

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

struct BagFormOptions {
  TextForm form = {};
  void Describe(Fields& /*fields*/) {}
};

// Fields that all networks over texts have.
void DescribeAny(Fields& fields, TextForm* form) {
  fields("dropout", form->dropout, "share of values left out in training",
         BelowFrom(0, 1));
  fields("unknown", form->unknown,
         "share of tokens read as unknown ones in training", BelowFrom(0, 1));
  fields("pool", form->pool, "of what it says of tokens",
         {"both", "mean", "max", "last"});
}

template <TextForm::Kind kKind>
struct RecurrentFormOptions {
  TextForm form = {
      .kind = kKind, .embedding = 100, .width = 128, .dropout = 0.4};
  void Describe(Fields& fields) {
    fields("width", form.width, "units each way", Between(1, 4096));
    fields("layers", form.layers, "one above the other", Between(1, 16));
    fields("embedding", form.embedding, "columns for a token",
           Between(1, 4096));
    DescribeAny(fields, &form);
  }
};

struct TransformerFormOptions {
  TextForm form = {.kind = TextForm::Kind::kTransformer,
                   .width = 128,
                   .layers = 2,
                   .heads = 4,
                   .ff = 256,
                   .dropout = 0.1};
  void Describe(Fields& fields) {
    fields("width", form.width, "columns for a token", Between(1, 4096));
    fields("layers", form.layers, "one above the other", Between(1, 64));
    fields("heads", form.heads, "of attention", Between(1, 256));
    fields("ff", form.ff, "width between attentions", Between(1, 65536));
    fields("causal", form.causal, "whether a token sees none behind it");
    DescribeAny(fields, &form);
  }
};

template <class Options>
TextForm ReadTextForm(const Choice& choice, const std::string& where) {
  Options options;
  ReadOptions(choice, where, &options);
  return options.form;
}

struct NamedForm {
  std::string_view name;
  TextForm (*read)(const Choice& choice, const std::string& where);
};
constexpr NamedForm kForms[] = {
    {"bag", ReadTextForm<BagFormOptions>},
    {"bilstm", ReadTextForm<RecurrentFormOptions<TextForm::Kind::kBiLstm>>},
    {"gru", ReadTextForm<RecurrentFormOptions<TextForm::Kind::kGru>>},
    {"transformer", ReadTextForm<TransformerFormOptions>}};

}  // namespace

TextForm ParseTexts(std::string_view text, const std::string& where) {
  const Choice choice = ParseChoice(text, where);
  std::vector<std::string> names;
  for (const NamedForm& named : kForms) {
    names.emplace_back(named.name);
    if (named.name != choice.name) continue;
    TextForm form = named.read(choice, where);
    if (form.kind != TextForm::Kind::kTransformer) return form;
    Require(form.width % form.heads == 0, ErrorKind::kUsage,
            Str(where, ": ", form.heads, " heads do not divide a width of ",
                form.width),
            "give another heads=, or another width=");
    form.embedding = form.width;
    return form;
  }
  const std::string nearest = Nearest(choice.name, names);
  Fail(ErrorKind::kUsage,
       Str(where, ": texts cannot be '", choice.name, "'",
           nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
       Str("known: ", Join(names, ", ")));
}

}  // namespace mtlkit
