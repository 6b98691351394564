#include "nn/image_form.h"

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

constexpr Index kMostLevels = 12;

struct FlattenFormOptions {
  ImageForm form = {};
  void Describe(Fields& /*fields*/) {}
};

struct CnnFormOptions {
  ImageForm form = {ImageForm::Kind::kCnn};
  void Describe(Fields& fields) {
    fields("widths", form.widths, "channels of each level, of half the side",
           Between(1, 4096));
    fields("blocks", form.blocks, "residual blocks of a level", Between(1, 64));
    fields("norm", form.norm, "behind each convolution",
           {"batch", "group", "none"});
    fields("group", form.group, "channels that norm=group takes together",
           Between(1, 1024));
    fields("pool", form.pool, "of the last pixels", {"mean", "max", "both"});
  }
};

struct UnetFormOptions {
  ImageForm form = {.kind = ImageForm::Kind::kUnet,
                    .widths = {16, 32, 64, 128}};
  void Describe(Fields& fields) {
    fields("widths", form.widths, "channels of each level, of half the side",
           Between(1, 4096));
    fields("norm", form.norm, "behind each convolution",
           {"batch", "group", "none"});
    fields("group", form.group, "channels that norm=group takes together",
           Between(1, 1024));
    fields("dropout", form.dropout,
           "share of what is said of the whole image that is left out in "
           "training",
           BelowFrom(0, 1));
  }
};

template <class Options>
ImageForm ReadImageForm(const Choice& choice, const std::string& where) {
  Options options;
  ReadOptions(choice, where, &options);
  return options.form;
}

void CheckCnn(const ImageForm& form, const std::string& where) {
  Require(!form.widths.empty() && std::ssize(form.widths) <= kMostLevels,
          ErrorKind::kUsage,
          Str(where, ": widths of ", form.widths.size(), " levels"),
          Str("give 1 to ", kMostLevels, " widths, as widths=16/32/64"));
  for (const Index width : form.widths) {
    Require(form.norm != "group" || width % form.group == 0, ErrorKind::kUsage,
            Str(where, ": groups of ", form.group, " channels do not divide ",
                width),
            "give another group=, or other widths=");
  }
}

}  // namespace

ImageForm ParseImages(std::string_view text, const std::string& where) {
  const Choice choice = ParseChoice(text, where);
  if (choice.name == "flatten") {
    return ReadImageForm<FlattenFormOptions>(choice, where);
  }
  const std::vector<std::string> names = {"flatten", "cnn", "unet"};
  const bool is_unet = choice.name == "unet";
  const std::string nearest = Nearest(choice.name, names);
  Require(choice.name == "cnn" || is_unet, ErrorKind::kUsage,
          Str(where, ": images cannot be '", choice.name, "'",
              nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
          Str("known: ", Join(names, ", ")));
  const ImageForm form = is_unet ? ReadImageForm<UnetFormOptions>(choice, where)
                                 : ReadImageForm<CnnFormOptions>(choice, where);
  CheckCnn(form, where);
  return form;
}

}  // namespace mtlkit
