#include "nn/arch.h"

#include <algorithm>

#include "base/choice.h"
#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"
#include "data/presence.h"
#include "data/schema.h"
#include "nn/hierarchy.h"
#include "nn/image_form.h"
#include "nn/layers/layers.h"
#include "nn/number_list.h"
#include "nn/text_form.h"
#include "prep/transform_entry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY ArchEntries
#define MTLKIT_REGISTRY_ENTRY ArchEntry
#define MTLKIT_REGISTRY_LIST "nn/archs.def"
#include "base/registry_list.inc"

namespace {

constexpr Index kMaxWidth = 65536;

struct EnsembleOptions {
  std::string form = "mini";
  void Describe(Fields& fields) {
    fields("form", form, "what members have of their own", {"mini", "full"});
  }
};

// Of every form of numbers but the plain one; read by NumberColumnsOf.
void DescribeColumns(Fields& fields, std::string& columns) {
  fields("columns", columns,
         "numbers of the columns, through all dense blocks: 0/3/4; those of "
         "more than two values unless it is given",
         std::vector<std::string>{});
}

struct PieceFormOptions {
  NumberForm form = {NumberForm::Kind::kPieces, 16};
  std::string columns;
  void Describe(Fields& fields) {
    fields("count", form.count, "pieces of the range of a number",
           Between(2, kMostPieces));
    DescribeColumns(fields, columns);
  }
};

constexpr Index kMostOfColumn = 4096;

struct ProjectedFormOptions {
  NumberForm form = {NumberForm::Kind::kProjected, 16, 8};
  std::string columns;
  void Describe(Fields& fields) {
    fields("count", form.count, "pieces of the range of a number",
           Between(2, kMostPieces));
    fields("size", form.size, "what becomes of them",
           Between(1, kMostOfColumn));
    DescribeColumns(fields, columns);
  }
};

struct PeriodicFormOptions {
  NumberForm form = {NumberForm::Kind::kPeriodic, 16, 8, 0.1};
  std::string columns;
  void Describe(Fields& fields) {
    fields("count", form.count, "frequencies of a number",
           Between(1, kMostOfColumn));
    fields("scale", form.scale, "deviation of the first frequencies",
           MoreThan(0));
    fields("size", form.size, "what becomes of their waves",
           Between(1, kMostOfColumn));
    DescribeColumns(fields, columns);
  }
};

struct PlainFormOptions {
  NumberForm form = {};
  void Describe(Fields& /*fields*/) {}
};

template <class Options>
NumberForm ReadNumberForm(const Choice& choice, const std::string& where) {
  Options options;
  ReadOptions(choice, where, &options);
  return options.form;
}

struct NamedForm {
  std::string_view name;
  NumberForm (*read)(const Choice&, const std::string&);
};
constexpr NamedForm kForms[] = {
    {"plain", ReadNumberForm<PlainFormOptions>},
    {"pieces", ReadNumberForm<PieceFormOptions>},
    {"projected", ReadNumberForm<ProjectedFormOptions>},
    {"periodic", ReadNumberForm<PeriodicFormOptions>}};

bool Selects(const std::string& pattern, const std::string& input) {
  return input == pattern || ViewOf(input) == pattern ||
         MatchesPattern(pattern, input);
}

}  // namespace

void ArchOptions::Describe(Fields& fields) {
  fields.Named("arch", arch, "NAME[:option=value,...]",
               "what tasks share (mtl-train --list archs)");
  fields.Named("layers", layers, "WIDTH,...",
               "widths of the hidden layers, or none (linear)");
  fields.Named("head-layers", head_layers, "WIDTH,...",
               "widths of each task's own hidden layers, or none");
  fields("activation", activation, "function of the hidden layers",
         ActivationNames());
  fields("norm", norm, "normalisation before each activation",
         {"none", "batch", "layer", "rms"});
  fields("dropout", dropout, "share of hidden values left out in training",
         BelowFrom(0, 1));
  fields("embedding", embedding,
         "columns for each categorical column; 0: half its categories, at "
         "most 50",
         Between(0, 4096));
  fields.Named("hierarchy", hierarchy, "FILE",
               "JSON file of task groups (shared only); see docs/methods.md");
  fields.Named("inputs", inputs, "BLOCK,...",
               "input blocks to use, by name or pattern");
  fields("residual", residual,
         "hidden layers are added to what they read: plain, those as wide as "
         "it; resnet, blocks of two on a first layer",
         {"none", "plain", "resnet"});
  fields("drop-path", drop_path,
         "share of rows that leave out the last added layer in training; less "
         "for those before it",
         BelowFrom(0, 1));
  fields.Named("members", members, "NUMBER[:form=FORM]",
               "networks in one, whose predictions are averaged: they share "
               "the kernels and have inputs and outputs (form=mini) or all "
               "layers (form=full) scaled of their own");
  fields.Named("numbers", numbers, "NAME[:option=value,...]",
               "what numbers become first: plain, as they are; pieces, how far "
               "each is through count=16 pieces of its range, beside it; "
               "projected, size=8 functions of count=16 pieces; periodic, "
               "size=8 functions of count=16 waves (scale=0.1)");
  fields.Named("images", images, "NAME[:option=value,...]",
               "what images become first: flatten, their pixels side by side; "
               "cnn, what a residual network of widths=16/32/64 channels says "
               "of them (blocks=1; norm=batch, group or none; pool=mean, max "
               "or both); unet, what a U-net of widths=16/32/64/128 says of "
               "each pixel, for maps, and of the image (norm; dropout=0)");
  fields.Named("texts", texts, "NAME[:option=value,...]",
               "what texts become first: bag, the mean of their words; bilstm "
               "or gru, what layers=1 of width=128 units each way say of them; "
               "transformer (width=128, layers=2, heads=4, ff=256); all with "
               "dropout, unknown=SHARE and pool=both, mean, max or last");
}

