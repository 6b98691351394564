#include "interop/own_arrays.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "data/schema.h"
#include "data/task.h"
#include "h5/file_writer.h"
#include "interop/array_numbers.h"
#include "prep/piece.h"
#include "prep/transform_entry.h"
#include "text/temporary_path.h"

namespace mtlkit {
namespace {

// Places of arrays; `*` is any name.
constexpr std::array<std::string_view, 32> kPlaces = {
    "ids",
    "weights",
    "groups",
    "provenance",
    "inputs/*",
    "inputs/*/data",
    "inputs/*/indices",
    "inputs/*/indptr",
    "inputs/*/shape",
    "inputs/*/index_base",
    "inputs/*/index_base_guessed",
    "inputs/*/pixels",
    "inputs/*/mean",
    "inputs/*/deviation",
    "inputs/*/codes",
    "inputs/*/vocabulary",
    "names/*",
    "dates/*",
    "categories/*",
    "categories/*/*",
    "tasks/*/y",
    "tasks/*/type",
    "tasks/*/classes",
    "tasks/*/rows",
    "tasks/*/weight",
    "tasks/*/norm_mean",
    "tasks/*/norm_std",
    "tasks/*/source",
    "tasks/*/curves",
    "splits/*",
    "transforms/spec",
    "transforms/*/*",
};

// Those that only files of ours have.
constexpr std::array<std::string_view, 6> kTelling = {
    "provenance", "names/*",         "categories/*",
    "tasks/*/y",  "inputs/*/indptr", "inputs/*/pixels"};

bool IsAt(std::string_view place, std::string_view path) {
  const std::vector<std::string> wanted = Split(place, '/');
  const std::vector<std::string> found = Split(path, '/');
  return std::ranges::equal(wanted, found, [](const auto& a, const auto& b) {
    return a == "*" ? !b.empty() : a == b;
  });
}

template <class Places>
bool IsAtOneOf(const Places& places, std::string_view path) {
  return std::ranges::any_of(
      places, [&](std::string_view place) { return IsAt(place, path); });
}

[[noreturn]] void FailPlace(const DataArray& array, std::string_view why) {
  Fail(ErrorKind::kBadInput, Str("array '", array.name, "' ", why),
       "--array NAME=PATH, once for each, reads those that are wanted as "
       "columns");
}

// A name as a component of a path, which one that Python has added may not be.
std::string Escaped(const std::string& component) {
  const bool is_plain = component.find_first_of(".-") != 0 &&
                        std::ranges::all_of(component, [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '_' || c == '.' ||
                                 c == '-' || c == '%';
                        });
  return is_plain ? component : EscapeName(component);
}

void RequireNoPredictions(std::span<const DataArray> arrays) {
  constexpr std::array<std::string_view, 3> kPredicted = {
      "tasks/*/pred", "tasks/*/prob", "tasks/*/logits"};
  for (const DataArray& array : arrays) {
    if (!IsAtOneOf(kPredicted, array.name)) continue;
    FailPlace(array, "is of predictions, which are not read from arrays");
  }
}

void RequirePlace(const DataArray& array) {
  if (!IsAtOneOf(kPlaces, array.name)) {
    FailPlace(array, "has no place in a dataset of mtlkit");
  }
  // Only an attribute has what EscapeName cuts off.
  if (array.name.find("%-") != std::string::npos &&
      !array.name.starts_with("categories/")) {
    FailPlace(array, "has a name of more than 255 bytes, cut");
  }
}

// Writes arrays as the file that they are of.
class Writer {
 public:
  Writer(std::span<const DataArray> arrays, const std::string& path)
      : arrays_(arrays), file_(path, FileKind::kDataset) {}

  void Run() {
    RequireNoPredictions(arrays_);
    file_.SetAttribute("", "n_rows", RowCount());
    std::set<std::string, std::less<>> paths;
    for (const DataArray& array : arrays_) {
      if (!paths.insert(array.name).second) FailPlace(array, "is there twice");
    }
    for (const DataArray& array : arrays_) {
      RequirePlace(array);
      if (paths.count(array.name.substr(0, array.name.rfind('/'))) > 0 &&
          array.name.find('/') != std::string::npos) {
        FailPlace(array, "lies in what is an array itself");
      }
      if (!WriteAttribute(array)) WriteArray(array);
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) Describe(groups_[i], i);
    file_.Commit();
  }

