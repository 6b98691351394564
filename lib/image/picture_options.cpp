#include "image/picture_options.h"

#include "base/error.h"

namespace mtlkit {

void PictureOptions::Describe(Fields& fields) {
  fields.Field({"size",
                "height x width that pictures of folders get (96x64, or 96 for "
                "a square); empty: as they are, which is then the same for all",
                {},
                {},
                "SIZE"},
               size);
  fields("fit", fit,
         "how: both sides to the size, the whole picture with black around it, "
         "or the middle of it",
         {"stretch", "pad", "crop"});
  fields("channels", channels,
         "grey or colour; auto: colour where a picture is",
         {"auto", "grey", "colour"});
  fields.Field({"without",
                "files of folders to leave out, by name or by place below the "
                "folder: '*_mask*', 'spare/*'",
                {},
                {},
                "PATTERN"},
               without);
  fields.Field({"masks",
                "files of folders that are masks, by name or by place, with * "
                "for the name of their picture: '*_mask*'; they become the "
                "task mask, a class for each pixel",
                {},
                {},
                "PATTERN"},
               masks);
  fields.Named("mask-classes", mask_classes, "NAME=VALUE,...",
               "which grey value of a mask is which class; 255 is void where "
               "none has it");
}

PictureFit FitOf(const PictureOptions& options) {
  PictureFit fit;
  if (!options.size.empty()) ParsePictureSize(options.size, &fit);
  Require(!options.size.empty() || options.fit == "stretch", ErrorKind::kUsage,
          Str("--fit ", options.fit, " has no effect without --size"),
          "--size HEIGHTxWIDTH says what they get");
  fit.fit = options.fit;
  fit.channels = options.channels == "grey"     ? 1
                 : options.channels == "colour" ? 3
                                                : 0;
  return fit;
}

}  // namespace mtlkit
