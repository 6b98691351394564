#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "data/dataset_io.h"
#include "temp_folder.h"
#include "test_data.h"
#include "text/convert.h"
#include "text/format_fixture.h"

// Counts that the README of each data set documents.

namespace mtlkit {
namespace {

Dataset ConvertFiles(const std::vector<TableInput>& inputs,
                     const ConvertOptions& options = {}) {
  const TempFolder folder;
  SilentReporter reporter;
  ConvertTables(inputs, folder / "out.h5", options, {}, false, &reporter);
  return ReadDataset(folder / "out.h5");
}

// "ROWS rows, FEATURES features, MISSING missing cells".
std::string Counts(const Dataset& dataset) {
  Index features = 0;
  Index missing = 0;
  for (const InputBlock& block : dataset.inputs) {
    features += block.cols;
    for (const float value : block.dense) missing += std::isnan(value);
    for (const double value : block.wide) missing += std::isnan(value);
    for (const std::int32_t code : block.codes) missing += code < 0;
  }
  return Str(dataset.rows, " rows, ", features, " features, ", missing,
             " missing");
}

Index CountOf(const Dataset& dataset, std::string_view column,
              std::string_view category, const std::string& split) {
  for (const InputBlock& block : dataset.inputs) {
    if (block.kind != InputKind::kCategorical) continue;
    for (Index col = 0; col < block.cols; ++col) {
      const auto at = static_cast<std::size_t>(col);
      if (block.columns[at] != column) continue;
      Index count = 0;
      for (const Index row : dataset.SplitRows(split)) {
        const std::int32_t code = block.codes[row * block.cols + col];
        count +=
            code >= 0 &&
            block.categories[at][static_cast<std::size_t>(code)] == category;
      }
      return count;
    }
  }
  return -1;
}

ConvertOptions AdultOptions() {
  ConvertOptions options;
  options.names = {SourcePath("data-samples/adult.columns")};
  options.missing = {"?"};
  options.comment = "|";
  options.rename_class = {{"income", "<=50K.", "<=50K"},
                          {"income", ">50K.", ">50K"}};
  return options;
}

TEST_CASE("adult has the rows and classes that are documented") {
  const Dataset adult =
      ConvertFiles({{"train", SourcePath("data-samples/adult.data.gz")},
                    {"test", SourcePath("data-samples/adult.test.gz")}},
                   AdultOptions());
  CHECK(adult.SplitRows("train").size() == 32561);
  CHECK(adult.SplitRows("test").size() == 16281);
  CHECK(CountOf(adult, "income", ">50K", "train") == 7841);
  CHECK(CountOf(adult, "income", ">50K", "test") == 3846);
  CHECK(Counts(adult) == "48842 rows, 15 features, 6465 missing");
}

TEST_CASE("adult.names of UCI names the columns but the last") {
  const auto names = TestDataPath("adult/adult.names");
  if (!names) return;
  ConvertOptions options = AdultOptions();
  options.names = {*names};
  for (auto& rename : options.rename_class) rename[0] = "class";
  const Dataset adult =
      ConvertFiles({{"train", SourcePath("data-samples/adult.data.gz")},
                    {"test", SourcePath("data-samples/adult.test.gz")}},
                   options);
  CHECK(CountOf(adult, "class", ">50K", "train") == 7841);
}

TEST_CASE("the samples are read as they are") {
  const auto counts = [](const char* file) {
    return Counts(ConvertFiles({{"", SourcePath(file)}}));
  };
  CHECK(counts("data-samples/winequality-red.csv.gz") ==
        "1599 rows, 12 features, 0 missing");
  CHECK(counts("data-samples/winequality-white.csv.gz") ==
        "4898 rows, 12 features, 0 missing");
  CHECK(counts("data-samples/student-mat.csv") ==
        "395 rows, 33 features, 0 missing");
  CHECK(counts("data-samples/student-por.csv") ==
        "649 rows, 33 features, 0 missing");
}

TEST_CASE("two views of mfeat stand side by side") {
  ConvertOptions options;
  options.beside = true;
  const std::vector<TableInput> files = {
      {"fou", SourcePath("data-samples/mfeat-fou.csv.gz")},
      {"kar", SourcePath("data-samples/mfeat-kar.csv.gz")}};
  CHECK(Counts(ConvertFiles(files, options)) ==
        "2000 rows, 142 features, 0 missing");
  options.names = {"fou=" + SourcePath("data-samples/mfeat-fou.columns"),
                   "kar=" + SourcePath("data-samples/mfeat-kar.columns")};
  const Dataset named = ConvertFiles(files, options);
  CHECK(Counts(named) == "2000 rows, 142 features, 0 missing");
  CHECK(named.inputs[0].columns.front() == "fou-0");
  CHECK(named.inputs[1].columns.back() == "digit");
}

TEST_CASE("air quality has decimal commas and -200 for no value") {
  const auto file = TestDataPath("air-quality/AirQualityUCI.csv.gz");
  if (!file) return;
  ConvertOptions options;
  options.decimal = ",";
  options.missing = {"-200"};
  const Dataset air = ConvertFiles({{"", *file}}, options);
  CHECK(air.rows == 9357);
  const InputBlock& numbers = air.inputs[0];
  std::vector<std::string> shares;
  for (const char* name :
       {"CO(GT)", "NMHC(GT)", "C6H6(GT)", "NOx(GT)", "NO2(GT)"}) {
    Index col = 0;
    while (numbers.columns[static_cast<std::size_t>(col)] != name) ++col;
    Index missing = 0;
    for (Index row = 0; row < air.rows; ++row) {
      missing += std::isnan(numbers.dense[row * numbers.cols + col]);
    }
    shares.push_back(Str(missing * 1000 / air.rows));
  }
  CHECK(shares == std::vector<std::string>{"179", "902", "39", "175", "175"});
}

struct MulanSet {
  const char* name;
  const char* train;
  const char* test;  // "" if there is one file only
  const char* labels;
  const char* counts;
  int label_count;
  double cardinality;
};

constexpr MulanSet kMulan[] = {
    {"bibtex", "bibtex-train.arff.gz", "bibtex-test.arff.gz", "bibtex.xml",
     "7395 rows, 1836 features, 0 missing", 159, 2.402},
    {"birds", "birds-train.arff.gz", "birds-test.arff.gz", "birds.xml",
     "645 rows, 260 features, 0 missing", 19, 1.014},
    {"cal500", "cal500.arff.gz", "", "cal500.xml",
     "502 rows, 68 features, 0 missing", 174, 26.044},
    {"corel5k", "Corel5k-train-sparse.arff.gz", "Corel5k-test-sparse.arff",
     "Corel5k.xml", "5000 rows, 499 features, 0 missing", 374, 3.522},
    {"delicious", "delicious-train.arff.gz", "delicious-test.arff.gz",
     "delicious.xml", "16105 rows, 500 features, 0 missing", 983, 19.02},
    {"emotions", "emotions-train.arff.gz", "emotions-test.arff.gz",
     "emotions.xml", "593 rows, 72 features, 0 missing", 6, 1.868},
    {"enron", "enron-train.arff.gz", "enron-test.arff.gz", "enron.xml",
     "1702 rows, 1001 features, 0 missing", 53, 3.378},
    {"flags", "flags-train.arff", "flags-test.arff", "flags.xml",
     "194 rows, 19 features, 0 missing", 7, 3.392},
    {"foodtruck", "foodtruck.arff", "", "foodtruck.xml",
     "407 rows, 21 features, 0 missing", 12, 2.29},
    {"genbase", "genbase-train.arff.gz", "genbase-test.arff.gz", "genbase.xml",
     "662 rows, 1186 features, 0 missing", 27, 1.252},
    {"medical", "medical-train.arff.gz", "medical-test.arff.gz", "medical.xml",
     "978 rows, 1449 features, 0 missing", 45, 1.245},
    {"scene", "scene-train.arff.gz", "scene-test.arff.gz", "scene.xml",
     "2407 rows, 294 features, 0 missing", 6, 1.074},
    {"tmc2007-500", "tmc2007-500-train.arff.gz", "tmc2007-500-test.arff.gz",
     "tmc2007-500.xml", "28596 rows, 500 features, 0 missing", 22, 2.158},
    {"yeast", "yeast-train.arff.gz", "yeast-test.arff.gz", "yeast.xml",
     "2417 rows, 103 features, 0 missing", 14, 4.237}};

TEST_CASE("Mulan's multi-label sets have the documented labels") {
  for (const MulanSet& set : kMulan) {
    CAPTURE(set.name);
    const auto folder =
        TestDataPath(std::string("mulan-multilabel/") + set.name);
    if (!folder) return;
    std::vector<TableInput> inputs = {{"train", *folder + "/" + set.train}};
    if (*set.test != '\0') inputs.push_back({"test", *folder + "/" + set.test});
    ConvertOptions options;
    options.labels = *folder + "/" + set.labels;
    const Dataset made = ConvertFiles(inputs, options);
    CHECK(Counts(made) == set.counts);
    REQUIRE(made.tasks.size() == 1);
    CHECK(made.tasks[0].classes.size() ==
          static_cast<std::size_t>(set.label_count));
    const LabelCells& labels = made.labels[0].values;
    const double sum = std::accumulate(labels.begin(), labels.end(), 0.0);
    CHECK(sum / static_cast<double>(made.rows) ==
          doctest::Approx(set.cardinality).epsilon(0.001));
  }
}

struct TargetSet {
  const char* file;
  const char* counts;  // targets are columns like others
};

constexpr TargetSet kTargets[] = {
    {"andro.arff", "49 rows, 36 features, 0 missing"},
    {"atp1d.arff.gz", "337 rows, 417 features, 0 missing"},
    {"atp7d.arff.gz", "296 rows, 417 features, 0 missing"},
    {"edm.arff", "154 rows, 18 features, 0 missing"},
    {"enb.arff", "768 rows, 10 features, 0 missing"},
    {"jura.arff", "359 rows, 18 features, 0 missing"},
    {"oes10.arff.gz", "403 rows, 314 features, 0 missing"},
    {"oes97.arff.gz", "334 rows, 279 features, 0 missing"},
    {"osales.arff.gz", "639 rows, 413 features, 10012 missing"},
    {"rf1.arff.gz", "9125 rows, 72 features, 3264 missing"},
    {"scpf.arff.gz", "1137 rows, 26 features, 9255 missing"},
    {"sf1.arff", "323 rows, 13 features, 0 missing"},
    {"sf2.arff", "1066 rows, 13 features, 0 missing"},
    {"slump.arff", "103 rows, 10 features, 0 missing"},
    {"wq.arff.gz", "1060 rows, 30 features, 0 missing"}};

TEST_CASE("Mulan's regression sets have the documented columns") {
  for (const TargetSet& set : kTargets) {
    CAPTURE(set.file);
    const auto file = TestDataPath(std::string("mulan-mtr/") + set.file);
    if (!file) return;
    CHECK(Counts(ConvertFiles({{"", *file}})) == set.counts);
  }
}

TEST_CASE("MEKA's sets come with their tasks") {
  const auto folder = TestDataPath("meka-multitarget");
  if (!folder) return;
  const Dataset thyroid = ConvertFiles({{"", *folder + "/thyroid-L7.arff.gz"}});
  CHECK(thyroid.rows == 9172);
  CHECK(thyroid.tasks.size() == 7);
  const Dataset flare = ConvertFiles({{"", *folder + "/solar_flare.arff"}});
  CHECK(Counts(flare) == "323 rows, 10 features, 0 missing");
  CHECK(flare.tasks.size() == 3);
  const Dataset music =
      ConvertFiles({{"", *folder + "/Music_missing_classes.arff.gz"}});
  CHECK(Counts(music) == "592 rows, 71 features, 0 missing");
  REQUIRE(music.tasks.size() == 1);
  CHECK(music.tasks[0].classes.size() == 6);
  for (const float label : music.labels[0].values) REQUIRE(std::isnan(label));
}

}  // namespace
}  // namespace mtlkit