 private:
  const DataArray* Find(std::string_view path) const {
    const auto found = std::ranges::find(arrays_, path, &DataArray::name);
    return found == arrays_.end() ? nullptr : &*found;
  }

  // Of the ids, or else of the first input that says it.
  Index RowCount() const {
    if (const DataArray* ids = Find("ids")) return ids->rows();
    for (const DataArray& array : arrays_) {
      if (IsAt("inputs/*/indptr", array.name)) return array.rows() - 1;
      if (IsAt("inputs/*", array.name) || IsAt("inputs/*/pixels", array.name)) {
        return array.rows();
      }
    }
    return 0;
  }

  // "inputs/sparse" of "inputs/sparse/data"; takes note of it.
  std::string GroupOf(const std::string& path) {
    const std::string group =
        Join({Split(path, '/')[0], Split(path, '/')[1]}, "/");
    if (std::ranges::count(groups_, group) == 0) groups_.push_back(group);
    return group;
  }

  // What stands in an attribute in a file of ours.
  bool WriteAttribute(const DataArray& array) {
    const std::string name = array.name.substr(array.name.rfind('/') + 1);
    if (!IsAtOneOf(
            std::array<std::string_view, 4>{"tasks/*/type", "inputs/*/shape",
                                            "inputs/*/index_base",
                                            "inputs/*/index_base_guessed"},
            array.name)) {
      return false;
    }
    const std::string group = GroupOf(array.name);
    const CodedTexts* texts = array.values.texts();
    const auto* wholes = array.values.If<std::int64_t>();
    constexpr std::size_t kLongest = 255;
    if (texts != nullptr && texts->size() == 1 && name == "type" &&
        (*texts)[0].size() <= kLongest) {
      file_.SetAttribute(group, name, (*texts)[0]);
    } else if (wholes != nullptr && wholes->size() == 2 && name == "shape") {
      file_.SetAttribute(group, name,
                         std::vector<std::int64_t>{(*wholes)[0], (*wholes)[1]});
    } else if (wholes != nullptr && wholes->size() == 1 && name != "type") {
      file_.SetAttribute(group, name, (*wholes)[0]);
    } else {
      FailPlace(array, "is not what a dataset of mtlkit has there");
    }
    return true;
  }

  void WriteArray(const DataArray& array) {
    if (array.name.starts_with("inputs/") || array.name.starts_with("tasks/")) {
      GroupOf(array.name);
    }
    if (array.is_dates) FailPlace(array, "holds dates: write seconds");
    if (const CodedTexts* texts = array.values.texts()) {
      if (array.shape.size() > 1) FailPlace(array, "is no list of texts");
      if (!array.shape.empty()) return WriteTexts(array.name, *texts);
      return array.name == "provenance"
                 ? file_.SetProvenance((*texts)[0])
                 : file_.WriteText(array.name, (*texts)[0]);
    }
    if (array.name == "provenance") FailPlace(array, "is no text");
    const bool is_whole = array.values.If<std::int64_t>() != nullptr ||
                          array.values.If<std::uint8_t>() != nullptr;
    if (is_whole && IsAt("inputs/*", array.name) &&
        !HasCategories(array.name)) {
      return WriteAsNumbers(array);
    }
    std::visit(
        [&](const auto& values) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(values)>,
                                        CodedTexts>) {
            file_.WriteArray(array.name, values.span(), array.shape);
          }
        },
        array.values.kept());
  }

  void WriteTexts(const std::string& path, const CodedTexts& texts) {
    std::vector<std::string> all;
    for (Index i = 0; i < texts.size(); ++i) all.push_back(texts[i]);
    file_.WriteTexts(path, all);
  }

  // Whole numbers in double precision.
  void WriteAsNumbers(const DataArray& array) {
    SpilledArray<double> all;
    VisitNumbers(array, [&](auto numbers) { all.Append(numbers); });
    file_.WriteArray(array.name, all.Finish().span(), array.shape);
  }