void ResolveArchOptions(ArchOptions* options) {
  const Choice choice = ParseChoice(options->arch, "--arch");
  const ArchEntry& entry = InContext(
      "--arch", [&]() -> const ArchEntry& { return FindArch(choice.name); });
  ParseLayers(options->layers, "--layers");
  ParseLayers(options->head_layers, "--head-layers");
  ParseActivation(options->activation);
  ParseMembers(options->members, "--members");
  ParseNumbers(options->numbers, "--numbers");
  NumberColumnsOf(options->numbers, "--numbers");
  ParseImages(options->images, "--images");
  ParseTexts(options->texts, "--texts");
  if (options->hierarchy.empty()) return;
  Require(entry.name == "shared", ErrorKind::kUsage,
          Str("--hierarchy: --arch ", entry.name, " has no hierarchy"),
          "use --arch shared");
  options->hierarchy = LoadHierarchy(options->hierarchy);
}

Ensemble ParseMembers(std::string_view text, const std::string& where) {
  const Choice choice = ParseChoice(text, where);
  long long members = 0;
  Require(ParseInteger(choice.name, &members) && members >= 1 &&
              members <= kMostMembers,
          ErrorKind::kUsage,
          Str(where, ": '", choice.name, "' is not a number between 1 and ",
              kMostMembers),
          "write how many, as 8 or 8:form=full");
  EnsembleOptions options;
  ReadOptions(choice, where, &options);
  Require(members > 1 || options.form == EnsembleOptions().form,
          ErrorKind::kUsage,
          Str(where, ": form=", options.form, " has no effect on one network"),
          "say how many, or leave it out");
  return {static_cast<Index>(members), options.form == "full"};
}

NumberForm ParseNumbers(std::string_view text, const std::string& where) {
  const Choice choice = ParseChoice(text, where);
  std::vector<std::string> names;
  for (const NamedForm& form : kForms) {
    if (form.name == choice.name) return form.read(choice, where);
    names.emplace_back(form.name);
  }
  const std::string nearest = Nearest(choice.name, names);
  Fail(ErrorKind::kUsage,
       Str(where, ": numbers cannot be '", choice.name, "'",
           nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
       Str("known: ", Join(names, ", ")));
}

std::vector<Index> ParseLayers(const std::vector<std::string>& layers,
                               std::string_view where) {
  std::vector<Index> widths;
  if (layers.size() == 1 && layers.front() == "none") return widths;
  for (const std::string& text : layers) {
    long long width = 0;
    Require(
        ParseInteger(Trim(text), &width) && width >= 1 && width <= kMaxWidth,
        ErrorKind::kUsage,
        Str(where, ": '", text, "' is not a width between 1 and ", kMaxWidth),
        "write widths such as 128,64, or none");
    widths.push_back(static_cast<Index>(width));
  }
  return widths;
}

std::vector<Index> SelectInputs(const std::vector<InputSpec>& inputs,
                                const std::vector<std::string>& patterns) {
  const std::vector<std::string> names = NamesOf(inputs);
  std::vector<bool> chosen(inputs.size(), patterns.empty());
  for (const std::string& pattern : patterns) {
    bool found = false;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!Selects(pattern, names[i])) continue;
      chosen[i] = true;
      found = true;
    }
    if (found) continue;
    const std::string nearest = Nearest(pattern, names);
    Fail(ErrorKind::kUsage,
         Str("--inputs: there is no input '", pattern, "'",
             nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
         Str("inputs: ", Join(names, ", ")));
  }
  // What says which rows have a block goes with it.
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::size_t of = 0; of < inputs.size() && !chosen[i]; ++of) {
      chosen[i] = chosen[of] && PresenceBlockOf(names[of]) == names[i];
    }
  }
  std::vector<Index> positions;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (chosen[i]) positions.push_back(static_cast<Index>(i));
  }
  return positions;
}

const ArchEntry& FindArch(std::string_view name) {
  return FindEntry(ArchEntries(), "architecture", name);
}

Network BuildNetwork(const Schema& schema, const ArchOptions& options) {
  Require(!schema.tasks.empty(), ErrorKind::kBadInput,
          "there is no task to learn", "declare tasks with mtl-prep --task");
  Require(!schema.inputs.empty(), ErrorKind::kBadInput,
          "there is no input to learn from");
  const Choice choice = ParseChoice(options.arch, "--arch");
  return FindArch(choice.name).make(choice, "--arch", {schema, options});
}

}  // namespace mtlkit
