#include "image/convert_pictures.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/size_budget.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/dataset_io.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "image/decode_pictures.h"
#include "image/mask_files.h"
#include "image/picture_file.h"
#include "image/picture_table.h"
#include "image/read_masks.h"
#include "text/temporary_path.h"
#include "text/text_source.h"

namespace mtlkit {
namespace {

constexpr const char* kBlock = "image";

std::string SizeOf(Index height, Index width) {
  return Str(height, " x ", width);
}

class Converter {
 public:
  Converter(const std::vector<TableInput>& inputs,
            const PictureOptions& options, const ConvertOptions& reading,
            Reporter* reporter)
      : inputs_(inputs),
        options_(options),
        fit_(FitOf(options)),
        reading_(reading),
        reporter_(reporter) {
    std::vector<std::string> folders;
    for (const TableInput& input : inputs) folders.push_back(input.path);
    listing_ = ListPictures(folders, options.without);
    FindMasks();
    found_channels_ = fit_.channels;
    ChooseChannels();
    RequireOneSize();
  }

  void Write(const std::string& output, const ConvertRecord& record) {
    Dataset table = ReadTable(record);
    table.rows = std::ssize(files());
    NameRows(&table);
    AddSplits(&table);
    AddMasks(&table);
    SayWhatWasFound(table);
    table.provenance = Provenance(record);
    const InputBlock image = Image(table.inputs);
    SizeBudget(reading_.max_size)
        .Require(static_cast<double>(table.rows * image.row_cells()),
                 Str(Counted(table.rows, "picture", "pictures"), " of ",
                     SizeOf(image.height, image.width), " pixels"),
                 "--size makes them smaller, --channels grey a third");
    WriteDataset(table, output, {}, [&](FileWriter& file) {
      WritePixels(image, file);
      for (std::size_t i = 0; i < table.inputs.size(); ++i) {
        const InputBlock& block = table.inputs[i];
        EntryOf(block.kind)
            .type.Write(file, block, "inputs/" + EscapeName(block.name),
                        table.rows);
        WriteInputNames(file, block, static_cast<Index>(i) + 1);
      }
    });
  }

 private:
  const std::vector<PictureFile>& files() const { return listing_.files; }

  void FindMasks() {
    if (options_.masks.empty()) return;
    classes_ = ParseMaskClasses(options_.mask_classes);
    masks_ = TakeMasks(options_.masks, &listing_.files);
    const std::string what = Str("--masks ", options_.masks);
    Require(!files().empty(), ErrorKind::kBadInput,
            what + ": all pictures are masks, and none is left",
            "the pattern is of masks alone, as '*_mask*'");
    Require(!masks_.files.empty() || options_.masks_may_lack,
            ErrorKind::kBadInput, what + ": no picture is called so",
            "leave it out, or say how masks are called");
  }

  void AddMasks(Dataset* table) const {
    if (masks_.files.empty()) return;
    Index bare = 0;
    const PictureFile* first = nullptr;
    for (std::size_t i = 0; i < files().size(); ++i) {
      if (std::ranges::binary_search(masks_.pictures, static_cast<Index>(i))) {
        continue;
      }
      if (bare++ == 0) first = &files()[i];
    }
    if (bare > 0) {
      reporter_->Warn(Str(Counted(bare, "picture has", "pictures have"),
                          " no mask, and no label of the task mask: ",
                          first->path, " is the first"));
    }
    MaskLabels read = ReadMasks(masks_, classes_, fit_, table->rows);
    table->tasks.push_back(std::move(read.task));
    table->labels.push_back(std::move(read.labels));
  }

  void ChooseChannels() {
    const Index colours = std::ranges::count_if(
        files(),
        [](const PictureFile& file) { return file.header.channels == 3; });
    if (fit_.channels == 0) fit_.channels = colours > 0 ? 3 : 1;
    if (found_channels_ == 0 && colours > 0 && colours < std::ssize(files())) {
      reporter_->Warn(
          Str(colours, " of ", files().size(),
              " pictures are colours: all become colours (--channels grey "
              "makes all grey)"));
    }
    const Index deep = std::ranges::count_if(
        files(), [](const PictureFile& file) { return file.header.bits > 8; });
    if (deep > 0) {
      reporter_->Warn(Str(Counted(deep, "picture has", "pictures have"),
                          " 16 bits a channel, of which the upper 8 are "
                          "kept"));
    }
  }

