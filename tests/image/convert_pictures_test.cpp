#include "image/convert_pictures.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/dataset_io.h"
#include "h5/mutator.h"
#include "image/decode_pictures.h"
#include "image/picture_file.h"
#include "paths.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

class Said : public SilentReporter {
 public:
  void Note(std::string_view line) override { text += Str(line, "\n"); }
  void Warn(std::string_view line) override { text += Str(line, "\n"); }
  std::string text;
};

// A folder of folders with pictures of tests/golden/pictures.
class Folder {
 public:
  void Add(const std::string& sample, const std::string& place) {
    const fs::path to = folder_.path() / "in" / place;
    fs::create_directories(to.parent_path());
    fs::copy_file(SourceDir() + "/tests/golden/pictures/" + sample, to);
  }
  std::string operator/(const std::string& name) const {
    return folder_ / name;
  }

  Dataset Convert(const PictureOptions& options = {},
                  const ConvertOptions& reading = {}) {
    said = {};
    ConvertPictures({{"", folder_ / "in"}}, options, reading,
                    folder_ / "out.h5", {}, &said);
    return ReadDataset(folder_ / "out.h5");
  }
  // What is said of it, without the folder's name.
  std::string Refused(const PictureOptions& options = {},
                      const ConvertOptions& reading = {}) {
    try {
      (void)Convert(options, reading);
    } catch (const Error& error) {
      return Short(error.what());
    }
    return "none";
  }
  std::string Short(std::string text) const {
    const std::string name = folder_ / "";
    for (auto at = text.find(name); at != text.npos; at = text.find(name)) {
      text.erase(at, name.size());
    }
    return text;
  }

  Said said;

 private:
  TempFolder folder_;
};

PictureOptions Sized(const std::string& size) {
  PictureOptions options;
  options.size = size;
  return options;
}

TEST_CASE("pictures of a folder are rows, its folders classes") {
  Folder folder;
  folder.Add("grey.png", "cat/a.png");
  folder.Add("grey.png", "cat/b.png");
  folder.Add("interlaced.png", "dog/1.png");
  const Dataset made = folder.Convert();
  CHECK(IdText(made.ids, 0) == "cat/a");
  CHECK(IdText(made.ids, 1) == "cat/b");
  CHECK(IdText(made.ids, 2) == "dog/1");
  const InputBlock* image = made.FindInput("image");
  REQUIRE(image != nullptr);
  CHECK(image->height == 7);
  CHECK(image->width == 5);
  CHECK(image->cols == 1);
  const std::string raw =
      FileBytes(SourceDir() + "/tests/golden/pictures/grey.png.raw");
  const auto pixels = image->pixels.Part(0, 35);
  CHECK(std::string(pixels.begin(), pixels.end()) == raw.substr(3));
  const InputBlock* classes = made.FindInput("categorical");
  REQUIRE(classes != nullptr);
  CHECK(classes->columns == std::vector<std::string>{"class"});
  CHECK(classes->categories[0] == std::vector<std::string>{"cat", "dog"});
  CHECK(classes->codes[2] == 1);
  CHECK(folder.Short(folder.said.text) ==
        "in: 3 pictures of 7 x 5, grey; class by folder: cat 2, dog 1\n");
}

TEST_CASE("sizes that differ need one to be asked for") {
  Folder folder;
  folder.Add("grey.png", "a.png");
  folder.Add("colour.jpg", "b.jpg");
  CHECK(folder.Refused() ==
        "in/b.jpg: has 16 x 24 pixels, in/a.png 7 x 5 (--size HEIGHTxWIDTH "
        "makes all of one size)");
  const Dataset made = folder.Convert(Sized("8x6"));
  CHECK(made.FindInput("image")->pixels.size() == 2 * 8 * 6 * 3);
  CHECK(folder.said.text.find("1 of 2 pictures are colours") !=
        std::string::npos);
  PictureOptions grey = Sized("8x6");
  grey.channels = "grey";
  CHECK(folder.Convert(grey).FindInput("image")->cols == 1);
  CHECK(folder.said.text.find("colours") == std::string::npos);
  PictureOptions without;
  without.without = {"*.jpg"};
  CHECK(folder.Convert(without).rows == 1);
}

