#pragma once

// Those of mtl-cotrain that work on files of any origin, without a run: select,
// align, hints and soup.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/tool.h"
#include "base/error.h"
#include "cotrain/align.h"
#include "cotrain/hints.h"
#include "cotrain/select_rows.h"
#include "cotrain/soup.h"
#include "data/dataset_io.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "nn/model_io.h"

namespace mtlkit {

// Gives rows without a label those that predictions propose.
struct SelectCommand {
  std::vector<NamedFile> files;
  std::string data;
  std::string output;
  SelectRequest request;

  void Register(Cli& cli) {
    cli.Inputs("predictions", &files, "what models say of the rows");
    cli.InputFlag("data", &data, "the rows, some of them without labels");
    cli.Output("dataset", &output, "where the rows go with the new labels");
    cli.Group("Labels", &request);
  }
  void Run(Context& context) {
    Require(!data.empty(), ErrorKind::kUsage,
            "--data: the rows that get labels are missing", "name them");
    Dataset rows = ReadDataset(data);
    std::vector<ProvenanceSource> sources = {
        {"data", rows.content_sha256, rows.provenance}};
    std::vector<std::string> paths;
    for (const NamedFile& file : files) {
      paths.push_back(file.path);
      const FileReader reader =
          FileReader::Open(file.path, {FileKind::kPredictions});
      sources.push_back(SourceOf("predictions", reader));
    }
    const auto selected = InContext(
        data, [&] { return SelectRows(paths, request, context.seed, &rows); });
    Json settings;
    WriteOptions(request, &settings);
    rows.provenance =
        ExtendProvenance("mtl-cotrain select", context.seed, settings, sources);
    WriteDataset(rows, output);
    context.Print(RenderText(selected));
  }
};

// Brings views of the same rows into one space.
struct AlignCommand {
  std::string data;
  std::string output;
  AlignRequest request;

  void Register(Cli& cli) {
    cli.Input("data", &data, "rows with several inputs of numbers");
    cli.Output("dataset", &output, "where they go with aligned inputs");
    cli.Group("Views", &request);
    cli.NoSeed();
  }
  void Run(Context& context) {
    Dataset rows = ReadDataset(data);
    const std::vector<ProvenanceSource> sources = {
        {"data", rows.content_sha256, rows.provenance}};
    const AlignReport report = InContext(data == "-" ? "stdin" : data, [&] {
      return AlignDataset(&rows, request);
    });
    Json settings;
    WriteOptions(request, &settings);
    rows.provenance =
        ExtendProvenance("mtl-cotrain align", 0, settings, sources);
    WriteDataset(rows, output);
    context.Print(RenderText(report));
  }
};

// Makes tasks of what other networks have inside.
struct HintsCommand {
  std::vector<NamedFile> files;
  std::string data;
  std::string output;
  HintRequest request;

  void Register(Cli& cli) {
    cli.Inputs("teacher", &files,
               "trained models, NAME=MODEL: the task that each becomes; one "
               "without a name is `hint`");
    cli.InputFlag("data", &data, "the rows");
    cli.Output("dataset", &output, "where the rows go with the hints");
    cli.Group("Hints", &request);
    cli.NoSeed();
  }
  void Run(Context& context) {
    Require(!data.empty(), ErrorKind::kUsage,
            "--data: the rows that get hints are missing", "name them");
    Dataset rows = ReadDataset(data);
    std::vector<ProvenanceSource> sources = {
        {"data", rows.content_sha256, rows.provenance}};
    std::vector<Model> models;
    for (const NamedFile& file : files) {
      models.push_back(ReadModel(file.path));
      sources.push_back(
          {"teacher", models.back().content_sha256, models.back().provenance});
    }
    std::vector<Teacher> teachers;
    for (std::size_t i = 0; i < files.size(); ++i) {
      teachers.push_back(
          {files[i].name.empty() ? "hint" : files[i].name, &models[i]});
    }
    InContext(data, [&] {
      AddHints(teachers, request, context.pool, context.reporter, &rows);
    });
    Json settings;
    WriteOptions(request, &settings);
    rows.provenance =
        ExtendProvenance("mtl-cotrain hints", 0, settings, sources);
    WriteDataset(rows, output);
  }
};

// Makes one model of several of one network.
struct SoupCommand {
  std::vector<NamedFile> files;
  std::string output;
  std::string data;
  SoupOptions options;

  void Register(Cli& cli) {
    cli.Inputs("model", &files, "two models or more, of one network");
    cli.Output("soup", &output, "where the mean of their parameters goes");
    cli.InputFlag("data", &data, "rows to measure on, of --how greedy");
    cli.Group("Soup", &options);
    cli.NoSeed();
  }
  void Run(Context& context) {
    Require(data.empty() || options.how == "greedy", ErrorKind::kUsage,
            "--data has no effect with --how uniform", "leave it out");
    std::optional<Dataset> rows;
    if (!data.empty()) rows = ReadDataset(data);
    std::vector<std::string> paths;
    for (const NamedFile& file : files) paths.push_back(file.path);
    Soup soup = MakeSoup(paths, options, rows ? &*rows : nullptr, context.pool);
    std::vector<ProvenanceSource> sources;
    for (const std::string& path : paths) {
      const Model model = ReadModel(path);
      sources.push_back({"model", model.content_sha256, model.provenance});
    }
    Json settings;
    WriteOptions(options, &settings);
    soup.model.provenance =
        ExtendProvenance("mtl-cotrain soup", 0, settings, sources);
    WriteModel(soup.model, output);
    context.Print(RenderText(soup));
  }
};

}  // namespace mtlkit