  void RequireOneSize() const {
    if (fit_.height > 0) return;
    const PictureHeader& first = files().front().header;
    for (const PictureFile& file : files()) {
      if (file.header.height == first.height &&
          file.header.width == first.width) {
        continue;
      }
      Fail(ErrorKind::kBadInput,
           Str(file.path, ": has ",
               SizeOf(file.header.height, file.header.width), " pixels, ",
               files().front().path, " ", SizeOf(first.height, first.width)),
           "--size HEIGHTxWIDTH makes all of one size");
    }
  }

  // The columns beside the pictures.
  Dataset ReadTable(const ConvertRecord& record) {
    if (reading_.labels.empty()) {
      Dataset table;
      table.inputs = FoldersAsClasses(files());
      return table;
    }
    const std::string& path = reading_.labels;
    if (IsOwnFile(path)) {
      const FileReader file = FileReader::Open(path, {FileKind::kDataset});
      sources_.push_back(SourceOf("labels", file));
      return TableOfPictures(ReadDataset(file), true, files(), path, reporter_);
    }
    const TemporaryPath converted("mtlkit-labels");
    ConvertOptions reading = reading_;
    reading.labels.clear();
    const bool has_ids = ConvertTables({{"", path}}, converted.path(), reading,
                                       record, false, reporter_);
    sources_.push_back(
        {"labels",
         TextSource(path, Encoding::kUtf8, SourceContent::kTable).Digest()});
    return TableOfPictures(ReadDataset(converted.path()), has_ids, files(),
                           path, reporter_);
  }

  void NameRows(Dataset* table) const {
    std::vector<std::string> ids;
    for (const PictureFile& file : files()) {
      const std::string& split = inputs_[At(file.input)].name;
      ids.push_back(inputs_.size() > 1 ? Str(split, '/', file.id())
                                       : file.id());
    }
    table->ids = TextIds(std::move(ids));
  }

  void AddSplits(Dataset* table) const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const std::string& name = inputs_[i].name;
      if (name.empty()) continue;
      Require(table->splits.empty() || i > 0, ErrorKind::kUsage,
              Str(reading_.labels, " has splits of its own, and ",
                  inputs_[i].path, " is given as the split '", name, "'"),
              "say it once");
      for (std::size_t row = 0; row < files().size(); ++row) {
        if (files()[row].input == static_cast<Index>(i)) {
          table->splits[name].push_back(static_cast<Index>(row));
        }
      }
    }
  }

  InputBlock Image(const std::vector<InputBlock>& others) const {
    InputBlock block;
    block.name = kBlock;
    block.kind = InputKind::kImage;
    const PictureHeader& first = files().front().header;
    block.height = fit_.height > 0 ? fit_.height : first.height;
    block.width = fit_.height > 0 ? fit_.width : first.width;
    block.cols = fit_.channels;
    const bool is_taken =
        std::ranges::count(others, block.name, &InputBlock::name) > 0;
    Require(!is_taken, ErrorKind::kBadInput,
            Str(reading_.labels, ": has inputs called '", kBlock,
                "', as the pictures are"),
            "call its view otherwise");
    return block;
  }

  void WritePixels(const InputBlock& image, FileWriter& file) const {
    const std::string path = "inputs/" + EscapeName(image.name);
    auto rows = file.CreateRows<std::uint8_t>(
        path + "/pixels", {image.height, image.width, image.cols},
        std::ssize(files()));
    reporter_->Begin("picture", std::ssize(files()));
    DecodePictures(files(), fit_,
                   [&](std::size_t i, std::span<const std::uint8_t> pixels) {
                     rows.Append(pixels);
                     reporter_->Advance(static_cast<Index>(i) + 1);
                   });
    rows.Close();
    file.SetAttribute(path + "/pixels", "axes",
                      std::vector<std::string>{"row", "y", "x", "channel"});
    WriteInputNames(file, image, 0);
  }