TEST_CASE("a table of the pictures gives columns by name") {
  Folder folder;
  folder.Add("grey.png", "x/a.png");
  folder.Add("grey.png", "x/b.png");
  folder.Add("grey.png", "c.png");
  PutFile(folder / "t.csv", "id,age,sex\nb,31,f\nx/a.png,40,m\nd,50,f\n");
  ConvertOptions reading;
  reading.labels = folder / "t.csv";
  const Dataset made = folder.Convert({}, reading);
  // By place: c, x/a, x/b.
  REQUIRE(made.rows == 3);
  const InputBlock* numbers = made.FindInput("numeric");
  REQUIRE(numbers != nullptr);
  CHECK(std::isnan(numbers->dense[0]));
  CHECK(numbers->dense[1] == 40);
  CHECK(numbers->dense[2] == 31);
  const InputBlock* categories = made.FindInput("categorical");
  REQUIRE(categories != nullptr);
  CHECK(categories->codes[0] == -1);
  const std::string said = folder.Short(folder.said.text);
  CHECK(said.find("1 picture has no row in t.csv, and missing cells: 'c.png' "
                  "is the first") != std::string::npos);
  CHECK(said.find("1 row of t.csv without a picture left out: 'd' is the "
                  "first") != std::string::npos);
}

TEST_CASE("tables that do not name the pictures are refused") {
  Folder folder;
  folder.Add("grey.png", "x/a.png");
  folder.Add("grey.png", "y/a.png");
  ConvertOptions reading;
  reading.labels = folder / "t.csv";
  PutFile(folder / "t.csv", "name,age\na,31\nb,2\n");
  CHECK(folder.Refused({}, reading) ==
        "t.csv: no column names the pictures (--type COLUMN=id says which it "
        "is, of age, name)");
  PutFile(folder / "t.csv", "id,age\na,31\n");
  CHECK(folder.Refused({}, reading) ==
        "t.csv: its row 'a' is of two pictures, in/x/a.png and in/y/a.png "
        "(ids that are places below the folder (a/1.png) tell them apart)");
  PutFile(folder / "t.csv", "id,age\nq,31\n");
  CHECK(folder.Refused({}, reading)
            .starts_with("t.csv: no row is called like a picture: not 'q', and "
                         "they are called "
                         "'x/a' ..."));
}

TEST_CASE("what is no picture is passed over or refused by name") {
  Folder folder;
  folder.Add("grey.png", "a.png");
  PutFile(folder / "in/notes.txt", "of 1999");
  PutFile(folder / "in/.hidden.png", "x");
  CHECK(folder.Convert().rows == 1);
  CHECK(
      folder.Short(folder.said.text)
          .find("1 file that is no picture is passed over: in/notes.txt is the "
                "first") != std::string::npos);
  PutFile(folder / "in/b.png", "of 1999");
  CHECK(folder.Refused() ==
        "in/b.png: is no PNG or JPEG, as its name says (copy it again, or "
        "leave it out: --without NAME)");
  PutFile(folder / "in/b.png", "");
  CHECK(folder.Refused().starts_with("in/b.png: is empty"));
  PutFile(folder / "in/b.png", "GIF89a.....");
  CHECK(folder.Refused().starts_with(
      "in/b.png: is a GIF, and PNG and JPEG are read"));
  fs::remove(folder / "in/b.png");
  folder.Add("grey.jpg", "a.jpg");
  CHECK(folder.Refused().starts_with(
      "in/a.png: there is another 'a' with another ending"));
}

TEST_CASE("a damaged picture among others is named") {
  Folder folder;
  folder.Add("colour.jpg", "a.jpg");
  folder.Add("colour.jpg", "b.jpg");
  const std::string bytes = FileBytes(folder / "in/b.jpg");
  PutFile(folder / "in/b.jpg", bytes.substr(0, bytes.size() * 2 / 3));
  const std::string said = folder.Refused();
  CHECK_MESSAGE(said.starts_with("in/b.jpg: is a damaged JPEG"), said);
  CHECK_FALSE(fs::exists(folder / "out.h5"));
}

TEST_CASE("what would take too much is refused before") {
  Folder folder;
  folder.Add("grey.png", "a.png");
  ConvertOptions reading;
  reading.max_size = "1m";
  CHECK(folder.Refused(Sized("2000"), reading).find("--max-size") !=
        std::string::npos);
  std::string huge = FileBytes(folder / "in/a.png");
  huge.replace(16, 8, std::string("\0\1\x86\xa0\0\1\x86\xa0", 8));
  PutFile(folder / "in/a.png", huge);
  CHECK(folder.Refused().starts_with(
      "in/a.png: says that it has 100000 x 100000 pixels"));
}

}  // namespace
}  // namespace mtlkit