  bool HasCategories(const std::string& path) const {
    const std::string name = path.substr(path.find('/') + 1);
    const std::string front =
        name == "categorical" ? "categories/" : Str("categories/", name, "/");
    return std::ranges::any_of(arrays_, [&](const DataArray& array) {
      return array.name.starts_with(front);
    });
  }

  // What attributes say of a block or task, whose number is its place among
  // all of them.
  void Describe(const std::string& group, std::size_t position) {
    file_.SetAttribute(group, "position", static_cast<std::int64_t>(position));
    const auto has = [&](std::string_view member) {
      return Find(Str(group, "/", member)) != nullptr;
    };
    if (group.starts_with("tasks/")) {
      if (!has("type")) file_.SetAttribute(group, "type", TypeOf(group));
      return;
    }
    const std::string_view encoding = has("pixels")   ? "image"
                                      : has("codes")  ? "tokens"
                                      : has("indptr") ? "csr_matrix"
                                                      : "";
    if (!encoding.empty()) file_.SetAttribute(group, "encoding-type", encoding);
  }

  // By its labels.
  std::string_view TypeOf(const std::string& group) const {
    const DataArray* y = Find(group + "/y");
    const DataArray* classes = Find(group + "/classes");
    if (classes == nullptr) return TaskTypeName(TaskType::kRegression);
    if (y != nullptr && y->shape.size() == 2) {
      return TaskTypeName(TaskType::kMultilabel);
    }
    return TaskTypeName(classes->rows() == 2 ? TaskType::kBinary
                                             : TaskType::kMulticlass);
  }

  std::span<const DataArray> arrays_;
  FileWriter file_;
  std::vector<std::string> groups_;  // blocks and tasks, as they come
};

// Of transforms none may be gone, nor a part of one: a model that is trained on
// the rows would prepare others in another way.
void RequireTransforms(const Dataset& dataset) {
  if (dataset.transforms.empty()) return;
  try {
    const auto table = ReadSelection(dataset.transforms.front());
    Require(table.has_value(), ErrorKind::kBadInput,
            "the first is not 'select', the columns of the table");
    RequireInputs(SpecsAfter(MakeTransforms(dataset.transforms), table->blocks),
                  dataset.inputs);
  } catch (const Error& error) {
    Fail(ErrorKind::kBadInput,
         Str("its transforms do not make its inputs: ", error.message()),
         "keep all arrays of transforms/ as they were, or leave all of them "
         "out");
  }
}

}  // namespace

bool AreOwnArrays(std::span<const DataArray> arrays) {
  return std::ranges::any_of(arrays, [](const DataArray& array) {
    return array.group.empty() && IsAtOneOf(kTelling, array.name);
  });
}

Dataset DatasetOfOwnArrays(std::vector<DataArray> arrays) {
  for (DataArray& array : arrays) {
    std::vector<std::string> components = Split(array.name, '/');
    for (std::string& component : components) component = Escaped(component);
    array.name = Join(components, "/");
  }
  const TemporaryPath file("mtlkit-arrays");
  try {
    Writer(arrays, file.path()).Run();
    Dataset dataset = ReadDataset(file.path());
    Require(dataset.rows > 0, ErrorKind::kBadInput, "there are no rows",
            "a table has a row at least");
    RequireTransforms(dataset);
    return dataset;
  } catch (const Error& error) {
    // Nobody knows the file by that name.
    const std::string name = file.path() + ": ";
    std::string message = error.message();
    for (auto at = message.find(name); at != std::string::npos;
         at = message.find(name)) {
      message.erase(at, name.size());
    }
    throw Error(error.kind(), std::move(message), error.hint());
  }
}

void TakeGroups(std::vector<DataArray>* arrays) {
  for (DataArray& array : *arrays) {
    for (const std::string_view group : {"inputs", "tasks"}) {
      if (!array.name.starts_with(Str(group, "/"))) continue;
      array.name.erase(0, group.size() + 1);
      array.group = group;
      break;
    }
  }
}

}  // namespace mtlkit