  void SayWhatWasFound(const Dataset& table) const {
    const auto size = [](const PictureFile& file) {
      return std::pair(file.header.height * file.header.width,
                       std::pair(file.header.height, file.header.width));
    };
    const auto smallest = std::ranges::min(files(), {}, size).header;
    const auto largest = std::ranges::max(files(), {}, size).header;
    std::string text = Str(Counted(table.rows, "picture", "pictures"), " of ",
                           SizeOf(smallest.height, smallest.width));
    if (largest.height != smallest.height || largest.width != smallest.width) {
      text += Str(" to ", SizeOf(largest.height, largest.width));
    }
    if (fit_.height > 0) {
      text += Str(", as ", SizeOf(fit_.height, fit_.width));
    }
    text += fit_.channels == 1 ? ", grey" : ", colours";
    if (reading_.labels.empty() && !table.inputs.empty()) {
      text += "; class by folder: ";
      text += ClassCounts(table.inputs.front());
    }
    if (!masks_.files.empty()) {
      text += Str("; ", Counted(std::ssize(masks_.files), "mask", "masks"));
    }
    reporter_->Note(Str(Join(FolderNames(), ", "), ": ", text));
    if (listing_.others.empty()) return;
    reporter_->Warn(
        Str(Counted(std::ssize(listing_.others), "file that is no picture is",
                    "files that are no pictures are"),
            " passed over: ", listing_.others.front(), " is the first"));
  }

  std::vector<std::string> FolderNames() const {
    std::vector<std::string> names;
    for (const TableInput& input : inputs_) names.push_back(input.path);
    return names;
  }

  static std::string ClassCounts(const InputBlock& block) {
    constexpr std::size_t kShown = 8;
    const std::vector<std::string>& names = block.categories.front();
    std::vector<std::string> counts;
    for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
      counts.push_back(
          Str(names[i], ' ',
              std::ranges::count(block.codes, static_cast<std::int32_t>(i))));
    }
    if (names.size() > kShown) {
      counts.push_back(Str("... (", names.size(), " classes)"));
    }
    return Join(counts, ", ");
  }

  std::string Provenance(const ConvertRecord& record) const {
    std::vector<ProvenanceSource> sources;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const std::string& name = inputs_[i].name;
      sources.push_back({name.empty() ? "pictures" : name, listing_.sha256[i]});
    }
    sources.insert(sources.end(), sources_.begin(), sources_.end());
    sources.insert(sources.end(), record.beside.begin(), record.beside.end());
    return ExtendProvenance(record.tool, record.seed,
                            record.settings ? *record.settings : Json::object(),
                            sources);
  }

  const std::vector<TableInput>& inputs_;
  const PictureOptions& options_;
  PictureFit fit_;
  MaskFiles masks_;
  MaskClasses classes_;
  Index found_channels_ = 0;
  const ConvertOptions& reading_;
  Reporter* reporter_;
  PictureListing listing_;
  std::vector<ProvenanceSource> sources_;
};

// Several are splits of their names.
void RequireNames(const std::vector<TableInput>& inputs) {
  std::set<std::string> seen;
  for (const TableInput& input : inputs) {
    Require(IsPictureFolder(input.path), ErrorKind::kUsage,
            Str(input.path, " is no folder, and other inputs are"),
            "--labels FILE gives the table of the pictures in a folder");
  }
  for (const TableInput& input : inputs) {
    Require(inputs.size() == 1 ||
                (!input.name.empty() && seen.insert(input.name).second),
            ErrorKind::kUsage,
            Str("folder ", input.path,
                " needs a name of its own, as "
                "its split is called"),
            "train=FOLDER test=FOLDER");
  }
}

}  // namespace

void ConvertPictures(const std::vector<TableInput>& inputs,
                     const PictureOptions& options,
                     const ConvertOptions& reading, const std::string& output,
                     const ConvertRecord& record, Reporter* reporter) {
  RequireNames(inputs);
  Converter converter(inputs, options, reading, reporter);
  converter.Write(output, record);
}

bool IsPictureFolder(const std::string& path) {
  std::error_code none;
  return path != "-" && std::filesystem::is_directory(path, none);
}

}  // namespace mtlkit
